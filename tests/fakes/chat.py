"""A real HTTP server on the loopback that answers as the OpenAI chat interface says, or breaks it on purpose."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatServer(ThreadingHTTPServer):
    """Sends `pieces` to every request, or what `fault` says; keeps the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pieces = ["Two ", "days", "。"]
        self.fault = ""
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._reply(200, json.dumps({"data": [{"id": "a-model"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({"body": body, "key": self.headers.get("Authorization")})
        fault = self.server.fault
        if fault.isdigit():
            self._reply(int(fault), b"{}")
            return
        self.send_response(200)
        self.end_headers()
        for piece in self.server.pieces[: body["max_tokens"]]:
            self._event(json.dumps({"choices": [{"delta": {"content": piece}}]}))
            if fault == "slow":
                time.sleep(0.2)
        if fault == "garbage":
            self._event("not json")
        if fault != "cut":
            self._event("[DONE]")

    def _event(self, data: str) -> None:
        try:
            self.wfile.write(f"data: {data}\n\n".encode())
            self.wfile.flush()
        except ConnectionError:
            pass  # the client has gone, as some tests want

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def chat_server() -> Iterator[ChatServer]:
    """The server, listening on a free port until the end."""
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
