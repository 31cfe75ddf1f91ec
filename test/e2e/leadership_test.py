"""Two replicas: one works, the other takes over; one that lost the lease writes nothing more."""
import json
import os
import signal
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

    @staticmethod
    def tries_for_the_lease(replica, count):
        """Waits until a replica has asked for the lease that often."""
        replica.wait_metric("weir_api_requests_total", count, verb="get", resource="leases")

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
        self.tries_for_the_lease(replica, 3)
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


class LostLease(scenario.Scenario):
    """The first replica has an identity of its own, so that the audit log tells its writes from the other's."""
    kustomize_flags = TIMES
    users = {"first": ["system:masters"]}

    @classmethod
    def kubeconfig_of(cls, controller):
        return cls.plane.users["first"]["kubeconfig"] if controller == "kustomize-controller" else cls.plane.kubeconfig

    def setUp(self):
        super().setUp()
        if self.kustomize.process is None:
            self.kustomize.start()
        self.kube.wait("Lease", "kustomize-controller-leader-election", "flux-system",
                       lambda lease: lease and lease["spec"].get("holderIdentity"), 15)

    def writes(self, since):
        """What the first replica wrote since then: the audit log's own times, in UTC."""
        found = []
        with open(self.plane.path("audit.log")) as f:
            for line in f:
                entry = json.loads(line)
                if (entry["user"]["username"] == "first" and entry["verb"] in ("create", "update", "patch", "delete")
                        and entry["requestReceivedTimestamp"] > since):
                    found.append(f"{entry['verb']} {entry['requestURI']}")
        return found

    @staticmethod
    def now():
        return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())

    def ended(self, timeout):
        self.assertEqual(self.kustomize.process.wait(timeout), 1)
        self.kustomize.process = None
        self.assertEqual(self.kustomize.log_lines()[-1]["msg"], "leadership lost")

    def test_a_stolen_lease_ends_the_process_at_once(self):
        self.kube.merge("Lease", "kustomize-controller-leader-election", "flux-system",
                        {"spec": {"holderIdentity": "somebody-else", "leaseDurationSeconds": 3}})
        begin = time.monotonic()
        self.ended(5)
        self.assertLess(time.monotonic() - begin, 4)

    def test_a_leader_that_was_stopped_for_a_while_writes_nothing_when_it_goes_on(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied(timeout=20)
        self.kustomize.process.send_signal(signal.SIGSTOP)
        second = weir.kustomize_controller(self.plane.kubeconfig, os.path.join(self.folder, f"second-{self.ns}"), *TIMES)
        self.addCleanup(second.kill)
        second.start(wait=False)
        # the other leads now; the first one finds work waiting when it wakes up: drift, a new commit, a new object
        self.applied(commit=self.push(repository, {"a.yaml": config_map("a", n="2")}), timeout=25)
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "drifted"}})
        self.kustomization("another")
        time.sleep(1.1)     # whole seconds of `now`
        woken = self.now()
        self.kustomize.process.send_signal(signal.SIGCONT)
        self.ended(10)
        self.assertEqual(self.writes(woken), [])
        self.applied("another", timeout=20)
        second.stop()


class TimesOfTheChart(scenario.Scenario):
    """15 s, 10 s and 2 s, as the chart and config/ set them."""
    kustomize_flags = ("--enable-leader-election=true", "--leader-election-lease-duration=15s",
                       "--leader-election-renew-deadline=10s", "--leader-election-retry-period=2s")

    def test_a_killed_leader_is_replaced_within_20_seconds(self):
        def holder(lease):
            return lease["spec"].get("holderIdentity") if lease else None
        lease = ("Lease", "kustomize-controller-leader-election", "flux-system")
        first = holder(self.kube.wait(*lease, lambda found: holder(found), 15))
        second = weir.kustomize_controller(self.plane.kubeconfig, os.path.join(self.folder, "second"), *self.kustomize_flags)
        self.addCleanup(second.kill)
        second.start(wait=False)
        Leadership.tries_for_the_lease(second, 2)
        self.kustomize.kill()
        begin = time.monotonic()
        self.kube.wait(*lease, lambda found: holder(found) not in (first, None, ""), 20, "another leader")
        print(f"a killed leader was replaced after {time.monotonic() - begin:.1f} s", file=sys.stderr)
        second.stop()


if __name__ == "__main__":
    scenario.main()
