"""How much one visitor may ask of the door."""

import asyncio

import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.web.app import create_app
from bot.channels.web.guard import BodyLimit
from bot.channels.web.limits import Pace, Places
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from tests.bot.channels.web.conftest import begin, served
from tests.bot.channels.web.standin import StandIn


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def strict(reception: StandIn) -> FastAPI:
    """A door that takes two messages a minute and two streams of each visitor."""

    async def ready() -> dict[str, str]:
        return {}

    return create_app(
        reception,
        sessions=MemorySessions(),
        ask=reception.ask,
        readiness=ready,
        visitors=Visitors("a secret key of tests"),
        allowed_origins=["https://shop.example"],
        messages_a_minute=2,
        streams=2,
        ping_seconds=0.1,
    )


async def send(client: httpx2.AsyncClient, visit: dict[str, str], turn: str) -> httpx2.Response:
    return await client.post("/api/messages", headers=visit, json={"id": turn, "text": "May I return it?"})


def test_a_pace_says_how_long_to_wait_and_counts_no_refusal() -> None:
    clock = Clock()
    pace = Pace(2, 60, clock)
    assert pace.admit("anna") == 0
    clock.now += 10
    assert pace.admit("anna") == 0
    clock.now += 10
    assert [pace.admit("anna") for _ in range(3)] == [40, 40, 40]
    clock.now += 40
    assert pace.admit("anna") == 0
    assert pace.admit("anna") == 10


def test_a_pace_holds_nobody_back_for_another() -> None:
    pace = Pace(1, 60, Clock())
    assert pace.admit("anna") == 0
    assert pace.admit("anna") > 0
    assert pace.admit("ben") == 0


def test_a_pace_forgets_who_was_quiet_and_no_one_else() -> None:
    clock = Clock()
    pace = Pace(1, 60, clock)
    for number in range(100):
        pace.admit(f"visitor {number}")
    clock.now += 59
    pace.admit("anna")
    clock.now += 1
    pace.admit("ben")

    assert set(pace._acts) == {"anna", "ben"}
    assert pace.admit("anna") > 0


def test_places_are_taken_left_and_taken_again() -> None:
    places = Places(2)
    assert [places.take("anna") for _ in range(3)] == [True, True, False]
    assert places.take("ben")
    places.leave("anna")
    assert places.take("anna")
    assert not places.take("anna")


async def test_a_flood_is_told_when_to_go_on_and_others_are_served(strict: FastAPI, reception: StandIn) -> None:
    transport = httpx2.ASGITransport(app=strict)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kefu.test") as client:
        flood, other = await begin(client), await begin(client)
        sent = [await send(client, {**flood, "Origin": "https://shop.example"}, f"message-{n}") for n in range(4)]
        wish = await client.post("/api/handoff", headers=flood, json={"id": "message-9", "text": "A person"})
        spared = await send(client, other, "message-1")

    assert [one.status_code for one in sent] == [202, 202, 429, 429]
    assert 0 < int(sent[2].headers["Retry-After"]) <= 60
    assert "Retry-After" in sent[2].headers["Access-Control-Expose-Headers"]
    assert "please wait" in sent[2].json()["error"]
    assert wish.status_code == 429
    assert spared.status_code == 202
    stored = [state.id for state in await reception.conversations.recent()]
    assert len(stored) == 2


async def test_one_visitor_cannot_hold_all_streams(strict: FastAPI) -> None:
    async with served(strict) as address, httpx2.AsyncClient(base_url=address) as client:
        greedy, other = await begin(client), await begin(client)
        async with client.stream("GET", "/api/events", headers=greedy) as first:
            async with client.stream("GET", "/api/events", headers=greedy) as second:
                refused = await client.get("/api/events", headers=greedy)
                async with client.stream("GET", "/api/events", headers=other) as spared:
                    opened = [first.status_code, second.status_code, spared.status_code]
            await _place_is_free(client, greedy)

    assert opened == [200, 200, 200]
    assert refused.status_code == 429
    assert "too many windows" in refused.json()["error"]
    assert int(refused.headers["Retry-After"]) > 0


async def _place_is_free(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    """The server learns of a closed stream a moment later."""
    async with asyncio.timeout(5):
        while True:
            async with client.stream("GET", "/api/events", headers=visit) as stream:
                if stream.status_code == 200:
                    return
            await asyncio.sleep(0.02)


async def test_a_body_that_never_comes_is_not_waited_for() -> None:
    arrived = []

    async def app(scope, receive, send) -> None:
        while (await receive())["more_body"]:
            arrived.append(True)

    async def receive():
        if arrived:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"{", "more_body": True}

    limited = BodyLimit(app, seconds=0.05)
    async with asyncio.timeout(5):
        with pytest.raises(Exception, match="took too long") as caught:
            await limited({"type": "http", "path": "/", "headers": []}, receive, None)  # type: ignore[arg-type]

    assert caught.value.status_code == 408
    assert arrived


async def test_a_listener_whose_request_is_complete_may_wait_for_ever() -> None:
    messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    heard = []

    async def app(scope, receive, send) -> None:
        heard.extend([await receive(), await receive()])

    async def receive():
        if heard or len(messages) == 1:
            await asyncio.sleep(0.1)
        return messages.pop(0)

    await BodyLimit(app, seconds=0.02)({"type": "http", "path": "/", "headers": []}, receive, None)  # type: ignore[arg-type]

    assert [message["type"] for message in heard] == ["http.request", "http.disconnect"]
