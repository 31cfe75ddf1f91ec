"""Small inputs of a tenant that would take all memory or all time: told at the object, paid by nobody else.

Each test lets go of several at once. While they are tried again and again, a neighbour's new objects become Ready, every
controller answers /healthz, and none grows over 300 MiB.
"""
import base64
import hashlib
import json
import os
import resource
import struct
import subprocess
import sys
import threading
import time
import urllib.request
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from git_server import GitServer  # noqa: E402
from kube import condition  # noqa: E402
from proxy_server import ProxyServer  # noqa: E402
from registry import Registry, docker_config  # noqa: E402
from repository import ENVIRONMENT  # noqa: E402
from scenario import config_map  # noqa: E402
from ssh_server import SshServer  # noqa: E402

MIB = 1 << 20
MEMORY_LIMIT = 1024 * MIB           # of the chart
MOST_MEMORY = 300 * MIB             # that a controller may ever have had
MARKED = '# {"$imagepolicy": "%s:app:tag"}\n'


class Watch:
    """Asks a controller for its health all the time, and knows how long it took at worst."""

    def __init__(self, controller):
        self.controller, self.stopping, self.worst, self.failures = controller, threading.Event(), 0.0, []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopping.wait(0.1):
            before = time.monotonic()
            try:
                urllib.request.urlopen(self.controller.health_url + "/healthz", timeout=5).close()
            except OSError as error:
                self.failures.append(str(error))
            self.worst = max(self.worst, time.monotonic() - before)

    def stop(self):
        self.stopping.set()
        self.thread.join()


def highest_memory(controller):
    """The most bytes of memory that a process had since forget_memory()."""
    with open(f"/proc/{controller.process.pid}/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM:"))


def forget_memory(controller):
    with open(f"/proc/{controller.process.pid}/clear_refs", "w") as f:
        f.write("5")


class Objects:
    """Writes objects into a repository on the server that no work tree could hold."""

    def __init__(self, repository):
        self.folder = repository.bare

    def run(self, *argv, data=b""):
        return subprocess.run(["git", *argv], cwd=self.folder, check=True, input=data, capture_output=True,
                              env=dict(os.environ, **ENVIRONMENT)).stdout.decode().strip()

    def blob(self, content):
        return self.run("hash-object", "-w", "--stdin", data=content if isinstance(content, bytes) else content.encode())

    def tree(self, **entries):
        """The entries are ids of blobs, or of trees when the name ends with an underscore, which is cut."""
        modes = {name.rstrip("_"): (b"40000" if name.endswith("_") else b"100644", id_) for name, id_ in entries.items()}
        content = b"".join(mode + b" " + name.replace("__", ".").encode() + b"\0" + bytes.fromhex(id_)
                           for name, (mode, id_) in sorted(modes.items()))
        return self.run("hash-object", "-w", "-t", "tree", "--stdin", data=content)

    def commit(self, tree):
        commit = self.run("commit-tree", tree, "-m", "bomb")
        self.run("update-ref", "refs/heads/main", commit)
        return commit

    def doubled(self, tree, levels):
        """A tree with 2^levels times that tree in it."""
        for _ in range(levels):
            tree = self.tree(a_=tree, b_=tree)
        return tree

    def wide(self, size):
        """A tree of about that many bytes, a few kilobytes as the pack holds it."""
        file = bytes.fromhex(self.blob(config_map("a")))
        part = b"".join(b"100644 f%04d.yaml\0" % i + file for i in range(1600))
        copies = size // len(part)
        tree = part * copies
        delta = _number(len(part)) + _number(len(tree)) + (b"\xb0" + struct.pack("<H", len(part))) * copies
        base = _packed(2, part)
        self.keep_pack([base, _packed(6, delta, _distance(len(base)))])
        return hashlib.sha1(b"tree %d\0" % len(tree) + tree).hexdigest()

    def deltas(self, count, size):
        """Blobs of that many bytes each, a few hundred bytes as the pack holds them; their ids."""
        part = b"b" * 65536
        base = _packed(3, part)
        objects, ids = [base], []
        copies = size // len(part)
        for i in range(count):
            own = struct.pack(">I", i)
            delta = _number(len(part)) + _number(copies * len(part) + len(own)) + b"\x80" * copies + bytes([len(own)]) + own
            distance = sum(map(len, objects))
            objects.append(_packed(6, delta, _distance(distance)))
            content = hashlib.sha1(b"blob %d\0" % (copies * len(part) + len(own)))
            for _ in range(copies):
                content.update(part)
            content.update(own)
            ids.append(content.hexdigest())
        self.keep_pack(objects)
        return [hashlib.sha1(b"blob %d\0" % len(part) + part).hexdigest(), *ids]

    def keep_pack(self, objects):
        pack = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(objects)
        pack += hashlib.sha1(pack).digest()
        assert len(pack) < 16384, len(pack)
        self.run("index-pack", "--stdin", data=pack)


def _number(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _distance(value):
    """As a pack writes how far in front of a delta its base lies."""
    out = bytes([value & 127])
    while value := value >> 7:
        value -= 1
        out = bytes([value & 127 | 128]) + out
    return out


def _packed(kind, content, between=b""):
    size = len(content)
    first = kind << 4 | size & 15
    head = bytes([first | 128]) + _number(size >> 4) if size > 15 else bytes([first])
    return head + between + zlib.compress(content, 9)


class Bombs(scenario.Scenario):
    source_flags = kustomize_flags = ("--max-retry-delay=2s",)
    image_reflector_flags = image_automation_flags = ("--max-retry-delay=2s", "--requeue-dependency=1s")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for controller in cls.controllers:
            resource.prlimit(controller.process.pid, resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
        cls.ssh = SshServer(os.path.join(cls.folder, "ssh"), ["ed25519"])
        cls.addClassCleanup(cls.ssh.stop)
        cls.registry = Registry()
        cls.addClassCleanup(cls.registry.stop)
        cls.registry.set_tags("team/app", ["1.0.0"])

    def setUp(self):
        super().setUp()
        for controller in self.controllers:
            forget_memory(controller)
        self.watches = [Watch(controller) for controller in self.controllers]

    def tearDown(self):
        for kind in ("ImageUpdateAutomation", "Kustomization", "ImageRepository", "GitRepository"):     # the next test measures its own
            for obj in self.kube.list(kind, self.ns):
                self.kube.delete(kind, obj["metadata"]["name"], self.ns)
        for watch in self.watches:
            watch.stop()
        super().tearDown()
        for watch in self.watches:
            memory = highest_memory(watch.controller)
            with self.subTest(watch.controller.name):
                self.assertEqual(watch.failures, [], "/healthz")
                self.assertLess(watch.worst, 1, "seconds for an answer of /healthz")
                self.assertLess(memory, MOST_MEMORY, "bytes of memory")

    def objects(self, name="repo"):
        return Objects(self.repository(None, name))

    def fetch_often(self, name, url=None, **spec):
        """A GitRepository that is tried again and again, of this test's repository of that name when no other is given."""
        self.git_repository(url or self.git.url_of(f"{self.ns}-{name}"), name, interval="1s", timeout="50s", **spec)

    def told(self, kind, expected):
        """Each object of {name: text} says what it is refused for, within a minute for them all."""
        deadline = time.monotonic() + 60
        for name, text in expected.items():
            with self.subTest(name):
                self.failing(name, None, text, kind, max(deadline - time.monotonic(), 1))

    def neighbour(self):
        """Meanwhile another tenant's new objects become Ready."""
        own, self.ns = self.ns, self.kube.namespace(f"{self.ns}-neighbour")
        try:
            repository = self.repository({"a.yaml": config_map("a")})
            self.git_repository(repository.url)
            self.kustomization()
            self.image_repository(f"{self.registry.address}/team/app", insecure=True)
            self.image_policy()
            self.selected("1.0.0")
            self.image_update_automation(update={"path": "./"})
            self.fetched(timeout=30)
            self.applied(timeout=30)
            self.scanned(timeout=30)
            self.automated(timeout=30)
        finally:
            self.ns = own

    # -- Secrets ------------------------------------------------------------------------------------------------
    def endless_key(self):
        """An OpenSSH key of 16 rounds that says it is of two thousand million."""
        path = self.ssh.new_key(f"endless-{self.ns}", passphrase="open sesame")
        with open(path) as f:
            lines = f.read().splitlines()
        raw = bytearray(base64.b64decode("".join(lines[1:-1])))
        raw[raw.index(b"bcrypt") + 6 + 4 + 4 + 16] = 0x7f
        return "\n".join([lines[0], base64.b64encode(raw).decode(), lines[-1], ""])

    def test_secrets(self):
        host = "a" * 60 + ".example.org"
        proxy = ProxyServer()
        self.addCleanup(proxy.stop)
        proxy.routes[f"{host}:{self.ssh.port}"] = f"127.0.0.1:{self.ssh.port}"
        self.kube.secret(self.ns, "proxy", address=proxy.url)
        repository = self.repository({"a.yaml": config_map("a")})
        address = self.ssh.url_of(repository)
        with open(self.ssh.keys["ed25519"]) as f:
            key = self.keep_secret(f.read())
        pattern = ",".join(["*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"] * 1000)
        _, algorithm, blob = self.ssh.known_hosts().split()
        self.kube.secret(self.ns, "wildcards", identity=key, known_hosts=f"{pattern} {algorithm} {blob}\n")
        self.kube.secret(self.ns, "endless", identity=self.endless_key(), password=self.keep_secret("open sesame"),
                         known_hosts=self.ssh.known_hosts())
        stars = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b.example.org"
        auths = json.loads(docker_config(stars, "robot", self.keep_secret("password-of-the-robot")))
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "stars", "namespace": self.ns},
                         "type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": json.dumps(auths)}})
        self.fetch_often("wildcards", address.replace("127.0.0.1", host), secretRef={"name": "wildcards"},
                    proxySecretRef={"name": "proxy"})
        self.fetch_often("endless", address, secretRef={"name": "endless"})
        self.image_repository(f"{host}/team/app", "stars", secretRef={"name": "stars"}, interval="1s", timeout="5s")
        for name in ("wildcards", "endless"):
            self.image_update_automation(name, name, interval="1s")
        self.neighbour()
        causes = {"wildcards": "host key", "endless": "the private key (identity) cannot be used: the key takes 2130"}
        self.told("GitRepository", causes)
        self.told("ImageUpdateAutomation", causes)
        self.told("ImageRepository", {"stars": host})       # no credentials for it: the name is looked up, there is none

    # -- repositories -------------------------------------------------------------------------------------------
    def test_trees(self):
        self.trees()
        self.selected("1.0.0")
        self.start_trees()
        self.neighbour()
        self.trees_are_told()

    def test_files(self):
        self.files()
        self.selected("1.0.0")
        self.start_files()
        self.neighbour()
        self.files_are_told()

    def test_all_at_once(self):
        """Each kind by itself takes much of what one controller may have."""
        self.trees()
        self.files()
        self.lists()
        self.selected("1.0.0")
        self.start_trees()
        self.start_files()
        self.start_lists()
        self.neighbour()
        self.trees_are_told()
        self.files_are_told()
        self.lists_are_told()

    def trees(self):
        git = self.objects("tree")
        git.commit(git.doubled(git.tree(x__yaml=git.blob(config_map("a"))), 40))
        git = self.objects("marked")
        git.commit(git.doubled(git.tree(x__yaml=git.blob("a: b " + MARKED % self.ns)), 40))
        git = self.objects("ignored")
        git.commit(git.doubled(git.tree(x__yaml=git.blob(config_map("a"))), 40))
        git = self.objects("deep")
        tree = git.tree(x__yaml=git.blob("a: b " + MARKED % self.ns))
        for _ in range(300):
            tree = git.tree(d_=tree)
        git.commit(tree)
        git = self.objects("wide")
        git.commit(git.wide(60 * MIB))

    def start_trees(self):
        for name in ("tree", "marked", "ignored", "deep", "wide"):
            self.fetch_often(name, ignore="/*\n" if name == "ignored" else None)
        for name in ("marked", "deep"):
            self.image_update_automation(name, name, interval="1s", update={"path": "./"})

    def trees_are_told(self):
        self.told("GitRepository", {"tree": "the source has more than 500000 folders", "marked": "the source has more than 500000",
                                    "ignored": "the source has more than 2000000 entries", "deep": "nested more than 256 deep",
                                    "wide": "more than the limit of 33554432"})
        self.told("ImageUpdateAutomation", {"marked": "more files with markers than the limits of 100000 files",
                                            "deep": "folders are nested deeper than 100 levels"})

    def files(self):
        git = self.objects("delta")
        ids = git.deltas(1, 80 * MIB)
        git.commit(git.tree(**{f"d{i}__yaml": id_ for i, id_ in enumerate(ids)}))
        git = self.objects("deltas")
        ids = git.deltas(20, 60 * MIB)
        git.commit(git.tree(**{f"d{i}__yaml": id_ for i, id_ in enumerate(ids)}))
        git = self.objects("ignore")
        git.commit(git.tree(__sourceignore=git.blob("x" * (2 * MIB))))
        git = self.objects("modules")
        git.commit(git.tree(__gitmodules=git.blob("#" * (2 * MIB))))
        git = self.objects("large")
        git.commit(git.tree(x__yaml=git.blob("a: b " + MARKED % self.ns + "#" * (17 * MIB))))
        git = self.objects("dense")
        git.commit(git.tree(x__yaml=git.blob("a: b " + MARKED % self.ns + "l:\n" + "- a\n" * (15 * MIB // 4))))
        git = self.objects("comments")
        git.commit(git.tree(x__yaml=git.blob("a: b " + MARKED % self.ns + "#\n" * (15 * MIB // 2))))
        git = self.objects("changes")
        git.commit(git.tree(x__yaml=git.blob("metadata: {name: %s}\nl:\n" % ("n" * MIB) + ("- b " + MARKED % self.ns) * 200)))

    def start_files(self):
        for name in ("delta", "deltas", "ignore", "modules"):
            self.fetch_often(name, recurseSubmodules=name == "modules")
        for name in ("large", "dense", "comments", "changes"):
            self.fetch_often(name, suspend=True)
        for name in ("delta", "large", "dense", "comments", "changes"):
            self.image_update_automation(name, name, interval="1s", update={"path": "./"})

    def files_are_told(self):
        limit = "larger than the limit of 67108864"
        self.told("GitRepository", {"delta": limit, "deltas": "--artifact-max-size", "modules": "more than the limit of 1048576",
                                    "ignore": "the .sourceignore files have more than 1048576 bytes"})
        self.told("ImageUpdateAutomation", {"delta": limit, "large": "more than the limit of 16777216 for files with markers"})
        for name in ("dense", "comments", "changes"):
            self.kube.wait("ImageUpdateAutomation", name, self.ns, lambda o: "takes more than 64 MiB of memory" in (
                (condition(o) or {}).get("message", "")), 30, "what the file takes")

    def lists(self):
        self.flood = GitServer(os.path.join(self.folder, f"{self.ns}-flood"))
        self.flood.mode = "flood"
        self.addCleanup(self.flood.stop)

    def start_lists(self):
        for i in range(4):
            self.fetch_often(f"list-{i}", self.flood.url_of(f"list-{i}"), ref={"semver": "*"} if i % 2 else None)

    def lists_are_told(self):
        self.told("GitRepository", {f"list-{i}": "bytes that are read of a list" for i in range(4)})

    # -- manifests ----------------------------------------------------------------------------------------------
    def test_manifests(self):
        copies = "".join(f"    - {{op: copy, from: /data, path: /data/x{i}}}\n" for i in range(60))
        self.kube.config_map(self.ns, "values", v="a" * 1_000_000, short="a" * 1_000)
        worst = "${short##" + "*a" * 16 + "*b}"
        files = {
            "aliases/a.yaml": aliases(60),
            "copies/kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n" + copies,
            "copies/a.yaml": config_map("a"),
            "values/a.yaml": config_map("a", value="${v}" * (MIB // 4)),
            "patterns/a.yaml": config_map("a", value=worst * 2_000),
        }
        repository = self.repository(files)
        self.git_repository(repository.url)
        for name in ("aliases", "copies", "copies-2", "copies-3", "values", "patterns"):
            self.kustomization(name, path=f"./{name.split('-')[0]}", interval="1s", postBuild={
                "substituteFrom": [{"kind": "ConfigMap", "name": "values"}]})
        self.fetched()
        self.neighbour()
        made = "the build takes more than 192 MiB of memory"
        self.told("Kustomization", {"aliases": "aliases expand to more than 400000 nodes", "copies": made, "copies-2": made,
                                    "copies-3": made, "values": "the results of the variables are too long",
                                    "patterns": "the patterns of the variables take too long"})


def aliases(count):
    """Many small documents, each of which becomes some ten thousand nodes."""
    def tens(item):
        return ", ".join([item] * 10)
    return "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x{i}}}\n"
                   f"a: &a [{tens('1')}]\nb: &b [{tens('*a')}]\nc: &c [{tens('*b')}]\nd: [{tens('*c')}]\n" for i in range(count))


if __name__ == "__main__":
    scenario.main()
