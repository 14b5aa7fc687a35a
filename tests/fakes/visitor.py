"""A customer and programs at the doors of a served house, over real HTTP. Knows nothing of what runs behind them."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30  # seconds; longer than anything here may ever take
Event = tuple[str, dict[str, Any]]


def call(url: str, body: object = None, token: str = "", **headers: str) -> tuple[int, Any]:
    """The status and the JSON of one request."""
    data = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} | headers
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, sent), timeout=PATIENCE) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


class Customer:
    """A visitor of the website."""

    def __init__(self, address: str, token: str = "") -> None:
        self.address = address
        self.token = token or call(f"{address}/api/conversations", {})[1]["token"]
        self._sent = 0

    def write(self, text: str) -> None:
        """Send a message."""
        self._sent += 1
        message = {"id": f"message-{self._sent:04}", "text": text}
        status, body = call(f"{self.address}/api/messages", message, self.token)
        assert status == 202, body

    def turns(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        turns: list[dict[str, Any]] = call(f"{self.address}/api/conversation", token=self.token)[1]["turns"]
        return turns

    def answers(self) -> list[str]:
        """What the bot said so far."""
        return [turn["text"] for turn in self.turns() if turn["role"] == "bot"]

    @contextmanager
    def listening(self) -> Iterator[Iterator[Event]]:
        """The events of the conversation, as they come."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        try:
            connection.request("GET", "/api/events", headers={"Authorization": f"Bearer {self.token}"})
            response = connection.getresponse()
            assert response.status == 200
            yield events_of(response)
        finally:
            connection.close()


def events_of(response: http.client.HTTPResponse) -> Iterator[Event]:
    """Kind and data of each server-sent event; ends when the stream does."""
    kind = ""
    while line := response.readline():
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def eventually(look: Callable[[], bool], seconds: float) -> bool:
    """Whether something becomes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
