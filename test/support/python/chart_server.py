"""Charts and a repository that serves them over http.

  archive = chart("shop", "1.0.0", {"templates/a.yaml": "..."})           the bytes of shop-1.0.0.tgz
  server = ChartServer()                      http; ChartServer(authority=pki): https with a certificate of that authority
  server.publish("shop", "1.0.0", archive)    puts the archive there and writes /index.yaml; digest= and url= say otherwise
  server.pages["/x"] = (200, {}, b"...")      whatever else stands there; a page may be a function of the request
  server.basic = ("user", "password")         ask for credentials
Requests are kept in `log`: path, status and what came as Authorization.
"""
import base64
import gzip
import hashlib
import io
import json
import ssl
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OBJECT = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Release.Name }}}\ndata: {chart: {{ .Chart.Name }}-{{ .Chart.Version }}}\n"


def chart(name, version, files=None, **metadata):
    """A packed chart with one ConfigMap, and what else is given: texts by name."""
    named = {"apiVersion": "v2", "name": name, "version": version, **metadata}
    everything = {"Chart.yaml": json.dumps(named), "values.yaml": "{}\n", "templates/object.yaml": OBJECT, **(files or {})}
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for path, text in everything.items():
            content = text.encode()
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def write_chart(folder, archive):
    """Unpacks a chart; returns its folder."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder)
        return f"{folder}/{tar.getnames()[0].split('/')[0]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        owner = self.server.owner
        sent = self.headers.get("Authorization", "")
        page = owner.pages.get(self.path, (404, {}, b"nothing here"))
        status, headers, body = page(self) if callable(page) else page
        if owner.basic and sent != "Basic " + base64.b64encode(":".join(owner.basic).encode()).decode():
            status, headers, body = 401, {"WWW-Authenticate": 'Basic realm="charts"'}, b""
        owner.log.append({"path": self.path, "status": status, "authorization": sent})
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def get_request(self):
        connection, address = self.socket.accept()
        if self.owner.tls:
            connection = self.owner.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        pass


class ChartServer:
    def __init__(self, authority=None):
        self.pages, self.entries, self.log, self.basic, self.tls = {}, {}, [], None, None
        if authority:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*authority.issue("charts"))
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.owner = self
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, name, version, archive, digest=None, url=None):
        file = f"{name}-{version}.tgz"
        self.pages[f"/{file}"] = (200, {}, archive)
        self.entries.setdefault(name, []).append({
            "name": name, "version": version, "urls": [url or file], "created": "2026-01-01T00:00:00Z",
            "digest": digest or hashlib.sha256(archive).hexdigest()})
        self.set_index(json.dumps({"apiVersion": "v1", "entries": self.entries}).encode())

    def set_index(self, content, folder=""):
        self.pages[f"{folder}/index.yaml"] = (200, {}, content)

    def asked(self):
        """The paths that were asked for, since the last call."""
        paths, self.log = [entry["path"] for entry in self.log], []
        return paths

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
