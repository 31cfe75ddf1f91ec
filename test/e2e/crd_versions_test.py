"""CRDs on the real API server: every version of a kind has one schema, and an object with every field survives each of them."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
from kube import ApiError, Kube  # noqa: E402
from processes import ROOT, ControlPlane, require_control_plane  # noqa: E402

CRDS = ["gitrepositories.source.toolkit.fluxcd.io", "kustomizations.kustomize.toolkit.fluxcd.io",
        "imagerepositories.image.toolkit.fluxcd.io", "imagepolicies.image.toolkit.fluxcd.io",
        "imageupdateautomations.image.toolkit.fluxcd.io"]
TIME = "2026-01-02T03:04:05Z"


# Fields that exclude each other by a CEL rule: those named here are left out of the full object.
LEFT_OUT = {"spec.kubeConfig.configMapRef", "spec.serviceAccountName@GitRepository"}
# Values that a CEL rule asks for.
FORCED = {"spec.digestReflectionPolicy": "Always"}


def full(schema, kind, path=""):
    """A value with every field the schema knows."""
    if path in FORCED:
        return FORCED[path]
    type_ = schema.get("type")
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return {"anything": [1, {"deep": True}]}
    if type_ == "object":
        if "additionalProperties" in schema:
            return {"key": full(schema["additionalProperties"], kind, path + "{}")}
        out = {}
        for name, part in schema.get("properties", {}).items():
            below = f"{path}.{name}".lstrip(".")
            if below not in LEFT_OUT and f"{below}@{kind}" not in LEFT_OUT:
                out[name] = full(part, kind, below)
        return out
    if type_ == "array":
        return [full(schema["items"], kind, path + "[]")]
    if type_ == "integer":
        return 7
    if type_ == "boolean":
        return True
    if "enum" in schema:
        return schema["enum"][-1]
    if schema.get("format") == "date-time":
        return TIME
    pattern = schema.get("pattern", "")
    if pattern.endswith("(ms|s|m|h))+$") or pattern.endswith("(ms|s|m))+$"):
        return "1m30s"
    if "://" in pattern:
        return "https://example.com/x"
    if ":[a-zA-Z0-9=_-]+$" in pattern:
        return "sha256:00"
    return "text"


class CrdVersions(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(crds=[os.path.join(ROOT, "crds")])
        cls.addClassCleanup(lambda: cls.plane.stop())
        cls.plane.start()
        cls.kube = Kube(cls.plane.describe())
        cls.crds = {name: cls.kube.get("CustomResourceDefinition", name) for name in CRDS}

    def test_every_version_has_one_schema_and_the_newest_is_stored(self):
        for name, crd in self.crds.items():
            versions = crd["spec"]["versions"]
            for version in versions[1:]:
                self.assertEqual(version["schema"], versions[0]["schema"], f"{name} {version['name']}")
            self.assertEqual([v["name"] for v in versions if v["storage"]], ["v1"], name)
            self.assertTrue(all(v["served"] and "status" in v["subresources"] for v in versions), name)

    def test_accepted_without_complaint(self):
        for name, crd in self.crds.items():
            by_type = {c["type"]: c for c in crd["status"]["conditions"]}
            self.assertNotIn("NonStructuralSchema", by_type, name)
            self.assertEqual(by_type["NamesAccepted"]["status"], "True", name)

    def test_labels_that_clients_look_for(self):
        for name, crd in self.crds.items():
            labels = crd["metadata"]["labels"]
            self.assertEqual(labels["app.kubernetes.io/part-of"], "flux", name)
            self.assertRegex(labels["app.kubernetes.io/version"], r"^v\d+\.\d+\.\d+", name)
            self.assertEqual(crd["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/substitute"], "disabled", name)

    def test_an_object_with_every_field_survives_each_version(self):
        for name, crd in self.crds.items():
            kind, group = crd["spec"]["names"]["kind"], crd["spec"]["group"]
            versions = [v["name"] for v in crd["spec"]["versions"]]
            schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
            spec, status = full(schema["spec"], kind, "spec"), full(schema["status"], kind, "status")
            for created in versions:
                with self.subTest(kind=kind, created=created):
                    object_name = f"full-{created}"
                    self.kube.create({"apiVersion": f"{group}/{created}", "kind": kind, "spec": spec,
                                      "metadata": {"name": object_name, "namespace": "default"}})
                    self.kube.merge(kind, object_name, "default", {"status": status}, f"{group}/{created}", "status")
                    for version in versions:
                        self.kube.merge(kind, object_name, "default", {"metadata": {"labels": {"seen-by": version}}},
                                        f"{group}/{version}")
                        self.kube.merge(kind, object_name, "default", {"status": {"observedGeneration": 8}},
                                        f"{group}/{version}", "status")
                        got = self.kube.get(kind, object_name, "default", f"{group}/{version}")
                        self.assertEqual(got["spec"], spec, version)
                        self.assertEqual(got["status"], dict(status, observedGeneration=8), version)

    def minimal(self, kind, spec, version):
        group = {"GitRepository": "source", "Kustomization": "kustomize"}.get(kind, "image")
        name = f"small-{kind.lower()}-{version}"
        return self.kube.create({"apiVersion": f"{group}.toolkit.fluxcd.io/{version}", "kind": kind, "spec": spec,
                                 "metadata": {"name": name, "namespace": "default"}})

    def test_a_small_object_gets_the_defaults(self):
        for version in ("v1", "v1beta2"):
            git = self.minimal("GitRepository", {"url": "ssh://git@example.com/x", "interval": "1m"}, version)
            self.assertEqual(git["spec"], {"url": "ssh://git@example.com/x", "interval": "1m", "timeout": "60s"})
            self.assertEqual(git["status"], {"observedGeneration": -1})
            ks = self.minimal("Kustomization", {"interval": "1m", "prune": True,
                                                "sourceRef": {"kind": "GitRepository", "name": "x"}}, version)
            self.assertEqual(ks["spec"]["force"], False)
            self.assertEqual(ks["status"], {"observedGeneration": -1})
        for version in ("v1", "v1beta2", "v1beta1", "v1alpha2"):
            image = self.minimal("ImageRepository", {"image": "example.com/app"}, version)     # no interval
            self.assertEqual(image["spec"], {"image": "example.com/app", "exclusionList": ["^.*\\.sig$"],
                                             "provider": "generic"})

    def test_wrong_values_are_refused_by_the_server(self):
        refused = [
            ("GitRepository", {"url": "git@example.com:x", "interval": "1m"}, "spec.url"),
            ("GitRepository", {"url": "https://example.com/x", "interval": "5"}, "spec.interval"),
            ("GitRepository", {"url": "https://example.com/x", "interval": "5m", "timeout": "1h"}, "spec.timeout"),
            ("GitRepository", {"url": "https://example.com/x", "interval": "5m", "serviceAccountName": "x"}, "serviceAccountName"),
            ("Kustomization", {"interval": "1m", "sourceRef": {"kind": "GitRepository", "name": "x"}}, "spec.prune"),
            ("Kustomization", {"interval": "1m", "prune": True, "sourceRef": {"kind": "HelmChart", "name": "x"}}, "spec.sourceRef.kind"),
            ("Kustomization", {"interval": "1m", "prune": True, "sourceRef": {"kind": "Bucket", "name": "x"}, "kubeConfig": {}}, "kubeConfig"),
        ]
        for version in ("v1", "v1beta2"):
            for kind, spec, field in refused:
                with self.subTest(kind=kind, version=version, field=field), self.assertRaises(ApiError) as caught:
                    self.minimal(kind, spec, version)
                self.assertEqual(caught.exception.status, 422)
                self.assertIn(field, str(caught.exception))

    def test_columns_that_users_know(self):
        for kind, columns in [("GitRepository", "URL AGE READY STATUS"), ("Kustomization", "AGE READY STATUS"),
                              ("ImageRepository", "IMAGE TAGS READY STATUS AGE"), ("ImagePolicy", "IMAGE TAG READY STATUS AGE"),
                              ("ImageUpdateAutomation", "READY STATUS AGE")]:
            crd = next(c for c in self.crds.values() if c["spec"]["names"]["kind"] == kind)
            path = self.kube.path(kind, None, "default", f"{crd['spec']['group']}/v1")
            table = self.table(path)
            shown = [c["name"].upper() for c in table["columnDefinitions"] if c["priority"] == 0]
            self.assertEqual(shown, ["NAME", *columns.split()], kind)

    def table(self, path):
        """What `kubectl get` asks for."""
        headers, self.kube.headers = self.kube.headers, dict(
            self.kube.headers, Accept="application/json;as=Table;v=v1;g=meta.k8s.io")
        try:
            return self.kube.request("GET", path)
        finally:
            self.kube.headers = headers

    def test_fields_nobody_knows_are_named(self):
        path = self.kube.path("GitRepository", None, "default") + "?fieldValidation=Strict"
        with self.assertRaises(ApiError) as caught:
            self.kube.request("POST", path, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                                             "metadata": {"name": "odd", "namespace": "default"},
                                             "spec": {"url": "https://x.y/z", "interval": "1m", "branch": "main"}})
        self.assertIn('unknown field "spec.branch"', str(caught.exception))


if __name__ == "__main__":
    require_control_plane()
    unittest.main(warnings="ignore")
