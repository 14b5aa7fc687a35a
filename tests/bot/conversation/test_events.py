"""What base.py promises of events, on every store."""

import asyncio
import itertools

import pytest

from bot.conversation.base import Conversations
from bot.conversation.messages import BOT, Event
from bot.conversation.records import turn_of
from tests.bot.conversation.acts import ADA, SOON, ask, claim, kinds, last_mark, said
from tests.bot.conversation.conftest import Store
from tests.bot.conversation.onlooker import state_of


class TestEvents:
    async def test_tell_every_turn_and_what_is_news_of_the_state(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        await ask(conversations, "two")
        claimed = await claim(conversations)
        await conversations.publish(claimed, "typing", {"who": BOT})
        await conversations.commit(claimed, said("Hi."))
        await conversations.take_over(ADA, "Mia")
        known = await conversations.read(ADA)

        events = await conversations.events(ADA, "0", 0)

        assert [event.kind for event in events] == ["turn", "state", "turn", "typing", "turn", "turn", "state"]
        assert [turn_of(event.data) for event in events if event.kind == "turn"] == list(known.turns)
        told = state_of(events[-1])
        assert told == known.state
        assert type(told.updated) is float

    async def test_go_on_after_an_id_without_loss_or_doubles(self, store: Store) -> None:
        conversations, writer = await store.open(), await store.open()
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        mark = await last_mark(conversations)

        async def write() -> None:
            for number in range(50):
                await writer.publish(claimed, "sentence", {"number": number})
                await asyncio.sleep(0)

        async def listen(mark: str) -> list[Event]:
            heard: list[Event] = []
            while len(heard) < 50:
                heard += (await conversations.events(ADA, heard[-1].id if heard else mark, SOON))[:3]
            return heard

        listeners = [asyncio.create_task(listen(mark)) for _ in range(3)]
        await write()

        for listener in listeners:
            heard = await listener
            assert [event.data["number"] for event in heard] == list(range(50))
            assert len({event.id for event in heard}) == 50

    async def test_begin_now_when_asked_to(self, store: Store) -> None:
        conversations, writer = await store.open(), await store.open()
        await ask(conversations, "before")
        assert await conversations.events(ADA, "$", 0) == []

        waiting = asyncio.create_task(conversations.events(ADA, "$", SOON))
        for number in itertools.count():
            if waiting.done():
                break
            await ask(writer, f"after {number}")
            await asyncio.sleep(0.02)

        assert waiting.result()[0].data["text"].startswith("after")

    @pytest.mark.parametrize("mark", ["", "nonsense", "99999999999999999999", "-1", "1-2-3", "٣"])
    async def test_begin_at_the_beginning_for_what_is_no_id(self, conversations: Conversations, mark: str) -> None:
        await ask(conversations, "Hello")

        first, *_ = await conversations.events(ADA, mark, 0)

        assert first.data["text"] == "Hello"

    async def test_of_an_unknown_conversation_are_none(self, conversations: Conversations) -> None:
        assert await conversations.events("web:never", "0", 0.01) == []

    async def test_passing_ones_are_shown(self, conversations: Conversations) -> None:
        await conversations.announce(ADA, "typing", {"who": "customer"})
        await ask(conversations, "Hello")
        await conversations.announce(ADA, "withdrawn", {"turn": "b"})

        assert await kinds(conversations) == ["typing", "turn", "state", "withdrawn"]

    async def test_sentences_are_not_shown_without_the_claim(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await conversations.release(claimed)

        assert not await conversations.publish(claimed, "sentence", {"turn": "b", "text": "Hi."})
        assert await kinds(conversations) == ["turn", "state"]

    async def test_are_bounded(self, conversations: Conversations) -> None:
        for number in range(2300):
            await conversations.announce(ADA, "typing", {"number": number})

        numbers = []
        mark = "0"
        while events := await conversations.events(ADA, mark, 0):
            numbers += [event.data["number"] for event in events]
            mark = events[-1].id

        assert 2000 <= len(numbers) < 2300
        assert numbers == list(range(2300))[-len(numbers) :]
