"""An HTTP proxy on loopback, spoken to over TLS or not: forwards plain requests and CONNECT tunnels, may ask for credentials,
and counts."""
import base64
import http.client
import select
import socket
import ssl
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def allowed(self):
        owner = self.server.owner
        with owner.lock:
            owner.requests.append(f"{self.command} {self.path}")
        if owner.credentials:
            wanted = "Basic " + base64.b64encode(":".join(owner.credentials).encode()).decode()
            if self.headers.get("Proxy-Authorization") != wanted:
                self.send_response(407)
                self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return False
        return True

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.allowed():
            return
        url = urllib.parse.urlsplit(self.path)
        headers = {k: v for k, v in self.headers.items() if not k.lower().startswith("proxy-")}
        target = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
        target.request(self.command, url.path + (f"?{url.query}" if url.query else ""), body, headers)
        answer = target.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        target.close()

    do_GET = do_POST = do_HEAD = forward

    def do_CONNECT(self):
        if not self.allowed():
            return
        host, port = self.server.owner.routes.get(self.path, self.path).rsplit(":", 1)
        with socket.create_connection((host, int(port)), 20) as target:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: target, target: self.connection}
            while True:
                # What TLS has read of the client's last record already shows on no descriptor.
                has_rest = isinstance(self.connection, ssl.SSLSocket) and self.connection.pending()
                ready = [self.connection] if has_rest else select.select(list(ends), [], [], 30)[0]
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ends[end].sendall(data)
                if not ready:
                    return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls = None

    def finish_request(self, request, client_address):      # on the connection's own thread, so a handshake holds up nobody
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


class ProxyServer:
    """`credentials`: ("user", "password") to ask for, or None. `authority`: https with a certificate of it.
    `routes`: where a "host:port" really is."""

    def __init__(self, credentials=None, authority=None):
        self.credentials, self.requests, self.routes, self.lock = credentials, [], {}, threading.Lock()
        self.http = _Server(("127.0.0.1", 0), _Handler)
        self.http.owner = self
        if authority:
            self.http.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.http.tls.load_cert_chain(*authority.issue("proxy"))
        self.url = f"{'https' if authority else 'http'}://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
