"""A push reaches the cluster, and status, events and columns say so."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402


class PushToApplied(scenario.Scenario):
    def test_a_commit_is_applied_and_the_next_one_too(self):
        repository = self.repository({"deploy/a.yaml": config_map("a", n="1"), "deploy/sub/b.yaml": config_map("b")})
        first = repository.git("rev-parse", "HEAD")
        self.git_repository(repository.url)
        self.kustomization(path="./deploy")
        app = self.applied(commit=first)
        self.assertEqual(self.map("a")["data"], {"n": "1"})
        self.assertEqual(app["status"]["lastAppliedRevision"], f"main@sha1:{first}")
        self.assertEqual(app["status"]["lastAttemptedRevision"], f"main@sha1:{first}")
        self.assertEqual(self.inventory(), [f"{self.ns}_a__ConfigMap", f"{self.ns}_b__ConfigMap"])
        self.assertEqual(condition(app)["reason"], "ReconciliationSucceeded")
        self.assertEqual(condition(app)["message"], f"Applied revision: main@sha1:{first}")

        second = self.push(repository, {"deploy/a.yaml": config_map("a", n="2")})
        app = self.applied(commit=second)
        self.assertEqual(self.map("a")["data"], {"n": "2"})
        history = app["status"]["history"]
        self.assertEqual([h["lastReconciledStatus"] for h in history], ["ReconciliationSucceeded"] * 2)
        self.assertEqual(history[0]["metadata"]["revision"], f"main@sha1:{second}")

    def test_the_source_tells_what_it_fetched(self):
        repository = self.repository({"a.yaml": config_map("a")})
        commit = repository.git("rev-parse", "HEAD")
        self.git_repository(repository.url)
        repo = self.fetched(commit=commit)
        artifact = repo["status"]["artifact"]
        self.assertEqual(artifact["revision"], f"main@sha1:{commit}")
        self.assertEqual(artifact["path"], f"gitrepository/{self.ns}/repo/{commit}.tar.gz")
        self.assertEqual(artifact["url"], f"{self.source.storage_url}/{artifact['path']}")
        self.assertEqual(condition(repo)["reason"], "Succeeded")
        self.assertEqual(condition(repo)["message"], f"stored artifact for revision 'main@sha1:{commit}'")
        self.assertEqual(condition(repo, "ArtifactInStorage")["status"], "True")
        event = self.event("repo", "stored artifact for commit 'start'", reason="NewArtifact", type_="Normal")
        self.assertEqual(event["source"]["component"], "source-controller")
        self.assertEqual(event["involvedObject"]["uid"], repo["metadata"]["uid"])

    def test_objects_carry_the_owner_labels_and_our_field_manager(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        meta = self.map("a")["metadata"]
        self.assertEqual(meta["labels"], {"kustomize.toolkit.fluxcd.io/name": "app",
                                          "kustomize.toolkit.fluxcd.io/namespace": self.ns})
        self.assertEqual([(m["manager"], m["operation"]) for m in meta["managedFields"]], [("kustomize-controller", "Apply")])

    def test_events_name_what_changed(self):
        repository = self.repository({"a.yaml": config_map("a"), "b.yaml": config_map("b")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        event = self.event("app", f"ConfigMap/{self.ns}/a created", reason="Progressing", type_="Normal")
        self.assertIn(f"ConfigMap/{self.ns}/b created", event["message"])
        self.event("app", "Reconciliation finished in ", reason="ReconciliationSucceeded")
        commit = self.push(repository, {"a.yaml": config_map("a", changed="yes")})
        self.applied(commit=commit)
        event = self.event("app", f"ConfigMap/{self.ns}/a configured")
        self.assertNotIn(f"ConfigMap/{self.ns}/b", event["message"])

    def test_a_look_without_news_writes_nothing(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url, interval="1s")
        self.kustomization(interval="1s")
        self.applied()
        self.kube.wait("Kustomization", "app", self.ns, lambda o: self.events_are_settled(), 10, "quiet")
        before = [self.kube.get(kind, name, self.ns)["metadata"]["resourceVersion"]
                  for kind, name in (("GitRepository", "repo"), ("Kustomization", "app"), ("ConfigMap", "a"))]
        events, mark = len(self.kube.events(self.ns)), self.git.mark()
        self.kube.wait("Namespace", self.ns, None, lambda o: self.git.since(mark)["requests"] >= 3, 10, "three polls")
        after = [self.kube.get(kind, name, self.ns)["metadata"]["resourceVersion"]
                 for kind, name in (("GitRepository", "repo"), ("Kustomization", "app"), ("ConfigMap", "a"))]
        self.assertEqual(after, before)
        self.assertEqual(len(self.kube.events(self.ns)), events)
        self.assertLess(self.git.since(mark)["bytes_out"] / self.git.since(mark)["requests"], 1000)

    def events_are_settled(self):
        import time
        count = len(self.kube.events(self.ns))
        time.sleep(1.2)
        return len(self.kube.events(self.ns)) == count

    def test_kubectl_shows_what_users_know(self):
        repository = self.repository({"a.yaml": config_map("a")})
        commit = repository.git("rev-parse", "HEAD")
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        shown = self.plane.kubectl("get", "gitrepositories,kustomizations", "-n", self.ns).splitlines()
        self.assertRegex(shown[0], r"^NAME +URL +AGE +READY +STATUS$")
        self.assertRegex(shown[1], rf"^gitrepository\.source\.toolkit\.fluxcd\.io/repo +{repository.url} +\S+ +True +"
                                   rf"stored artifact for revision 'main@sha1:{commit}'$")
        self.assertRegex(shown[3], r"^NAME +AGE +READY +STATUS$")
        self.assertRegex(shown[4], rf"^kustomization\.kustomize\.toolkit\.fluxcd\.io/app +\S+ +True +"
                                   rf"Applied revision: main@sha1:{commit}$")

    def test_objects_of_the_older_version_work_too(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.kube.create({"apiVersion": "source.toolkit.fluxcd.io/v1beta2", "kind": "GitRepository",
                          "metadata": {"name": "repo", "namespace": self.ns},
                          "spec": {"url": repository.url, "interval": "10m", "ref": {"branch": "main"},
                                   "gitImplementation": "libgit2"}})
        self.kube.create({"apiVersion": "kustomize.toolkit.fluxcd.io/v1beta2", "kind": "Kustomization",
                          "metadata": {"name": "app", "namespace": self.ns},
                          "spec": {"interval": "10m", "prune": True, "targetNamespace": self.ns, "validation": "client",
                                   "sourceRef": {"kind": "GitRepository", "name": "repo"}}})
        self.applied()
        self.assertIsNotNone(self.map("a"))
        old = self.kube.get("GitRepository", "repo", self.ns, "source.toolkit.fluxcd.io/v1beta2")
        self.assertEqual(old["spec"]["gitImplementation"], "libgit2")


if __name__ == "__main__":
    scenario.main()
