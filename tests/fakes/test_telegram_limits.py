"""Telegram's limits and mishaps, and the ledger that tells of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.fakes.conftest import Clock
from tests.fakes.faults import reset_after_accept, too_many, unknown_chat
from tests.fakes.telegram import Call, FakeTelegram, Limits, busiest, inside_windows, rates
from tests.fakes.telegram.limits import Windows

GROUP = -1001234567890


def windows(clock: Clock, **limits: Any) -> Windows:
    return Windows(Limits(slack=0.0, **limits), clock)


def test_a_chat_takes_a_message_a_second_and_is_barred_after_one_too_many(clock: Clock) -> None:
    limited = windows(clock)
    assert limited.count("sendmessage", 42) == 0
    assert limited.count("sendmessage", 43) == 0
    assert limited.count("sendmessage", 42) == 1
    clock.now += 0.9
    assert limited.left(42) == pytest.approx(0.1)
    assert limited.left(43) <= 0
    clock.now += 0.1
    assert limited.count("sendmessage", 42) == 0


def test_a_burst_is_taken_if_the_test_says_so(clock: Clock) -> None:
    limited = windows(clock, chat=(3, 3.0))
    assert [limited.count("sendmessage", 42) for _ in range(4)] == [0, 0, 0, 3]


def test_a_group_takes_twenty_a_minute(clock: Clock) -> None:
    limited = windows(clock)
    answers = []
    for _ in range(21):
        answers.append(limited.count("sendmessage", GROUP))
        clock.now += 1
    assert answers == [0] * 20 + [40]
    clock.now += 39
    assert limited.count("sendmessage", GROUP) == 0


def test_all_chats_together_take_thirty_a_second(clock: Clock) -> None:
    limited = windows(clock)
    assert [limited.count("sendmessage", chat) for chat in range(1, 32)] == [0] * 30 + [1]


def test_only_messages_count(clock: Clock) -> None:
    limited = windows(clock)
    assert [limited.count("sendchataction", 42) for _ in range(5)] == [0] * 5
    assert Windows(None, clock).count("sendmessage", 42) == 0


async def test_a_server_with_limits_enforces_its_windows(clock: Clock) -> None:
    async with FakeTelegram(limits=Limits(), clock=clock) as telegram, aiohttp.ClientSession() as session:

        async def send(chat: int) -> int:
            url = f"{telegram.url}/bot{telegram.token}/sendMessage"
            async with session.post(url, json={"chat_id": chat, "text": "Hello"}) as response:
                return response.status

        assert [await send(42), await send(42), await send(43)] == [200, 429, 200]
        clock.now += 0.5
        assert await send(42) == 429
        clock.now += 1
        assert await send(42) == 200
        assert [call.at - 1000 for call in inside_windows(telegram.ledger)] == [0.5]
        assert telegram.ledger[1].retry_after == 1


async def test_a_share_of_the_calls_goes_wrong_and_the_same_again_by_the_same_seed(clock: Clock) -> None:
    async def statuses(seed: int) -> list[int]:
        async with FakeTelegram(clock=clock, seed=seed) as telegram, aiohttp.ClientSession() as session:
            telegram.fail("sendMessage", too_many(3), share=0.2)
            for chat in range(200):
                url = f"{telegram.url}/bot{telegram.token}/sendMessage"
                async with session.post(url, json={"chat_id": chat + 1, "text": "Hello"}):
                    pass
            return [call.status for call in telegram.ledger]

    once, again, other = await asyncio.gather(statuses(1), statuses(1), statuses(2))

    assert once == again
    assert once != other
    assert 20 <= once.count(429) <= 60


async def test_who_is_cut_off_is_not_told_but_heard(telegram: FakeTelegram, call: Callable[..., Any]) -> None:
    telegram.fail("sendMessage", reset_after_accept(), chat=42)
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=42, text="Hello")

    [entry] = telegram.ledger
    assert (entry.status, entry.told, entry.message_id) == (200, False, 1)
    assert telegram.chats.shown(42) == ["Hello"]


async def test_an_unknown_chat_stays_unknown(telegram: FakeTelegram, call: Callable[..., Any]) -> None:
    telegram.fail("sendMessage", unknown_chat(), chat=42)
    for _ in range(2):
        assert (await call("sendMessage", chat_id=42, text="Hi"))["description"] == "Bad Request: chat not found"


def sent(at: float, chat: int, status: int = 200, retry_after: float = 0.0) -> Call:
    return Call(at, "sendmessage", {"chat_id": str(chat)}, status, retry_after=retry_after)


def test_the_busiest_window_slides() -> None:
    calls = [sent(at, 42) for at in (0.0, 0.9, 1.1, 1.8, 5.0)]

    assert busiest(calls, 1.0) == 3
    assert busiest(calls, 0.2) == 1
    assert busiest([], 1.0) == 0


def test_rates_are_told_by_chat_by_group_and_over_all() -> None:
    calls = [*(sent(second, GROUP) for second in range(0, 60, 2)), sent(0.1, 42), sent(0.2, 43), sent(0.3, 43, 429)]

    told = rates(calls)

    assert (told.chat, told.group, told.everyone) == (1, 30, 3)


def test_calls_inside_of_a_window_are_found() -> None:
    calls = [sent(0.0, 42, 429, 3.0), sent(1.0, 43), sent(2.0, 42, 429, 1.0), sent(2.5, 42), sent(3.01, 42)]

    assert [call.at for call in inside_windows(calls)] == [2.0, 2.5]


def test_a_longer_window_replaces_a_shorter_one() -> None:
    calls = [sent(0.0, 42, 429, 1.0), sent(1.5, 42, 429, 3.0), sent(3.0, 42)]

    assert [call.at for call in inside_windows(calls)] == [3.0]
