"""A webhook that takes its time: what was changed is written all the same."""
import base64
import http.server
import json
import os
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from pki import Authority  # noqa: E402
from scenario import config_map  # noqa: E402

SECONDS = 2.5


class SlowWebhook(http.server.BaseHTTPRequestHandler):
    """Allows everything, after a while."""
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(SECONDS)
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                           "response": {"uid": review["request"]["uid"], "allowed": True}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class SlowAdmission(scenario.Scenario):
    @classmethod
    def prepare(cls):
        authority = Authority(os.path.join(cls.folder, "pki"))
        certificate, key = authority.issue("webhook")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowWebhook)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.shutdown)
        with open(authority.ca, "rb") as f:
            bundle = base64.b64encode(f.read()).decode()
        cls.kube.create({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
                         "metadata": {"name": "slow"}, "webhooks": [{
                             "name": "slow.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                             "timeoutSeconds": 10,
                             "clientConfig": {"url": f"https://127.0.0.1:{server.server_port}/", "caBundle": bundle},
                             "objectSelector": {"matchLabels": {"slow": "yes"}},
                             "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"],
                                        "operations": ["CREATE", "UPDATE"]}]}]})

    def test_a_change_behind_a_slow_webhook_is_applied(self):
        def manifest(value):
            return config_map("a", n=value).replace("  name: a\n", "  name: a\n  labels: {slow: \"yes\"}\n")
        repository = self.repository({"a.yaml": manifest("1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied(timeout=30)
        for value in ("2", "3"):
            commit = self.push(repository, {"a.yaml": manifest(value)})
            self.applied(commit=commit, timeout=30)
            self.assertEqual(self.map("a")["data"], {"n": value}, "Ready at a commit that was not applied")


if __name__ == "__main__":
    scenario.main()
