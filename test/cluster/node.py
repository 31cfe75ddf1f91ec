"""A real cluster of one node on this machine, as root on Debian 12: etcd, API server, controller manager, scheduler, containerd,
kubelet, kube-proxy and CoreDNS. Pods run for real: with Services, cluster DNS and `kubectl logs`.

Everything lies in one folder and ends with the object. What the kernel keeps (a bridge, iptables rules) is taken away too.
"""
import contextlib
import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "controlplane"))
import binaries  # noqa: E402
import images  # noqa: E402
import programs  # noqa: E402
from controlplane import KUBECONFIG, die_with_parent, free_port  # noqa: E402

NAME = "node"
BRIDGE = "weir-e2e0"
POD_SUBNET, GATEWAY = "10.244.0.0/24", "10.244.0.1"
SERVICES, DNS = "10.96.0.0/16", "10.96.0.10"
PAUSE = "weir.test/pause:1"
COREDNS = "weir.test/coredns:1"
PACKAGES = {"containerd": "containerd", "runc": "runc", "iptables": "iptables", "/usr/lib/cni/bridge": "containernetworking-plugins",
            "conntrack": "conntrack", "gcc": "build-essential", "openssl": "openssl", "ip": "iproute2"}

CONTAINERD = """version = 2
root = "{folder}/containerd/root"
state = "{folder}/containerd/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
[plugins."io.containerd.internal.v1.opt"]
  path = "{folder}/containerd/opt"
"""
KUBELET = """apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: {address}
port: {port}
readOnlyPort: 0
healthzPort: 0
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
failSwapOn: false
containerRuntimeEndpoint: unix://{folder}/containerd.sock
clusterDNS: [{dns}]
clusterDomain: cluster.local
resolvConf: {folder}/resolv.conf
podLogsDir: {folder}/pod-logs
volumePluginDir: {folder}/volume-plugins
staticPodPath: ""
authentication: {{anonymous: {{enabled: false}}, webhook: {{enabled: false}}, x509: {{clientCAFile: {folder}/ca.crt}}}}
authorization: {{mode: AlwaysAllow}}
evictionHard: {{memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 2s
"""
PROXY = """apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
hostnameOverride: {name}
clusterCIDR: {pods}
clientConnection: {{kubeconfig: {kubeconfig}}}
healthzBindAddress: 127.0.0.1:{health}
metricsBindAddress: 127.0.0.1:{metrics}
conntrack: {{maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}}
"""
PAUSE_PROGRAM = "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n"
DNS_OBJECTS = """apiVersion: v1
kind: ServiceAccount
metadata: {{name: coredns, namespace: kube-system}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: coredns}}
rules:
- {{apiGroups: [""], resources: [services, pods, namespaces], verbs: [list, watch]}}
- {{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: coredns}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: coredns}}
subjects: [{{kind: ServiceAccount, name: coredns, namespace: kube-system}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: coredns, namespace: kube-system}}
data:
  Corefile: |
    .:53 {{
      errors
      ready :8181
      kubernetes cluster.local in-addr.arpa ip6.arpa
      reload
    }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: coredns, namespace: kube-system}}
spec:
  selector: {{matchLabels: {{k8s-app: kube-dns}}}}
  template:
    metadata: {{labels: {{k8s-app: kube-dns}}}}
    spec:
      serviceAccountName: coredns
      dnsPolicy: Default
      containers:
      - name: coredns
        image: {image}
        imagePullPolicy: Never
        command: [/coredns, -conf, /etc/coredns/Corefile]
        readinessProbe: {{httpGet: {{path: /ready, port: 8181}}, periodSeconds: 1}}
        volumeMounts: [{{name: config, mountPath: /etc/coredns}}]
      volumes: [{{name: config, configMap: {{name: coredns}}}}]
---
apiVersion: v1
kind: Service
metadata: {{name: kube-dns, namespace: kube-system}}
spec:
  clusterIP: {dns}
  selector: {{k8s-app: kube-dns}}
  ports: [{{name: dns, port: 53, protocol: UDP}}, {{name: dns-tcp, port: 53, protocol: TCP}}]
"""


class NodeError(Exception):
    """The node did not start; the text says which part, with the end of its log."""


def missing():
    """Why no node can be built on this machine; empty when one can."""
    if os.geteuid() != 0:
        return "a node needs root"
    if subprocess.run(["pidof", "kubelet"], capture_output=True).returncode == 0:
        return "a kubelet runs on this machine already"
    absent = sorted({package for tool, package in PACKAGES.items() if not (os.path.exists(tool) if "/" in tool else shutil.which(tool))})
    return f"Debian packages are missing: {' '.join(absent)}" if absent else ""


def host_address():
    """The address of this machine's default route; it need not lead anywhere."""
    shown = json.loads(subprocess.run(["ip", "-j", "-4", "addr", "show", "scope", "global"], capture_output=True, text=True).stdout)
    for link in shown:
        for address in link.get("addr_info", []):
            if link["ifname"] != BRIDGE:
                return address["local"]
    raise NodeError("this machine has no address but loopback")


class Node:
    def __init__(self, log=sys.stderr):
        self.log, self.processes, self.failed = log, {}, False

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

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    # -- life ---------------------------------------------------------------------------------------------------
    def start(self):
        self.tools = {**binaries.ensure(self.log), **programs.ensure(self.log)}
        self.folder = tempfile.mkdtemp(prefix="weir-node-", dir="/var/tmp")   # containers need a disk that overlayfs takes
        self.address = host_address()
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self.server = f"https://{self.address}:{self.port}"
        self._write_files()
        self._start_control_plane()
        self._start_containerd()
        self.load(images.pack(self._pause_root(), PAUSE, self.path("pause.tar"), {"Cmd": ["/pause"]}))
        self.load(images.pack(self._coredns_root(), COREDNS, self.path("coredns.tar")))
        self._start_node()
        self.kubectl("apply", "-f", "-", input=DNS_OBJECTS.format(image=COREDNS, dns=DNS))
        self._wait("node", 60, self._is_ready)
        self.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=90s")
        return self

    def _is_ready(self):
        node = json.loads(self.kubectl("get", "node", NAME, "-o", "json"))
        return any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))

    def stop(self):
        if not hasattr(self, "folder"):
            return
        for name in ("kubelet", "kube-proxy", "kube-scheduler", "kube-controller-manager"):
            self._kill(name)
        if "containerd" in self.processes:
            self._end_containers()
        for name in reversed(list(self.processes)):
            self._kill(name)
        self._clean_kernel()
        for line in reversed(subprocess.run(["mount"], capture_output=True, text=True).stdout.splitlines()):
            where = line.split(" on ", 1)[1].rsplit(" type ", 1)[0]
            if where.startswith(self.folder + "/"):
                subprocess.run(["umount", "-l", where], capture_output=True)
        if self.failed:
            print(f"node: logs kept in {self.folder}", file=self.log, flush=True)
            for name in ("containerd", "kubelet", "pods", "etcd"):     # the large ones; logs stay
                shutil.rmtree(self.path(name), ignore_errors=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _clean_kernel(self):
        """What outlives the processes: rules, the bridge, control groups. missing() saw that no other kubelet has any here."""
        subprocess.run([self.tools["kube-proxy"], "--cleanup"], capture_output=True)
        subprocess.run(["ip", "link", "delete", BRIDGE], capture_output=True)
        for table in ("nat", "filter", "mangle"):
            def iptables(*argv):
                return subprocess.run(["iptables", "-w", "-t", table, *argv], capture_output=True, text=True).stdout
            rules = [shlex.split(line) for line in iptables("-S").splitlines()]
            ours = [rule[1] for rule in rules if rule[0] == "-N" and rule[1].startswith(("CNI-", "KUBE-"))]
            for rule in rules:
                if rule[0] == "-A" and rule[1] not in ours and set(ours) & set(rule):
                    iptables("-D", *rule[1:])
            for chain in ours:
                iptables("-F", chain)
            for chain in ours:
                iptables("-X", chain)
        for where, folders, _ in os.walk("/sys/fs/cgroup", topdown=False):
            if "/k8s.io" in where:
                with contextlib.suppress(OSError):
                    os.rmdir(where)

    def _end_containers(self):
        tasks = self.ctr("tasks", "ls", "-q", check=False).split()
        for task in tasks:
            self.ctr("tasks", "kill", "-s", "SIGKILL", task, check=False)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and "RUNNING" in self.ctr("tasks", "ls", check=False):
            time.sleep(0.2)
        for task in tasks:
            self.ctr("tasks", "delete", "-f", task, check=False)

    # -- use ----------------------------------------------------------------------------------------------------
    def kubectl(self, *argv, input=None, check=True):
        done = subprocess.run([self.tools["kubectl"], "--kubeconfig", self.kubeconfig, "--cache-dir", self.path("kubectl-cache"), *argv],
                              input=input, capture_output=True, text=True)
        if check and done.returncode:
            raise NodeError(f"kubectl {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def ctr(self, *argv, check=True):
        done = subprocess.run(["ctr", "--address", self.path("containerd.sock"), "-n", "k8s.io", *argv], capture_output=True, text=True)
        if check and done.returncode:
            raise NodeError(f"ctr {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def load(self, archive):
        """Brings an image to the node."""
        self.ctr("images", "import", archive)

    def describe(self):
        return {"kubeconfig": self.kubeconfig, "server": self.server, "ca": self.path("ca.crt"), "token": self.token}

    # -- parts --------------------------------------------------------------------------------------------------
    def _write_files(self):
        for name in ("cni", "volume-plugins", "pod-logs"):
            os.makedirs(self.path(name))
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=weir-node", "-keyout", "ca.key",
                      "-out", "ca.crt")
        self._certificate("apiserver", "/CN=kube-apiserver", "serverAuth",
                          f"IP:{self.address},IP:127.0.0.1,IP:10.96.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
                          "DNS:kubernetes.default.svc.cluster.local")
        self._certificate("kubelet-client", "/CN=apiserver/O=system:masters", "clientAuth", "DNS:apiserver")
        self._openssl("genrsa", "-out", "sa.key", "2048")
        with open(self.path("tokens.csv"), "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(f'{self.token},admin,admin,"system:masters"\n')
        self.kubeconfig = self.path("admin.kubeconfig")
        with open(self.kubeconfig, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(KUBECONFIG.format(server=self.server, ca=self.path("ca.crt"), user="admin", token=self.token))
        with open(self.path("cni", "10-weir.conflist"), "w") as f:
            json.dump({"cniVersion": "0.4.0", "name": "weir", "plugins": [
                {"type": "bridge", "bridge": BRIDGE, "isGateway": True, "ipMasq": True, "hairpinMode": True,
                 "ipam": {"type": "host-local", "dataDir": self.path("ipam"), "ranges": [[{"subnet": POD_SUBNET}]],
                          "routes": [{"dst": "0.0.0.0/0"}]}},
                {"type": "portmap", "capabilities": {"portMappings": True}}]}, f)
        shutil.copy("/etc/resolv.conf", self.path("resolv.conf"))
        with open(self.path("containerd.toml"), "w") as f:
            f.write(CONTAINERD.format(folder=self.folder, pause=PAUSE))
        with open(self.path("kubelet.yaml"), "w") as f:
            f.write(KUBELET.format(folder=self.folder, address=self.address, port=free_port(), dns=DNS))
        with open(self.path("kube-proxy.yaml"), "w") as f:
            f.write(PROXY.format(name=NAME, pods="10.244.0.0/16", kubeconfig=self.kubeconfig, health=free_port(), metrics=free_port()))

    def _openssl(self, *argv):
        done = subprocess.run(["openssl", *argv], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise NodeError(f"openssl {argv[0]}: {done.stderr.strip()}")

    def _certificate(self, name, subject, usage, names):
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        with open(self.path(f"{name}.ext"), "w") as f:
            f.write(f"subjectAltName={names}\nextendedKeyUsage={usage}\n")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                      "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def _start_control_plane(self):
        client, peer = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self._spawn("etcd", f"--data-dir={self.path('etcd')}", f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
                    f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
                    "--unsafe-no-fsync", "--log-level=warn")
        self._spawn("kube-apiserver", f"--etcd-servers={client}", "--bind-address=0.0.0.0", f"--advertise-address={self.address}",
                    f"--secure-port={self.port}", f"--tls-cert-file={self.path('apiserver.crt')}",
                    f"--tls-private-key-file={self.path('apiserver.key')}", f"--client-ca-file={self.path('ca.crt')}",
                    f"--kubelet-client-certificate={self.path('kubelet-client.crt')}",
                    f"--kubelet-client-key={self.path('kubelet-client.key')}", "--kubelet-preferred-address-types=InternalIP",
                    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                    f"--service-account-key-file={self.path('sa.key')}", f"--service-account-signing-key-file={self.path('sa.key')}",
                    f"--token-auth-file={self.path('tokens.csv')}", "--authorization-mode=RBAC", f"--service-cluster-ip-range={SERVICES}",
                    "--allow-privileged=true")
        self._wait("kube-apiserver", 90, lambda: self.kubectl("get", "--raw", "/readyz", check=False).startswith("ok"))
        self._spawn("kube-controller-manager", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1",
                    "--secure-port=0", f"--service-account-private-key-file={self.path('sa.key')}", f"--root-ca-file={self.path('ca.crt')}",
                    "--controllers=*,-node-ipam-controller,-node-route-controller")
        self._spawn("kube-scheduler", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1",
                    "--secure-port=0", f"--authentication-kubeconfig={self.kubeconfig}", f"--authorization-kubeconfig={self.kubeconfig}")

    def _start_containerd(self):
        self._spawn("containerd", "--config", self.path("containerd.toml"), program=shutil.which("containerd"))
        self._wait("containerd", 30, lambda: os.path.exists(self.path("containerd.sock")) and self.ctr("version", check=False))

    def _start_node(self):
        for name, value in (("net/ipv4/ip_forward", "1"), ("net/bridge/bridge-nf-call-iptables", "1")):
            path = f"/proc/sys/{name}"
            if os.path.exists(path):
                with open(path, "w") as f:
                    f.write(value)
        self._spawn("kubelet", f"--config={self.path('kubelet.yaml')}", f"--kubeconfig={self.kubeconfig}", f"--hostname-override={NAME}",
                    f"--node-ip={self.address}", f"--root-dir={self.path('kubelet')}", f"--cert-dir={self.path('kubelet-pki')}")
        self._spawn("kube-proxy", f"--config={self.path('kube-proxy.yaml')}")

    def _pause_root(self):
        root = self.path("pause-root")
        os.makedirs(root)
        done = subprocess.run(["gcc", "-x", "c", "-static", "-Os", "-o", os.path.join(root, "pause"), "-"], input=PAUSE_PROGRAM,
                              capture_output=True, text=True)
        if done.returncode:
            raise NodeError(f"gcc: {done.stderr.strip()}")
        return root

    def _coredns_root(self):
        root = self.path("coredns-root")
        os.makedirs(os.path.join(root, "tmp"))
        shutil.copy(self.tools["coredns"], os.path.join(root, "coredns"))
        return root

    def _spawn(self, name, *argv, program=None):
        with open(self.path(f"{name}.log"), "ab") as log:
            self.processes[name] = subprocess.Popen([program or self.tools[name], *argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    cwd=self.folder, preexec_fn=die_with_parent)

    def _wait(self, what, seconds, look):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise NodeError(f"{name} ended with status {process.returncode}\n{self.log_tail(name)}")
            try:
                if look():
                    return
            except (NodeError, OSError):
                pass
            time.sleep(0.3)
        raise NodeError(f"{what} was not ready within {seconds} s\n{self.log_tail('kubelet' if what == 'node' else what)}")

    def log_tail(self, name, lines=15):
        try:
            with open(self.path(f"{name}.log"), errors="replace") as f:
                return "".join(f.readlines()[-lines:])
        except OSError as e:
            return str(e)

    def _kill(self, name):
        process = self.processes.pop(name, None)
        if process is not None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
