"""The manifests in config/ are accepted as they are, and their RBAC is all the controllers need."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from processes import ROOT  # noqa: E402
from registry import Registry, docker_config  # noqa: E402
from scenario import config_map  # noqa: E402

ACCOUNT = "system:serviceaccount:flux-system:"


class ShippedManifests(scenario.Scenario):
    users = {ACCOUNT + name: ["system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"]
             for name in ("source-controller", "kustomize-controller", "image-reflector-controller",
                          "image-automation-controller")}
    source_flags = ("--enable-leader-election=true",)
    kustomize_flags = ("--enable-leader-election=true",)
    image_reflector_flags = ("--enable-leader-election=true",)
    image_automation_flags = ("--enable-leader-election=true",)

    @classmethod
    def prepare(cls):
        cls.plane.kubectl("apply", "--server-side", "--force-conflicts", "-k", os.path.join(ROOT, "config", "default"))

    @classmethod
    def kubeconfig_of(cls, controller):
        return cls.plane.users[ACCOUNT + controller]["kubeconfig"]

    def refusals(self):
        """Requests of the controllers that RBAC refused, from the audit log."""
        found = set()
        with open(self.plane.path("audit.log")) as f:
            for line in f:
                entry = json.loads(line)
                if entry["user"]["username"].startswith(ACCOUNT) and entry.get("responseStatus", {}).get("code") == 403:
                    found.add(f"{entry['user']['username']} {entry['verb']} {entry['requestURI'].split('?')[0]}")
        return found

    def test_the_circle_works_without_a_refusal(self):
        self.git.basic = ("robot", self.keep_secret("password-for-the-robot"))
        self.addCleanup(setattr, self.git, "basic", None)
        self.kube.secret(self.ns, "login", username="robot", password="password-for-the-robot")
        repository = self.repository({"a.yaml": config_map("a"), "b.yaml": config_map("b", v="${v}")})
        self.kube.config_map(self.ns, "vars", v="one")
        self.git_repository(repository.url, secretRef={"name": "login"})
        self.kustomization(postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}, wait=True)
        self.applied(timeout=30)
        self.applied(commit=self.push(repository, {"a.yaml": None}))
        self.assertIsNone(self.map("a"))
        self.event("app", "Reconciliation finished")
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.kube.delete("GitRepository", "repo", self.ns)
        self.kube.wait_gone("GitRepository", "repo", self.ns)
        self.assertEqual(self.refusals(), set())

    def test_images_are_followed_without_a_refusal(self):
        registry = Registry()
        self.addCleanup(registry.stop)
        registry.token = ("robot", self.keep_secret("password-for-the-registry"))
        registry.set_tags("team/app", ["1.0.0"])
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull", "namespace": self.ns},
                         "type": "kubernetes.io/dockerconfigjson",
                         "stringData": {".dockerconfigjson": docker_config(registry.address, *registry.token)}})
        self.kube.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "puller", "namespace": self.ns},
                         "imagePullSecrets": [{"name": "pull"}]})
        self.image_repository(f"{registry.address}/team/app", serviceAccountName="puller",
                              accessFrom={"namespaceSelectors": [{}]})
        home, self.ns = self.ns, self.kube.namespace(f"{self.ns}-guest")
        self.image_policy(imageRepositoryRef={"name": "app", "namespace": home}, digestReflectionPolicy="IfNotPresent")
        self.chosen("1.0.0")
        self.event("app", "Latest image tag")
        self.kube.delete("ImagePolicy", "app", self.ns)
        self.kube.wait_gone("ImagePolicy", "app", self.ns)
        self.kube.delete("ImageRepository", "app", home)
        self.kube.wait_gone("ImageRepository", "app", home)
        self.assertEqual(self.refusals(), set())

    def test_images_are_written_without_a_refusal(self):
        marker = '{"$imagepolicy": "%s:app"}' % self.ns
        repository = self.repository({"apps/a.yaml": f"image: registry.example.com/team/app:1.0.0 # {marker}\n"})
        self.git_repository(repository.url, interval="1h")
        self.fetched()
        self.selected("1.1.0")
        self.image_update_automation()
        commit = self.pushed()
        self.event("update", "pushed commit")
        self.fetched(commit=commit)
        self.kube.delete("ImageUpdateAutomation", "update", self.ns)
        self.kube.wait_gone("ImageUpdateAutomation", "update", self.ns)
        self.assertEqual(self.refusals(), set())

    def test_each_controller_holds_its_lease(self):
        for name in ("source-controller", "kustomize-controller", "image-reflector-controller", "image-automation-controller"):
            lease = self.kube.wait_exists("Lease", f"{name}-leader-election", "flux-system")
            self.assertTrue(lease["spec"]["holderIdentity"], name)

    def test_the_first_arguments_are_where_install_tools_patch_them(self):
        wanted = ["--events-addr", "--watch-all-namespaces", "--log-level", "--log-encoding", "--enable-leader-election"]
        for name, more in (("source-controller", ["--storage-path", "--storage-adv-addr"]), ("kustomize-controller", []),
                           ("image-reflector-controller", ["--storage-path"]), ("image-automation-controller", [])):
            deployment = self.kube.get("Deployment", name, "flux-system")
            container = deployment["spec"]["template"]["spec"]["containers"][0]
            self.assertEqual(container["name"], "manager")
            self.assertEqual([a.split("=")[0] for a in container["args"]][:len(wanted + more)], wanted + more)
            self.assertRegex(container["image"], r":v\d+\.\d+\.\d+$")
            self.assertEqual(deployment["metadata"]["labels"]["app.kubernetes.io/part-of"], "flux")

    def test_the_samples_are_accepted(self):
        samples = os.path.join(ROOT, "config", "samples")
        for folder in (samples, os.path.join(samples, "promotion", "clusters")):
            for name in sorted(os.listdir(folder)):
                if name.endswith(".yaml") and name != "kustomization.yaml":
                    path = os.path.join(folder, name)
                    shown = self.plane.kubectl("apply", "--server-side", "--dry-run=server", "-f", path)
                    self.assertTrue(re.search("serverside-applied", shown), name)

    def test_viewers_and_editors_see_our_kinds(self):
        for role, verb in (("view", "list"), ("edit", "patch")):
            rules = self.kube.wait("ClusterRole", f"flux-{role}-flux-system", None, lambda o: o is not None, 5)["rules"]
            self.assertTrue(any("kustomize.toolkit.fluxcd.io" in r["apiGroups"] and {"kustomizations", "*"} & set(r["resources"])
                                and verb in r["verbs"] for r in rules), rules)


if __name__ == "__main__":
    scenario.main()
