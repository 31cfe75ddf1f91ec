"""What is wrong in Git is named with its file and line, and the last good state stays."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402

WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n"


class BrokenManifest(scenario.Scenario):
    def start(self, files=None, **spec):
        repository = self.repository(files or {"a.yaml": config_map("a", n="1"), "b.yaml": config_map("b", n="1")})
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()
        return repository

    def stays(self):
        self.assertEqual(self.map("a")["data"], {"n": "1"})
        self.assertEqual(self.map("b")["data"], {"n": "1"})

    def test_broken_yaml_is_named_with_file_and_line_and_mended_by_the_next_commit(self):
        repository = self.start()
        bad = config_map("a", n="2") + "  key: value: again\n"      # line 7
        self.push(repository, {"a.yaml": bad, "b.yaml": None})
        message = self.failing(reason="BuildFailed")
        self.assertRegex(message, r"a\.yaml.*\b7\b")
        self.event("app", "a.yaml", reason="BuildFailed", type_="Warning")
        self.stays()
        self.applied(commit=self.push(repository, {"a.yaml": config_map("a", n="3"), "b.yaml": config_map("b", n="3")}))
        self.assertEqual(self.map("a")["data"], {"n": "3"})

    def test_broken_yaml_below_a_kustomization(self):
        repository = self.start({"kustomization.yaml": "resources:\n- a.yaml\n- base\n", "a.yaml": config_map("a", n="1"),
                                 "base/kustomization.yaml": "resources:\n- b.yaml\n", "base/b.yaml": config_map("b", n="1")})
        self.push(repository, {"base/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b: c\n"})
        self.assertRegex(self.failing(reason="BuildFailed"), r"base/b\.yaml.*\b4\b")
        self.stays()

    def test_a_file_that_a_kustomization_names_and_that_is_missing(self):
        repository = self.start({"kustomization.yaml": "resources:\n- a.yaml\n- b.yaml\n", "a.yaml": config_map("a", n="1"),
                                 "b.yaml": config_map("b", n="1")})
        self.push(repository, {"b.yaml": None})
        self.assertIn("b.yaml", self.failing(reason="BuildFailed"))
        self.stays()

    def test_the_same_object_twice(self):
        repository = self.start()
        self.push(repository, {"c.yaml": config_map("a", n="2")})
        message = self.failing(reason="BuildFailed")
        self.assertIn("ConfigMap", message)
        self.assertRegex(message, r"\ba\b")
        self.stays()

    def test_a_kind_that_nobody_serves_and_that_comes_later(self):
        repository = self.start()
        commit = self.push(repository, {"a.yaml": config_map("a", n="2"), "w.yaml": WIDGET})
        message = self.failing(reason="ReconciliationFailed")
        self.assertIn("Widget", message)
        self.assertIn("example.com/v1", message)
        self.stays()
        self.kube.create({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                          "metadata": {"name": "widgets.example.com"},
                          "spec": {"group": "example.com", "scope": "Namespaced",
                                   "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"},
                                   "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                                       "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}})
        self.applied(commit=commit)
        self.assertIsNotNone(self.kube.get("Widget", "w", self.ns, "example.com/v1"))

    def test_every_refused_object_is_reported_at_once_and_none_is_written(self):
        repository = self.start()
        service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: %s\nspec:\n  ports:\n  - port: 123456\n"
        self.push(repository, {"a.yaml": config_map("a", n="2"), "c.yaml": service % "first", "d.yaml": service % "second"})
        message = self.failing(reason="ReconciliationFailed")
        self.assertIn(f"Service/{self.ns}/first dry-run failed", message)
        self.assertIn(f"Service/{self.ns}/second", message)
        self.stays()

    def test_a_missing_namespace_is_named_and_recovered_from(self):
        other = f"{self.ns}-other"
        repository = self.start(targetNamespace=None,
                                files={"a.yaml": config_map("a", self.ns, n="1"), "b.yaml": config_map("b", self.ns, n="1")})
        commit = self.push(repository, {"a.yaml": config_map("a", self.ns, n="2"), "c.yaml": config_map("c", other)})
        message = self.failing(reason="ReconciliationFailed")
        self.assertIn(other, message)
        self.assertIn("not found", message)
        self.stays()
        self.kube.namespace(other)
        self.applied(commit=commit)
        self.assertIsNotNone(self.kube.get("ConfigMap", "c", other))

    def test_a_namespace_in_the_same_commit_comes_first(self):
        other = f"{self.ns}-own"
        self.start(targetNamespace=None, files={
            "a.yaml": config_map("a", other, n="1"),
            "z.yaml": f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {other}\n"})
        self.assertIsNotNone(self.kube.get("ConfigMap", "a", other))

    def test_a_path_that_is_not_there(self):
        repository = self.start({"deploy/a.yaml": config_map("a", n="1"), "deploy/b.yaml": config_map("b", n="1")}, path="./deploy")
        self.push(repository, {"deploy/a.yaml": None, "deploy/b.yaml": None, "README": "gone"})
        self.assertIn("kustomization path not found", self.failing(reason="ArtifactFailed"))
        self.stays()

    def test_a_path_outside_the_repository(self):
        repository = self.repository({"app/kustomization.yaml": "resources:\n- ../../../../../../etc/passwd\n"})
        self.git_repository(repository.url)
        self.kustomization(path="./app")
        message = self.failing(reason="BuildFailed")
        self.assertIn("passwd", message)
        self.assertNotIn("root:", message)

    def test_a_symbolic_link_out_of_the_repository_leads_nowhere(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        os.symlink("/etc", os.path.join(repository.tree, "etc"))
        repository.write("kustomization.yaml", "resources:\n- a.yaml\nconfigMapGenerator:\n- name: stolen\n  files:\n  - etc/passwd\n")
        repository.commit()
        self.git_repository(repository.url)
        self.kustomization()
        self.assertIn("etc/passwd", self.failing(reason="BuildFailed"))

    def test_a_field_of_later_is_refused_by_name(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization("later", decryption={"provider": "sops"})
        obj = self.kube.wait_condition("Kustomization", "later", self.ns, "Stalled", "True")
        self.assertIn("decryption", str(obj["status"]["conditions"]))
        self.assertIsNone(self.map("a"))


if __name__ == "__main__":
    scenario.main()
