"""Registries of clouds: the controller signs in as itself, at identity services on plain HTTP, and reaches the registry over
TLS through the proxy that the object names."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from pki import Authority  # noqa: E402
from proxy_server import ProxyServer  # noqa: E402
from registry import Registry  # noqa: E402

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
GOOGLE = "europe-west1-docker.pkg.dev"


class CloudRegistry(scenario.Scenario):
    image_reflector_flags = ()

    def setUp(self):
        super().setUp()
        authority = Authority(os.path.join(self.folder, f"pki-{self.ns}"))
        self.services, self.registry, self.proxy = Registry(), Registry(authority, [ECR, GOOGLE]), ProxyServer()
        for server in (self.services, self.registry, self.proxy):
            self.addCleanup(server.stop)
        self.proxy.routes = {f"{host}:443": self.registry.address for host in (ECR, GOOGLE)}
        self.registry.set_tags("team/app", ["1.0.0", "1.2.0"])
        self.kube.secret(self.ns, "proxy", address=self.proxy.url)
        self.password = self.keep_secret(f"login-of-the-cloud-{self.ns}")
        self.aws_key = self.keep_secret(f"aws-secret-key-{self.ns}")
        self.images.kill()
        self.images.environment = {
            **self.images.environment, "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": self.aws_key,
            "AWS_ENDPOINT_URL_ECR": self.services.url, "GCE_METADATA_HOST": self.services.address,
            "SSL_CERT_FILE": authority.ca}
        self.images.start()

    def cloud_image(self, host, name="app", **spec):
        return self.image_repository(f"{host}/team/app", name, timeout="10s", proxySecretRef={"name": "proxy"}, **spec)

    def logins(self):
        return [entry for entry in self.services.log if entry["method"] == "POST" or "computeMetadata" in entry["path"]]

    def test_aws(self):
        self.registry.basic = ("AWS", self.password)
        token = base64.b64encode(f"AWS:{self.password}".encode()).decode()
        self.services.post = lambda url, body: (200, {}, json.dumps({"authorizationData": [{"authorizationToken": token}]}).encode())
        self.cloud_image(ECR, provider="aws")
        self.scanned(tags=2)
        login, = self.logins()
        self.assertEqual(login["path"], "/")
        self.assertIn("Credential=AKIDTEST/", login["authorization"])
        self.cloud_image(ECR, "second", provider="aws")
        self.scanned("second", tags=2)
        self.assertEqual(len(self.logins()), 1)     # one login serves the region

    def test_google(self):
        self.registry.basic = ("oauth2accesstoken", self.password)
        self.services.fault = lambda path: (200, {"Metadata-Flavor": "Google"}, json.dumps(
            {"access_token": self.password, "expires_in": 3600}).encode()) if path.startswith("/computeMetadata/") else None
        # What the object says of plain HTTP counts for nothing: its proxy would read the controller's token.
        self.cloud_image(GOOGLE, provider="gcp", insecure=True)
        self.scanned(tags=2)
        self.assertEqual(len(self.logins()), 1)
        self.assertEqual(set(self.proxy.requests), {f"CONNECT {GOOGLE}:443"})

    def test_a_refused_login_and_another_host(self):
        self.services.post = lambda url, body: (400, {}, b'{"__type":"AccessDeniedException","message":"no"}')
        self.cloud_image(ECR, provider="aws")
        self.failing("app", "AuthenticationFailed", "provider aws: ecr:GetAuthorizationToken at "
                     f"{self.services.address}: unexpected status code 400: AccessDeniedException", kind="ImageRepository")
        self.image_repository(f"{self.registry.address}/team/app", "elsewhere", provider="azure")
        self.failing("elsewhere", "AuthenticationFailed", "is no registry of Azure", kind="ImageRepository")
        self.registry.basic = ("AWS", self.password)
        token = base64.b64encode(f"AWS:{self.password}".encode()).decode()
        self.services.post = lambda url, body: (200, {}, json.dumps({"authorizationData": [{"authorizationToken": token}]}).encode())
        self.scanned(tags=2)        # by itself


if __name__ == "__main__":
    scenario.main()
