"""Another site, really served: browsers let no made-up one near the loopback. Its page is what a test says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Neighbour(ThreadingHTTPServer):
    """Serves one page, with headers, under every address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = ""
        self.headers: dict[str, str] = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Neighbour

    def do_GET(self) -> None:
        body = b"" if self.path == "/favicon.ico" else self.server.page.encode()
        self.send_response(200)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **self.server.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return


NEIGHBOUR = Neighbour()
