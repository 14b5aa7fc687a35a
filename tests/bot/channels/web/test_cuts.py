"""Twenty answers at once over a real server, whose listeners are cut off again and again: nothing is lost."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx2
from fastapi import FastAPI

from bot.channels.web.app import create_app
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from bot.conversation.memory import MemoryConversations
from tests.bot.channels.web.conftest import begin, served
from tests.bot.channels.web.fold import Shown
from tests.bot.channels.web.standin import RETURNS, StandIn
from tests.bot.channels.web.test_streams import Heard, parsed

LISTENERS, CUTS = 20, 40


def door(reception: StandIn) -> FastAPI:
    async def ready() -> dict[str, str]:
        return {}

    key = "a secret key of tests"
    return create_app(
        reception, sessions=MemorySessions(), ask=reception.ask, readiness=ready, visitors=Visitors(key)
    )


@dataclass
class Listener:
    """A browser that is cut off after so many events, each time, and comes back with its mark."""

    client: httpx2.AsyncClient
    visit: dict[str, str]
    cuts: list[int]
    shown: Shown = field(default_factory=Shown)
    making: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    mark: str = ""
    was_cut: int = 0

    async def hear_all(self) -> None:
        """Until the answer is there."""
        for most in [*self.cuts, 1_000]:
            if await self._hear(most):
                return
            self.was_cut += 1

    async def _hear(self, most: int) -> bool:
        headers = {**self.visit, **({"Last-Event-ID": self.mark} if self.mark else {})}
        async with self.client.stream("GET", "/api/events", headers=headers) as response:
            assert response.status_code == 200
            async for event in parsed(response.aiter_lines()):
                if self._take(event):
                    return True
                most -= 1
                if most == 0:
                    return False
        raise AssertionError("the server ended the stream")

    def _take(self, event: Heard) -> bool:
        self.mark = event.mark or self.mark
        if event.kind not in ("ping", "conversation"):
            self.marks.append(event.mark)
        if event.kind != "ping":
            self.shown.hear(event.kind, event.data)
        if event.kind == "sentence":
            self.making.append(event.data["text"])
        return event.kind == "turn" and event.data["role"] == "bot"


async def test_cut_answers_are_whole_to_the_byte() -> None:
    chance = random.Random(24)
    reception = StandIn(MemoryConversations(), pause=0.03)
    workers = [asyncio.create_task(reception.work()) for _ in range(LISTENERS)]
    async with served(door(reception)) as address, httpx2.AsyncClient(base_url=address) as client:
        listeners = []
        for _ in range(LISTENERS):
            cuts = [chance.randint(1, 2) for _ in range(CUTS // LISTENERS)]
            listeners.append(Listener(client, await begin(client), cuts))
        hearing = [asyncio.create_task(listener.hear_all()) for listener in listeners]
        for listener in listeners:
            question = {"id": "message-1", "text": "Can I return this?"}
            assert (await client.post("/api/messages", headers=listener.visit, json=question)).status_code == 202
        async with asyncio.timeout(20):
            await asyncio.gather(*hearing)
        stored = [(await client.get("/api/conversation", headers=each.visit)).json() for each in listeners]
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)

    assert sum(listener.was_cut for listener in listeners) == CUTS
    for listener, conversation in zip(listeners, stored, strict=True):
        assert " ".join(listener.making) == RETURNS.text
        assert list(listener.shown.turns.values()) == conversation["turns"]
        assert conversation["turns"][-1]["text"].encode() == RETURNS.text.encode()
        assert len(listener.marks) == len(set(listener.marks))
        assert listener.marks == await _marks_between(reception, listener)


async def _marks_between(reception: StandIn, listener: Listener) -> list[str]:
    """The marks of all events from the first that the listener heard to the last."""
    for state in await reception.conversations.recent(100):
        events = await reception.conversations.events(state.id, "0", 0)
        ids = [event.id for event in events]
        if listener.marks[-1] in ids:
            return ids[ids.index(listener.marks[0]) : ids.index(listener.marks[-1]) + 1]
    raise AssertionError("no conversation has the listener's last mark")
