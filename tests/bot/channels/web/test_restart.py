"""A served house that is told to stop while people listen and wait, and the next one on the same port."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest

from tests.bot.channels.web.fold import Shown
from tests.bot.channels.web.test_streams import parsed
from tests.fakes.house import KefuHouse, Serving
from tests.fakes.slow_house import SENTENCES
from tests.fakes.visitor import PATIENCE, Customer, call, eventually

pytestmark = [pytest.mark.server, pytest.mark.slow]

VISITORS, WINDOWS = 20, 5
QUESTION = "How long do I have to send something back?"


@dataclass
class Window:
    """A widget: it listens, comes back after what the server told or a little more, and drops what it has seen."""

    client: httpx2.AsyncClient
    token: str
    shown: Shown = field(default_factory=Shown)
    marks: list[str] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)
    mark: str = ""

    async def listen(self) -> None:
        """For ever, over all servers."""
        while True:
            try:
                await self._hear()
            except httpx2.TransportError:
                await asyncio.sleep(0.5)
            else:
                await asyncio.sleep(self.retries[-1] / 1000)

    async def _hear(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", **({"Last-Event-ID": self.mark} if self.mark else {})}
        async with self.client.stream("GET", "/api/events", headers=headers) as response:
            assert response.status_code == 200
            self.opened.append(time.monotonic())
            async for event in parsed(self._watched(response)):
                self.mark = event.mark or self.mark
                if event.kind not in ("ping", "conversation"):
                    self.marks.append(event.mark)
                if event.kind != "ping":
                    self.shown.hear(event.kind, event.data)

    async def _watched(self, response: httpx2.Response) -> AsyncIterator[str]:
        async for line in response.aiter_lines():
            if line.startswith("retry: "):
                self.retries.append(int(line.removeprefix("retry: ")))
            else:
                yield line


async def write(client: httpx2.AsyncClient, tokens: list[str], turn: str) -> None:
    """A message of each visitor."""
    for token in tokens:
        body = {"id": turn, "text": QUESTION}
        sent = await client.post("/api/messages", headers={"Authorization": f"Bearer {token}"}, json=body)
        assert sent.status_code == 202


async def all_hear_the_answer(windows: list[Window], message: str) -> None:
    """Until every window shows the message, and an answer after it."""

    def has_answer(window: Window) -> bool:
        turns = list(window.shown.turns.values())
        return message in window.shown.turns and turns[-1]["role"] == "bot"

    async with asyncio.timeout(PATIENCE):
        while not all(map(has_answer, windows)):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def served_again(house: KefuHouse, port: str) -> AsyncIterator[Serving]:
    """Another process on the same port, while everyone else goes on."""
    serving = house.serving(PORT=port)
    try:
        yield await asyncio.to_thread(serving.__enter__)
    finally:
        await asyncio.to_thread(serving.__exit__, None, None, None)


async def test_a_hundred_listeners_come_back_and_miss_nothing(informed: KefuHouse) -> None:
    limits = httpx2.Limits(max_connections=None)
    with informed.serving() as first:
        async with httpx2.AsyncClient(base_url=first.address, limits=limits, timeout=PATIENCE) as client:
            tokens = [(await client.post("/api/conversations")).json()["token"] for _ in range(VISITORS)]
            windows = [Window(client, token) for token in tokens for _ in range(WINDOWS)]
            listening = [asyncio.create_task(window.listen()) for window in windows]
            async with asyncio.timeout(PATIENCE):
                while not all(window.opened for window in windows):
                    await asyncio.sleep(0.05)
            await write(client, tokens, "message-1")
            await all_hear_the_answer(windows, "message-1")
            await write(client, tokens, "message-2")  # being answered when the server is told to stop
            told = time.monotonic()
            assert await asyncio.to_thread(first.end, 10) == 0, first.logged
            ended = time.monotonic() - told
            async with served_again(informed, first.address.rpartition(":")[2]):
                ready = time.monotonic()
                await write(client, tokens, "message-3")
                await all_hear_the_answer(windows, "message-3")
                stored = [await conversation(client, token) for token in tokens]
                for task in listening:
                    task.cancel()
                await asyncio.gather(*listening, return_exceptions=True)
    back = max(window.opened[1] for window in windows) - ready

    assert ended < 5
    assert back < 10  # 0.6 where nothing else runs; on a crowded machine several
    assert all(window.retries == [1000] for window in windows)
    for number, window in enumerate(windows):
        visitor = number // WINDOWS
        assert list(window.shown.turns.values()) == stored[visitor]["turns"]
        assert window.marks == windows[visitor * WINDOWS].marks
        assert len(window.marks) == len(set(window.marks))


async def conversation(client: httpx2.AsyncClient, token: str) -> dict:
    """A visitor's conversation as it is stored."""
    return (await client.get("/api/conversation", headers={"Authorization": f"Bearer {token}"})).json()


def serving_slowly(house: KefuHouse, seconds: float, workers: int = 8) -> AbstractContextManager[Serving]:
    """A house whose answers take so many seconds each."""
    return house.serving_by("tests.fakes.slow_house", str(seconds), WORKERS=str(workers))


def test_answers_in_the_making_are_lost_by_no_stop(informed: KefuHouse) -> None:
    with serving_slowly(informed, 3) as slow:
        customers = [Customer(slow.address) for _ in range(VISITORS)]
        for customer in customers:
            customer.write(QUESTION)
        with customers[0].listening() as events:
            assert any(kind == "sentence" for kind, _ in events)
        told = time.monotonic()
        assert slow.end(10) == 0, slow.logged
        ended = time.monotonic() - told
    assert ended < 10
    assert '"level": "error"' not in slow.logged

    with informed.serving() as second:
        customers = [Customer(second.address, customer.token) for customer in customers]
        assert eventually(lambda: all(customer.answers() for customer in customers), PATIENCE)
        for customer in customers:
            assert [turn["role"] for turn in customer.turns()] == ["customer", "bot"]


def test_a_stopped_answer_frees_its_place_within_a_second(informed: KefuHouse) -> None:
    with serving_slowly(informed, 30, workers=1) as slow:
        first, second = Customer(slow.address), Customer(slow.address)
        first.write(QUESTION)
        with first.listening() as events:
            assert any(kind == "sentence" for kind, _ in events)
        second.write(QUESTION)
        time.sleep(1)  # the only worker is busy: nothing begins
        assert second.turns()[-1]["role"] == "customer"
        with second.listening() as events:
            assert next(events)[0] == "conversation"
            stopped = time.monotonic()
            assert call(f"{slow.address}/api/stop", {}, first.token) == (202, {"stopping": True})
            assert any(kind == "typing" for kind, _ in events)
            freed = time.monotonic() - stopped
        assert eventually(lambda: len(first.turns()) == 3, PATIENCE)
        assert [turn["text"] for turn in first.turns()] == [QUESTION, SENTENCES[0], "stopped"]
    assert freed < 1
