"""HTTPS: authorities, client certificates, and certificates nobody vouches for."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from git_server import GitServer  # noqa: E402
from pki import Authority  # noqa: E402
from scenario import config_map  # noqa: E402


def read(path):
    with open(path) as f:
        return f.read()


class Tls(scenario.Scenario):
    source_flags = ("--max-retry-delay=2s",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(os.path.join(cls.folder, "pki"))
        cls.clients = Authority(os.path.join(cls.folder, "clients"), "weir test clients")

    def serve(self, client_ca=None):
        server = GitServer(os.path.join(self.folder, f"tls-{self.ns}"), self.authority, client_ca)
        self.addCleanup(server.stop)
        repository = server.repository("a", {"a.yaml": config_map("a")})
        return repository

    def test_a_certificate_nobody_vouches_for_until_its_authority_is_given(self):
        repository = self.serve()
        self.git_repository(repository.url, secretRef={"name": "tls"})
        self.kube.secret(self.ns, "tls", username="a", password="b")
        self.assertRegex(self.failing("repo", "GitOperationFailed", kind="GitRepository"), "(?i)certificate")
        self.kube.secret(self.ns, "tls", ca__crt=read(self.authority.ca))
        self.fetched()

    def test_the_wrong_authority(self):
        repository = self.serve()
        self.kube.secret(self.ns, "tls", ca__crt=read(self.clients.ca))
        self.git_repository(repository.url, secretRef={"name": "tls"})
        self.assertRegex(self.failing("repo", "GitOperationFailed", kind="GitRepository"), "(?i)certificate")

    def test_two_repositories_with_two_authorities_at_once(self):
        self.kube.secret(self.ns, "right", ca__crt=read(self.authority.ca))
        self.kube.secret(self.ns, "wrong", ca__crt=read(self.clients.ca))
        repository = self.serve()
        self.git_repository(repository.url, "right", secretRef={"name": "right"})
        self.git_repository(repository.url, "wrong", secretRef={"name": "wrong"})
        self.fetched("right")
        self.failing("wrong", "GitOperationFailed", kind="GitRepository")

    def test_a_client_certificate(self):
        repository = self.serve(self.clients.ca)
        certificate, key = self.clients.issue(f"client-{self.ns}", server=False)
        self.kube.secret(self.ns, "tls", ca__crt=read(self.authority.ca))
        self.git_repository(repository.url, secretRef={"name": "tls"})
        self.failing("repo", "GitOperationFailed", kind="GitRepository")
        self.kube.secret(self.ns, "tls", ca__crt=read(self.authority.ca), tls__crt=read(certificate),
                         tls__key=self.keep_secret(read(key)))
        self.fetched()

    def test_nonsense_instead_of_a_certificate(self):
        repository = self.serve()
        self.kube.secret(self.ns, "tls", ca__crt="this is no certificate")
        self.git_repository(repository.url, secretRef={"name": "tls"})
        self.failing("repo", message="certificate authority", kind="GitRepository")


if __name__ == "__main__":
    scenario.main()
