"""Whatever happens and wherever a stream is cut: what was heard adds up to what is stored."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.web.streams import AGENT, CUSTOMER, Streams, View
from bot.conversation.base import Conversations
from bot.conversation.marks import later
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Attachment, Claim, Event, Message, Reply, Status, Turn
from bot.conversation.records import KEPT_EVENTS
from bot.conversation.redis import RedisConversations
from tests.bot.channels.web.fold import Shown
from tests.conftest import RealServer

AT = 1_700_000_000.0
NOTES = ["rated_up", "edited", "undelivered", "unconfirmed", "blocked"]
ACTS = [
    *("accept", "accept", "sentence", "sentence", "sentence", "commit", "stopped", "typing", "withdrawn"),
    *("take_over", "say", "hand_back", "resolve", "reopen", "note", "stop", "hear", "hear"),
]
acts_of = st.tuples(st.sampled_from(ACTS), st.integers(0, 7))


class House:
    """Does acts in one conversation, as channels, workers and agents would."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations
        self.name = f"web:{uuid.uuid4().hex}"
        self._number = 0
        self._claim: Claim | None = None
        self._turn = ""

    async def do(self, act: str, number: int) -> None:
        """One act; without a conversation or a claim it may do nothing."""
        self._number += 1
        if act == "accept":
            attached = (Attachment("photo", "secret-ref", f"{number}.jpg"),) if number > 5 else ()
            message = Message(self.name, self._id(), f"question {number}", AT, "Anna" * (number % 2), "", attached)
            await self.conversations.accept(message)
        elif act in ("sentence", "commit", "stopped", "withdrawn"):
            await self._answer(act, number)
        elif await self._exists():
            await self._act(act, number)

    async def tell_end(self, word: str) -> None:
        """An event by which a listener knows that there is no more for now."""
        await self.conversations.announce(self.name, "typing", {"who": word})

    async def _act(self, act: str, number: int) -> None:
        store, agent = self.conversations, ("Mia", "Tom")[number % 2]
        match act:
            case "take_over":
                await store.take_over(self.name, agent)
            case "say":
                await store.say(self.name, agent, Turn(self._id(), "agent", f"reply {number}", AT, agent))
            case "hand_back":
                await store.hand_back(self.name)
            case "resolve":
                await store.resolve(self.name, agent)
            case "reopen":
                await store.reopen(self.name, agent)
            case "note":
                await store.note(self.name, Turn(self._id(), "event", NOTES[number % len(NOTES)], AT))
            case "typing":
                await store.announce(self.name, "typing", {"who": agent})
            case "stop":
                await store.announce(self.name, "stop", {})

    async def _answer(self, act: str, number: int) -> None:
        if self._claim is None:
            # A claim is given to whoever comes first: another example's may still wait in a shared server.
            while (claim := await self.conversations.claim("worker", 0)) and claim.conversation != self.name:
                await self.conversations.commit(claim, Reply())
            self._claim, self._turn = claim, self._id()
        if self._claim is None:
            return
        if act == "sentence":
            shown = {"turn": self._turn, "text": f"sentence {number}", "sources": []}
            if not await self.conversations.publish(self._claim, "sentence", shown):
                self._claim = None
        elif act == "withdrawn":
            await self.conversations.announce(self.name, "withdrawn", {"turn": self._turn})
            await self.conversations.release(self._claim)
            self._claim = None
        else:
            await self._commit(act, number)

    async def _commit(self, act: str, number: int) -> None:
        assert self._claim is not None
        said = (Turn(self._turn, "bot", f"answer {number}", AT),)
        if act == "stopped":
            said += (Turn(f"{self._turn}-stopped", "event", "stopped", AT),)
        status = Status.WAITING if number == 0 else None
        if not await self.conversations.commit(self._claim, Reply(said, status)):
            await self.conversations.announce(self.name, "withdrawn", {"turn": self._turn})
        self._claim = None

    async def _exists(self) -> bool:
        return bool(await self.conversations.events(self.name, "0", 0)) and any(
            state.id == self.name for state in await self.conversations.recent(1_000)
        )

    def _id(self) -> str:
        return f"turn-{self._number:04}"


@dataclass
class Onlooker:
    """Listens as a browser does: comes back with its mark, drops nothing and shows what it heard."""

    streams: Streams
    house: House
    view: View
    shown: Shown = field(default_factory=Shown)
    mark: str = ""
    marks: list[str] = field(default_factory=list)
    begins: list[str] = field(default_factory=list)

    async def hear(self, most: int) -> None:
        """Hear up to `most` events, or all there are, and be cut off."""
        word = uuid.uuid4().hex
        response = await self._open()
        await self.house.tell_end(word)
        try:
            async for text in response.body_iterator:
                assert isinstance(text, str)
                self._take(dict(line.partition(": ")[::2] for line in text.split("\n") if line))
                most -= 1
                if most == 0 or word in text:
                    return
        finally:
            await response.body_iterator.aclose()  # type: ignore[attr-defined]

    async def _open(self) -> Any:
        if self.view is CUSTOMER:
            return await self.streams.for_customer(self.house.name, self.mark)

        async def allowed() -> bool:
            return True

        return await self.streams.for_agent(self.house.name, self.mark, "", allowed)

    def _take(self, fields: dict[str, str]) -> None:
        kind = fields.get("event", "")
        if not kind or kind == "activity":
            return
        if kind == "conversation":
            self.mark = fields.get("id", "")
            self.begins.append(self.mark)
        else:
            self.mark = fields["id"]
            self.marks.append(self.mark)
        self.shown.hear(kind, json.loads(fields["data"]))


def as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def settled(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what changes silently."""
    return {key: value for key, value in state.items() if key not in ("updated", "preview", "since")}


async def play(conversations: Conversations, acts: list[tuple[str, int]]) -> tuple[House, list[Onlooker]]:
    """Do all acts; two onlookers hear now and then, and at the end all that there is."""
    house = House(conversations)
    streams = Streams(conversations, asyncio.Event(), ping=0.01)
    onlookers = [Onlooker(streams, house, view) for view in (CUSTOMER, AGENT)]
    for act, number in acts:
        if act == "hear":
            await onlookers[number % 2].hear(1 + number // 2)
        else:
            await house.do(act, number)
    if not await house._exists():
        await house.do("accept", 1)
    for onlooker in onlookers:
        await onlooker.hear(-1)
    return house, onlookers


async def check(house: House, onlooker: Onlooker) -> None:
    """What was heard adds up to what is stored; no event is missing, and none came twice."""
    view = onlooker.view
    everything = list(await house.conversations.events(house.name, "0", 0))
    stored = as_json(view.conversation(await house.conversations.read(house.name)))
    assert settled(onlooker.shown.state) == settled(stored["state"])
    assert list(onlooker.shown.turns.values()) == stored["turns"]
    assert onlooker.marks == expected_marks(everything, onlooker)
    from_the_start = Shown()
    for event in everything:
        if (data := view.event(event)) is not None:
            from_the_start.hear(event.kind, data)
    late = Onlooker(onlooker.streams, house, view)
    await late.hear(-1)
    making = (from_the_start.making, from_the_start.sentences)
    assert (onlooker.shown.making, onlooker.shown.sentences) == making
    assert (late.shown.making, late.shown.sentences) == making
    assert list(late.shown.turns.values()) == stored["turns"]


def expected_marks(everything: list[Event], onlooker: Onlooker) -> list[str]:
    # Cut before anything was stored, it begins anew; later it never does, for nothing was removed.
    assert all(mark == "" for mark in onlooker.begins[:-1])
    after, last = onlooker.begins[-1], onlooker.marks[-1]
    ids = [event.id for event in everything if onlooker.view.event(event) is not None]
    return [mark for mark in ids if later(mark, after) and not later(mark, last)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts_of, max_size=50))
async def test_what_is_heard_adds_up_to_what_is_stored(acts: list[tuple[str, int]]) -> None:
    house, onlookers = await play(MemoryConversations(), acts)
    for onlooker in onlookers:
        await check(house, onlooker)


@pytest.mark.server
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.lists(acts_of, max_size=30))
async def test_what_is_heard_adds_up_on_a_real_server(valkey_server: RealServer, acts: list[tuple[str, int]]) -> None:
    conversations = await RedisConversations.connect(valkey_server.url)
    try:
        house, onlookers = await play(conversations, acts)
        for onlooker in onlookers:
            await check(house, onlooker)
    finally:
        await conversations.close()


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.server)])
async def conversations(request: pytest.FixtureRequest) -> AsyncIterator[Conversations]:
    if request.param == "memory":
        yield MemoryConversations()
        return
    opened = await RedisConversations.connect(request.getfixturevalue("valkey_server").url)
    yield opened
    await opened.close()


async def watched(conversations: Conversations, view: View) -> tuple[House, Onlooker]:
    """A conversation, and an onlooker who heard its begin and was cut off."""
    house = House(conversations)
    await house.do("accept", 1)
    onlooker = Onlooker(Streams(conversations, asyncio.Event(), ping=0.01), house, view)
    await onlooker.hear(-1)
    assert onlooker.marks
    return house, onlooker


@pytest.mark.parametrize("view", [CUSTOMER, AGENT], ids=["customer", "agent"])
async def test_who_comes_back_too_late_begins_anew(conversations: Conversations, view: View) -> None:
    house, onlooker = await watched(conversations, view)
    await house.do("take_over", 0)
    # More than are kept, and than a server may keep beyond that.
    for start in range(0, KEPT_EVENTS + 300, 100):
        await asyncio.gather(*(house.tell_end(f"typing {start + n}") for n in range(100)))
    begins = len(onlooker.begins)
    await onlooker.hear(-1)

    assert len(onlooker.begins) == begins + 1
    stored = as_json(view.conversation(await conversations.read(house.name)))
    assert settled(onlooker.shown.state) == settled(stored["state"])
    assert list(onlooker.shown.turns.values()) == stored["turns"]


@pytest.mark.parametrize("mark", ["99999999999999-0", "1-0", "0"])
async def test_a_mark_of_another_server_begins_anew(conversations: Conversations, mark: str) -> None:
    house = House(conversations)
    await house.do("typing", 0)
    await house.do("accept", 1)
    onlooker = Onlooker(Streams(conversations, asyncio.Event(), ping=0.01), house, CUSTOMER, mark=mark)
    await house.do("say", 1)
    await onlooker.hear(-1)

    assert len(onlooker.begins) == (0 if isinstance(conversations, MemoryConversations) and mark == "1-0" else 1)
    assert [turn["role"] for turn in onlooker.shown.turns.values()][-2:] == ["event", "agent"]


async def test_a_reader_that_falls_behind_begins_anew(conversations: Conversations) -> None:
    house, onlooker = await watched(conversations, CUSTOMER)
    await house.tell_end("first")
    response = await onlooker._open()
    body = response.body_iterator
    assert "first" in await anext(body)
    await house.do("take_over", 0)
    for start in range(0, KEPT_EVENTS + 300, 100):
        await asyncio.gather(*(house.tell_end(f"typing {start + n}") for n in range(100)))
    await asyncio.sleep(0.02)
    text = await anext(body)
    await body.aclose()

    assert text.startswith("id: ")
    assert "event: conversation" in text
    assert '"agent": "Mia"' in text
