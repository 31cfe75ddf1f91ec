"""The chart without a cluster: it renders, refuses wrong values by name, and says the same as config/."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import helm_program  # noqa: E402
import weir  # noqa: E402
from processes import ROOT  # noqa: E402

CHART = os.path.join(ROOT, "charts", "weir")
SETS = sorted(name for name in os.listdir(os.path.join(CHART, "ci")))
CLUSTER_KINDS = {"ClusterRole", "ClusterRoleBinding"}
OF_HELM = {"app.kubernetes.io/managed-by", "helm.sh/chart"}


class Chart(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="weir-chart-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def helm(self, *argv):
        return helm_program.helm(*argv, folder=self.folder)

    def render(self, *argv, values=None):
        """The objects of a release in flux-system."""
        more = ["--values", os.path.join(CHART, "ci", values)] if values else []
        done = self.helm("template", "weir", CHART, "--namespace", "flux-system", *more, *argv)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [o for o in yaml.safe_load_all(done.stdout) if o]

    def refusal(self, *argv):
        done = self.helm("template", "weir", CHART, "--namespace", "flux-system", *argv)
        self.assertNotEqual(done.returncode, 0, argv)
        return done.stderr

    @staticmethod
    def pods(objects):
        """(name, pod spec) of everything that runs."""
        for o in objects:
            if o["kind"] in ("Deployment", "Job"):
                yield o["metadata"]["name"], o["spec"]["template"]["spec"]
            elif o["kind"] == "Pod":
                yield o["metadata"]["name"], o["spec"]

    def test_lint_with_every_set_of_values(self):
        for values in (None, *SETS):
            done = self.helm("lint", "--strict", CHART, *(["--values", os.path.join(CHART, "ci", values)] if values else []))
            self.assertEqual(done.returncode, 0, f"{values}: {done.stdout}{done.stderr}")

    def test_every_set_renders_whole_objects(self):
        for values in (None, *SETS):
            objects = self.render(values=values)
            ids = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects]
            self.assertEqual(len(ids), len(set(ids)), f"{values}: an object twice")
            for o in objects:
                who = f"{values}: {o['kind']} {o['metadata']['name']}"
                self.assertEqual("namespace" in o["metadata"], o["kind"] not in CLUSTER_KINDS, who)
                self.assertEqual(o["metadata"]["labels"]["app.kubernetes.io/part-of"], "flux", who)
            accounts = {o["metadata"]["name"] for o in objects if o["kind"] == "ServiceAccount"}
            for name, pod in self.pods(objects):
                self.assertIn(pod["serviceAccountName"], accounts, f"{values}: {name}")
                for container in pod["containers"]:
                    security = container["securityContext"]
                    self.assertTrue(security["readOnlyRootFilesystem"] and security["runAsNonRoot"], name)
                    self.assertIn("limits", container["resources"])
                    self.assertRegex(container["image"], r":v\d")

    def test_values_are_refused_by_the_name_of_their_key(self):
        for setting, key in (
                ("mode=both", "/mode"), ("imgae.tag=v1", "'imgae' not allowed"), ("image.pullPolicy=Sometimes", "/image/pullPolicy"),
                ("image.digest=abc", "/image/digest"), ("logLevel=loud", "/logLevel"), ("eventsAddr=host:80", "/eventsAddr"),
                ("leaderElection.leaseDuration=15", "/leaderElection/leaseDuration"), ("rbac.profile=none", "/rbac/profile"),
                ("rbac.restricted.tenantNamespaces={A}", "/rbac/restricted/tenantNamespaces/0"),
                ("sharding.controllers={nobody}", 'sharding.controllers: no controller "nobody"'),
                ("nobodyController.replicas=1", "nobodyController: no such controller"),
                ("serviceAccounts.annotations.nobody.a=b", 'serviceAccounts.annotations: no ServiceAccount "nobody"'),
                ("sourceController.replicas=-1", "/sourceController/replicas"),
                ("kustomizeController.storage.claim=x", "'storage' not allowed"),
                ("sourceController.args={concurrent=4}", "/sourceController/args/0"),
                ("sourceController.resources.limits.cpu.much=1", "/sourceController/resources/limits/cpu"),
                ("imageReflectorController.storage.sizeLimit=big", "/imageReflectorController/storage/sizeLimit"),
                ("podDisruptionBudget.maxUnavailable=some", "/podDisruptionBudget/maxUnavailable"),
                ("resourceQuota.pods=0", "/resourceQuota/pods"), ("monitoring.rules.failingFor=soon", "/monitoring/rules/failingFor"),
                ("podLabels.a=1", "/podLabels/a")):
            self.assertIn(key, self.refusal("--set", setting), setting)

    def test_values_that_do_not_go_together_are_refused(self):
        for argv, text in (
                (["--set", "sharding.shards={a}", "--set", "watchLabelSelector=x=y"], "watchLabelSelector: cannot be set together"),
                (["--set", "sharding.shards={a}", "--set", "mode=all-in-one"], "sharding.shards: needs mode: controllers"),
                (["--set", "monitoring.podMonitor.enabled=true", "--set", "monitoring.serviceMonitor.enabled=true"],
                 "monitoring.podMonitor.enabled: cannot be set together"),
                (["--set", ",".join(f"{row['section']}.enabled=false" for row in known())],
                 "at least one controller must be enabled")):
            self.assertIn(text, self.refusal(*argv))

    def test_every_key_of_the_values_is_in_the_schema(self):
        # additionalProperties is false everywhere, so rendering the defaults proves it; a typo in a default would fail here
        with open(os.path.join(CHART, "values.yaml")) as f:
            defaults = yaml.safe_load(f)
        self.assertEqual(self.helm("template", CHART, "--values", os.path.join(CHART, "values.yaml")).returncode, 0)
        self.assertEqual(defaults["leaderElection"], {"enabled": True, "leaseDuration": "15s", "renewDeadline": "10s",
                                                      "retryPeriod": "2s"})

    def test_the_program_takes_every_flag(self):
        for values in (None, *SETS):
            for o in self.render(values=values):
                if o["kind"] != "Deployment":
                    continue
                container = o["spec"]["template"]["spec"]["containers"][0]
                command = os.path.basename(container["command"][0])
                argv = [weir.binary(), *([] if command == "weir" else [command]), *container["args"]]
                # flags are read before the cluster is looked for
                done = subprocess.run(argv, capture_output=True, text=True, env={"KUBECONFIG": "/does/not/exist"})
                self.assertEqual(done.stderr, "weir: cannot read the kubeconfig /does/not/exist\n", f"{values}: {o['metadata']['name']}")

    def test_every_controller_has_what_it_says_it_needs(self):
        objects = self.render()
        deployments = {o["metadata"]["name"]: o for o in objects if o["kind"] == "Deployment"}
        roles = {(o["kind"], o["metadata"]["name"]): o.get("rules") or [] for o in objects if o["kind"] in ("Role", "ClusterRole")}
        granted = {}  # service account -> rules
        for o in objects:
            if o["kind"] in ("RoleBinding", "ClusterRoleBinding"):
                for subject in o["subjects"]:
                    granted.setdefault(subject["name"], []).extend(roles.get((o["roleRef"]["kind"], o["roleRef"]["name"]), []))
        every = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
        admins = {s["name"] for o in objects if o["kind"] == "ClusterRoleBinding" and o["roleRef"]["name"] == "cluster-admin"
                  for s in o["subjects"]}

        def allows(rule, group, resource, verb):
            return ({group, "*"} & set(rule.get("apiGroups", [])) and {resource, "*"} & set(rule.get("resources", []))
                    and {verb, "*"} & set(rule["verbs"]))

        for controller in weir.facts():
            name = controller["name"]
            self.assertIn(name, deployments)
            account = deployments[name]["spec"]["template"]["spec"]["serviceAccountName"]
            rules = granted.get(account, []) + (every if account in admins else [])
            for right in controller["rights"]:
                for verb in right["verbs"]:
                    found = any(allows(rule, right["group"], right["resource"], verb) for rule in rules)
                    self.assertTrue(found, f"{name}: {verb} {right}")

    def test_the_chart_knows_of_each_controller_what_the_program_says(self):
        def expanded(rules, groups, resources):
            return {(group, resource, verb) for rule in rules for group in groups(rule) for resource in resources(rule)
                    for verb in rule["verbs"]}

        rows, facts = known(), weir.facts()
        self.assertEqual([row["name"] for row in rows], [controller["name"] for controller in facts])
        with open(os.path.join(CHART, "values.yaml")) as f:
            defaults = yaml.safe_load(f)
        for row, controller in zip(rows, facts):
            name = row["name"]
            self.assertEqual(row["kinds"], {group: [k["plural"] for k in controller["kinds"] if k["group"] == group]
                                            for group in {k["group"] for k in controller["kinds"]}}, name)
            granted = expanded(row.get("reads", []), lambda r: r["apiGroups"], lambda r: r["resources"])
            told = expanded(controller["reads"] + controller["extras"], lambda r: [r["group"]], lambda r: [r["resource"]])
            self.assertEqual(granted, told, name)
            for key, flag in (("folder", "storage-path"), ("serves", "storage-adv-addr"), ("applies", "no-remote-bases"),
                              ("refs", "no-cross-namespace-refs")):
                self.assertEqual(key in row, flag in controller["flags"], f"{name}: {key}")
            self.assertEqual("volume" in row, "storage" in defaults[row["section"]], name)

    def test_people_may_do_with_every_kind_what_their_role_says(self):
        roles = {o["metadata"]["name"]: o["rules"] for o in self.render() if o["kind"] == "ClusterRole"}
        for role, verb in (("flux-view-flux-system", "list"), ("flux-edit-flux-system", "patch")):
            for controller in weir.facts():
                for kind in controller["kinds"]:
                    self.assertTrue(any(kind["group"] in r["apiGroups"] and {kind["plural"], "*"} & set(r["resources"])
                                        and verb in r["verbs"] for r in roles[role]), f"{role}: {verb} {kind['plural']}")

    def test_every_kind_has_a_definition_and_a_page(self):
        for controller in weir.facts():
            for kind in controller["kinds"]:
                with open(os.path.join(ROOT, "crds", kind["plural"] + ".yaml")) as f:
                    spec = yaml.safe_load(f)["spec"]
                self.assertEqual((spec["group"], spec["names"]["kind"]), (kind["group"], kind["kind"]))
                self.assertLessEqual(set(spec["names"].get("shortNames", [])), set(kind["aliases"]), kind["kind"])
                self.assertIn(kind["version"], [v["name"] for v in spec["versions"] if v["served"]])
                self.assertTrue(os.path.exists(os.path.join(ROOT, "docs", "reference", kind["plural"] + ".md")), kind)

    def test_shards_divide_the_objects(self):
        objects = self.render(values="full-values.yaml")
        selectors = {}
        for o in objects:
            if o["kind"] == "Deployment":
                args = o["spec"]["template"]["spec"]["containers"][0]["args"]
                selectors[o["metadata"]["name"]] = [a.split("=", 1)[1] for a in args if a.startswith("--watch-label-selector=")]
        for controller in ("source-controller", "kustomize-controller"):
            self.assertEqual(selectors[controller], ["!sharding.fluxcd.io/key"])
            self.assertEqual(selectors[f"{controller}-shard1"], ["sharding.fluxcd.io/key=shard1"])
        self.assertEqual(selectors["image-reflector-controller"], [])
        services = {o["metadata"]["name"]: o["spec"]["selector"] for o in objects if o["kind"] == "Service"}
        self.assertEqual(services, {name: {"app": name} for name in
                                    ("source-controller", "source-controller-shard1", "source-controller-shard2")})

    def test_people_may_not_write_what_controllers_say(self):
        for role in (o for o in self.render() if o["kind"] == "ClusterRole" and "edit" in o["metadata"]["name"]):
            for rule in role["rules"]:
                self.assertFalse([r for r in rule["resources"] if r == "*" or "/status" in r], role["metadata"]["name"])

    def test_config_says_the_same(self):
        built = subprocess.run([weir.binary(), "build", os.path.join(ROOT, "config", "default")], capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        plain = {key(o): o for o in yaml.safe_load_all(built.stdout) if o["kind"] not in ("Namespace", "CustomResourceDefinition")}
        chart = {key(o): without_helm(o) for o in self.render() if not is_hook(o)}
        self.assertEqual(sorted(plain), sorted(chart), "run `make config`")
        for who, o in plain.items():
            self.assertEqual(o, chart[who], f"{who}: run `make config`")

    def test_versions_agree(self):
        version = subprocess.run([weir.binary(), "version"], capture_output=True, text=True).stdout.split()[1]
        with open(os.path.join(CHART, "Chart.yaml")) as f:
            chart = yaml.safe_load(f)
        self.assertEqual((chart["version"], chart["appVersion"]), (version, f"v{version}"))


def known():
    """What the chart knows of each controller."""
    with open(os.path.join(CHART, "files", "controllers.yaml")) as f:
        return yaml.safe_load(f)["controllers"]


def is_hook(o):
    return "helm.sh/hook" in (o["metadata"].get("annotations") or {})


def key(o):
    return f"{o['kind']} {o['metadata'].get('namespace', '')}/{o['metadata']['name']}"


def without_helm(o):
    o["metadata"]["labels"] = {k: v for k, v in o["metadata"]["labels"].items() if k not in OF_HELM}
    return o


if __name__ == "__main__":
    helm_program.require()
    unittest.main(warnings="ignore")
