"""Git over SSH against Debian's sshd: key kinds, host keys, and what goes wrong with them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402
from ssh_server import SshServer  # noqa: E402


class Ssh(scenario.Scenario):
    source_flags = ("--max-retry-delay=2s",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ssh = SshServer(os.path.join(cls.folder, "ssh"))
        cls.addClassCleanup(cls.ssh.stop)

    def key(self, path):
        with open(path) as f:
            return self.keep_secret(f.read())

    def start(self, key, known_hosts, **more):
        repository = self.repository({"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "login", identity=self.key(key), known_hosts=known_hosts, **more)
        self.git_repository(self.ssh.url_of(repository), secretRef={"name": "login"})
        return repository

    def works(self, key, known_hosts, **more):
        repository = self.start(key, known_hosts, **more)
        commit = repository.git("rev-parse", "HEAD")
        self.fetched(commit=commit)
        self.fetched(commit=self.push(repository, {"b.yaml": config_map("b")}))

    def test_rsa(self):
        self.works(self.ssh.keys["rsa"], self.ssh.known_hosts("rsa"))

    def test_ecdsa(self):
        self.works(self.ssh.keys["ecdsa"], self.ssh.known_hosts("ecdsa"))

    def test_ed25519(self):
        self.works(self.ssh.keys["ed25519"], self.ssh.known_hosts("ed25519"))

    def test_a_key_with_a_passphrase(self):
        path = self.ssh.new_key("locked", "ed25519", passphrase="open-sesame-now")
        with open(path + ".pub") as public, open(os.path.join(self.ssh.folder, "authorized_keys"), "a") as keys:
            keys.write(f'command="{self.ssh.folder}/git-only",restrict {public.read()}')
        self.works(path, self.ssh.known_hosts(), password=self.keep_secret("open-sesame-now"))

    def test_a_host_key_that_is_not_the_known_one(self):
        impostor = self.ssh.new_key(f"impostor-{self.ns}")
        self.start(self.ssh.keys["ed25519"], self.ssh.known_hosts(key=impostor))
        message = self.failing("repo", "GitOperationFailed", kind="GitRepository")
        self.assertRegex(message, "host key|known_hosts")
        self.kube.secret(self.ns, "login", known_hosts=self.ssh.known_hosts(), identity=self.key(self.ssh.keys["ed25519"]))
        self.fetched()

    def test_a_user_key_the_server_does_not_know(self):
        self.start(self.ssh.new_key(f"stranger-{self.ns}"), self.ssh.known_hosts())
        self.failing("repo", "GitOperationFailed", kind="GitRepository")

    def test_a_secret_without_known_hosts(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "login", identity=self.key(self.ssh.keys["rsa"]))
        self.git_repository(self.ssh.url_of(repository), secretRef={"name": "login"})
        self.failing("repo", "AuthenticationFailed", "known_hosts", "GitRepository")


if __name__ == "__main__":
    scenario.main()
