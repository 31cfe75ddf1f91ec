"""Git through an HTTP proxy, plain and through a tunnel, spoken to over TLS or not."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from git_server import GitServer  # noqa: E402
from pki import Authority  # noqa: E402
from proxy_server import ProxyServer  # noqa: E402
from scenario import config_map  # noqa: E402


class Proxy(scenario.Scenario):
    source_flags = ("--max-retry-delay=2s",)

    def proxy(self, credentials=None, authority=None):
        server = ProxyServer(credentials, authority)
        self.addCleanup(server.stop)
        return server

    def test_plain_http_goes_through_the_proxy(self):
        proxy = self.proxy()
        repository = self.repository({"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "proxy", address=proxy.url)
        self.git_repository(repository.url, proxySecretRef={"name": "proxy"})
        self.fetched(commit=self.push(repository, {"b.yaml": config_map("b")}))
        self.assertTrue(proxy.requests)

    def test_https_goes_through_a_tunnel_and_the_server_is_still_verified(self):
        proxy = self.proxy(("someone", self.keep_secret("password-for-the-proxy")))
        authority = Authority(os.path.join(self.folder, f"pki-{self.ns}"))
        server = GitServer(os.path.join(self.folder, f"tls-{self.ns}"), authority)
        self.addCleanup(server.stop)
        repository = server.repository("a", {"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "proxy", address=proxy.url, username="someone", password="password-for-the-proxy")
        self.git_repository(repository.url, proxySecretRef={"name": "proxy"}, secretRef={"name": "tls"})
        self.kube.secret(self.ns, "tls", username="x", password="y")
        self.assertRegex(self.failing("repo", "GitOperationFailed", kind="GitRepository"), "(?i)certificate")
        with open(authority.ca) as f:
            self.kube.secret(self.ns, "tls", ca__crt=f.read())
        self.fetched()
        self.assertTrue(all(line.startswith("CONNECT ") for line in proxy.requests), proxy.requests)

    def test_a_proxy_that_is_spoken_to_over_tls(self):
        authority = Authority(os.path.join(self.folder, f"pki-{self.ns}"))
        with open(authority.ca) as f:
            ca = f.read()
        proxy = self.proxy(("someone", self.keep_secret("password-for-the-tls-proxy")), authority)
        server = GitServer(os.path.join(self.folder, f"tls-{self.ns}"), authority)
        self.addCleanup(server.stop)
        repository = server.repository("a", {"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "proxy", address=proxy.url, username="someone", password="password-for-the-tls-proxy")
        self.kube.secret(self.ns, "tls", username="x", password="y")
        self.git_repository(repository.url, proxySecretRef={"name": "proxy"}, secretRef={"name": "tls"})
        message = self.failing("repo", "GitOperationFailed", kind="GitRepository")
        self.assertIn(f"make a TLS connection with the proxy {proxy.url.removeprefix('https://')}: the certificate is not trusted",
                      message)
        self.assertEqual(proxy.requests, [])
        self.kube.secret(self.ns, "tls", ca__crt=ca)
        self.fetched()
        self.assertTrue(all(line.startswith("CONNECT ") for line in proxy.requests), proxy.requests)

        plain = self.repository({"b.yaml": config_map("b")}, "plain")
        self.git_repository(plain.url, "plain", proxySecretRef={"name": "proxy"}, secretRef={"name": "tls"})
        self.fetched("plain")
        self.assertTrue(any(line.startswith("GET http://") for line in proxy.requests), proxy.requests)

    def test_a_proxy_that_refuses_the_credentials(self):
        proxy = self.proxy(("someone", "right"))
        repository = self.repository({"a.yaml": config_map("a")})
        self.kube.secret(self.ns, "proxy", address=proxy.url, username="someone", password=self.keep_secret("wrong-password"))
        self.git_repository(repository.url, proxySecretRef={"name": "proxy"})
        self.assertRegex(self.failing("repo", kind="GitRepository"), "(?i)proxy|407")

    def test_a_missing_proxy_secret(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url, proxySecretRef={"name": "absent"})
        self.failing("repo", "AuthenticationFailed", "absent", "GitRepository")
        self.kube.secret(self.ns, "absent", address=self.proxy().url)
        self.fetched()


if __name__ == "__main__":
    scenario.main()
