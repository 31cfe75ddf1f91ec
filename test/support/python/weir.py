"""Weir's controllers as separate processes, started as a deployment would start them: Flux's flags, one process each."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from processes import ROOT, die_with_parent, free_port


def binary():
    """The executable under test: $WEIR_BINARY, else the release build."""
    path = os.environ.get("WEIR_BINARY") or os.path.join(ROOT, "build", "release", "weir")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"no executable {path}: run `make build`, or set WEIR_BINARY")
    return os.path.abspath(path)


def facts():
    """What the program says of its controllers: a list of name, kinds, rights, reads, extras and flags."""
    done = subprocess.run([binary(), "__facts"], capture_output=True, text=True, check=True, timeout=20)
    return json.loads(done.stdout)


class Controller:
    """One controller process. Ports and folders stay the same over restarts, as a pod's would."""

    def __init__(self, name, argv, folder, environment, health_port, metrics_port, executable=None):
        self.name, self.argv, self.folder = name, [executable or binary(), name, *argv], folder
        self.environment = environment
        self.health_url, self.metrics_url = f"http://127.0.0.1:{health_port}", f"http://127.0.0.1:{metrics_port}/metrics"
        self.log_path = os.path.join(folder, f"{name}.log")
        self.process = None
        os.makedirs(folder, exist_ok=True)

    def start(self, wait=True):
        """Starts it; with `wait` returns when /readyz answers 200."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            env=self.environment, preexec_fn=die_with_parent)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, timeout=20):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.probe("/readyz") == 200:
                return
            time.sleep(0.02)
        raise AssertionError(f"{self.name} did not become ready within {timeout} s "
                             f"(status {self.process.poll()})\n{self.tail()}")

    def probe(self, path):
        """The status of a GET on the health address, or None when nobody listens."""
        try:
            with urllib.request.urlopen(self.health_url + path, timeout=2) as r:
                return r.status
        except urllib.error.HTTPError as e:
            return e.code
        except OSError:
            return None

    def stop(self, timeout=30):
        """SIGTERM, as a kubelet would; returns the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {timeout} s of SIGTERM\n{self.tail()}") from None
        self.process = None
        return status

    def kill(self):
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def check(self):
        """Raises when the process has ended by itself."""
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with status {self.process.returncode}\n{self.tail()}")

    def log_text(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def log_lines(self):
        """The log's JSON lines as dictionaries; other lines are left out."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]

    def tail(self, lines=15, width=2000):
        return "\n".join(line[:width] for line in self.log_text().splitlines()[-lines:])

    def metrics(self):
        with urllib.request.urlopen(self.metrics_url, timeout=5) as r:
            return r.read().decode()

    def metric(self, name, /, **labels):
        """The sum of a metric's samples that have these labels; None when there is no such sample."""
        total = None
        for line in self.metrics().splitlines():
            found = re.match(rf"{name}(\{{(.*)\}})? (\S+)$", line)
            if found:
                have = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found.group(2) or ""))
                if all(have.get(k) == v for k, v in labels.items()):
                    total = (total or 0.0) + float(found.group(3))
        return total

    def wait_metric(self, name, at_least, timeout=15, /, **labels):
        """Waits until a metric has this value or more; returns it. The process may be starting."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                value = self.metric(name, **labels)
            except OSError:     # it does not listen yet
                value = None
            if value is not None and value >= at_least:
                return value
            self.check()
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name}: {name}{labels} is {value}, not {at_least}, after {timeout} s\n{self.tail()}")
            time.sleep(0.05)


def _environment(kubeconfig, temporary):
    os.makedirs(temporary, exist_ok=True)
    kept = {k: v for k, v in os.environ.items()
            if k in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") or k.endswith("SAN_OPTIONS")}
    return dict(kept, KUBECONFIG=kubeconfig, RUNTIME_NAMESPACE="flux-system", TMPDIR=temporary)


# The last of two equal flags counts, so a scenario can switch leader election on again.
def source_controller(kubeconfig, folder, *extra, executable=None):
    """A source-controller below `folder`, not yet started."""
    storage, health, metrics = free_port(), free_port(), free_port()
    os.makedirs(os.path.join(folder, "source"), exist_ok=True)
    argv = [f"--storage-path={folder}/source", f"--storage-addr=127.0.0.1:{storage}",
            f"--storage-adv-addr=127.0.0.1:{storage}", f"--metrics-addr=127.0.0.1:{metrics}",
            f"--health-addr=127.0.0.1:{health}", "--events-addr=", "--enable-leader-election=false", *extra]
    controller = Controller("source-controller", argv, folder, _environment(kubeconfig, f"{folder}/tmp-source"), health, metrics,
                            executable)
    controller.storage_url, controller.storage_path = f"http://127.0.0.1:{storage}", f"{folder}/source"
    return controller


def kustomize_controller(kubeconfig, folder, *extra, executable=None):
    """A kustomize-controller below `folder`, not yet started."""
    health, metrics = free_port(), free_port()
    argv = [f"--metrics-addr=127.0.0.1:{metrics}", f"--health-addr=127.0.0.1:{health}", "--events-addr=",
            "--enable-leader-election=false", *extra]
    return Controller("kustomize-controller", argv, folder, _environment(kubeconfig, f"{folder}/tmp-kustomize"), health, metrics,
                      executable)


def image_reflector_controller(kubeconfig, folder, *extra, executable=None):
    """An image-reflector-controller below `folder`, not yet started."""
    health, metrics = free_port(), free_port()
    argv = [f"--storage-path={folder}/images", f"--metrics-addr=127.0.0.1:{metrics}", f"--health-addr=127.0.0.1:{health}",
            "--events-addr=", "--enable-leader-election=false", *extra]
    controller = Controller("image-reflector-controller", argv, folder, _environment(kubeconfig, f"{folder}/tmp-images"), health,
                            metrics, executable)
    controller.storage_path = f"{folder}/images"
    return controller


def image_automation_controller(kubeconfig, folder, *extra, executable=None):
    """An image-automation-controller below `folder`, not yet started."""
    health, metrics = free_port(), free_port()
    argv = [f"--storage-path={folder}/automation", f"--metrics-addr=127.0.0.1:{metrics}", f"--health-addr=127.0.0.1:{health}",
            "--events-addr=", "--enable-leader-election=false", *extra]
    controller = Controller("image-automation-controller", argv, folder, _environment(kubeconfig, f"{folder}/tmp-automation"),
                            health, metrics, executable)
    controller.storage_path = f"{folder}/automation"
    return controller
