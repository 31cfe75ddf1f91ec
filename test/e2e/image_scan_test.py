"""ImageRepository and ImagePolicy: scans, choices, restarts, access, faults."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
from pki import Authority  # noqa: E402
from proxy_server import ProxyServer  # noqa: E402
from registry import Registry, docker_config  # noqa: E402


class ImageScan(scenario.Scenario):
    image_reflector_flags = ("--requeue-dependency=1s",)

    def setUp(self):
        super().setUp()
        self.registry = Registry()
        self.addCleanup(self.registry.stop)
        self.image = f"{self.registry.address}/team/app"
        self.registry.set_tags("team/app", ["1.0.0", "1.2.0", "2.0.0-rc.1", "latest"])

    def test_pages_of_any_size_and_a_new_tag(self):
        self.registry.page = 3
        self.image_repository(self.image)
        status = self.scanned(tags=4)["status"]
        self.assertEqual(status["lastScanResult"]["latestTags"], ["latest", "2.0.0-rc.1", "1.2.0", "1.0.0"])
        self.image_policy(policy={"semver": {"range": ">=1.0.0"}})
        self.image_policy("letters", policy={"alphabetical": {}})
        self.image_policy("filtered", policy={"numerical": {"order": "asc"}},
                          filterTags={"pattern": r"^(?P<major>\d+)\.(?P<minor>\d+)\.0$", "extract": "$major.$minor"})
        self.chosen("1.2.0")
        self.chosen("latest", "letters")
        self.chosen("1.2.0", "filtered")
        self.registry.add_tag("team/app", "1.3.0")
        self.reconcile("ImageRepository", "app")
        self.chosen("1.3.0", timeout=2)
        self.chosen("1.3.0", "filtered", timeout=2)

    def test_a_registry_with_etags_sends_an_unchanged_list_once(self):
        self.registry.etags = True
        self.image_repository(self.image, interval="1s")
        revision = self.scanned(tags=4)["status"]["lastScanResult"]["revision"]
        mark = self.registry.mark()
        self.reconcile("ImageRepository", "app")
        self.reconcile("ImageRepository", "app")
        self.assertEqual({e["status"] for e in self.registry.since(mark) if "tags/list" in e["path"]}, {304})
        self.assertEqual(self.scanned(tags=4)["status"]["lastScanResult"]["revision"], revision)
        self.registry.add_tag("team/app", "1.3.0")
        self.scanned(tags=5)
        self.kube.merge("ImageRepository", "app", self.ns, {"spec": {"exclusionList": ["^latest$"]}})
        self.scanned(tags=4)

    def test_tags_survive_a_kill(self):
        self.image_repository(self.image, interval="1h")
        self.image_policy()
        self.chosen("1.2.0")
        mark = self.registry.mark()
        self.images.kill()
        self.image_policy("later")
        self.images.start()
        self.chosen("1.2.0", "later")
        self.assertEqual(self.registry.since(mark), [])     # nothing was asked again

    def test_a_damaged_file_is_scanned_again(self):
        self.image_repository(self.image, interval="1h")
        self.scanned()
        self.images.kill()
        folder = os.path.join(self.images.storage_path, "imagerepository", self.ns, "app")
        name, = os.listdir(folder)
        with open(os.path.join(folder, name), "r+") as f:
            f.truncate(120)
        mark = self.registry.mark()
        self.images.start()
        self.image_policy()
        self.chosen("1.2.0")
        self.assertTrue(self.registry.since(mark))

    def test_tokens_from_a_pull_secret_of_the_service_account(self):
        password = self.keep_secret("a-registry-password-91")
        self.registry.token = ("robot", password)
        self.image_repository(self.image, serviceAccountName="puller", interval="1s")
        message = self.failing("app", "AuthenticationFailed", kind="ImageRepository")
        self.assertIn(f"service account '{self.ns}/puller' not found", message)
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull", "namespace": self.ns},
                         "type": "kubernetes.io/dockerconfigjson",
                         "stringData": {".dockerconfigjson": docker_config(self.registry.address, "robot", password)}})
        self.kube.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "puller", "namespace": self.ns},
                         "imagePullSecrets": [{"name": "pull"}]})
        self.scanned(tags=4)

    def test_a_wrong_password_is_told_and_not_repeated_in_the_message(self):
        password = self.keep_secret("a-wrong-password-17")
        self.registry.basic = ("robot", "right")
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull", "namespace": self.ns},
                         "type": "kubernetes.io/dockerconfigjson",
                         "stringData": {".dockerconfigjson": docker_config(self.registry.address, "robot", password)}})
        self.image_repository(self.image, secretRef={"name": "pull"})
        message = self.failing("app", "ReadOperationFailed", kind="ImageRepository")
        self.assertIn("scan failed: GET http://", message)
        self.assertIn("UNAUTHORIZED: authentication required", message)

    def test_a_private_authority(self):
        authority = Authority(os.path.join(self.folder, "pki"))
        registry = Registry(authority)
        self.addCleanup(registry.stop)
        registry.set_tags("team/app", ["1.0.0"])
        with open(authority.ca) as f:
            self.kube.secret(self.ns, "tls", **{"ca__crt": f.read()})
        self.image_repository(f"localhost:{registry.server.server_port}/team/app", certSecretRef={"name": "tls"})
        self.scanned(tags=1)
        self.image_policy()
        self.chosen("1.0.0")

    def test_a_registry_that_fails_recovers(self):
        self.registry.fault = lambda path: (503, {}, b"")
        self.image_repository(self.image, interval="2s", timeout="2s")
        self.failing("app", "ReadOperationFailed", kind="ImageRepository")
        self.registry.fault = None
        self.scanned(tags=4)

    def test_other_namespaces_need_leave(self):
        self.image_repository(self.image, accessFrom={"namespaceSelectors": [{"matchLabels": {"team": "a"}}]})
        self.scanned()
        home, self.ns = self.ns, self.kube.namespace(f"{self.ns}-guest")
        reference = {"name": "app", "namespace": home}
        self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1beta1", "kind": "ImagePolicy",
                          "metadata": {"name": "app", "namespace": self.ns},
                          "spec": {"imageRepositoryRef": reference, "policy": {"semver": {"range": "*"}}}})
        self.failing("app", "AccessDenied", kind="ImagePolicy")
        self.kube.merge("Namespace", self.ns, None, {"metadata": {"labels": {"team": "a"}}})
        self.chosen("1.2.0")

    def test_manifests_of_old_versions(self):
        self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1alpha2", "kind": "ImageRepository",
                          "metadata": {"name": "order-service", "namespace": self.ns}, "spec": {"image": self.image}})
        self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1beta1", "kind": "ImagePolicy",
                          "metadata": {"name": "order-service", "namespace": self.ns},
                          "spec": {"imageRepositoryRef": {"name": "order-service"}, "policy": {"semver": {"range": ">=1.0.0"}}}})
        self.chosen("1.2.0", "order-service")
        old = self.kube.get("ImagePolicy", "order-service", self.ns, "image.toolkit.fluxcd.io/v1beta1")
        self.assertEqual(old["status"]["latestImage"], f"{self.image}:1.2.0")

    def test_a_registry_that_asks_for_patience_gets_it(self):
        other = Registry()
        self.addCleanup(other.stop)
        other.set_tags("team/other", ["1.0.0"])
        self.image_repository(f"{other.address}/team/other", "other", interval="1s")
        self.registry.fault = lambda path: (429, {"Retry-After": "60"}, b"")
        self.image_repository(self.image, interval="1s")
        self.failing("app", "ReadOperationFailed", "unexpected status code 429", kind="ImageRepository")
        mark = self.registry.mark()
        self.after_passes("ImageRepository", "other", 2)    # of the same interval
        self.assertEqual(self.registry.since(mark), [])
        self.assertEqual(len([e for e in self.kube.events(self.ns, "app") if e["type"] == "Warning"]), 1)
        self.registry.fault = None
        self.reconcile("ImageRepository", "app")
        self.scanned(tags=4)

    def test_a_proxy(self):
        password = self.keep_secret("a-proxy-password-33")
        self.kube.secret(self.ns, "proxy", address=f"http://{self.registry.address}", username="robot", password=password)
        self.image_repository("10.255.255.1:5000/team/app", proxySecretRef={"name": "proxy"}, insecure=True, timeout="10s")
        self.scanned(tags=4)        # the scripted registry takes the whole URL, as a proxy does

    def test_a_proxy_that_is_spoken_to_over_tls(self):
        authority = Authority(os.path.join(self.folder, f"pki-proxy-{self.ns}"))
        registry, proxy = Registry(authority), ProxyServer(authority=authority)
        for server in (registry, proxy):
            self.addCleanup(server.stop)
        registry.set_tags("team/app", ["1.0.0", "1.2.0"])
        self.kube.secret(self.ns, "proxy", address=proxy.url)
        with open(authority.ca) as f:
            self.kube.secret(self.ns, "authority", ca__crt=f.read())
        self.image_repository(f"{registry.address}/team/app", "unknown", proxySecretRef={"name": "proxy"}, timeout="10s")
        self.assertIn(f"make a TLS connection with the proxy {proxy.url.removeprefix('https://')}: the certificate is not trusted",
                      self.failing("unknown", kind="ImageRepository"))
        self.assertEqual(proxy.requests, [])
        self.image_repository(f"{registry.address}/team/app", proxySecretRef={"name": "proxy"},
                              certSecretRef={"name": "authority"}, timeout="10s")
        self.scanned(tags=2)
        self.assertEqual(set(proxy.requests), {f"CONNECT {registry.address}"})

    def test_nothing_is_written_when_nothing_changed(self):
        self.image_repository(self.image)
        self.image_policy()
        before = self.chosen("1.2.0")["metadata"]["resourceVersion"]
        self.reconcile("ImageRepository", "app")
        passes = self.passes_ended("ImagePolicy", "app")
        self.kube.merge("ImageRepository", "app", self.ns, {"spec": {"interval": "20m"}})   # policies look again
        self.passes_ended("ImagePolicy", "app", passes + 1)
        self.assertEqual(self.kube.get("ImagePolicy", "app", self.ns)["metadata"]["resourceVersion"], before)

    def test_no_tag_that_fits_until_one_comes(self):
        self.image_repository(self.image)
        self.image_policy(policy={"semver": {"range": ">=3"}})
        self.failing("app", "Failure", "unable to determine latest version from provided list", kind="ImagePolicy")
        self.registry.add_tag("team/app", "3.0.0")
        self.reconcile("ImageRepository", "app")
        self.chosen("3.0.0")

    def test_refused_by_name(self):
        self.image_repository("https://ghcr.io/team/app", "scheme")
        self.image_repository(self.image, "cloud", provider="aws", serviceAccountName="robot")
        self.image_repository(self.image, "excluding", exclusionList=["["])
        self.image_policy("ranged", policy={"semver": {"range": "many"}})
        for kind, name, reason in (("ImageRepository", "scheme", "ImageURLInvalid"),
                                   ("ImageRepository", "cloud", "FeatureGateDisabled"),
                                   ("ImageRepository", "excluding", "InvalidSpec"), ("ImagePolicy", "ranged", "InvalidPolicy")):
            self.failing(name, reason, kind=kind)
            self.assertEqual(condition(self.kube.get(kind, name, self.ns), "Stalled")["status"], "True")

    def test_suspended_and_deleted(self):
        self.image_repository(self.image)
        self.scanned()
        self.kube.merge("ImageRepository", "app", self.ns, {"spec": {"suspend": True}})
        mark = self.registry.mark()
        self.reconcile("ImageRepository", "app")
        self.assertEqual(self.registry.since(mark), [])
        self.kube.delete("ImageRepository", "app", self.ns)
        self.kube.wait_gone("ImageRepository", "app", self.ns)
        self.assertFalse(os.path.exists(os.path.join(self.images.storage_path, "imagerepository", self.ns, "app")))


if __name__ == "__main__":
    scenario.main()
