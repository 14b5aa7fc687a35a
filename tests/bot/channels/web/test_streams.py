"""What a listener hears: everything, in order, once, and again from where it was cut off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
from fastapi import FastAPI

from bot.channels.web.sessions import MemorySessions
from tests.bot.channels.web.conftest import CHANGE, begin, served
from tests.bot.channels.web.standin import StandIn


@dataclass
class Heard:
    mark: str
    kind: str
    data: dict = field(default_factory=dict)


@asynccontextmanager
async def listening(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str] | None = None
) -> AsyncIterator[AsyncIterator[Heard]]:
    async with client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        yield parsed(response.aiter_lines())


async def parsed(lines: AsyncIterator[str]) -> AsyncIterator[Heard]:
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "event" in fields:
            yield Heard(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
        elif "" in fields:
            yield Heard("", fields[""])
        fields = {}


async def until(events: AsyncIterator[Heard], kind: str, role: str = "") -> list[Heard]:
    """All events up to the first of a kind (and of a turn's role)."""
    heard = []
    async with asyncio.timeout(5):
        async for event in events:
            heard.append(event)
            if event.kind == kind and (not role or event.data["role"] == role):
                return heard
    raise AssertionError(f"the stream ended without {kind}: {heard}")


async def send(client: httpx2.AsyncClient, visit: dict[str, str], text: str, turn: str) -> None:
    sent = await client.post("/api/messages", headers=visit, json={"id": turn, "text": text})
    assert sent.status_code == 202


async def test_a_customer_hears_the_answer_as_it_is_made(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        async with listening(client, "/api/events", visit) as events:
            first = await anext(events)
            await send(client, visit, "Can I return this?", "message-1")
            heard = await until(events, "turn", "bot")

    assert first == Heard("", "conversation", {"state": {"status": "open", "agent": None}, "turns": []})
    said = [event.data["text"] for event in heard if event.kind == "sentence"]
    assert said == ["You can send things back within 30 days.", "Shipping back is free."]
    assert heard[-1].data["sources"][0] == {
        "number": 1,
        "title": "How long can I return an item?",
        "url": "https://shop.example/help/returns",
    }
    assert "score" not in json.dumps([event.data for event in heard])
    assert "confidence" not in json.dumps([event.data for event in heard])


async def test_a_cut_stream_goes_on_where_it_ended(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        async with listening(client, "/api/events", visit) as events:
            await send(client, visit, "Can I return this?", "message-1")
            before = await until(events, "turn", "bot")
        await send(client, visit, "And a return by post?", "message-2")
        async with listening(client, "/api/events", {**visit, "Last-Event-ID": before[-1].mark}) as events:
            after = await until(events, "turn", "bot")

    marks = [event.mark for event in before + after if event.mark]
    assert len(marks) == len(set(marks))
    turns = [event.data["id"] for event in before + after if event.kind == "turn"]
    assert turns == ["message-1", "bot-message-1", "message-2", "bot-message-2"]
    assert all(event.kind != "conversation" for event in after)


async def test_a_new_stream_begins_with_the_conversation_and_misses_nothing(address: str, reception: StandIn) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        reception.may_answer.clear()
        async with listening(client, "/api/events", visit) as events:
            await send(client, visit, "Can I return this?", "message-1")
            await until(events, "sentence")
            await until(events, "sentence")
        async with listening(client, "/api/events", visit) as events:
            reception.may_answer.set()
            heard = await until(events, "turn", "bot")

    assert heard[0].kind == "conversation"
    assert [turn["id"] for turn in heard[0].data["turns"]] == ["message-1"]
    assert [event.kind for event in heard].count("sentence") == 2


async def test_a_mark_that_is_none_starts_over(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        async with listening(client, "/api/events", {**visit, "Last-Event-ID": "1 OR 1=1"}) as events:
            assert (await anext(events)).kind == "conversation"


async def test_silence_is_filled_with_pings(address: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        async with listening(client, "/api/events", visit) as events:
            heard = await until(events, "ping")

    assert [event.kind for event in heard] == ["conversation", "ping"]


async def test_streams_end_when_the_server_stops(app: FastAPI) -> None:
    async with httpx2.AsyncClient() as client:
        async with served(app) as address:
            client.base_url = address
            visit = await begin(client)
            stream = client.stream("GET", "/api/events", headers=visit)
            response = await stream.__aenter__()
            lines = response.aiter_lines()
            await anext(lines)
        # `served` returned although the stream was open; the reader sees an orderly end, no broken pipe.
        async with asyncio.timeout(2):
            rest = [line async for line in lines]
        await stream.__aexit__(None, None, None)

    assert not any(line.startswith("event: error") for line in rest)
    assert [line for line in rest if line][-1] == "retry: 1000"


async def test_an_agent_hears_of_every_conversation_and_all_of_the_chosen_one(
    address: str, sessions: MemorySessions
) -> None:
    async with httpx2.AsyncClient(base_url=address) as customer, httpx2.AsyncClient(base_url=address) as agent:
        login = {"token": await sessions.invite(), "name": "Mia"}
        assert (await agent.post("/desk/api/login", headers=CHANGE, json=login)).status_code == 200
        visit = await begin(customer)
        await send(customer, visit, "Can I return this?", "message-1")
        async with listening(agent, "/desk/api/events") as events:
            await send(customer, visit, "And a return by post?", "message-2")
            changed = (await until(events, "activity"))[-1].data["states"][0]
        async with listening(agent, f"/desk/api/events?conversation={changed['id']}") as events:
            await until(events, "conversation")
            await send(customer, visit, "May I return it open?", "message-3")
            heard = await until(events, "turn", "bot")

    assert changed["channel"] == "web"
    assert changed["owner"] == "bot"
    assert heard[-1].data["answer"]["sources"][0]["score"] == 0.88


async def test_an_ended_session_ends_its_streams(address: str, sessions: MemorySessions) -> None:
    async with httpx2.AsyncClient(base_url=address) as agent:
        login = {"token": await sessions.invite(), "name": "Mia"}
        await agent.post("/desk/api/login", headers=CHANGE, json=login)
        async with listening(agent, "/desk/api/events") as events:
            await until(events, "ping")
            await sessions.end_all("Mia")
            async with asyncio.timeout(5):
                rest = [event.kind async for event in events]

    assert set(rest) <= {"ping"}
