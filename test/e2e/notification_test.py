"""Events are posted to --events-addr as notification-controller expects them."""
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402

POSTS = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        POSTS.append(json.loads(body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Notification(scenario.Scenario):
    @classmethod
    def setUpClass(cls):
        cls.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        cls.http.daemon_threads = True
        threading.Thread(target=cls.http.serve_forever, args=(0.05,), daemon=True).start()
        cls.addClassCleanup(cls.http.server_close)
        cls.addClassCleanup(cls.http.shutdown)
        flag = f"--events-addr=http://127.0.0.1:{cls.http.server_port}/"
        cls.source_flags = cls.kustomize_flags = (flag,)
        super().setUpClass()

    def posted(self, name, text):
        """Waits for a post about the object whose message holds the text."""
        found = []

        def accept(_):
            found[:] = [p for p in POSTS if p["involvedObject"]["namespace"] == self.ns and
                        p["involvedObject"]["name"] == name and text in p["message"]]
            return bool(found)
        self.kube.wait("Namespace", self.ns, None, accept, 10, f"a post with '{text}' about {name}")
        return found[0]

    def test_success_and_failure_are_posted_with_their_facts(self):
        repository = self.repository({"a.yaml": config_map("a")})
        commit = repository.git("rev-parse", "HEAD")
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        post = self.posted("repo", "stored artifact for commit 'start'")
        self.assertEqual(post["severity"], "info")
        self.assertEqual(post["reason"], "NewArtifact")
        self.assertEqual(post["reportingController"], "source-controller")
        self.assertEqual(post["involvedObject"]["kind"], "GitRepository")
        self.assertEqual(post["metadata"]["source.toolkit.fluxcd.io/revision"], f"main@sha1:{commit}")
        self.assertRegex(post["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        post = self.posted("app", f"ConfigMap/{self.ns}/a created")
        self.assertEqual(post["reportingController"], "kustomize-controller")
        self.assertEqual(post["metadata"]["kustomize.toolkit.fluxcd.io/revision"], f"main@sha1:{commit}")
        post = self.posted("app", "Reconciliation finished in ")
        self.assertEqual(post["metadata"]["kustomize.toolkit.fluxcd.io/commit_status"], "update")

        self.push(repository, {"a.yaml": "kind: [\n"})
        self.failing(reason="BuildFailed")
        post = self.posted("app", "a.yaml")
        self.assertEqual(post["severity"], "error")
        self.assertEqual(post["reason"], "BuildFailed")


if __name__ == "__main__":
    scenario.main()
