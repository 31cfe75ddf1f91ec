"""Custom resources and their definitions: extended, deleted, renamed, in one commit or behind our back."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402


def definition(group, plural="widgets", properties="size: {type: integer}"):
    return f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.{group}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Widget, listKind: WidgetList, plural: {plural}, singular: widget}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, properties: {{{properties}}}}}}}}}}}
"""


def widget(group, spec="size: 1"):
    return f"apiVersion: {group}/v1\nkind: Widget\nmetadata:\n  name: one\nspec: {{{spec}}}\n"


class Definitions(scenario.Scenario):
    def start(self, **spec):
        self.group = f"{self.ns}.example.org"
        files = {"crd.yaml": definition(self.group), "widget.yaml": widget(self.group)}
        repository = self.repository(files)
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()
        return repository, files

    def widget(self, **found):
        return self.kube.get("Widget", "one", self.ns, f"{self.group}/v1")

    def test_both_removed_and_put_back(self):
        repository, files = self.start()
        self.applied(commit=self.push(repository, {name: None for name in files} | {"README": "empty"}))
        self.kube.wait_gone("CustomResourceDefinition", f"widgets.{self.group}")
        self.applied(commit=self.push(repository, files))
        self.assertIsNotNone(self.widget())

    def test_a_definition_that_was_deleted_by_hand_comes_back_with_its_objects(self):
        self.start()
        self.kube.delete("CustomResourceDefinition", f"widgets.{self.group}")
        deadline = time.monotonic() + 30
        while True:
            try:
                if self.widget():
                    break
            except Exception:   # the kind is not served yet
                pass
            self.assertLess(time.monotonic(), deadline, "the definition did not come back")
            time.sleep(0.2)
        self.applied()

    def test_back_under_another_plural(self):
        repository, files = self.start()
        self.applied(commit=self.push(repository, {name: None for name in files} | {"README": "empty"}))
        self.kube.wait_gone("CustomResourceDefinition", f"widgets.{self.group}")
        commit = self.push(repository, {**files, "crd.yaml": definition(self.group, "widgeten")})
        self.applied(commit=commit)

    def test_a_new_field_in_the_definition_and_in_the_object_by_one_commit(self):
        repository, _ = self.start(force=True)
        uid = self.widget()["metadata"]["uid"]
        commit = self.push(repository, {"crd.yaml": definition(self.group, properties="colour: {type: string, enum: [red]}"),
                                        "widget.yaml": widget(self.group, "colour: red")})
        self.applied(commit=commit)
        self.assertEqual(self.widget()["spec"], {"colour": "red"})
        self.assertEqual(self.widget()["metadata"]["uid"], uid)

    def test_both_at_once_after_a_restart_are_healthy_soon(self):
        self.group = f"{self.ns}.example.org"
        repository = self.repository({"crd.yaml": definition(self.group), "widget.yaml": widget(self.group)})
        self.git_repository(repository.url)
        self.fetched()
        self.kustomize.stop()
        self.kustomize.start()
        begin = time.monotonic()
        self.kustomization(wait=True, timeout="5m")
        self.applied(timeout=40)
        self.assertLess(time.monotonic() - begin, 30)


if __name__ == "__main__":
    scenario.main()
