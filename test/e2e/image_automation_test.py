"""ImageUpdateAutomation: commits, branches, races, kills, and what users get wrong. Policies are set by hand here."""
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402

IMAGE = "registry.example.com/team/app"


def deployment(tag, marker=None, eol="\n", name="app"):
    """A manifest whose layout a YAML library would not keep."""
    lines = ["# The order service", "", "apiVersion: apps/v1", "kind: Deployment", "metadata:", f"    name:   {name}   # odd",
             "spec:", "    template:", "        spec:", "            containers:", f"            - name: {name}", "",
             f"              image:  '{IMAGE}:{tag}'   # {marker or 'no marker'}", ""]
    return eol.join(lines)


class ImageAutomation(scenario.Scenario):
    image_automation_flags = ("--requeue-dependency=1s", "--max-retry-delay=2s")

    def marker(self, policy="app", part=""):
        return '{"$imagepolicy": "%s:%s%s"}' % (self.ns, policy, part)

    def start(self, tag="1.0.0", files=None, git=None, **spec):
        """A repository with one marked file, its GitRepository, a policy and an automation."""
        files = files or {"apps/app.yaml": deployment("1.0.0", self.marker())}
        repository = self.repository(files)     # its first commit is called "start"
        self.git_repository(repository.url)
        if tag:
            self.selected(tag)
        self.image_update_automation(git=git, **spec)
        return repository

    def test_a_new_tag_becomes_one_commit_that_changes_nothing_else(self):
        repository = self.start()
        status = self.automated()["status"]
        self.assertNotIn("lastPushCommit", status)              # nothing to do: never an empty commit
        self.assertEqual(status["observedSourceRevision"], f"main@sha1:{repository.head()}")
        self.assertEqual(len(repository.log()), 1)
        self.selected("1.1.0")
        commit = self.pushed()
        self.assertEqual(commit, repository.head())
        self.assertEqual(repository.show("apps/app.yaml").decode(), deployment("1.1.0", self.marker()))
        self.assertEqual(repository.log("%an <%ae> %cn %s")[0],
                         "Robot <robot@example.com> Robot Update from image update automation")
        obj = self.automated(observedSourceRevision=f"main@sha1:{commit}")
        self.assertEqual(condition(obj)["message"], "repository up-to-date")
        self.assertEqual(obj["status"]["observedPolicies"], {"app": {"name": IMAGE, "tag": "1.1.0"}})
        self.event("update", f"pushed commit '{commit[:7]}' to branch 'main'\nUpdate from image update automation")

    def test_bytes_of_a_file_with_dos_lines_stay(self):
        repository = self.start("2.0.0", {"apps/app.yaml": deployment("1.0.0", self.marker(), "\r\n"),
                                          "other/app.yaml": deployment("1.0.0", self.marker())})
        self.pushed()
        self.assertEqual(repository.show("apps/app.yaml").decode(), deployment("2.0.0", self.marker(), "\r\n"))
        self.assertEqual(repository.show("other/app.yaml").decode(), deployment("1.0.0", self.marker()))    # not below ./apps

    def test_several_policies_at_once_make_one_commit(self):
        files = {f"apps/{n}.yaml": deployment("1.0.0", self.marker(f"p{n}")) for n in range(5)}
        for n in range(5):
            self.selected("1.0.0", f"p{n}")
        repository = self.start(None, files, interval="1h")
        self.automated()
        self.git.mode = "hang"      # the first run waits at the server until all have moved
        mark = self.git.mark()
        self.selected("1.1.0", "p0")
        self.kube.wait("ImageUpdateAutomation", "update", self.ns, lambda _: self.git.mark() > mark, 10, "a run at the server")
        for n in range(1, 5):
            self.selected("1.1.0", f"p{n}")
        self.git.mode = "ok"
        self.git.stopping.set()
        self.git.stopping = threading.Event()
        self.kube.wait("ImageUpdateAutomation", "update", self.ns, lambda o: scenario.is_ready(o) and
                       all(p["tag"] == "1.1.0" for p in o["status"]["observedPolicies"].values()), 15, "all policies")
        self.assertLessEqual(len(repository.log()), 3)
        for n in range(5):
            self.assertIn(b"1.1.0", repository.show(f"apps/{n}.yaml"))

    def test_a_run_that_changes_nothing_asks_git_once(self):
        repository = self.start(interval="1s")
        self.automated()
        mark, passes = len(self.git.log), self.passes_ended("ImageUpdateAutomation", "update")
        self.after_passes("ImageUpdateAutomation", "update", 2)
        mine = [e for e in self.git.log[mark:] if repository.name in e["path"]]
        self.assertTrue(mine)
        self.assertEqual({e["path"].rsplit("/", 1)[1] for e in mine}, {"git-upload-pack"})
        self.assertLessEqual(len(mine), self.passes_ended("ImageUpdateAutomation", "update") - passes + 1)  # one goes on

    def test_a_commit_that_adds_a_marker_is_seen_at_once(self):
        repository = self.start("1.1.0", {"apps/app.yaml": deployment("1.0.0")})
        self.automated()
        self.push(repository, {"apps/app.yaml": deployment("1.0.0", self.marker())})
        self.pushed()       # the interval is ten minutes
        self.assertIn(b"1.1.0", repository.show("apps/app.yaml"))

    def test_somebody_else_pushes_first(self):
        repository = self.start()
        self.automated()
        others = []

        def race(path, _):
            if path.endswith("git-receive-pack") and repository.name in path and len(others) < 2:
                others.append(repository.commit({f"apps/other{len(others)}.txt": "mine"}, f"other {len(others)}"))
        self.git.before = race
        self.addCleanup(setattr, self.git, "before", None)
        self.selected("1.1.0")
        self.pushed()
        self.assertEqual(repository.log(), ["Update from image update automation", "other 1", "other 0", "start"])
        self.assertEqual(repository.show("apps/other1.txt"), b"mine")

    def test_a_protected_branch_is_told_and_tried_again(self):
        repository = self.start()
        self.automated()
        repository.hook("pre-receive", "echo 'only the release team may push' >&2; exit 1")
        self.selected("1.1.0")
        message = self.failing("update", "GitOperationFailed", kind="ImageUpdateAutomation")
        self.assertIn("failed to update source: ", message)
        self.assertIn("pre-receive hook declined", message)
        repository.hook("pre-receive", None)
        self.pushed()
        self.assertEqual(len(repository.log()), 2)

    def killed_during_a_push(self, verdict):
        """Kills the controller while the server thinks about a push; `verdict` is what the server then says, 0: taken."""
        repository = self.start()
        self.automated()
        reached = os.path.join(self.folder, f"reached-{self.ns}")
        repository.hook("pre-receive", f"touch {reached}; sleep 2; exit {verdict}")
        self.selected("1.1.0")
        deadline = time.monotonic() + 10
        while not os.path.exists(reached):
            self.assertLess(time.monotonic(), deadline, "no push")
            time.sleep(0.01)
        self.automation.kill()
        time.sleep(2.5)
        repository.hook("pre-receive", None)
        self.automation.start()
        self.kube.wait("ImageUpdateAutomation", "update", self.ns, lambda o: scenario.is_ready(o) and
                       o["status"]["observedPolicies"]["app"]["tag"] == "1.1.0", 15, "the new policy")
        self.assertEqual(repository.log(), ["Update from image update automation", "start"])
        self.assertEqual(repository.show("apps/app.yaml").decode(), deployment("1.1.0", self.marker()))

    def test_killed_between_commit_and_push(self):
        self.killed_during_a_push(1)

    def test_killed_between_push_and_status(self):
        self.killed_during_a_push(0)

    def test_another_branch(self):
        repository = self.start("1.1.0", git={"push": {"branch": "auto"}})
        first = self.pushed()
        self.assertEqual(repository.head("auto"), first)
        self.assertEqual(len(repository.log()), 1)                      # main is as it was
        self.selected("1.2.0")
        second = self.pushed(after=first)
        self.assertEqual(repository.log(revision="auto"), ["Update from image update automation"] * 2 + ["start"])
        self.assertEqual(repository.log("%P", "auto")[0], first)        # carried on, nothing forced
        self.assertEqual(repository.head("auto"), second)
        self.event("update", "to branch 'auto'")

    def test_refspec_and_push_options(self):
        options = os.path.join(self.folder, "push-options")
        repository = self.repository({"apps/app.yaml": deployment("1.0.0", self.marker())})
        repository._run("config", "receive.advertisePushOptions", "true", cwd=repository.bare)
        repository.hook("pre-receive", f'echo "$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1" > {options}')
        self.git_repository(repository.url)
        self.selected("1.1.0")
        self.image_update_automation(git={"push": {"refspec": "refs/heads/main:refs/heads/review", "options": {
            "merge_request.create": "", "ci.skip": "yes"}}})
        commit = self.pushed()
        self.assertEqual((repository.head("main"), repository.head("review")), (commit, commit))
        with open(options) as f:
            self.assertEqual(f.read().strip(), "2 ci.skip=yes merge_request.create=")
        self.event("update", "to branch 'main' and refspecs 'refs/heads/main:refs/heads/review'")

    def test_policies_are_selected_by_label(self):
        files = {"apps/a.yaml": deployment("1.0.0", self.marker("a")), "apps/b.yaml": deployment("1.0.0", self.marker("b"))}
        self.selected("1.1.0", "a")
        self.selected("1.1.0", "b")
        self.kube.merge("ImagePolicy", "a", self.ns, {"metadata": {"labels": {"env": "staging"}}})
        repository = self.start(None, files, policySelector={"matchLabels": {"env": "staging"}})
        self.pushed()
        self.assertIn(b"1.1.0", repository.show("apps/a.yaml"))
        self.assertIn(b"1.0.0", repository.show("apps/b.yaml"))
        obj = self.automated()
        self.assertEqual(condition(obj)["message"], "repository up-to-date")    # the other marker is no mistake
        self.kube.merge("ImagePolicy", "b", self.ns, {"metadata": {"labels": {"env": "staging"}}})
        self.kube.wait("ImageUpdateAutomation", "update", self.ns, lambda o: len(o["status"]["observedPolicies"]) == 2, 10)
        self.assertIn(b"1.1.0", repository.show("apps/b.yaml"))

    def test_mistakes_in_files_are_told(self):
        repository = self.start("1.1.0", {
            "apps/typo.yaml": deployment("1.0.0", self.marker("ap")),
            "apps/broken.yaml": "a: [1\n# " + self.marker() + "\n",
            "apps/good.yaml": deployment("1.0.0", self.marker())})
        self.pushed()
        obj = self.automated()
        self.assertIn("apps/broken.yaml", condition(obj)["message"])
        problems = obj["status"]["weir"]["problems"]
        self.assertEqual(len(problems), 2)
        self.assertRegex(problems[1], r"^apps/typo.yaml:13: .*%s:ap" % self.ns)
        self.event("update", "apps/typo.yaml:13", "InvalidMarker", "Warning")
        self.assertIn(b"1.1.0", repository.show("apps/good.yaml"))
        repository.take()
        self.push(repository, {"apps/typo.yaml": None, "apps/broken.yaml": None})
        self.kube.wait("ImageUpdateAutomation", "update", self.ns, lambda o: "weir" not in o["status"] and
                       condition(o)["message"] == "repository up-to-date", 10, "no problem left")

    def test_a_message_from_a_template(self):
        template = ("Automation: {{ .AutomationObject }}\n\n{{ range $file, $objects := .Changed.FileChanges -}}\n{{ $file }}: "
                    "{{ range $object, $changes := $objects }}{{ $object.Kind }}/{{ $object.Name }}"
                    "{{ range $changes }} {{ .OldValue }} -> {{ .NewValue }}{{ end }}{{ end }}\n{{ end }}[{{ .Values.cluster | upper }}]\n")
        commit = {"author": {"name": "Robot", "email": "robot@example.com"}, "messageTemplate": template,
                  "messageTemplateValues": {"cluster": "prod"}}
        repository = self.start("1.1.0", git={"commit": commit})
        self.pushed()
        self.assertEqual(repository.log("%B")[0].strip(), f"Automation: {self.ns}/update\n\napps/app.yaml: Deployment/app "
                         f"{IMAGE}:1.0.0 -> {IMAGE}:1.1.0\n[PROD]")

    def test_a_template_that_cannot_work_is_told_before_there_is_anything_to_commit(self):
        commit = {"author": {"name": "Robot", "email": "robot@example.com"}, "messageTemplate": "a\n{{ range .Changed }"}
        self.start("1.0.0", git={"commit": commit})
        message = self.failing("update", "InvalidSpec", kind="ImageUpdateAutomation")
        self.assertIn("spec.git.commit.messageTemplate", message)
        self.assertIn(":2", message)

    def signed_by(self, secret, type_):
        self.kube.secret(self.ns, "signing", **secret)
        commit = {"author": {"name": "Robot", "email": "robot@example.com"},
                  "signingKey": {"secretRef": {"name": "signing"}, "type": type_}}
        return self.start("1.1.0", git={"commit": commit})

    def test_signed_with_an_ssh_key(self):
        path = os.path.join(self.folder, "signing-key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", self.keep_secret("open-the-signing-key"), "-f", path], check=True,
                       stdin=subprocess.DEVNULL)
        with open(path) as f:
            key = self.keep_secret(f.read())
        repository = self.signed_by({"identity": key, "password": "not-the-passphrase"}, "ssh")
        message = self.failing("update", "SourceManagerFailed", kind="ImageUpdateAutomation")
        self.assertIn(f"failed to configure the signing key: secret '{self.ns}/signing': password", message)
        self.kube.secret(self.ns, "signing", identity=key, password="open-the-signing-key")
        self.pushed()
        with open(path + ".pub") as public, open(path + ".allowed", "w") as allowed:
            allowed.write(f"robot@example.com {public.read()}")
        repository._run("-c", f"gpg.ssh.allowedSignersFile={path}.allowed", "verify-commit", "main", cwd=repository.bare)

    def test_signed_with_an_openpgp_key(self):
        if shutil.which("gpg") is None:
            if os.environ.get("WEIR_REQUIRE_CONTROL_PLANE") == "1":
                self.fail("no gpg here (Debian package gpg)")
            self.skipTest("no gpg here (Debian package gpg)")
        home = os.path.join(self.folder, "gpg")
        os.makedirs(home, mode=0o700)
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
        subprocess.run([*gpg, "--passphrase", "", "--quick-gen-key", "Robot <robot@example.com>", "ed25519", "sign", "never"],
                       check=True, stdin=subprocess.DEVNULL, capture_output=True)
        key = subprocess.run([*gpg, "--armor", "--export-secret-keys"], check=True, capture_output=True, text=True).stdout
        repository = self.signed_by({"git__asc": self.keep_secret(key)}, "gpg")
        self.pushed()
        os.environ["GNUPGHOME"] = home
        self.addCleanup(os.environ.pop, "GNUPGHOME")
        repository._run("verify-commit", "main", cwd=repository.bare)

    def test_suspend_and_resume(self):
        repository = self.start()
        self.automated()
        self.kube.merge("ImageUpdateAutomation", "update", self.ns, {"spec": {"suspend": True}})
        self.selected("1.1.0")
        self.after_asked_passes("ImageUpdateAutomation", "update", 2)
        self.assertEqual(len(repository.log()), 1)
        self.kube.merge("ImageUpdateAutomation", "update", self.ns, {"spec": {"suspend": False}})
        self.pushed()

    def test_what_cannot_work_says_why(self):
        repository = self.repository({"apps/app.yaml": deployment("1.0.0", self.marker())})
        self.image_update_automation("no-source", source="nobody")
        self.assertIn(f'failed configuring source manager: referenced git repository does not exist: GitRepository "{self.ns}/nobody"',
                      self.failing("no-source", "SourceManagerFailed", kind="ImageUpdateAutomation"))
        self.git_repository(repository.url)
        self.image_update_automation("no-branch", git={"checkout": {"ref": {"tag": "v1"}}})
        self.assertIn("spec.git.push.branch", self.failing("no-branch", "InvalidSourceConfiguration", kind="ImageUpdateAutomation"))
        self.image_update_automation("no-ref", git={"checkout": {"ref": {"branch": "absent"}}})
        self.assertIn("absent", self.failing("no-ref", "GitOperationFailed", kind="ImageUpdateAutomation"))
        self.image_update_automation("refspec", git={"push": {"refspec": "refs/heads/x:refs/heads/y"}})
        self.assertIn("spec.git.push.refspec", self.failing("refspec", "InvalidSourceConfiguration", kind="ImageUpdateAutomation"))
        self.image_update_automation("selector", policySelector={"matchExpressions": [{"key": "a", "operator": "Near"}]})
        self.assertIn("spec.policySelector.matchExpressions[0].operator",
                      self.failing("selector", "InvalidPolicySelector", kind="ImageUpdateAutomation"))
        self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1beta2", "kind": "ImageUpdateAutomation",
                          "metadata": {"name": "no-git", "namespace": self.ns},
                          "spec": {"sourceRef": {"kind": "GitRepository", "name": "repo"}, "interval": "1m"}})
        self.assertIn("spec.git", self.failing("no-git", "InvalidSourceConfiguration", kind="ImageUpdateAutomation"))

    def test_deleting_it_removes_its_store(self):
        self.start("1.1.0")
        self.pushed()
        folder = os.path.join(self.automation.storage_path, self.ns)
        self.assertTrue(os.listdir(folder))
        self.kube.delete("ImageUpdateAutomation", "update", self.ns)
        self.kube.wait_gone("ImageUpdateAutomation", "update", self.ns)
        self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    scenario.main()
