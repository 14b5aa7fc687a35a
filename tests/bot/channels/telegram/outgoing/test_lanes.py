"""Whatever goes wrong with one turn, the others are sent, in order; by the ledger of calls."""

import time
from dataclasses import replace
from typing import Any

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Message, Turn
from bot.delivery.base import UNDELIVERED, Outgoing, Post
from tests.bot.channels.telegram.outbound import QUICK, reply, say, sending, settled
from tests.fakes.frontdesk import Outage
from tests.fakes.telegram import FakeTelegram


async def test_a_turn_that_cannot_be_made_into_messages_is_told_and_overtaken_by_none(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    no_answer: Any = ["a list where an answer should be"]
    unreadable = Turn("t", "bot", "Secret", time.time(), answer=no_answer)
    async with sending(telegram, conversations, post):
        name = await reply(conversations, 42, unreadable, Turn("u", "bot", "First", time.time()))
        await reply(conversations, 42, Turn("v", "bot", "Second", time.time()))
        await telegram.until(lambda: len(telegram.sent(42)) == 2)

    assert telegram.sent(42) == ["First", "Second"]
    turns = (await conversations.read(name)).turns
    [event] = [turn for turn in turns if turn.text == UNDELIVERED]
    assert "Error" in event.name
    assert "Secret" not in event.name
    assert await settled(post)


async def test_a_house_outlives_a_turn_that_the_outbox_cannot_give(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    class Unreadable(Outage):
        first = True

        async def next(self, sender: str, wait: float) -> Outgoing | None:
            if self.first:
                self.first = False
                raise KeyError("conversation")
            return await post.outbox.next(sender, wait)

    outbox: Any = Unreadable(post.outbox)
    async with sending(telegram, conversations, replace(post, outbox=outbox)):
        await say(conversations, 42, "Hello")
        await telegram.until(lambda: bool(telegram.sent(42)))


async def test_two_thousand_turns_of_a_group_that_waits_hold_up_nobody(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    await conversations.accept(Message("telegram:-9", "opening", "Hello", time.time()))
    for number in range(2000):
        await conversations.say("telegram:-9", "Mia", Turn(f"{number}", "agent", f"{number}", time.time()))
    async with sending(telegram, conversations, post, replace(QUICK, group=60.0)):
        await say(conversations, 42, "Hello")
        await telegram.until(lambda: bool(telegram.sent(42)), within=10.0)

    assert telegram.sent(-9) == [f"{number}" for number in range(len(telegram.sent(-9)))]
