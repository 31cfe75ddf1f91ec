"""kill -9 at any moment orphans nothing and loses nothing."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from kube import TimedOut  # noqa: E402
from scenario import config_map  # noqa: E402

OBJECTS = 60


class Kill(scenario.Scenario):
    def maps(self):
        return {o["metadata"]["name"] for o in self.kube.list("ConfigMap", self.ns)} - {"kube-root-ca.crt"}

    def test_killed_in_the_middle_of_an_apply_whose_objects_leave_git_meanwhile(self):
        for round_ in range(3):
            with self.subTest(round_):
                self.ns = self.kube.namespace(f"kill-{round_}")
                repository = self.repository({f"m{n}.yaml": config_map(f"m{n}") for n in range(OBJECTS)})
                self.git_repository(repository.url)
                self.fetched()
                self.kustomization()
                deadline = time.monotonic() + 15
                while len(self.maps()) < 1 + round_ * 10:
                    self.assertLess(time.monotonic(), deadline, "nothing was applied")
                self.kustomize.kill()
                written = self.maps()
                self.assertTrue(written)
                recorded = {i.split("_")[1] for i in self.inventory()}
                self.assertEqual(written - recorded, set(), "written without a record")
                # what was written is no longer in Git when the controller comes back
                files = {f"m{n}.yaml": None for n in range(OBJECTS)}
                commit = self.push(repository, {**files, "last.yaml": config_map("last")})
                self.fetched(commit=commit)
                self.kustomize.start()
                self.applied(commit=commit, timeout=20)
                self.assertEqual(self.maps(), {"last"})

    def test_killed_while_pruning(self):
        repository = self.repository({f"m{n}.yaml": config_map(f"m{n}") for n in range(OBJECTS)})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.kube.delete("Kustomization", "app", self.ns)
        try:
            self.kube.wait("ConfigMap", "m59", self.ns, lambda o: len(self.maps()) < OBJECTS, 5, "the first deletion")
        except TimedOut:
            pass
        self.kustomize.kill()
        self.kustomize.start()
        self.kube.wait_gone("Kustomization", "app", self.ns, 20)
        self.assertEqual(self.maps(), set())

    def test_a_killed_source_controller_serves_again_what_it_had(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.fetched()
        artifact = self.kube.get("GitRepository", "repo", self.ns)["status"]["artifact"]
        self.source.kill()
        self.kustomization()
        time.sleep(0.5)
        self.source.start()
        self.applied(timeout=30)
        self.assertEqual(self.kube.get("GitRepository", "repo", self.ns)["status"]["artifact"]["digest"], artifact["digest"])

    def test_a_source_controller_that_lost_its_disk_fetches_again(self):
        import shutil
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        commit = repository.git("rev-parse", "HEAD")
        self.git_repository(repository.url)
        self.fetched()
        self.source.kill()
        for name in os.listdir(self.source.storage_path):
            shutil.rmtree(os.path.join(self.source.storage_path, name), ignore_errors=True)
        self.source.start()
        path = os.path.join(self.source.storage_path, "gitrepository", self.ns, "repo", f"{commit}.tar.gz")
        self.kube.wait("Namespace", self.ns, None, lambda o: os.path.exists(path), 15, "the artifact's file")
        self.kustomization()
        self.applied(timeout=30)

    def test_sigterm_ends_in_time(self):
        for controller in self.controllers:
            begin = time.monotonic()
            self.assertEqual(controller.stop(), 0)
            self.assertLess(time.monotonic() - begin, 10)
            controller.start()


if __name__ == "__main__":
    scenario.main()
