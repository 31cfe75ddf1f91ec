"""spec.provider github: a GitHub App signs in at a fake of GitHub's API, and Git is served to its token only."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402

APP, INSTALLATION, OWNER = "4711", "8150", "the-team"


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **more).stdout


def new_key():
    return openssl("genrsa", "-traditional", "2048").decode()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        owner, url = self.server.owner, urllib.parse.urlsplit(self.path)
        owner.log.append(f"{self.command} {url.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not owner.accepts(self.headers.get("Authorization", "")):
            return self.answer(401, {"message": "A JSON web token could not be decoded"})
        if (self.command, url.path) == ("POST", f"/api/v3/app/installations/{INSTALLATION}/access_tokens"):
            expiry = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            return self.answer(201, {"token": owner.token, "expires_at": expiry})
        if (self.command, url.path) == ("GET", "/api/v3/app/installations"):
            if urllib.parse.parse_qs(url.query).get("page") == ["1"]:
                return self.answer(200, [{"id": 1, "account": {"login": "someone"}}], [("Link", f'<{owner.url}/x>; rel="next"')])
            return self.answer(200, [{"id": int(INSTALLATION), "account": {"login": OWNER}}])
        self.answer(404, {"message": "Not Found"})

    def answer(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        for key, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)


class GitHub:
    """The three calls that an app makes; tokens are verified with the public half of `key`."""

    def __init__(self, key, token):
        self.token, self.log = token, []
        self.folder = tempfile.TemporaryDirectory(prefix="weir-github-")
        self.public = os.path.join(self.folder.name, "public.pem")
        with open(self.public, "wb") as f:
            f.write(openssl("rsa", "-pubout", input=key.encode()))
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.http.daemon_threads, self.http.owner = True, self
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def accepts(self, authorization):
        try:
            head, claims, signature = authorization.removeprefix("Bearer ").split(".")
            decoded = [base64.urlsafe_b64decode(part + "==") for part in (head, claims, signature)]
            fields, now = json.loads(decoded[1]), time.time()
            if json.loads(decoded[0])["alg"] != "RS256" or fields["iss"] != APP:
                return False
            if not fields["iat"] <= now < fields["exp"] <= now + 600:
                return False
            path = os.path.join(self.folder.name, f"{threading.get_ident()}.sig")
            with open(path, "wb") as f:
                f.write(decoded[2])
            openssl("dgst", "-sha256", "-verify", self.public, "-signature", path, input=f"{head}.{claims}".encode())
            return True
        except (ValueError, KeyError, subprocess.CalledProcessError):
            return False

    def tokens_given(self):
        return sum(line.endswith("/access_tokens") for line in self.log)

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.folder.cleanup()


class GitProvider(scenario.Scenario):
    source_flags = ("--max-retry-delay=2s",)
    image_automation_flags = ("--max-retry-delay=2s",)

    def setUp(self):
        super().setUp()
        self.key = self.keep_secret(new_key())
        token = self.keep_secret(f"ghs_installation-token-{self.ns}")
        self.github = GitHub(self.key, token)
        self.addCleanup(self.github.stop)
        self.git.basic = ("x-access-token", token)
        self.addCleanup(setattr, self.git, "basic", None)
        self.repo = self.repository({"a.yaml": config_map("a")})

    def app(self, **changes):
        fields = {"githubAppID": APP, "githubAppInstallationID": INSTALLATION, "githubAppPrivateKey": self.key,
                  "githubAppBaseURL": self.github.url, **changes}
        if self.kube.get("Secret", "app", self.ns):
            self.kube.delete("Secret", "app", self.ns)      # an apply of stringData takes no key away
        self.kube.secret(self.ns, "app", **{key: value for key, value in fields.items() if value})

    def follow(self, name="repo", **spec):
        return self.git_repository(self.repo.url, name, provider="github", secretRef={"name": "app"}, **spec)

    def test_one_token_serves_until_it_grows_old(self):
        self.app()
        self.follow()
        self.fetched()
        self.push(self.repo, {"b.yaml": config_map("b")})
        self.fetched(commit=self.repo.head())
        self.follow("second")
        self.fetched("second")
        self.assertEqual(self.github.tokens_given(), 1)

    def test_by_owner(self):
        self.app(githubAppInstallationID=None, githubAppInstallationOwner=OWNER)
        self.follow()
        self.fetched()
        self.assertEqual(self.github.log, ["GET /api/v3/app/installations"] * 2
                         + [f"POST /api/v3/app/installations/{INSTALLATION}/access_tokens"])

    def failing_source(self, text):
        self.assertIn(f"secret '{self.ns}/app': {text}",
                      self.failing("repo", "AuthenticationFailed", text, kind="GitRepository"))

    def test_what_is_wrong_is_named_and_mended(self):
        other = self.keep_secret(new_key())
        self.app(githubAppPrivateKey=other)
        self.follow()
        self.failing_source("githubAppPrivateKey: GitHub App token at 127.0.0.1")
        self.app(githubAppPrivateKey=self.keep_secret("no-key-but-secret-all-the-same"))
        self.failing_source("githubAppPrivateKey: expected an RSA private key in PEM")
        self.app(githubAppInstallationID="99")
        self.failing_source("githubAppInstallationID: GitHub App token at 127.0.0.1")
        self.app(githubAppInstallationID=None, githubAppInstallationOwner="nobody")
        self.failing_source("githubAppInstallationOwner: the app is not installed at this account")
        self.app(githubAppID=None)
        self.failing_source("githubAppID: the Secret has no GitHub App")
        self.app()
        self.fetched()

    def test_a_key_of_another_gets_no_kept_token(self):
        self.app()
        self.follow()
        self.fetched()
        self.app(githubAppPrivateKey=self.keep_secret(new_key()))
        self.follow("thief")
        self.failing("thief", "AuthenticationFailed", "githubAppPrivateKey", kind="GitRepository")

    def test_specs_that_cannot_work(self):
        self.git_repository(self.repo.url, provider="github")
        stalled = self.kube.wait_condition("GitRepository", "repo", self.ns, "Stalled", "True")
        self.assertEqual(condition(stalled)["reason"], "InvalidProviderConfiguration")
        self.assertIn("spec.secretRef: required for provider github", condition(stalled)["message"])
        self.app()
        self.git_repository(self.repo.url, "generic", secretRef={"name": "app"})
        self.failing("generic", "AuthenticationFailed", "githubAppID: GitHub App credentials are used with spec.provider github only",
                     kind="GitRepository")

    def test_image_automation_pushes_with_it(self):
        self.app()
        image = "registry.example.com/team/app"
        self.repo.commit({"apps/app.yaml": f'image: {image}:1.0.0 # {{"$imagepolicy": "{self.ns}:app"}}\n'}, "marked")
        self.follow()
        self.fetched()
        self.selected("1.2.0")
        self.image_update_automation()
        self.pushed()
        self.assertIn(b"app:1.2.0", self.repo.show("apps/app.yaml"))


if __name__ == "__main__":
    scenario.main()
