"""What base.py promises of activity, on every store."""

import asyncio

import pytest

from bot.conversation.base import Conversations
from bot.conversation.messages import Turn
from tests.bot.conversation.acts import ADA, SOON, ask, claim, said
from tests.bot.conversation.conftest import Store


class TestActivity:
    async def test_names_what_changed_once(self, conversations: Conversations) -> None:
        mark, _ = await conversations.activity("$", 0)
        for number in range(20):
            await ask(conversations, "Hello", f"web:{number}")
            await ask(conversations, "Hello?", f"web:{number}")

        after, names = await conversations.activity(mark, SOON)

        assert sorted(names) == sorted(f"web:{number}" for number in range(20))
        assert await conversations.activity(after, 0) == (after, [])

    async def test_begins_now_when_asked_to(self, conversations: Conversations) -> None:
        await ask(conversations, "before", "web:before")
        mark, names = await conversations.activity("$", 0)
        await ask(conversations, "after", "web:after")

        assert names == []
        assert (await conversations.activity(mark, SOON))[1] == ["web:after"]

    async def test_wakes_up(self, store: Store) -> None:
        conversations = await store.open()
        mark, _ = await conversations.activity("$", 0)
        waiting = asyncio.create_task(conversations.activity(mark, SOON))
        await asyncio.sleep(0.02)
        await ask(await store.open(), "Hello")

        assert (await waiting)[1] == [ADA]

    async def test_counts_every_change_of_a_conversation(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        changes = (
            lambda: conversations.commit(claimed, said("Hi.")),
            lambda: conversations.take_over(ADA, "Mia"),
            lambda: conversations.say(ADA, "Mia", Turn("a", "agent", "Hm.", 3.0)),
            lambda: ask(conversations, "Well?"),
            lambda: conversations.hand_back(ADA),
        )
        for change in changes:
            mark, _ = await conversations.activity("$", 0)
            await change()
            assert (await conversations.activity(mark, 0))[1] == [ADA]

    @pytest.mark.parametrize("mark", ["", "nonsense", "0", "1.2.3"])
    async def test_begins_at_the_beginning_for_what_is_no_mark(self, conversations: Conversations, mark: str) -> None:
        await ask(conversations, "Hello")

        assert (await conversations.activity(mark, 0))[1] == [ADA]
