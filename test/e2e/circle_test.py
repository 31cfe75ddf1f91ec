"""The whole circle on real parts: a tag is pushed to a registry, the commit appears in Git, the new image in the cluster."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from registry import DockerRegistry  # noqa: E402
from ssh_server import SshServer  # noqa: E402

# As the text that this product answers prints it: two objects of an old version, without an interval.
AS_PRINTED = [
    {"apiVersion": "image.toolkit.fluxcd.io/v1beta1", "kind": "ImagePolicy", "metadata": {"name": "order-service"},
     "spec": {"imageRepositoryRef": {"name": "order-service"}, "policy": {"semver": {"range": ">=1.0.0"}}}},
    {"apiVersion": "image.toolkit.fluxcd.io/v1beta1", "kind": "ImageUpdateAutomation", "metadata": {"name": "update-images"},
     "spec": {"sourceRef": {"kind": "GitRepository", "name": "k8s-config"},
              "update": {"path": "./apps", "strategy": "Setters"},
              "git": {"commit": {"author": {"name": "Flux", "email": "flux@example.com"}}}}},
]


def deployment(image, marker):
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: order-service
spec:
  selector:
    matchLabels: {{app: order-service}}

  template:
    metadata:
      labels: {{app: order-service}}
    spec:
      containers:
        - name: order-service
          image: {image} # {marker}
"""


class Circle(scenario.Scenario):
    image_reflector_flags = ()
    image_automation_flags = ()

    @classmethod
    def prepare(cls):
        cls.registry = DockerRegistry(os.path.join(cls.folder, "registry"))
        cls.addClassCleanup(cls.registry.stop)
        cls.ssh = SshServer(os.path.join(cls.folder, "ssh"))
        cls.addClassCleanup(cls.ssh.stop)

    def image_of(self):
        found = self.kube.get("Deployment", "order-service", self.ns)
        return found and found["spec"]["template"]["spec"]["containers"][0]["image"]

    def turn(self, repository, source):
        """Objects as printed, around them what they presuppose; then one turn of the circle."""
        name = f"{self.ns}/order-service"
        image = f"{self.registry.address}/{name}"
        self.registry.push(name, "1.0.0")
        self.git_repository(**source, name="k8s-config", interval="1h")
        self.image_repository(image, name="order-service", interval="1s")
        for obj in AS_PRINTED:
            self.kube.create({**obj, "metadata": {**obj["metadata"], "namespace": self.ns}})
        self.kustomization(source="k8s-config", path="./apps/order-service", interval="1h")
        self.chosen("1.0.0", "order-service")
        self.kube.wait("Deployment", "order-service", self.ns, lambda o: self.image_of() == f"{image}:1.0.0", 15, "the first image")
        start = time.monotonic()
        self.registry.push(name, "1.1.0")
        self.registry.push(name, "0.9.0")
        self.kube.wait("Deployment", "order-service", self.ns, lambda o: self.image_of() == f"{image}:1.1.0", 10, "the new image")
        # A second until the next scan, and the hops: no interval of Git's or the cluster's side is waited for.
        self.assertLess(time.monotonic() - start, 6)
        commit = self.pushed("update-images")
        self.assertEqual(repository.head(), commit)
        self.assertEqual(repository.log("%an <%ae> %s"), [
            "Flux <flux@example.com> Update from image update automation", "Test <test@example.com> start"])
        self.applied(commit=commit)
        policy = self.kube.get("ImagePolicy", "order-service", self.ns)
        self.assertEqual(policy["status"]["latestImage"], f"{image}:1.1.0")
        self.assertEqual(policy["status"]["latestRef"], {"name": image, "tag": "1.1.0"})

    def files(self):
        marker = '{"$imagepolicy": "%s:order-service"}' % self.ns
        image = f"{self.registry.address}/{self.ns}/order-service:1.0.0"
        return {"apps/order-service/deployment.yaml": deployment(image, marker)}

    def test_over_http(self):
        repository = self.repository(self.files())
        self.turn(repository, {"url": repository.url})
        self.assertEqual(repository.show("apps/order-service/deployment.yaml").decode(),
                         self.files()["apps/order-service/deployment.yaml"].replace(":1.0.0", ":1.1.0"))

    def test_over_ssh(self):
        repository = self.repository(self.files())
        with open(self.ssh.keys["ed25519"]) as f:
            self.kube.secret(self.ns, "login", identity=self.keep_secret(f.read()), known_hosts=self.ssh.known_hosts())
        self.turn(repository, {"url": self.ssh.url_of(repository), "secretRef": {"name": "login"}})


if __name__ == "__main__":
    if not DockerRegistry.is_there():
        print("skipped: no docker-registry (Debian package docker-registry)")
        sys.exit(77)
    scenario.main()
