"""Against a real HTTP server on loopback that answers as the OpenAI interface says, or breaks it on purpose."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.generators.base import (
    Cancelled,
    ChatMessage,
    DeadlineExceeded,
    GenerationFailed,
    GeneratorBusy,
    Limits,
    Prompt,
)
from bot.generators.remote import RemoteGenerator

PROMPT = Prompt((ChatMessage("user", "Question: 你好"),))


class Server(ThreadingHTTPServer):
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
    server: Server

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
        for piece in self.server.pieces:
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


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_streams_the_pieces_in_their_order(server: Server) -> None:
    assert list(RemoteGenerator(server.url).generate(PROMPT, Limits())) == ["Two ", "days", "。"]


def test_asks_greedily_within_the_limits_and_with_its_key(server: Server) -> None:
    list(RemoteGenerator(server.url, "m", "secret").generate(PROMPT, Limits(tokens=7)))
    sent = server.requests[0]
    assert sent["key"] == "Bearer secret"
    assert sent["body"]["temperature"] == 0
    assert sent["body"]["max_tokens"] == 7
    assert sent["body"]["messages"] == [{"role": "user", "content": "Question: 你好"}]


def test_takes_the_servers_model_when_none_is_named(server: Server) -> None:
    assert RemoteGenerator(server.url).name == "a-model"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("503", GeneratorBusy),
        ("429", GeneratorBusy),
        ("500", GenerationFailed),
        ("cut", GenerationFailed),
        ("garbage", GenerationFailed),
    ],
)
def test_a_broken_server_is_a_failed_generation(server: Server, fault: str, error: type[Exception]) -> None:
    server.fault = fault
    with pytest.raises(error):
        list(RemoteGenerator(server.url, "m").generate(PROMPT, Limits()))


def test_no_server_is_a_failed_generation() -> None:
    with pytest.raises(GenerationFailed, match="cannot be reached"):
        list(RemoteGenerator("http://127.0.0.1:1/v1", "m").generate(PROMPT, Limits()))


def test_stops_when_it_is_cancelled(server: Server) -> None:
    server.pieces, server.fault = ["x"] * 50, "slow"
    limits = Limits()
    pieces = RemoteGenerator(server.url, "m").generate(PROMPT, limits)
    next(pieces)
    limits.cancelled.set()
    with pytest.raises(Cancelled):
        list(pieces)


def test_stops_at_its_deadline(server: Server) -> None:
    server.pieces, server.fault = ["x"] * 50, "slow"
    with pytest.raises(DeadlineExceeded):
        list(RemoteGenerator(server.url, "m").generate(PROMPT, Limits(deadline=time.monotonic() + 0.5)))


def test_estimates_tokens_from_above_for_both_scripts() -> None:
    generator = RemoteGenerator("http://127.0.0.1:1/v1", "m")
    assert generator.count_tokens([ChatMessage("user", "三十天内可以退货")]) >= 8
    assert generator.count_tokens([ChatMessage("user", "Returns are possible within thirty days.")]) >= 8
