"""What is done when Telegram fails, or nobody is there; by the ledger of calls."""

import asyncio
import time

import pytest

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Message, Status, Turn
from bot.delivery.base import UNCONFIRMED, UNDELIVERED, Post
from tests.bot.channels.telegram.outbound import reply, say, sending, settled, told
from tests.fakes.faults import Fault, blocked, broken, unknown_chat
from tests.fakes.telegram import FakeTelegram


@pytest.mark.parametrize(
    "fault",
    [broken(), Fault(502, body="<html><title>502 Bad Gateway</title></html>")],
    ids=["500", "a gateway's 502"],
)
async def test_an_answer_outlives_failures_of_telegram_in_a_row(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault, times=6)
    async with sending(telegram, conversations, post):
        name = await reply(conversations, 42, Turn("t", "bot", "Hello", time.time()))
        await telegram.until(lambda: bool(telegram.sent(42)))
        await asyncio.sleep(0.1)

    assert telegram.sent(42) == ["Hello"]
    assert len(telegram.calls("sendMessage", 42)) == 7
    assert await told(conversations, name) == []


async def test_what_telegram_fails_over_for_ever_is_flagged_and_what_follows_is_sent(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", broken(), times=21)
    async with sending(telegram, conversations, post):
        name = await say(conversations, 42, "Hello")
        await say(conversations, 42, "Next")
        await telegram.until(lambda: bool(telegram.sent(42)))

    assert telegram.sent(42) == ["Next"]
    assert await told(conversations, name) == [UNCONFIRMED]


@pytest.mark.parametrize(("fault", "status"), [(blocked(), Status.RESOLVED), (unknown_chat(), Status.OPEN)])
async def test_a_chat_where_nobody_is_gets_one_call_for_all_that_waits(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, fault: Fault, status: Status
) -> None:
    telegram.fail("sendMessage", fault, chat=42)
    for number in range(5):
        name = await say(conversations, 42, f"{number}")
    async with sending(telegram, conversations, post):
        await say(conversations, 43, "Hello")
        await telegram.until(lambda: bool(telegram.sent(43)))
        await asyncio.sleep(0.2)

    assert len(telegram.calls("sendMessage", 42)) == 1
    assert (
        await told(conversations, name) == [UNDELIVERED] * 5
        or (await told(conversations, name)).count(UNDELIVERED) == 5
    )
    state = (await conversations.read(name)).state
    assert state.status is status
    assert await settled(post)


async def test_who_lets_the_bot_in_again_is_written_to_again(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.chats.blocked.add(42)
    async with sending(telegram, conversations, post):
        await say(conversations, 42, "Hello?")
        await telegram.until(lambda: bool(telegram.calls("sendMessage", 42)))
        await asyncio.sleep(0.1)
        telegram.chats.blocked.discard(42)
        await say(conversations, 42, "Welcome back")
        await telegram.until(lambda: telegram.sent(42) == ["Welcome back"])


async def test_a_late_refusal_leaves_a_fresh_question_alone(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.chats.blocked.add(42)
    name = await reply(conversations, 42, Turn("t", "bot", "Hello?", time.time()))
    await conversations.accept(Message(name, "fresh", "I am back. Where is my order?", time.time()))
    async with sending(telegram, conversations, post):
        await telegram.until(lambda: bool(telegram.calls("sendMessage", 42)))
        await asyncio.sleep(0.1)

    assert (await conversations.read(name)).state.status is Status.OPEN
    assert await conversations.claim("worker", 0.0) is not None


@pytest.mark.parametrize("age", [-100.0, 100.0], ids=["clock ahead", "clock behind"])
async def test_who_writes_again_is_answered_whatever_the_clocks_say(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, age: float
) -> None:
    telegram.chats.blocked.add(42)
    async with sending(telegram, conversations, post):
        name = await reply(conversations, 42, Turn("t", "bot", "Hello?", time.time()))
        await telegram.until(lambda: bool(telegram.calls("sendMessage", 42)))
        await asyncio.sleep(0.1)
        telegram.chats.blocked.discard(42)
        await reply(conversations, 42, Turn("u", "bot", "Welcome back", time.time() - age))
        await telegram.until(lambda: telegram.sent(42) == ["Welcome back"])

    assert (await told(conversations, name))[0] == UNDELIVERED
