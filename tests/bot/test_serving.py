"""`kefu serve`: one process that answers, follows new knowledge, remembers, and ends when it is told to."""

import asyncio
import http.client
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.house import FAQ, PATIENCE, KefuHouse
from tests.fakes.telegram import FakeTelegram

pytestmark = [pytest.mark.server, pytest.mark.slow]

RETURNS = "How long do I have to send something back?"
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


def test_it_tells_where_it_is_and_is_alive_and_ready(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customers, agents, login = serving.told
        assert customers == f"Kefu answers on {serving.address}/"
        assert agents.endswith(f"{serving.address}/desk")
        assert f"{serving.address}/desk/login#{serving.secret}" in login
        assert call(f"{serving.address}/healthz") == (200, {"alive": True})
        assert call(f"{serving.address}/readyz")[0] == 200
        body = {"token": serving.secret, "name": "Ada"}
        assert call(f"{serving.address}/desk/api/login", body, **{"X-Kefu": "1"}) == (200, {"name": "Ada"})


def test_a_question_is_answered_in_the_stream_of_its_conversation(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        with customer.listening() as events:
            assert next(events)[0] == "conversation"
            customer.write(RETURNS)
            said = next(data for kind, data in events if kind == "turn" and data["role"] == "bot")
        assert said["text"] == "You have 30 days to return an item."
        assert [source["title"] for source in said["sources"]] == [RETURNS]


def test_a_new_snapshot_is_used_within_three_seconds(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        customer = Customer(serving.address)

        def answers_anew() -> bool:
            customer.write(RETURNS)
            said = len(customer.answers())
            eventually(lambda: len(customer.answers()) > said, PATIENCE)
            return "14 days" in customer.answers()[-1]

        assert eventually(answers_anew, 3)


def test_a_damaged_new_snapshot_leaves_the_old_one_answering(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        old = informed.current.name
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        new = informed.current
        assert eventually(lambda: new.name in serving.logged, 5)
        assert informed.run("knowledge", "rollback", old).code == 0
        (new / "entries.jsonl").write_bytes(b"")
        assert eventually(lambda: old in serving.logged, 5)
        (informed.knowledge / "CURRENT").write_text(f"{new.name}\n")
        assert eventually(lambda: "the new snapshot cannot be used" in serving.logged, 5)
        customer = Customer(serving.address)
        customer.write(RETURNS)
        assert eventually(lambda: len(customer.answers()) == 1, PATIENCE)
        assert "30 days" in customer.answers()[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_within_ten_seconds_though_someone_listens(number: signal.Signals, informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        with customer.listening() as events:
            assert next(events)[0] == "conversation"
            assert serving.end(10, number) == 0, serving.logged
            assert list(events) == []
        assert '"level": "error"' not in serving.logged


def test_a_conversation_goes_on_after_a_restart(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        customer.write(RETURNS)
        assert eventually(lambda: len(customer.answers()) == 1, PATIENCE)
        before = customer.turns()
    with informed.serving() as serving:
        assert Customer(serving.address, customer.token).turns() == before


async def test_a_wrong_telegram_token_is_one_line(informed: KefuHouse) -> None:
    settings = {"TELEGRAM_TOKEN": "700002:AAAnotherTokenForTheLoopbackServer", "PORT": "0", "LOG_LEVEL": "warning"}
    async with FakeTelegram() as telegram:
        settings["TELEGRAM_API"] = telegram.url
        done = await asyncio.to_thread(lambda: informed.run("serve", **settings))
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith("kefu: ")
    assert "KEFU_TELEGRAM_TOKEN" in line
    assert "Another" not in line
