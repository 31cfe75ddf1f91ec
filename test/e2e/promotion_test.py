"""The three ways of docs/promotion.md, walked with the example tree of config/samples/promotion."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from processes import ROOT  # noqa: E402

SAMPLES = os.path.join(ROOT, "config", "samples", "promotion")
STAGING, PRODUCTION = (f"apps/order-service/{e}/kustomization.yaml" for e in ("staging", "production"))


def tree():
    files = {}
    for folder, _, names in os.walk(os.path.join(SAMPLES, "apps")):
        for name in names:
            with open(os.path.join(folder, name)) as f:
                files[os.path.relpath(os.path.join(folder, name), SAMPLES)] = f.read()
    return files


class Promotion(scenario.Scenario):
    image_automation_flags = ()

    def setUp(self):
        super().setUp()
        self.home, self.ns = self.ns, "flux-system"     # the samples say where they live
        self.platform = self.git.repository(f"{self.home}-platform", tree())
        self.apply("images.yaml")
        for environment in ("staging", "production"):
            self.kube.merge("ImagePolicy", f"order-service-{environment}", self.ns, {"spec": {"suspend": True}})
            self.select(environment, "1.0.0")
        self.git_repository(self.platform.url, "platform")

    def tearDown(self):
        for kind in ("ImageUpdateAutomation", "GitRepository", "ImagePolicy", "ImageRepository"):
            for obj in self.kube.list(kind, self.ns):
                self.kube.delete(kind, obj["metadata"]["name"], self.ns)
                if kind in ("ImageUpdateAutomation", "GitRepository"):
                    self.kube.wait_gone(kind, obj["metadata"]["name"], self.ns)
        super().tearDown()

    def apply(self, name):
        self.plane.kubectl("apply", "--server-side", "-f", os.path.join(SAMPLES, "clusters", name))

    def select(self, environment, tag):
        self.selected(tag, f"order-service-{environment}", "registry.example.com/shop/order-service")

    def tag(self, path, branch="main"):
        line, = [l for l in self.platform.show(path, branch).decode().splitlines() if "newTag" in l]
        return line.split()[1]

    def test_a_tag_for_each_environment(self):
        self.apply("tag-per-environment.yaml")
        self.automated("staging")
        self.automated("production")
        self.select("staging", "1.1.0-rc.1")
        first = self.pushed("staging")
        self.assertEqual((self.tag(STAGING), self.tag(PRODUCTION)), ("1.1.0-rc.1", "1.0.0"))
        self.assertEqual(self.platform.log()[0], "staging: 1.0.0 -> 1.1.0-rc.1")
        self.select("staging", "1.1.0")     # both at once, to one branch
        self.select("production", "1.1.0")
        self.pushed("staging", after=first)
        self.pushed("production")
        self.assertEqual((self.tag(STAGING), self.tag(PRODUCTION)), ("1.1.0", "1.1.0"))
        self.assertEqual(len(self.platform.log()), 4)

    def test_a_pull_request(self):
        self.apply("pull-request.yaml")
        self.automated("production-by-pull-request")
        self.assertIsNone(self.platform.head("promote/production"))     # nothing to review yet
        self.select("production", "1.1.0")
        commit = self.pushed("production-by-pull-request")
        self.assertEqual((self.tag(PRODUCTION, "promote/production"), self.tag(PRODUCTION)), ("1.1.0", "1.0.0"))
        # The review ends well: the branch is merged and deleted, and the next update makes it anew on top of the merge.
        self.platform._run("update-ref", "refs/heads/main", commit, cwd=self.platform.bare)
        self.platform._run("update-ref", "-d", "refs/heads/promote/production", cwd=self.platform.bare)
        self.kube.request_reconcile("GitRepository", "platform", self.ns)
        self.automated("production-by-pull-request", observedSourceRevision=f"main@sha1:{commit}")
        self.after_asked_passes("ImageUpdateAutomation", "production-by-pull-request")
        self.assertIsNone(self.platform.head("promote/production"))
        self.select("production", "1.2.0")
        self.pushed("production-by-pull-request", after=commit)
        self.assertEqual(self.platform.log("%P", "promote/production")[0], commit)

    def test_a_branch_for_each_environment(self):
        self.platform._run("update-ref", "refs/heads/production", self.platform.head(), cwd=self.platform.bare)
        self.apply("branch-per-environment.yaml")
        self.kube.merge("GitRepository", "platform-production", self.ns, {"spec": {"url": self.platform.url}})
        self.select("production", "1.1.0")
        self.pushed("production-branch")
        self.assertEqual((self.tag(PRODUCTION, "production"), self.tag(PRODUCTION)), ("1.1.0", "1.0.0"))


if __name__ == "__main__":
    scenario.main()
