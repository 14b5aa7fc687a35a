"""What becomes of a part that may or may not have arrived, and who may send at all; by the ledger of calls."""

import asyncio
import time
from collections import Counter
from dataclasses import replace

import pytest

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Turn
from bot.conversation.redis import RedisConversations
from bot.delivery.base import UNCONFIRMED, UNDELIVERED, Post
from bot.delivery.redis import redis_post
from tests.bot.channels.telegram.outbound import QUICK, Process, reply, say, sending, settled, told
from tests.conftest import RealServer
from tests.fakes.faults import Fault, broken, cut_short, migrated, reset_after_accept, too_many
from tests.fakes.telegram import FakeTelegram, inside_windows


@pytest.mark.parametrize("fault", [reset_after_accept(), cut_short(), broken()], ids=["reset", "cut", "500"])
async def test_what_is_sent_once_is_never_repeated_but_flagged(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault)
    async with sending(telegram, conversations, post):
        name = await say(conversations, 42, "Your refund is on its way.", once=True)
        await telegram.until(lambda: bool(telegram.calls("sendMessage")))
        await say(conversations, 42, "Anything else?")
        await telegram.until(lambda: telegram.sent(42)[-1:] == ["Anything else?"])

    assert len(telegram.calls("sendMessage", 42)) == 2
    assert await told(conversations, name) == [UNCONFIRMED]
    assert await settled(post)


async def test_a_part_is_repeated_once_and_then_flagged(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", reset_after_accept(), times=9)
    async with sending(telegram, conversations, post):
        name = await say(conversations, 42, "Hello")
        await telegram.until(lambda: len(telegram.sent(42)) == 2)
        await asyncio.sleep(0.2)

    assert len(telegram.calls("sendMessage", 42)) == 2
    assert await told(conversations, name) == [UNCONFIRMED]


async def test_a_telegram_that_is_away_for_long_costs_no_repeat(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", broken())
    telegram.fail("getMe", broken(), times=3)
    async with sending(telegram, conversations, post):
        name = await say(conversations, 42, "Hello")
        await telegram.until(lambda: bool(telegram.sent(42)))

    assert len(telegram.calls("getMe")) == 4
    assert len(telegram.calls("sendMessage", 42)) == 2
    assert await told(conversations, name) == []


async def test_cut_connections_lose_nothing_and_repeat_nothing_twice(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", reset_after_accept(), share=0.05)
    said = [f"{number}" for number in range(150)]
    async with sending(telegram, conversations, post):
        for number in said:
            await say(conversations, int(number) % 30 + 1, number, once=int(number) % 2 == 1)
        await telegram.until(lambda: set(telegram.sent()) == set(said), 20)
        await asyncio.sleep(0.3)

    times = Counter(text for text in telegram.sent())
    cut = {call.text for call in telegram.calls("sendMessage") if not call.told}
    events = [turn for chat in range(1, 31) for turn in (await conversations.read(f"telegram:{chat}")).turns]
    flagged = {turn.id.removesuffix(f"-{UNCONFIRMED}") for turn in events if turn.text == UNCONFIRMED}
    once = {number for number in said if int(number) % 2 == 1}
    assert cut & once
    assert cut - once
    assert max(times.values()) <= 2
    assert all(times[number] == 1 for number in once)
    assert flagged & once == cut & once
    assert await settled(post)


async def test_what_waits_a_moment_is_left_alone_and_then_arrives_once(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", too_many(1), share=0.2)
    said = [f"{number}" for number in range(100)]
    async with sending(telegram, conversations, post):
        for number in said:
            await say(conversations, int(number) + 1, number)
        await telegram.until(lambda: len(telegram.sent()) >= len(said), 30)

    assert sorted(text for text in telegram.sent()) == sorted(said)
    assert any(call.status == 429 for call in telegram.ledger)
    assert inside_windows(telegram.ledger) == []


async def test_a_refused_connection_is_no_doubt(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    url, telegram.url = telegram.url, "http://127.0.0.1:9"
    async with sending(telegram, conversations, post) as running:
        name = await say(conversations, 42, "Hello", once=True)
        await asyncio.sleep(0.2)
        await running.stop()
    telegram.url = url
    async with sending(telegram, conversations, post):
        await telegram.until(lambda: telegram.sent(42) == ["Hello"])

    assert await told(conversations, name) == []


@pytest.mark.parametrize("once", [False, True], ids=["rather twice", "rather never"])
async def test_a_sender_that_dies_between_arrival_and_note_leaves_a_doubt(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, once: bool
) -> None:
    dying = Process(post)
    dying.forget()
    async with sending(telegram, conversations, dying.post) as running:
        name = await say(conversations, 42, "Hello", once=once)
        await telegram.until(lambda: bool(telegram.sent(42)))
        await running.stop()

    async with sending(telegram, conversations, post):
        await say(conversations, 42, "Next")
        await telegram.until(lambda: telegram.sent(42)[-1] == "Next")

    assert telegram.sent(42)[:-1] == ["Hello"] * (1 if once else 2)
    assert await told(conversations, name) == ([UNCONFIRMED] if once else [])


async def test_parts_that_arrived_are_not_sent_again(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    text = "x" * 9000
    dying = Process(post)
    async with sending(telegram, conversations, dying.post, replace(QUICK, chat=0.3)) as running:
        await say(conversations, 42, text)
        await telegram.until(lambda: len(telegram.sent(42)) == 2)
        await asyncio.sleep(0.05)
        await running.stop()

    async with sending(telegram, conversations, post):
        await telegram.until(lambda: "".join(telegram.sent(42)) == text)

    assert len(telegram.sent(42)) == 3


async def test_only_the_holder_of_the_lease_sends_and_another_takes_over_when_it_dies(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    first, second = Process(post), Process(post)
    async with sending(telegram, conversations, first.post) as dying:
        await say(conversations, 42, "1")
        await telegram.until(lambda: bool(telegram.sent(42)))
        async with sending(telegram, conversations, second.post):
            for number in range(2, 6):
                await say(conversations, 42, f"{number}")
            await telegram.until(lambda: len(telegram.sent(42)) == 5)
            telegram.fail("sendMessage", too_many(60))
            await say(conversations, 42, "6")
            await telegram.until(lambda: any(call.status == 429 for call in telegram.ledger))
            await asyncio.sleep(0.05)
            first.cut()
            died = time.monotonic()
            await dying.stop()
            telegram.heal()
            await telegram.until(lambda: telegram.sent(42)[-1] == "6")
            assert time.monotonic() - died < 2 * QUICK.lease + 0.3

    assert telegram.sent(42) == [f"{number}" for number in range(1, 7)]


async def test_what_the_bot_said_before_an_agent_came_is_not_sent(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    name = await reply(conversations, 42, Turn("t", "bot", "I think so.", time.time()))
    await conversations.take_over(name, "Mia")
    async with sending(telegram, conversations, post):
        await say(conversations, 42, "Hello, I am Mia.")
        await telegram.until(lambda: bool(telegram.sent(42)))

    assert telegram.sent(42) == ["Hello, I am Mia."]
    assert await told(conversations, name) == ["withdrawn"]


async def test_a_turn_of_a_restored_backup_is_not_sent(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    async with sending(telegram, conversations, post):
        name = await say(conversations, 42, "Long ago", age=90_000)
        await say(conversations, 42, "Just now", age=80_000)
        await telegram.until(lambda: bool(telegram.sent(42)))

    assert telegram.sent(42) == ["Just now"]
    assert await told(conversations, name) == [UNDELIVERED]


async def test_a_group_that_moved_is_remembered_over_restarts(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", migrated(-1009), chat=-9)
    async with sending(telegram, conversations, post):
        await say(conversations, -9, "1")
        await telegram.until(lambda: bool(telegram.sent(-1009)))
    async with sending(telegram, conversations, post):
        await say(conversations, -9, "2")
        await telegram.until(lambda: len(telegram.sent(-1009)) == 2)

    assert len(telegram.calls("sendMessage", -9)) == 1
    assert await post.notebook.read("moved:-9") == "-1009"
    assert await post.notebook.read("home:-1009") == "-9"


async def test_entities_that_telegram_refuses_are_left_out(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessage", Fault(400, "Bad Request: can't parse entities: byte offset 3"))
    async with sending(telegram, conversations, post):
        await reply(conversations, 42, Turn("t", "bot", "**Hello**", time.time()))
        await telegram.until(lambda: telegram.sent(42) == ["Hello"])

    refused, taken = telegram.calls("sendMessage", 42)
    assert "entities" in refused.params
    assert "entities" not in taken.params


@pytest.mark.server
@pytest.mark.parametrize("once", [False, True], ids=["rather twice", "rather never"])
async def test_a_killed_sender_repeats_or_flags_at_most_what_was_open(
    telegram: FakeTelegram, valkey_server: RealServer, once: bool
) -> None:
    valkey_server.ask("FLUSHALL")
    conversations = await RedisConversations.connect(valkey_server.url)
    post = redis_post(conversations, "telegram", "7")
    dying = Process(post)
    async with sending(telegram, conversations, dying.post) as running:
        await say(conversations, 42, "before")
        await telegram.until(lambda: bool(telegram.sent(42)))
        await asyncio.sleep(0.1)
        dying.forget()
        name = await say(conversations, 42, "open", once=once)
        await telegram.until(lambda: len(telegram.sent(42)) == 2)
        await running.stop()

    async with sending(telegram, conversations, post):
        await say(conversations, 42, "after")
        await telegram.until(lambda: telegram.sent(42)[-1] == "after")
        await asyncio.sleep(0.1)
        assert await settled(post)

    assert telegram.sent(42) == ["before", *["open"] * (1 if once else 2), "after"]
    assert await told(conversations, name) == ([UNCONFIRMED] if once else [])
    await conversations.close()
