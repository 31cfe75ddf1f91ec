"""postBuild: variables from the spec, from ConfigMaps and from Secrets."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Substitution(scenario.Scenario):
    def apply(self, files, wait=True, **post_build):
        repository = self.repository(files)
        self.git_repository(repository.url)
        self.kustomization(postBuild=post_build)
        if wait:
            self.applied()
        return repository

    def test_values_defaults_and_escapes(self):
        self.apply({"a.yaml": config_map("a", plain="${name}", default="${other:=fallback}", kept="$${name}", shell="$HOME",
                                         upper="${name^^}", part="${name:0:2}", quoted="${port}")},
                   substitute={"name": "weir", "port": '"8080"'})
        self.assertEqual(self.map("a")["data"], {"plain": "weir", "default": "fallback", "kept": "${name}", "shell": "$HOME",
                                                 "upper": "WEIR", "part": "we", "quoted": "8080"})

    def test_precedence(self):
        self.kube.config_map(self.ns, "first", a="1", b="1", c="1")
        self.kube.secret(self.ns, "second", b="2", c="2")
        self.apply({"a.yaml": config_map("a", all="<${a}${b}${c}>")}, substitute={"c": "3"},
                   substituteFrom=[{"kind": "ConfigMap", "name": "first"}, {"kind": "Secret", "name": "second"},
                                   {"kind": "ConfigMap", "name": "absent", "optional": True}])
        self.assertEqual(self.map("a")["data"], {"all": "<123>"})

    def test_a_missing_reference_is_named_and_picked_up(self):
        self.apply({"a.yaml": config_map("a", v="<${a}>")}, wait=False, substituteFrom=[{"kind": "ConfigMap", "name": "late"}])
        self.failing(reason="BuildFailed", message="substitute from 'ConfigMap/late' error")
        self.kube.config_map(self.ns, "late", a="here")
        self.applied()
        self.assertEqual(self.map("a")["data"], {"v": "<here>"})

    def test_a_variable_that_is_not_set(self):
        self.apply({"a.yaml": config_map("a", v="<${nope}>")}, wait=False, substitute={"a": "b"})
        self.failing(reason="BuildFailed", message="variable not set (strict mode)")

    def test_a_watched_config_map_triggers_a_reconcile(self):
        self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1"},
                         "metadata": {"name": "vars", "namespace": self.ns, "labels": {"reconcile.fluxcd.io/watch": "Enabled"}}})
        self.apply({"a.yaml": config_map("a", v="<${a}>")}, substituteFrom=[{"kind": "ConfigMap", "name": "vars"}])
        self.kube.merge("ConfigMap", "vars", self.ns, {"data": {"a": "2"}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"v": "<2>"}, 10, "the new value")

    def test_objects_that_opt_out(self):
        out = config_map("a", v="${b}").replace("  name: a\n", "  name: a\n  annotations:\n"
                                                "    kustomize.toolkit.fluxcd.io/substitute: disabled\n")
        self.apply({"a.yaml": out}, substitute={"b": "c"})
        self.assertEqual(self.map("a")["data"], {"v": "${b}"})


if __name__ == "__main__":
    scenario.main()
