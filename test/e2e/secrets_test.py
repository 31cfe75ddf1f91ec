"""Secret values of every kind stay out of logs, events and status, also when something fails."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import base64  # noqa: E402

from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402


class Secrets(scenario.Scenario):
    source_flags = ("--log-level=trace",)
    kustomize_flags = ("--log-level=trace",)

    def test_an_applied_secret_and_its_refusal(self):
        value = self.keep_secret("the-launch-code-0000")
        encoded = base64.b64encode(value.encode()).decode()
        secret = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ntype: Opaque\nstringData:\n  code: {value}\n"
        repository = self.repository({"s.yaml": secret})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.assertEqual(self.kube.get("Secret", "s", self.ns)["data"], {"code": encoded})
        # immutable type: the API server's refusal is about a Secret
        self.push(repository, {"s.yaml": secret.replace("Opaque", "kubernetes.io/basic-auth")})
        self.failing(reason="ReconciliationFailed", message=f"Secret/{self.ns}/s")
        # a value of the wrong shape, quoted by the API server
        other = self.keep_secret("not-base64-but-secret!!")
        self.push(repository, {"s.yaml": f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  code: \"{other}\"\n"})
        self.failing(reason="ReconciliationFailed", message="Secret")

    def test_a_broken_file_with_a_secret_in_it(self):
        value = self.keep_secret("swordfish-in-a-broken-file")
        repository = self.repository({"s.yaml": f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: {value}: b\n"})
        self.git_repository(repository.url)
        self.kustomization()
        self.assertIn("s.yaml", self.failing(reason="BuildFailed"))

    def test_substituted_values(self):
        value = self.keep_secret("hunter2-from-a-secret")
        self.kube.secret(self.ns, "vars", token=value)
        repository = self.repository({"s.yaml": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  t: ${token}\n",
                                      "bad.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  ports:\n  - port: ${token}\n"})
        self.git_repository(repository.url)
        self.kustomization(postBuild={"substituteFrom": [{"kind": "Secret", "name": "vars"}]})
        self.failing(message="Service")

    def test_credentials_in_the_url(self):
        password = self.keep_secret("url-borne-password")
        repository = self.repository({"a.yaml": config_map("a")})
        url = repository.url.replace("http://", f"http://someone:{password}@").replace(".git", "-absent.git")
        self.git_repository(url)
        self.failing("repo", kind="GitRepository")

    def test_a_changed_secret_in_the_change_set(self):
        self.keep_secret("first-value-of-it", "second-value-of-it")
        text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  v: %s\n"
        repository = self.repository({"s.yaml": text % "first-value-of-it"})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        app = self.applied(commit=self.push(repository, {"s.yaml": text % "second-value-of-it"}))
        self.assertEqual(condition(app)["status"], "True")
        self.event("app", f"Secret/{self.ns}/s configured")


if __name__ == "__main__":
    scenario.main()
