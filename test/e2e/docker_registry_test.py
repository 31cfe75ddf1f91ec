"""A real registry: scans, a policy that follows a new tag, digests."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from registry import DockerRegistry  # noqa: E402


class RealRegistry(scenario.Scenario):
    image_reflector_flags = ()

    @classmethod
    def prepare(cls):
        cls.registry = DockerRegistry(os.path.join(cls.folder, "registry"))
        cls.addClassCleanup(cls.registry.stop)

    def test_a_policy_follows_a_pushed_tag(self):
        image = f"{self.registry.address}/team/app"
        self.registry.push("team/app", "1.0.0")
        self.registry.push("team/app", "sha256-abc.sig")
        self.image_repository(image)
        repository = self.scanned(tags=1)       # the signature is excluded by default
        self.assertEqual(repository["status"]["canonicalImageName"], image)
        self.image_policy()
        self.chosen("1.0.0")
        self.registry.push("team/app", "1.1.0")
        self.reconcile("ImageRepository", "app")
        policy = self.chosen("1.1.0")
        self.assertEqual(policy["status"]["latestRef"], {"name": image, "tag": "1.1.0"})
        self.assertEqual(policy["status"]["latestImage"], f"{image}:1.1.0")
        self.assertEqual(scenario.condition(policy)["message"],
                         f"Latest image tag for {image} resolved to 1.1.0 (previously {image}:1.0.0)")

    def test_the_digest_is_reflected(self):
        self.registry.push("team/digest", "1.0.0")
        self.image_repository(f"{self.registry.address}/team/digest")
        self.image_policy(digestReflectionPolicy="Always", interval="1s")
        old = self.chosen("1.0.0")["status"]["latestRef"]["digest"]
        new = self.registry.push("team/digest", "1.0.0", "other content")
        self.assertNotEqual(old, new)
        self.kube.wait("ImagePolicy", "app", self.ns, lambda o: o["status"]["latestRef"]["digest"] == new, 10, "the new digest")


if __name__ == "__main__":
    if not DockerRegistry.is_there():
        print("skipped: no docker-registry (Debian package docker-registry)")
        sys.exit(77)
    scenario.main()
