"""Telegram's limits, in every sliding window of the ledger of arrivals; a second is a tenth of one here."""

import asyncio
import itertools
from dataclasses import replace

import pytest

from bot.channels.telegram.pacing import EVERYONE_LIMIT, GROUP_LIMIT, Pacer, Stopping
from bot.conversation.memory import MemoryConversations
from bot.delivery.base import Post
from tests.bot.channels.telegram.conftest import TEMPO
from tests.bot.channels.telegram.outbound import QUICK, say, sending
from tests.fakes.faults import slow
from tests.fakes.telegram import FakeTelegram, rates

SECOND = 0.1
MINUTE = 3.0
SHORT = replace(QUICK, chat=SECOND, group=MINUTE, everyone=SECOND)


async def test_no_window_of_the_ledger_has_more_than_is_allowed(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    # Answers that come late by chance are what brings arrivals together.
    telegram.fail("sendMessage", slow(0.03), share=0.3)
    for number in range(10):
        await say(conversations, 1, f"chat {number}")
    for number in range(24):
        await say(conversations, -5, f"group {number}")
    for number in range(300):
        await say(conversations, 100 + number, f"everyone {number}")
    async with sending(telegram, conversations, post, SHORT):
        await telegram.until(lambda: len(telegram.sent()) == 334, 20)

    busiest = rates(telegram.ledger, chat=SECOND, group=MINUTE, everyone=SECOND)
    assert busiest.chat == 1
    assert busiest.group <= GROUP_LIMIT
    assert busiest.everyone <= EVERYONE_LIMIT
    assert telegram.sent(1) == [f"chat {number}" for number in range(10)]
    assert telegram.sent(-5) == [f"group {number}" for number in range(24)]


async def test_a_long_queue_of_one_chat_holds_up_no_other(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    for number in range(20):
        await say(conversations, 1, f"{number}")
    for chat in range(2, 22):
        await say(conversations, chat, "Hello")
    async with sending(telegram, conversations, post, SHORT):
        await telegram.until(lambda: len(telegram.sent()) == 40)

    others = [call.at for call in telegram.calls("sendMessage") if call.chat != 1]
    assert max(others) < telegram.calls("sendMessage", 1)[5].at


async def test_who_waits_for_a_place_among_all_is_served_in_order() -> None:
    pacer, order = Pacer(replace(TEMPO, everyone=SECOND), asyncio.Event()), list[int]()

    async def send(chat: int) -> None:
        async with pacer.turn(chat):
            order.append(chat)

    await asyncio.gather(*(send(chat) for chat in range(1, 3 * EVERYONE_LIMIT)))

    assert order == list(range(1, 3 * EVERYONE_LIMIT))


async def test_a_frame_waits_for_nobody_and_keeps_its_distance() -> None:
    pacer = Pacer(replace(TEMPO, frame=SECOND, chat=0.0), asyncio.Event())
    loop, shown = asyncio.get_running_loop(), list[float]()
    end = loop.time() + 5 * SECOND
    while loop.time() < end:
        async with pacer.frame(42) as free:
            if free:
                shown.append(loop.time())
        await asyncio.sleep(0.005)

    assert 3 <= len(shown) <= 6
    assert all(later - earlier >= SECOND for earlier, later in itertools.pairwise(shown))


async def test_neither_frame_nor_sign_comes_while_a_message_is_on_its_way_or_the_chat_must_wait() -> None:
    pacer = Pacer(TEMPO, asyncio.Event())

    async def free() -> list[bool]:
        async with pacer.frame(42) as frame:
            pass
        async with pacer.sign(42) as sign:
            return [frame, sign]

    async with pacer.turn(42):
        assert await free() == [False, False]
    pacer.bar(42, 60)
    assert await free() == [False, False]


async def test_a_message_waits_for_the_frame_that_is_on_its_way() -> None:
    pacer, order = Pacer(TEMPO, asyncio.Event()), list[str]()

    async def send() -> None:
        async with pacer.turn(42):
            order.append("message")

    async with pacer.frame(42):
        sending = asyncio.create_task(send())
        await asyncio.sleep(0.02)
        order.append("frame")
    await sending

    assert order == ["frame", "message"]


async def test_a_bar_that_comes_while_a_place_is_awaited_is_kept() -> None:
    pacer = Pacer(replace(TEMPO, everyone=SECOND), asyncio.Event())
    for chat in range(1, EVERYONE_LIMIT + 1):
        async with pacer.turn(chat):
            pass
    started = asyncio.get_running_loop().time()

    async def send() -> float:
        async with pacer.turn(99):
            return asyncio.get_running_loop().time() - started

    waiting = asyncio.create_task(send())
    await asyncio.sleep(0.01)
    pacer.bar(99, 0.3)

    assert await waiting >= 0.3


async def test_who_waits_lets_go_at_the_stop() -> None:
    stop = asyncio.Event()
    pacer = Pacer(TEMPO, stop)
    pacer.bar(42, 60)

    async def send() -> None:
        async with pacer.turn(42):
            raise AssertionError("sent into a window")

    waiting = asyncio.create_task(send())
    await asyncio.sleep(0.01)
    stop.set()
    with pytest.raises(Stopping):
        await asyncio.wait_for(waiting, 1)
