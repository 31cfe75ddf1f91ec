"""A source that cannot be fetched says why, keeps its artifact, and recovers by itself."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from git_server import GitServer  # noqa: E402
from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402


class SourceFaults(scenario.Scenario):
    source_flags = ("--artifact-max-size=200000", "--artifact-max-files=50", "--max-retry-delay=2s")

    def own_server(self):
        server = GitServer(os.path.join(self.folder, f"git-{self.ns}"))
        self.addCleanup(server.stop)
        return server

    def fails(self, reason=None, message=None, name="repo", timeout=15):
        return self.failing(name, reason, message, "GitRepository", timeout)

    def test_nobody_listens_there(self):
        from processes import free_port
        self.git_repository(f"http://127.0.0.1:{free_port()}/x.git")
        message = self.fails("GitOperationFailed", "failed to checkout and determine revision: ")
        self.assertIn("127.0.0.1", message)
        self.event("repo", "failed to checkout", type_="Warning")

    def test_no_repository_there(self):
        self.git_repository(self.git.url_of("nothing-here"))
        self.fails("GitOperationFailed", "nothing-here")

    def test_a_branch_that_is_not_there_and_comes_later(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url, ref={"branch": "next"})
        self.fails("GitOperationFailed", f"unable to clone '{repository.url}': couldn't find remote ref \"refs/heads/next\"")
        repository.git("push", "--quiet", "origin", "HEAD:refs/heads/next")
        self.fetched()

    def test_refs_that_are_not_there(self):
        repository = self.repository({"a.yaml": config_map("a")})
        missing = "0123456789012345678901234567890123456789"
        for name, ref, text in [("tag", {"tag": "v1"}, "couldn't find remote ref \"refs/tags/v1\""),
                                ("semver", {"semver": ">=1.0.0"}, "no match found for semver: >=1.0.0"),
                                ("range", {"semver": "x.y.z.w"}, "semver parse error"),
                                ("name", {"name": "refs/heads/none"}, "unable to resolve ref 'refs/heads/none' to a specific commit"),
                                ("commit", {"commit": missing}, f"unable to resolve commit object for '{missing}'")]:
            with self.subTest(name):
                self.git_repository(repository.url, name, ref=ref)
                self.fails("GitOperationFailed", text, name)

    def test_an_empty_repository(self):
        repository = self.git.repository(f"{self.ns}-empty")
        self.git_repository(repository.url)
        self.fails("EmptyGitRepository")

    def test_wrong_credentials_until_the_secret_is_mended(self):
        server = self.own_server()
        repository = server.repository("closed", {"a.yaml": config_map("a")})
        server.basic = ("robot", self.keep_secret("correct-horse-battery"))
        wrong = self.keep_secret("incorrect-donkey-socket")
        self.git_repository(repository.url, secretRef={"name": "login"})
        self.fails("AuthenticationFailed", "login")         # the Secret is missing
        self.kube.secret(self.ns, "login", username="robot", password=wrong)
        self.reconcile("GitRepository", "repo")
        self.fails("GitOperationFailed")
        self.kube.secret(self.ns, "login", username="robot", password="correct-horse-battery")
        self.fetched()

    def test_bearer_token(self):
        server = self.own_server()
        repository = server.repository("closed", {"a.yaml": config_map("a")})
        server.bearer = self.keep_secret("token-of-the-robot")
        self.kube.secret(self.ns, "login", bearerToken="token-of-the-robot")
        self.git_repository(repository.url, secretRef={"name": "login"})
        self.fetched()

    def test_a_hung_server_costs_its_timeout_and_stops_nobody_else(self):
        server = self.own_server()
        hung = server.repository("hung", {"a.yaml": config_map("a")})
        server.mode = "hang"
        for number in range(4):         # more than there are workers
            self.git_repository(hung.url, f"hung-{number}", timeout="3s")
        self.kube.wait("Namespace", self.ns, None, lambda o: len(server.log) >= 2, 10, "a hung request")
        healthy = self.repository({"a.yaml": config_map("a")})
        begin = time.monotonic()
        self.git_repository(healthy.url)
        self.fetched(timeout=20)
        self.fails("GitOperationFailed", name="hung-0")
        self.assertLess(time.monotonic() - begin, 20)
        server.stopping.set()
        server.mode = "ok"
        self.fetched("hung-0", timeout=20)

    def test_a_body_that_breaks_off(self):
        server = self.own_server()
        repository = server.repository("torn", {f"{n}.yaml": config_map(f"m{n}", text=os.urandom(400).hex()) for n in range(20)})
        server.mode = "truncate"
        self.git_repository(repository.url)
        self.fails("GitOperationFailed")
        server.mode = "ok"
        self.fetched()

    def test_the_artifact_stays_while_the_server_is_away(self):
        server = self.own_server()
        repository = server.repository("away", {"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        artifact = self.kube.get("GitRepository", "repo", self.ns)["status"]["artifact"]
        server.mode = "fail"
        self.kube.request_reconcile("GitRepository", "repo", self.ns)
        self.fails("GitOperationFailed", "500")
        repo = self.kube.get("GitRepository", "repo", self.ns)
        self.assertEqual(repo["status"]["artifact"], artifact)
        self.assertEqual(condition(self.kube.get("Kustomization", "app", self.ns))["status"], "True")
        commit = repository.commit({"a.yaml": config_map("a", n="2")})
        server.mode = "ok"
        self.applied(commit=commit)

    # Who was alerted hears that all is well again, of the commit that was there before as well.
    def test_a_recovery_without_a_new_commit_is_told(self):
        server = self.own_server()
        repository = server.repository("back", {"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        artifact = self.fetched()["status"]["artifact"]
        server.mode = "fail"
        self.kube.request_reconcile("GitRepository", "repo", self.ns)
        self.fails("GitOperationFailed", "500")
        self.assertEqual(self.recoveries(), [])
        server.mode = "ok"
        self.assertEqual(self.fetched()["status"]["artifact"], artifact)
        self.assert_recovery_is_told()
        self.reconcile("GitRepository", "repo")
        self.assert_recovery_is_told()      # a pass that follows a good one has nothing to tell

    def test_a_sparse_folder_that_is_not_there(self):
        repository = self.repository({"one/a.yaml": config_map("a")})
        self.git_repository(repository.url, sparseCheckout=["one"])
        artifact = self.fetched()["status"]["artifact"]
        self.kube.merge("GitRepository", "repo", self.ns, {"spec": {"sparseCheckout": ["one", "nowhere"]}})
        self.fails("GitOperationFailed", "sparse checkout dir 'nowhere' does not exist in repository")
        repo = self.kube.get("GitRepository", "repo", self.ns)
        self.assertEqual(condition(repo, "FetchFailed")["reason"], "GitOperationFailed")
        self.assertEqual(repo["status"]["artifact"], artifact)
        self.event("repo", "sparse checkout dir 'nowhere'", "GitOperationFailed", "Warning")
        # Another list, so it is packed again, to the same bytes.
        self.kube.merge("GitRepository", "repo", self.ns, {"spec": {"sparseCheckout": ["./one"]}})
        self.assertEqual(self.fetched()["status"]["artifact"], artifact)
        self.assert_recovery_is_told()

    def recoveries(self):
        return [event for event in self.kube.events(self.ns, "repo") if event["reason"] == "Succeeded"]

    def assert_recovery_is_told(self):
        self.event("repo", "stored artifact for commit 'start'", "Succeeded", "Normal")
        event, = self.recoveries()
        self.assertEqual((event["message"], event.get("count", 1)), ("stored artifact for commit 'start'", 1))

    def test_too_many_files(self):
        repository = self.repository({f"many/{n}.yaml": "a: b\n" for n in range(60)})
        self.git_repository(repository.url)
        message = self.fails()
        self.assertIn("more than 50 files", message)
        self.assertIn("many/", message)

    def test_too_large_and_mended(self):
        repository = self.repository({"a.yaml": config_map("a"), "blob.bin": os.urandom(400_000)})
        self.git_repository(repository.url)
        message = self.fails()
        self.assertIn("artifact-max-size", message)
        self.push(repository, {"blob.bin": None})
        self.fetched()

    def test_the_controllers_identity_goes_to_its_cloud_only(self):
        self.git_repository("https://git.example.com/x/y", provider="azure")
        obj = self.kube.wait_condition("GitRepository", "repo", self.ns, "Stalled", "True")
        self.assertEqual(condition(obj)["reason"], "InvalidProviderConfiguration")
        self.assertIn("spec.url: expected an https URL at dev.azure.com", condition(obj)["message"])


if __name__ == "__main__":
    scenario.main()
