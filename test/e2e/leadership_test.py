"""Two replicas: one works, the other takes over."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import weir  # noqa: E402
from scenario import config_map  # noqa: E402

TIMES = ("--enable-leader-election=true", "--leader-election-lease-duration=3s", "--leader-election-renew-deadline=2s",
         "--leader-election-retry-period=500ms")


class Leadership(scenario.Scenario):
    kustomize_flags = TIMES

    def holder(self):
        lease = self.kube.get("Lease", "kustomize-controller-leader-election", "flux-system")
        return lease["spec"].get("holderIdentity") if lease else None

    def second(self):
        replica = weir.kustomize_controller(self.plane.kubeconfig, os.path.join(self.folder, f"second-{self.ns}"), *TIMES)
        self.addCleanup(replica.kill)
        # a standby may report itself unready: only that it runs matters
        return replica.start(wait=False)

    def wait_holder(self, accept, timeout=15):
        self.kube.wait("Namespace", self.ns, None, lambda o: accept(self.holder()), timeout, "another holder of the lease")

    def change_over(self, end):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied(timeout=20)
        self.wait_holder(bool)
        before = self.holder()
        replica = self.second()
        time.sleep(1.5)
        self.assertEqual(self.holder(), before)
        begin = time.monotonic()
        end(self.kustomize)
        commit = self.push(repository, {"a.yaml": config_map("a", n="2")})
        self.applied(commit=commit, timeout=20)
        took = time.monotonic() - begin
        self.assertNotEqual(self.holder(), before)
        self.assertIsNone(replica.process.poll())
        replica.stop()
        self.kustomize.start()
        return took

    def test_the_standby_takes_over_when_the_leader_is_killed(self):
        self.change_over(lambda controller: controller.kill())

    def test_a_leader_that_ends_in_good_order_hands_over_at_once(self):
        self.assertLess(self.change_over(lambda controller: controller.stop()), 3)


if __name__ == "__main__":
    scenario.main()
