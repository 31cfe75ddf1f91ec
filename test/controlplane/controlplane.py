#!/usr/bin/env python3
"""A real control plane on loopback for tests and the demo: etcd and kube-apiserver, on request the rest.

  controlplane.py run [--dir D] [--crds PATH]... [--controller-manager] [--scheduler] [--kwok] [--user NAME[=GROUP,...]]...

starts it, prints one line of JSON on stdout when it is ready, and runs until stdin closes or SIGTERM or SIGINT arrives:

  {"event": "ready", "kubeconfig": ..., "server": ..., "ca": ..., "token": ..., "dir": ..., "audit_log": ..., "kubectl": ...,
   "users": {NAME: {"token": ..., "kubeconfig": ...}}, "pids": {...}}

SIGUSR2 stops the API server (kill -9), SIGUSR1 starts it again on the same port (and kills it first when it runs); each is
answered by a line {"event": "apiserver-stopped"} or {"event": "apiserver-ready"}. Everything lives in one temp folder,
which is removed at the end and kept, logs and all, when something failed (or with --keep). The children die with this
process, and this process dies with its stdin.
"""
import argparse
import ctypes
import json
import os
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import binaries  # noqa: E402

AUDIT_POLICY = """apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver"]
- level: Metadata
"""
KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "{server}", certificate-authority: "{ca}"}}}}]
users: [{{name: "{user}", user: {{token: {token}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: "{user}"}}}}]
current-context: test
"""
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with_parent():
    """For preexec_fn: the kernel kills this child when the thread that started it ends (so start from a lasting thread)."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port():
    """A free loopback port below the range the kernel hands out for outgoing connections, so that it stays free."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def scratch_folder(prefix):
    """A new folder, in memory when there is room: many small files cost less there than on a disk that discards."""
    base = None
    if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK):
        room = os.statvfs("/dev/shm")
        if room.f_bavail * room.f_frsize > 1 << 30:
            base = "/dev/shm"
    return tempfile.mkdtemp(prefix=prefix, dir=base)


class ControlPlaneError(Exception):
    """The control plane did not start or did not answer; the text holds the end of the log at fault."""


class ControlPlane:
    """etcd and kube-apiserver, and on request kube-controller-manager, kube-scheduler and kwok with `nodes` nodes.

    Use as a context manager. The folder is removed at the end, and kept when the block raised or `keep` is set.
    The user admin is in system:masters; `users` maps further names to lists of groups (RBAC decides what they may do).
    """

    def __init__(self, folder=None, crds=(), controller_manager=False, scheduler=False, kwok=False, nodes=1, users=None,
                 keep=False, log=sys.stderr):
        self.folder = os.path.abspath(folder) if folder else None
        self.crds, self.keep, self.log = list(crds), keep, log
        self.controller_manager, self.scheduler, self.kwok, self.nodes = controller_manager, scheduler, kwok, nodes
        self.groups = dict(users or {})
        self.processes = {}
        self.failed = False

    # -- life ---------------------------------------------------------------------------------------------------
    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.failed = True
            self.stop()
            raise

    def __exit__(self, kind, *_):
        self.failed = self.failed or kind is not None
        self.stop()

    def start(self):
        self.binaries = binaries.ensure(self.log)
        if self.folder is None:
            self.folder = scratch_folder("weir-controlplane-")
        os.makedirs(self.folder, exist_ok=True)
        self._write_files()
        for attempt in range(3):    # another process may take a port between its choice and its use
            self.etcd_port, self.etcd_peer_port, self.port = free_port(), free_port(), free_port()
            self.server = f"https://127.0.0.1:{self.port}"
            try:
                self._start_etcd()
                self.start_apiserver()
                break
            except ControlPlaneError:
                self._kill_all()
                if attempt == 2:
                    raise
        self.kubeconfig = self._write_kubeconfig("admin")
        self.users = {name: {"token": self.tokens[name], "kubeconfig": self._write_kubeconfig(name)} for name in self.groups}
        if self.controller_manager:
            self._spawn("kube-controller-manager", [
                f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port=0",
                f"--service-account-private-key-file={self.path('sa.key')}", f"--root-ca-file={self.ca}",
                "--kube-api-qps=200", "--kube-api-burst=400", "--controllers=*,-node-ipam-controller,-node-route-controller"])
        if self.scheduler:
            self._spawn("kube-scheduler", [f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
                                           "--bind-address=127.0.0.1", "--secure-port=0",
                                           f"--authentication-kubeconfig={self.kubeconfig}",
                                           f"--authorization-kubeconfig={self.kubeconfig}"])
        if self.kwok:
            self._spawn("kwok", [f"--kubeconfig={self.kubeconfig}", "--manage-all-nodes=true", "--cidr=10.128.0.0/16",
                                 "--node-ip=127.0.0.1", f"--config={self.binaries[binaries.STAGES]}"])
            for number in range(1, self.nodes + 1):
                self.add_node(f"node-{number}")
        self.apply_crds(self.crds)
        return self

    def stop(self):
        self._kill_all()
        if self.folder and os.path.isdir(self.folder):
            if self.keep or self.failed:
                print(f"control plane: logs kept in {self.folder}", file=self.log, flush=True)
            else:
                shutil.rmtree(self.folder, ignore_errors=True)

    def stop_apiserver(self):
        """Kills the API server at once; etcd keeps what was written."""
        self._kill("kube-apiserver")

    def start_apiserver(self):
        """Starts the API server on its port and waits until it is ready, at most 60 s."""
        self._spawn("kube-apiserver", [
            f"--etcd-servers=http://127.0.0.1:{self.etcd_port}", f"--secure-port={self.port}", "--bind-address=127.0.0.1",
            f"--cert-dir={self.path('certs')}", "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.path('sa.key')}", f"--service-account-signing-key-file={self.path('sa.key')}",
            f"--token-auth-file={self.path('tokens.csv')}", "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true",
            # without a controller manager nothing makes the service accounts that this plugin asks for
            *([] if self.controller_manager else ["--disable-admission-plugins=ServiceAccount"]),
            f"--audit-policy-file={self.path('audit-policy.yaml')}", f"--audit-log-path={self.path('audit.log')}",
            "--audit-log-maxsize=4000"])
        self._wait("kube-apiserver", f"{self.server}/readyz", 60)

    def restart_apiserver(self):
        self.stop_apiserver()
        self.start_apiserver()

    # -- use ----------------------------------------------------------------------------------------------------
    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def kubectl(self, *argv, input=None, check=True):
        """Runs kubectl as admin; returns its stdout (check=False: the whole CompletedProcess)."""
        done = subprocess.run([self.binaries["kubectl"], "--kubeconfig", self.kubeconfig,
                               "--cache-dir", self.path("kubectl-cache"), *argv],
                              input=input, capture_output=True, text=True)
        if not check:
            return done
        if done.returncode:
            raise ControlPlaneError(f"kubectl {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def apply_crds(self, paths):
        """Applies the CRDs among the files (or folders of files) and waits until they are served."""
        files = []
        for path in paths:
            found = [path] if os.path.isfile(path) else sorted(
                os.path.join(path, n) for n in os.listdir(path) if n.endswith((".yaml", ".yml")))
            for name in found:
                with open(name) as f:
                    if "\nkind: CustomResourceDefinition" in f.read():
                        files += ["-f", name]
        if files:
            self.kubectl("apply", "--server-side", *files)
            self.kubectl("wait", "--for=condition=Established", "--timeout=30s", *files)

    def add_node(self, name):
        """A Node object; kwok makes it Ready and runs what is scheduled on it."""
        node = {"apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}},
                "status": {"allocatable": {"cpu": "64", "memory": "256Gi", "pods": "500"},
                           "capacity": {"cpu": "64", "memory": "256Gi", "pods": "500"}}}
        self.kubectl("create", "-f", "-", input=json.dumps(node))

    def describe(self):
        """What another process needs to use it."""
        return {"kubeconfig": self.kubeconfig, "server": self.server, "ca": self.ca, "token": self.tokens["admin"],
                "dir": self.folder, "audit_log": self.path("audit.log"), "kubectl": self.binaries["kubectl"],
                "users": self.users, "pids": {name: p.pid for name, p in self.processes.items()}}

    def check(self):
        """Raises when a process has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ControlPlaneError(f"{name} ended with status {process.returncode}\n{self.log_tail(name)}")

    def log_tail(self, name, lines=15):
        try:
            with open(self.path(f"{name}.log"), errors="replace") as f:
                return "".join(f.readlines()[-lines:])
        except OSError as e:
            return str(e)

    # -- parts --------------------------------------------------------------------------------------------------
    def _write_files(self):
        self.ca = self.path("certs", "apiserver.crt")
        subprocess.run(["openssl", "genrsa", "-out", self.path("sa.key"), "2048"], check=True, capture_output=True)
        self.tokens = {name: secrets.token_hex(16) for name in ["admin", *self.groups]}
        with open(self.path("tokens.csv"), "w") as f:
            f.write(f'{self.tokens["admin"]},admin,admin,"system:masters"\n')
            for name, groups in self.groups.items():
                f.write(f'{self.tokens[name]},{name},{name},"{",".join(groups)}"\n')
        with open(self.path("audit-policy.yaml"), "w") as f:
            f.write(AUDIT_POLICY)

    def _write_kubeconfig(self, user):
        path = self.path(f"{user}.kubeconfig")
        with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(KUBECONFIG.format(server=self.server, ca=self.ca, user=user, token=self.tokens[user]))
        return path

    def _start_etcd(self):
        shutil.rmtree(self.path("etcd"), ignore_errors=True)
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{self.etcd_peer_port}"
        self._spawn("etcd", [f"--data-dir={self.path('etcd')}", f"--listen-client-urls={client}",
                             f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
                             f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
                             "--unsafe-no-fsync", "--log-level=warn"])
        self._wait("etcd", f"{client}/health", 30)

    def _spawn(self, name, argv):
        with open(self.path(f"{name}.log"), "ab") as log:
            self.processes[name] = subprocess.Popen([self.binaries[name], *argv], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, cwd=self.folder, preexec_fn=die_with_parent)

    def _wait(self, name, url, seconds):
        context = ssl._create_unverified_context()     # readiness only: the CA is written while it starts
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + self.tokens["admin"]})
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.processes[name].poll() is not None:
                break
            try:
                with urllib.request.urlopen(request, timeout=2, context=context if url.startswith("https") else None) as r:
                    if r.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise ControlPlaneError(f"{name} was not ready within {seconds} s\n{self.log_tail(name)}")

    def _kill(self, name):
        process = self.processes.pop(name, None)
        if process is not None:
            process.kill()
            process.wait()

    def _kill_all(self):
        for name in reversed(list(self.processes)):
            self._kill(name)


def say(**event):
    print(json.dumps(event), flush=True)


def run(args):
    users = {}
    for entry in args.user:
        name, _, groups = entry.partition("=")
        users[name] = [g for g in groups.split(",") if g]
    wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    for number in wanted:           # each arrives as a byte on the pipe, in order
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    plane = ControlPlane(args.dir, args.crds, args.controller_manager, args.scheduler, args.kwok, args.nodes, users, args.keep)
    with plane:
        say(event="ready", **plane.describe())
        import select
        while True:
            readable, _, _ = select.select([wake_read, sys.stdin], [], [])
            if wake_read in readable:
                for number in os.read(wake_read, 64):
                    if number == signal.SIGUSR2:
                        plane.stop_apiserver()
                        say(event="apiserver-stopped")
                    elif number == signal.SIGUSR1:
                        plane.restart_apiserver()
                        say(event="apiserver-ready")
                    elif number in (signal.SIGTERM, signal.SIGINT):
                        return
            if sys.stdin in readable and not os.read(sys.stdin.fileno(), 4096):
                return


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run"])
    parser.add_argument("--dir", help="where everything goes (default: a new temp folder)")
    parser.add_argument("--crds", action="append", default=[], metavar="PATH", help="a CRD file, or a folder of them")
    parser.add_argument("--controller-manager", action="store_true")
    parser.add_argument("--scheduler", action="store_true")
    parser.add_argument("--kwok", action="store_true", help="run pods in name only, on --nodes nodes")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--user", action="append", default=[], metavar="NAME[=GROUP,...]", help="one more identity with a token")
    parser.add_argument("--keep", action="store_true", help="keep the folder at the end")
    args = parser.parse_args()
    try:
        run(args)
    except (ControlPlaneError, binaries.BinariesError) as e:
        sys.exit(f"control plane: {e}")


if __name__ == "__main__":
    main()
