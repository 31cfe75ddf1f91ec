"""Debian's prometheus scrapes the running controllers with the chart's rules: an object that fails sets off its alert, and
every query of the dashboard finds series."""
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import helm_program  # noqa: E402
import scenario  # noqa: E402
from processes import ROOT, die_with_parent, free_port  # noqa: E402
from scenario import config_map  # noqa: E402

CHART = os.path.join(ROOT, "charts", "weir")
CONFIG = """global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yaml]
scrape_configs:
- job_name: weir
  static_configs: [{{targets: {targets}}}]
"""
LEADING = ("--enable-leader-election=true",)


class Monitoring(scenario.Scenario):
    source_flags = LEADING
    kustomize_flags = LEADING
    image_reflector_flags = LEADING

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = free_port()
        cls.rules = cls.rendered_rules()
        targets = [c.metrics_url.split("/")[2] for c in cls.controllers]
        for name, text in (("prometheus.yaml", CONFIG.format(targets=json.dumps(targets))), ("rules.yaml", yaml.safe_dump(cls.rules))):
            with open(os.path.join(cls.folder, name), "w") as f:
                f.write(text)
        with open(os.path.join(cls.folder, "prometheus.log"), "w") as log:
            cls.prometheus = subprocess.Popen(
                ["prometheus", f"--config.file={cls.folder}/prometheus.yaml", f"--storage.tsdb.path={cls.folder}/tsdb",
                 f"--web.listen-address=127.0.0.1:{cls.port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        cls.addClassCleanup(cls.end_prometheus)

    @classmethod
    def end_prometheus(cls):
        cls.prometheus.kill()
        cls.prometheus.wait()

    @classmethod
    def rendered_rules(cls):
        """The rules of the chart, with pauses that a test can wait for."""
        sets = [f"monitoring.rules.{key}=2s" for key in ("failingFor", "stalledFor", "suspendedFor", "downFor")]
        sets.append("imageAutomationController.enabled=false")
        done = helm_program.helm("template", "weir", CHART, "-n", "flux-system", "-s", "templates/prometheus_rule.yaml", "--set",
                                 ",".join(["monitoring.rules.enabled=true", *sets]), folder=cls.folder)
        assert done.returncode == 0, done.stderr
        return yaml.safe_load(done.stdout)["spec"]

    def get(self, path, **query):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def eventually(self, look, what, timeout=30):
        """Polls until look() gives something; returns it."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                found = look()
            except OSError:     # not listening yet
                found = None
            if found:
                return found
            self.assertIsNone(self.prometheus.poll(), "prometheus ended")
            self.assertLess(time.monotonic(), deadline, f"{what} not seen within {timeout} s")
            time.sleep(0.2)

    def firing(self, alert, **labels):
        """The firing alert about the object, or None."""
        for found in self.get("/api/v1/alerts")["alerts"]:
            if found["state"] == "firing" and found["labels"]["alertname"] == alert and labels.items() <= found["labels"].items():
                return found
        return None

    def object_labels(self, name):
        return {"customresource_kind": "Kustomization", "exported_namespace": self.ns, "name": name}

    def test_promtool_accepts_rules_and_metrics(self):
        done = subprocess.run(["promtool", "check", "rules", f"{self.folder}/rules.yaml"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{sum(len(g['rules']) for g in self.rules['groups'])} rules found", done.stdout)
        for controller in self.controllers:
            done = subprocess.run(["promtool", "check", "metrics"], input=controller.metrics(), capture_output=True, text=True)
            # names that Flux's dashboards query are not ours to choose; promtool warns, and fails on what it cannot read
            self.assertNotIn("error", done.stderr.lower(), controller.name)

    def test_an_object_that_fails_sets_off_its_alert_until_it_is_well(self):
        repository = self.repository({"a.yaml": "not: [valid"})
        self.git_repository(repository.url)
        self.kustomization()
        self.failing(reason="BuildFailed")
        alert = self.eventually(lambda: self.firing("WeirObjectFailing", **self.object_labels("app")), "WeirObjectFailing")
        self.assertEqual(alert["annotations"]["summary"], f"Kustomization {self.ns}/app is not ready")
        self.assertIn("BuildFailed: ", alert["annotations"]["description"])
        self.applied(commit=self.push(repository, {"a.yaml": config_map("a")}))
        self.eventually(lambda: not self.firing("WeirObjectFailing", **self.object_labels("app")), "the end of the alert")

    def test_a_stalled_and_a_suspended_object_have_alerts_of_their_own(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization("stalled", decryption={"provider": "sops"})
        self.kube.wait_condition("Kustomization", "stalled", self.ns, "Stalled", "True")
        self.kustomization("suspended", suspend=True)
        self.eventually(lambda: self.firing("WeirObjectStalled", **self.object_labels("stalled")), "WeirObjectStalled")
        self.eventually(lambda: self.firing("WeirObjectSuspended", **self.object_labels("suspended")), "WeirObjectSuspended")
        self.assertIsNone(self.firing("WeirObjectFailing", **self.object_labels("suspended")))

    def test_a_controller_that_is_gone_sets_off_an_alert(self):
        # at the start nobody led
        self.eventually(lambda: len(self.get("/api/v1/query", query="leader_election_master_status == 1")["result"]) == 3, "leaders")
        self.eventually(lambda: not self.firing("WeirControllerDown"), "leaders noticed by the rule")
        self.addCleanup(lambda: self.images.process or self.images.start())
        self.images.stop()
        self.eventually(lambda: self.firing("WeirControllerDown", controller="image-reflector-controller"), "WeirControllerDown")
        self.assertIsNone(self.firing("WeirControllerDown", controller="source-controller"))
        self.images.start()
        self.eventually(lambda: not self.firing("WeirControllerDown"), "the end of the alert", 40)

    def test_every_query_of_the_dashboard_finds_series(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.kustomization("broken", source="nowhere")
        self.failing("broken")
        with open(os.path.join(CHART, "files", "dashboard.json")) as f:
            dashboard = json.load(f)
        queries = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(queries), 20)
        for title, query in queries:
            query = query.replace("$__rate_interval", "20s")
            self.assertNotIn("$", query)
            self.eventually(lambda: self.get("/api/v1/query", query=query)["result"], f"panel '{title}': {query}")
        query = f'weir_resource_unready_timestamp_seconds{{exported_namespace="{self.ns}",name="broken",reason!=""}}'
        waits = self.eventually(lambda: self.get("/api/v1/query", query=query)["result"], query)
        self.assertEqual([(w["metric"]["name"], w["metric"]["reason"]) for w in waits], [("broken", "ArtifactFailed")])
        self.assertIn('"nowhere" not found', waits[0]["metric"]["waits_for"])

    def test_every_rule_can_be_evaluated(self):
        for group in self.eventually(lambda: [g for g in self.get("/api/v1/rules")["groups"] if g["rules"][0]["health"] == "ok"], "rules"):
            for rule in group["rules"]:
                self.assertIn(rule["health"], ("ok", "unknown"), rule.get("lastError"))


if __name__ == "__main__":
    helm_program.require()
    if not shutil.which("prometheus"):
        print("no prometheus: Debian's package prometheus", file=sys.stderr)
        sys.exit(1 if os.environ.get("WEIR_REQUIRE_CONTROL_PLANE") == "1" else 77)
    scenario.main()
