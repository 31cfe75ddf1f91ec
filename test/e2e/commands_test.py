"""The user commands against running controllers: get, check, version, completion."""
import json
import os
import pty
import re
import select
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import weir  # noqa: E402
from processes import ROOT  # noqa: E402
from scenario import config_map  # noqa: E402


class Commands(scenario.Scenario):
    source_flags = ("--enable-leader-election=true",)
    users = {"guest": ["system:authenticated"]}

    def environment(self, kubeconfig=None):
        return {"PATH": os.environ["PATH"], "KUBECONFIG": kubeconfig or self.plane.kubeconfig, "TERM": "xterm"}

    def weir(self, *argv, kubeconfig=None):
        return subprocess.run([weir.binary(), *argv], capture_output=True, text=True, timeout=60,
                              env=self.environment(kubeconfig))

    def succeed(self, *argv):
        done = self.weir(*argv)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def rows(self, *argv):
        """A table as lists of cells; cells are told apart by three blanks."""
        return [re.split(r" {3,}", line) for line in self.succeed(*argv).splitlines()]

    def start(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        return repository

    def test_tables_look_like_those_of_flux(self):
        short = self.start().git("rev-parse", "HEAD").strip()[:8]
        self.kustomization("broken", source="nowhere")
        self.failing("broken")
        self.assertEqual(self.rows("get", "ks", "-n", self.ns), [
            ["NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE"],
            ["app", f"main@sha1:{short}", "False", "True", f"Applied revision: main@sha1:{short}"],
            ["broken", "False", "False", 'GitRepository.source.toolkit.fluxcd.io "nowhere" not found']])
        self.assertEqual(self.rows("get", "gitrepo", "repo", "-n", self.ns)[1][:4],
                         ["repo", f"main@sha1:{short}", "False", "True"])
        self.assertEqual(self.rows("get", "ks/app", "-n", self.ns), self.rows("get", "Kustomization", "app", "-n", self.ns))
        everywhere = self.rows("get", "ks", "-A")
        self.assertEqual(everywhere[0][:2], ["NAMESPACE", "NAME"])
        self.assertIn([self.ns, "app"], [row[:2] for row in everywhere])
        both = self.succeed("get", "all", "-n", self.ns)
        self.assertIn("\ngitrepository/repo ", both)
        self.assertIn("\nkustomization/app ", both)
        self.assertIn("\n\nNAME", both)

    def test_objects_as_json_and_yaml(self):
        self.start()
        one = json.loads(self.succeed("get", "ks", "app", "-n", self.ns, "-o", "json"))
        self.assertEqual((one["kind"], one["metadata"]["name"]), ("Kustomization", "app"))
        self.assertNotIn("managedFields", one["metadata"])
        several = json.loads(self.succeed("get", "all", "-n", self.ns, "--output=json"))
        self.assertEqual([o["kind"] for o in several["items"]], ["GitRepository", "Kustomization"])
        # kubectl reads what we print
        text = self.succeed("get", "all", "-n", self.ns, "-oyaml")
        shown = self.plane.kubectl("apply", "--dry-run=client", "-o", "name", "-f", "-", input=text)
        self.assertEqual(sorted(shown.split()), ["gitrepository.source.toolkit.fluxcd.io/repo",
                                                 "kustomization.kustomize.toolkit.fluxcd.io/app"])

    def test_labels_select(self):
        self.start()
        self.kube.merge("Kustomization", "app", self.ns, {"metadata": {"labels": {"team": "shop"}}})
        self.assertEqual(len(self.rows("get", "ks", "-n", self.ns, "-l", "team=shop")), 2)
        done = self.weir("get", "ks", "-n", self.ns, "-l", "team=other")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", f'no kustomizations in namespace "{self.ns}"\n'))

    def test_colours_on_a_terminal_only(self):
        self.kustomization("broken", source="nowhere")
        self.failing("broken")
        argv = [weir.binary(), "get", "ks", "-n", self.ns]
        for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            text = self.on_a_terminal(argv, {**self.environment(), **more})
            self.assertEqual("\x1b[31mFalse\x1b[0m" in text, coloured, more)
        self.assertNotIn("\x1b", self.succeed("get", "ks", "-n", self.ns))

    def on_a_terminal(self, argv, environment):
        master, slave = pty.openpty()
        process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        text = b""
        while select.select([master], [], [], 20)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:     # the other side is closed
                break
            if not piece:
                break
            text += piece
        os.close(master)
        self.assertEqual(process.wait(), 0)
        return text.decode()

    def test_what_is_not_there_is_named(self):
        cases = ((("get",), 2, "weir get: which kind? give one, or all"),
                 (("get", "pods"), 2, 'weir get: unknown kind "pods"'),
                 (("get", "ks", "app", "-A"), 2, "weir get: --all-namespaces: does not go with a name"),
                 (("get", "ks", "-o", "xml"), 2, 'weir get: --output: expected json or yaml, got "xml"'),
                 (("get", "ks", "nobody", "-n", self.ns), 1,
                  f'weir get: Kustomization "nobody" not found in namespace "{self.ns}"'),
                 (("get", "ks", "--context=other"), 1,
                  f'weir: kubeconfig {self.plane.kubeconfig}: contexts: has no entry named "other"'))
        for argv, status, line in cases:
            done = self.weir(*argv)
            self.assertEqual((done.returncode, done.stdout), (status, ""), argv)
            self.assertEqual(done.stderr.splitlines()[0], line)
        done = self.weir("get", "ks", kubeconfig=self.plane.users["guest"]["kubeconfig"])
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'^weir: .*User "guest" cannot list resource "kustomizations".*\n$')

    def let_deployments_be_ready(self):
        for deployment in self.kube.list("Deployment", "flux-system"):
            self.kube.merge("Deployment", deployment["metadata"]["name"], "flux-system", {"status": {
                "observedGeneration": deployment["metadata"]["generation"], "replicas": 1, "updatedReplicas": 1,
                "readyReplicas": 1, "availableReplicas": 1, "conditions": [
                    {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": ""},
                    {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": ""}]}},
                subresource="status")

    def test_check_tells_what_works_and_what_does_not(self):
        self.plane.kubectl("apply", "--server-side", "--force-conflicts", "-k", os.path.join(ROOT, "config", "default"))
        done = self.weir("check", "--timeout=1s")
        self.assertIn("✔ Kubernetes v1.", done.stdout)
        self.assertIn("✔ you may look at Weir's objects\n", done.stdout)
        self.assertIn("✔ gitrepositories.source.toolkit.fluxcd.io v1 v1beta2\n", done.stdout)
        # nothing runs the pods here, but the controller outside them holds the lease
        self.assertRegex(done.stdout, r"✗ source-controller weir:v\d+\.\d+\.\d+: 0 of 1 ready, led by [^\s:]+: \S.*\n")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("may not", done.stdout)

        # what is on its way is waited for: pods take some seconds after an upgrade
        threading.Timer(2, self.let_deployments_be_ready).start()
        done = self.weir("check", "--timeout=60s")
        self.assertRegex(done.stdout, r"✔ source-controller weir:v\d+\.\d+\.\d+: 1 of 1 ready, led by \S+\n")
        self.assertEqual(done.returncode, 0, done.stdout)

        self.plane.kubectl("delete", "clusterrolebinding", "source-controller-flux-system")
        done = self.weir("check")
        self.assertIn("✗ source-controller: system:serviceaccount:flux-system:source-controller may not "
                      "get gitrepositories.source.toolkit.fluxcd.io, ", done.stdout)
        self.assertIn("get secrets", done.stdout)

    def test_version(self):
        self.assertRegex(self.succeed("version"), r"^weir \d+\.\d+\.\d+\n$")
        self.assertEqual(list(json.loads(self.succeed("version", "-o", "json"))), ["weir"])

    def test_every_command_has_a_help(self):
        overview = self.succeed("--help")
        for command in ("get", "check", "crds", "completion", "version"):
            self.assertRegex(overview, rf"\n  {command} +\w")
            self.assertRegex(self.succeed(command, "--help"), rf"^usage: weir {command}.*\n(.*\n)+flags:\n(.*\n)*  -h, --help ")

    def test_bash_completes_commands_kinds_and_names(self):
        self.start()
        folder = os.path.dirname(weir.binary())
        script = self.succeed("completion", "bash")
        for words, expected in ((["c"], ["check", "completion", "crds"]), (["get", "kust"], ["kustomizations"]),
                                (["get", "ks", "-n", self.ns, ""], ["app"]), (["get", "ks", "-o", "y"], ["yaml"])):
            line = " ".join(f"'{w}'" for w in ["weir", *words])
            program = (f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; _weir; "
                       "printf '%s\\n' \"${COMPREPLY[@]}\"")
            done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=30,
                                  env={**self.environment(), "PATH": f"{folder}:{os.environ['PATH']}"})
            self.assertEqual((sorted(done.stdout.split()), done.stderr), (expected, ""))


if __name__ == "__main__":
    scenario.main()
