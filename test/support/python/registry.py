"""Registries for tests: a scripted one with the faults a test wants, and Debian's docker-registry.

  registry = Registry()                           http; Registry(authority=pki): https with a certificate of that authority
  registry.set_tags("team/app", ["1.0.0"])        registry.add_tag("team/app", "1.1.0")
  registry.page = 100                             tags in one page, whatever the client asks for
  registry.basic = ("user", "password")           ask for credentials
  registry.token = ("user", "password")           hand out tokens for these at /token; ("", "") for anonymous ones
  registry.post = lambda url, body: (200, {}, b"...")                 answers what is posted, as a cloud's services do
  registry.fault = lambda path: (429, {"Retry-After": "1"}, b"")     None: answer well
It also takes the requests that a client sends to an http proxy. Requests are counted: see `log` and `since`.
"""
import base64
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from processes import die_with_parent, free_port

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
CHART_PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"


def manifest(text):
    """A manifest without layers whose config holds the text, and its digest."""
    config = hashlib.sha256(text.encode()).hexdigest()
    body = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config": {
        "mediaType": "application/vnd.oci.image.config.v1+json", "size": len(text), "digest": f"sha256:{config}"}}).encode()
    return body, "sha256:" + hashlib.sha256(body).hexdigest()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def get_request(self):
        connection, address = self.socket.accept()
        if self.owner.tls:
            connection = self.owner.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, headers=None, body=b""):
        self.server.owner.log.append({"at": time.monotonic(), "method": self.command, "path": self.path, "status": status,
                                      "authorization": self.headers.get("Authorization", "")})
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def challenge(self):
        """The challenge that this request has not met, or None."""
        owner, sent = self.server.owner, self.headers.get("Authorization", "")
        if owner.basic:
            return None if sent == _basic(owner.basic) else 'Basic realm="test"'
        if owner.token:
            good = sent.removeprefix("Bearer ") in owner.tokens and sent.startswith("Bearer ")
            return None if good else f'Bearer realm="{owner.url}/token",service="test",scope="{self.scope()}"'
        return None

    def scope(self):
        return f"repository:{self.path.removeprefix('/v2/').split('/tags/')[0].split('/manifests/')[0]}:pull"

    def do_GET(self):
        if self.path.startswith("http://"):     # as a proxy is asked
            self.path = "/" + self.path.split("/", 3)[3]
        owner, url = self.server.owner, urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        fault = owner.fault and owner.fault(self.path)
        if fault:
            return self.answer(*fault)
        if url.path == "/token":
            if owner.token[0] and self.headers.get("Authorization") != _basic(owner.token):
                return self.answer(401, body=b'{"details":"incorrect username or password"}')
            owner.tokens.append(f"token-{len(owner.tokens)}-for-{query['scope'][0]}")
            return self.answer(200, body=json.dumps({"token": owner.tokens[-1], "expires_in": 300}).encode())
        challenge = self.challenge()
        if challenge:
            body = b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'
            return self.answer(401, {"WWW-Authenticate": challenge}, body)
        if url.path == "/v2/":
            return self.answer(200, body=b"{}")
        if url.path.endswith("/tags/list"):
            name = url.path[len("/v2/"):-len("/tags/list")]
            tags = owner.tags.get(name)
            if tags is None:
                return self.answer(404, body=b'{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known"}]}')
            first = tags.index(query["last"][0]) + 1 if "last" in query else 0
            limit = min(owner.page, int(query.get("n", ["100000"])[0]))
            part, headers = tags[first:first + limit], {}
            if first + limit < len(tags):
                headers["Link"] = f'</v2/{name}/tags/list?n={limit}&last={part[-1]}>; rel="next"'
            body = json.dumps({"name": name, "tags": part}).encode()
            if owner.etags:
                headers["ETag"] = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
                if self.headers.get("If-None-Match") == headers["ETag"]:
                    return self.answer(304, headers)
            return self.answer(200, headers, body)
        if "/manifests/" in url.path:
            name, tag = url.path.removeprefix("/v2/").split("/manifests/")
            if tag not in owner.tags.get(name, []):
                return self.answer(404, body=b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')
            body, digest = manifest(owner.contents.get((name, tag), tag))
            return self.answer(200, {"Content-Type": MANIFEST, "Docker-Content-Digest": digest}, body)
        return self.answer(404)

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        post = self.server.owner.post
        self.answer(*(post(self.path, body) if post else (404,)))


def _basic(pair):
    return "Basic " + base64.b64encode(":".join(pair).encode()).decode()


class Registry:
    def __init__(self, authority=None, names=()):
        self.tags, self.contents, self.tokens, self.log = {}, {}, [], []
        self.etags = False      # tag lists have ETags, and If-None-Match is heeded
        self.page, self.basic, self.token, self.fault, self.tls, self.post = 1000, None, None, None, None, None
        if authority:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*authority.issue("registry", names=names))
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.owner = self
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"{'https' if self.tls else 'http'}://{self.address}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def set_tags(self, name, tags):
        self.tags[name] = sorted(tags)

    def add_tag(self, name, tag):
        self.set_tags(name, [*self.tags[name], tag])

    def set_content(self, name, tag, text):
        """What a tag stands for; returns its digest."""
        self.contents[name, tag] = text
        return manifest(text)[1]

    def mark(self):
        return len(self.log)

    def since(self, mark):
        return self.log[mark:]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def docker_config(address, user, password):
    """The text of a .dockerconfigjson."""
    return json.dumps({"auths": {address: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}}})


class DockerRegistry:
    """Debian's docker-registry, with basic authentication when an htpasswd file is given."""

    @staticmethod
    def is_there():
        return shutil.which("docker-registry") is not None

    def __init__(self, folder, htpasswd=None):
        """@param htpasswd  a file; with user = ("name", "password") requests of this class sign in"""
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.user = None
        os.makedirs(folder, exist_ok=True)
        config = os.path.join(folder, "registry.yml")
        with open(config, "w") as f:
            f.write(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
                    f"http: {{addr: '{self.address}'}}\n")
            if htpasswd:
                f.write(f"auth: {{htpasswd: {{realm: charts, path: {htpasswd}}}}}\n")
        self.log_path = os.path.join(folder, "registry.log")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", config], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, preexec_fn=die_with_parent)
        deadline = time.monotonic() + 10
        while True:
            try:
                urllib.request.urlopen(self.url + "/v2/", timeout=1).close()
                return
            except urllib.error.HTTPError:
                return      # it wants to know who asks
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise AssertionError(f"docker-registry does not answer: {open(self.log_path).read()[-500:]}") from None
                time.sleep(0.05)

    def _send(self, method, url, body, content_type):
        request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": content_type})
        if self.user:
            request.add_header("Authorization", _basic(self.user))
        with urllib.request.urlopen(request, timeout=10) as r:
            return r.headers

    def push(self, name, tag, text=None):
        """Pushes an image without layers; returns its digest."""
        text = text or f"{name}:{tag}"
        body, digest = manifest(text)
        self._blob(name, text.encode())
        self._send("PUT", f"{self.url}/v2/{name}/manifests/{tag}", body, MANIFEST)
        return digest

    def push_chart(self, name, tag, archive, metadata, provenance=None, config_type=CHART_CONFIG):
        """Pushes a packed chart as helm does; returns the manifest's digest."""
        config = json.dumps(metadata).encode()
        layers = [(CHART_LAYER, archive)] + ([(CHART_PROVENANCE, provenance)] if provenance else [])
        body = json.dumps({"schemaVersion": 2, "config": self._described(name, config_type, config),
                           "layers": [self._described(name, kind, content) for kind, content in layers]}).encode()
        self._send("PUT", f"{self.url}/v2/{name}/manifests/{tag}", body, MANIFEST)
        return "sha256:" + hashlib.sha256(body).hexdigest()

    def _described(self, name, media_type, content):
        return {"mediaType": media_type, "size": len(content), "digest": self._blob(name, content)}

    def _blob(self, name, content):
        location = self._send("POST", f"{self.url}/v2/{name}/blobs/uploads/", b"", "application/octet-stream")["Location"]
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        location = urllib.parse.urljoin(self.url, location)
        location += ("&" if "?" in location else "?") + "digest=" + urllib.parse.quote(digest)
        self._send("PUT", location, content, "application/octet-stream")
        return digest

    def stop(self):
        self.process.terminate()
        self.process.wait()
