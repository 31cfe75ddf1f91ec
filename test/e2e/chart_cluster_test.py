"""Charts rendered for a cluster, a real kube-apiserver, as helm renders them: what templates see, and what an installation
would stumble over. Nothing is written."""
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
from chart_commands import ChartCommands  # noqa: E402
from chart_server import chart, write_chart  # noqa: E402
from kube import Kube  # noqa: E402
from processes import ControlPlane, require_control_plane  # noqa: E402

SERVER = "--dry-run=server"
VIEW = """kind: ConfigMap
apiVersion: v1
metadata: {name: view}
data:
  version: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }}
  namespace: {{ .Release.Namespace }}
  serves: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }} {{ .Capabilities.APIVersions.Has "apps/v1/Nothing" }}
  everything: {{ .Capabilities.APIVersions | sortAlpha | toJson | quote }}
  one: {{ lookup "v1" "ConfigMap" "store" "known" | toJson | quote }}
  size: {{ (lookup "v1" "Service" "default" "kubernetes").spec.ports | toJson | quote }}
  absent: {{ lookup "v1" "ConfigMap" "store" "absent" | toJson | quote }}
  unknown: {{ lookup "v1" "Nothing" "store" "x" | toJson | quote }}
  list: {{ (lookup "v1" "ConfigMap" "store" "").items | toJson | quote }}
  everywhere: {{ range (lookup "v1" "Namespace" "" "").items }}{{ .kind }}/{{ .metadata.name }} {{ end }}
"""


class Cluster(ChartCommands):
    @classmethod
    def prepare(cls):
        cls.plane = ControlPlane(users={"guest": []})
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.start()
        cls.kube = Kube(cls.plane.describe())
        cls.kube.namespace("store")
        cls.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "known", "namespace": "store"},
                        "data": {"a": "1"}})

    def environment(self, **more):
        return super().environment(**{"KUBECONFIG": self.plane.kubeconfig, **more})

    def chart(self, **templates):
        folder = os.path.join(self.folder, self.id().rsplit(".", 1)[1])
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        files = {f"templates/{name}.yaml": text for name, text in templates.items()}
        return write_chart(folder, chart("shop", "1.0.0", files))

    def test_templates_see_the_cluster(self):
        folder = self.chart(view=VIEW)
        for arguments in ((SERVER,), (SERVER, "-n", "store"), (SERVER, "--kube-version", "1.20", "--api-versions", "no/v1")):
            with self.subTest(arguments):
                done = self.same_as_helm("r", folder, *arguments)
                self.assertIn('"a":"1"', done.stdout.replace("\\", ""))
        self.assertEqual(self.weir("template", "r", folder, "--validate").stdout, self.weir("template", "r", folder, SERVER).stdout)
        blind = self.chart(view='a: {{ lookup "v1" "ConfigMap" "store" "known" | toJson }}\n')
        self.assertIn("a: {}\n", self.succeed("template", "r", blind))

    def test_what_an_installation_would_stumble_over(self):
        foreign = self.chart(foreign="kind: ConfigMap\napiVersion: v1\nmetadata: {name: known, namespace: store}\n")
        said = self.refusal("template", "r", foreign, SERVER)
        self.assertEqual(said, 'Error: unable to continue with install: ConfigMap "known" in namespace "store" exists and cannot '
                         'be imported into the current release: invalid ownership metadata; label validation error: missing key '
                         '"app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key '
                         '"meta.helm.sh/release-name": must be set to "r"; annotation validation error: missing key '
                         '"meta.helm.sh/release-namespace": must be set to "default"\n')
        self.same_as_helm("r", foreign, SERVER)
        self.same_as_helm("r", foreign, SERVER, "--is-upgrade")
        unknown = self.chart(unknown="kind: Nothing\napiVersion: no.example/v1\nmetadata: {name: x}\n")
        self.assertEqual(self.refusal("template", "r", unknown, SERVER),
                         'Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: '
                         '"x" namespace: "" from "": no matches for kind "Nothing" in version "no.example/v1"\n'
                         'ensure CRDs are installed first\n')
        self.same_as_helm("r", unknown, SERVER)
        self.same_as_helm("r", self.chart(lost='x: {{ lookup "no.example/v1" "A" "b" "c" }}\n'), SERVER)
        self.assertEqual(self.kube.get("ConfigMap", "known", "store")["data"], {"a": "1"})
        self.assertIsNone(self.kube.get("ConfigMap", "r", "default"))

    def test_who_may_not_look_is_told_so(self):
        folder = self.chart(view='a: {{ lookup "v1" "Secret" "store" "" }}\n')
        guest = self.plane.users["guest"]["kubeconfig"]
        said = self.refusal("template", "r", folder, SERVER, KUBECONFIG=guest)
        self.assertIn("forbidden", said)

    def test_a_cluster_that_is_not_there(self):
        folder = self.chart()
        said = self.refusal("template", "r", folder, SERVER, "--kube-context", "nowhere")
        self.assertTrue(said.startswith("Error: cluster reachability check failed: "), said)
        with open(self.plane.kubeconfig) as file:
            document = file.read()
        away = os.path.join(self.folder, "away.kubeconfig")
        with open(away, "w") as file:
            file.write(document.replace(self.plane.describe()["server"], "https://127.0.0.1:1"))
        said = self.refusal("template", "r", folder, SERVER, "--kubeconfig", away)
        self.assertTrue(said.startswith("Error: cluster reachability check failed: kubernetes cluster unreachable: "), said)


if __name__ == "__main__":
    require_control_plane()
    unittest.main(verbosity=2)
