"""A cart in the memory of one process: an app that works on several replicas only if each client stays on one of them.

It knows nothing of Mooring. It uses Python's standard library alone.
"""

import os
import secrets
import select
import signal
import socket
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

carts: dict[str, list[str]] = {}
stopping = False


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.answer("ok")
        elif self.path == "/slow":
            time.sleep(3)
            self.answer("done")
        elif self.path == "/":
            self.show_cart(carts.get(self.client(), []))
        else:
            self.send_error(404)

    def do_POST(self):
        item = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        client = self.client() or secrets.token_hex(16)
        cart = carts.setdefault(client, [])
        cart.append(item)
        self.show_cart(cart, ("Set-Cookie", f"client={client}; HttpOnly; SameSite=Lax; Path=/"))

    def client(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("client")
        return cookie.value if cookie else ""

    def show_cart(self, cart, *headers):
        version = os.environ["VERSION"]
        self.answer(f"{', '.join(cart) or 'empty'} (version {version} on {socket.gethostname()})", *headers)

    def answer(self, text, *headers):
        body = f"{text}\n".encode()
        self.send_response(200)
        for name, value in (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nginx logs each request."""


class Server(ThreadingHTTPServer):
    # On exit, wait for the requests in flight.
    daemon_threads = False
    request_queue_size = 128


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)
server = Server(("", int(os.environ.get("PORT", "8000"))), Handler)
server.timeout = 0.1
# After SIGTERM, answer the connections that are accepted already. The balancer sends what is refused to another replica.
while not stopping or select.select([server], [], [], 0)[0]:
    server.handle_request()
server.server_close()
