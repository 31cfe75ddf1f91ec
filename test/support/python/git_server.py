"""Git over HTTP(S) by the real `git http-backend`, with the faults a test wants.

  server = GitServer(folder)                      http
  server = GitServer(folder, authority=pki)       https with a certificate of that authority
  server.basic = ("user", "password")             ask for credentials; also: bearer = "token"
  server.mode = "hang"                            take the request and never answer ("deny": 403, "fail": 500,
                                                  "truncate": break off in the middle of the body; "flood": list
                                                  references without end; "ok": work)
  server.before = lambda path, query: ...         run something just before a request is served
Counts requests and bytes: see `log` and `since`.
"""
import base64
import os
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from repository import Repository

CHUNK = 1 << 16


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def get_request(self):
        connection, address = self.socket.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.owner.tls:      # the handshake happens in the connection's own thread, at its first read
            connection = self.owner.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        pass                    # clients reset connections, refuse certificates


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        owner, url = self.server.owner, urllib.parse.urlsplit(self.path)
        entry = {"at": time.monotonic(), "method": self.command, "path": url.path, "query": url.query, "status": 0,
                 "in": 0, "out": 0, "agent": self.headers.get("User-Agent", ""),
                 "protocol": self.headers.get("Git-Protocol", "")}
        with owner.lock:
            owner.log.append(entry)
        if owner.before:
            owner.before(url.path, url.query)
        if owner.mode == "hang":
            owner.stopping.wait()
            self.close_connection = True
            return
        body = self.body()
        entry["in"] = len(body)
        if owner.mode in ("deny", "fail"):
            return self.answer(entry, 403 if owner.mode == "deny" else 500, b"refused by the test\n")
        if not self.authorized(owner):
            return self.answer(entry, 401, b"credentials needed\n", [("WWW-Authenticate", 'Basic realm="git"')])
        if owner.mode == "flood":
            return self.flood(entry, url)
        self.backend(owner, url, body, entry)

    def flood(self, entry, url):
        """A server of version 2 whose list of references, branches and versions, has no end."""
        def lines(texts):
            return b"".join(b"%04x%b\n" % (len(text) + 5, text) for text in texts)
        entry["status"] = 200
        self.send_response(200)
        greets = url.path.endswith("/info/refs")
        self.send_header("Content-Type", f"application/x-git-upload-pack-{'advertisement' if greets else 'result'}")
        self.send_header("Connection", "close")
        self.end_headers()
        if greets:
            self.wfile.write(lines([b"# service=git-upload-pack"]) + b"0000" + lines(
                [b"version 2", b"ls-refs=unborn", b"fetch=shallow", b"object-format=sha1"]) + b"0000")
            return
        try:
            for start in range(1 << 30):
                self.wfile.write(lines(b"%040x refs/%b/1.%d.%d" % (start << 10 | i, kind, start, i)
                                       for i in range(1024) for kind in (b"heads", b"tags")))
        except OSError:
            pass                # the client has heard enough

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            if size:
                parts.append(self.rfile.read(size))
            self.rfile.readline()
            if not size:
                return b"".join(parts)

    def authorized(self, owner):
        given = self.headers.get("Authorization", "")
        wanted = []
        if owner.basic:
            wanted.append("Basic " + base64.b64encode(":".join(owner.basic).encode()).decode())
        if owner.bearer:
            wanted.append("Bearer " + owner.bearer)
        return not wanted or given in wanted

    def answer(self, entry, status, text, headers=()):
        entry["status"], entry["out"] = status, len(text)
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def backend(self, owner, url, body, entry):
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": owner.root, "GIT_HTTP_EXPORT_ALL": "1",
               "PATH_INFO": urllib.parse.unquote(url.path), "QUERY_STRING": url.query, "REQUEST_METHOD": self.command,
               "REMOTE_USER": "test", "REMOTE_ADDR": self.client_address[0], "CONTENT_LENGTH": str(len(body)),
               "CONTENT_TYPE": self.headers.get("Content-Type", ""), "GIT_PROTOCOL": entry["protocol"],
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_CONFIG_NOSYSTEM": "1",
               "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        process = subprocess.Popen(["git", "http-backend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=env)
        feeder = threading.Thread(target=self.feed, args=(process, body), daemon=True)
        feeder.start()
        status, headers = 200, []
        for line in iter(lambda: process.stdout.readline().rstrip(b"\r\n"), b""):
            key, _, value = line.decode().partition(": ")
            if key.lower() == "status":
                status = int(value.split()[0])
            elif key.lower() != "content-length":
                headers.append((key, value))
        entry["status"] = status
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while data := process.stdout.read1(CHUNK):
                if owner.mode == "truncate" and self.command == "POST":
                    self.wfile.write(b"%x\r\n" % len(data) + data[:len(data) // 2])
                    self.close_connection = True
                    process.kill()
                    break
                entry["out"] += len(data)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            else:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
            process.kill()
        process.stdout.close()
        process.wait()

    @staticmethod
    def feed(process, body):
        try:
            process.stdin.write(body)
            process.stdin.close()
        except OSError:
            pass


class GitServer:
    """Serves every repository below `folder`. `client_ca`: ask for client certificates of that authority."""

    def __init__(self, folder, authority=None, client_ca=None, port=0, host="127.0.0.1"):
        self.root = os.path.abspath(folder)
        os.makedirs(self.root, exist_ok=True)
        self.mode, self.basic, self.bearer = "ok", None, None
        self.before = None          # called with path and query before a request is served
        self.log, self.lock, self.stopping = [], threading.Lock(), threading.Event()
        self.tls = None
        if authority:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*authority.issue("git-server"))
            if client_ca:
                self.tls.verify_mode = ssl.CERT_REQUIRED
                self.tls.load_verify_locations(client_ca)
        self.http = _Server((host, port), _Handler)
        self.http.owner = self
        self.url = f"{'https' if authority else 'http'}://{host}:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def repository(self, name, files=None, branch="main"):
        """A new repository; with files, its first commit too. `url_of` gives its address."""
        repository = Repository(self.root, name, branch)
        repository.url = self.url_of(name)
        if files is not None:
            repository.commit(files, "start")
        return repository

    def url_of(self, name):
        return f"{self.url}/{name}.git"

    def mark(self):
        """A place in the log for `since`."""
        return len(self.log)

    def since(self, mark):
        rows = self.log[mark:]
        return {"requests": len(rows), "bytes_out": sum(r["out"] for r in rows), "bytes_in": sum(r["in"] for r in rows)}

    def stop(self):
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()
