"""`weir all`: several controllers in one process, still told apart by user agent, event source and log."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import weir  # noqa: E402
from processes import free_port  # noqa: E402
from scenario import config_map  # noqa: E402


class AllInOne(scenario.Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for controller in cls.controllers:
            controller.stop()
        source = cls.source
        argv = [a for a in source.argv[2:] if not a.startswith(("--metrics-addr", "--health-addr"))]
        health, metrics = free_port(), free_port()
        cls.both = weir.Controller("all", [*argv, f"--health-addr=127.0.0.1:{health}", f"--metrics-addr=127.0.0.1:{metrics}",
                                           "--kustomize-controller.concurrent=3"],
                                   source.folder, source.environment, health, metrics)
        cls.both.start()
        cls.controllers = [cls.both]

    def test_the_circle_works_and_audit_logs_tell_the_controllers_apart(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.applied(commit=self.push(repository, {"a.yaml": None}))
        self.assertIsNone(self.map("a"))
        self.assertEqual(self.event("repo", "stored artifact")["source"]["component"], "source-controller")
        self.assertEqual(self.event("app", "Reconciliation finished")["source"]["component"], "kustomize-controller")
        writers = {}
        with open(self.plane.path("audit.log")) as f:
            for line in f:
                entry = json.loads(line)
                resource = (entry.get("objectRef") or {}).get("resource")
                agent = (entry.get("userAgent") or "").split("/")[0]
                if entry["verb"] in ("create", "patch", "update", "delete"):
                    writers.setdefault(resource, set()).add(agent)
        self.assertLessEqual(writers["configmaps"], {"kustomize-controller", "weir-test"})
        self.assertIn("source-controller", writers["gitrepositories"])

    def test_each_collection_is_held_once(self):
        caches = {line.split('"')[1]: float(line.rsplit(" ", 1)[1])
                  for line in self.both.metrics().splitlines() if line.startswith("weir_caches{")}
        for resource in ("gitrepositories.source", "kustomizations.kustomize", "imagerepositories.image",
                         "imagepolicies.image", "imageupdateautomations.image"):
            self.assertEqual(caches.get(resource + ".toolkit.fluxcd.io"), 1, caches)

    def test_a_flag_nobody_knows_ends_it_with_its_name(self):
        import subprocess
        done = subprocess.run([weir.binary(), "all", "--no-such-flag=1"], capture_output=True, text=True, timeout=20,
                              env=self.both.environment)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--no-such-flag", done.stderr)


if __name__ == "__main__":
    scenario.main()
