"""Webhooks as Telegram calls them: ordered, parallel, patient."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from tests.fakes.conftest import FAST, Clock, Receiver
from tests.fakes.telegram import FakeTelegram, Pace, acknowledged_between, latencies


def failing(times: int, status: int = 503, **headers: str) -> Callable[[Any], web.Response]:
    """Say no so many times, then yes."""
    left = [times]

    def answer(update: Any) -> web.Response:
        left[0] -= 1
        return web.Response(status=status, headers=headers) if left[0] >= 0 else web.Response()

    return answer


async def test_an_update_is_posted_with_the_secret(telegram: FakeTelegram, receiver: Receiver, bot: Bot) -> None:
    await bot.set_webhook(receiver.url, secret_token="s3cret-Token_")
    update = telegram.write("Hello")
    await telegram.until(lambda: not telegram.pending)

    assert receiver.got == [update]
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret-Token_"
    [delivery] = telegram.deliveries
    assert (delivery.update_id, delivery.status) == (update["update_id"], 200)


async def test_what_waited_before_is_delivered_unless_dropped(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot
) -> None:
    telegram.write("before")
    await bot.set_webhook(receiver.url)
    await telegram.until(lambda: receiver.texts(42) == ["before"])
    await bot.delete_webhook()
    telegram.write("dropped")
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    telegram.write("after")

    await telegram.until(lambda: receiver.texts(42) == ["before", "after"])


async def test_a_chat_has_one_in_flight_and_chats_go_side_by_side(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot
) -> None:
    receiver.pause = 0.02
    await bot.set_webhook(receiver.url, max_connections=5)
    for number in range(3):
        for chat in range(1, 11):
            telegram.write(f"{number}", chat=chat)
    await telegram.until(lambda: not telegram.pending)

    assert all(receiver.texts(chat) == ["0", "1", "2"] for chat in range(1, 11))
    assert receiver.most_open_by_chat == 1
    assert receiver.most_open == 5


async def test_what_fails_is_tried_again_and_holds_up_only_its_chat(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot
) -> None:
    refuse = failing(4)
    receiver.answer = lambda update: refuse(update) if update["message"]["chat"]["id"] == 42 else web.Response()
    await bot.set_webhook(receiver.url)
    telegram.write("first")
    telegram.write("second")
    telegram.write("other", chat=43)
    await telegram.until(lambda: not telegram.pending)

    assert receiver.texts(42) == ["first"] * 5 + ["second"]
    assert receiver.texts(43) == ["other"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    assert info.last_error_date is not None


def test_the_waits_double_up_to_a_minute_or_two() -> None:
    waits = [Pace().wait(failures, 0.0, random.Random(1)) for failures in range(1, 12)]

    assert waits[:6] == [0.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert all(60 <= wait <= 120 for wait in waits[7:])
    assert Pace().wait(1, 7.0, random.Random(1)) == 7.0
    assert Pace().wait(9, 9999.0, random.Random(1)) == 3600.0


async def test_retry_after_is_honoured(receiver: Receiver) -> None:
    receiver.answer = failing(1, **{"Retry-After": "40"})
    async with FakeTelegram(pace=FAST) as telegram:
        await telegram.deliver_to(receiver.url)
        telegram.write("Hello")
        await telegram.until(lambda: not telegram.pending)

        first, second = telegram.deliveries
        assert second.at - first.at >= 40 * FAST.scale


async def test_nobody_at_home_is_an_error_of_the_network(telegram: FakeTelegram, bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.deliveries))

    assert telegram.deliveries[0].status == 0
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.url) == (1, "http://127.0.0.1:9/hook")
    assert "Connection failed" in (info.last_error_message or "")


async def test_no_answer_in_time_is_tried_again(receiver: Receiver) -> None:
    receiver.pause = 0.2
    async with FakeTelegram(pace=Pace(scale=0.001, patience=0.05)) as telegram:
        await telegram.deliver_to(receiver.url)
        telegram.write("Hello")
        await telegram.until(lambda: len(telegram.deliveries) > 1)

        assert telegram.deliveries[0].why == "Read timeout expired"
        assert len(telegram.pending) == 1


async def test_an_update_expires_after_a_day(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot, clock: Clock
) -> None:
    update = telegram.write("too old")
    clock.now += 86400
    telegram.write("new")
    await bot.set_webhook(receiver.url)
    await telegram.until(lambda: not telegram.pending)

    assert receiver.texts(42) == ["new"]
    assert telegram.webhook.expired == [update["update_id"]]


async def test_an_update_can_be_posted_many_times_at_once(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot
) -> None:
    receiver.pause = 0.02
    telegram.deliver_times(3)
    await bot.set_webhook(receiver.url)
    update = telegram.write("Hello")
    await telegram.until(lambda: not telegram.pending)

    assert receiver.got == [update] * 3
    assert receiver.most_open == 3
    assert sorted(delivery.copy for delivery in telegram.deliveries) == [0, 1, 2]


async def test_a_webhook_and_a_poller_exclude_each_other(
    telegram: FakeTelegram, receiver: Receiver, bot: Bot
) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    await bot.set_webhook(receiver.url)
    with pytest.raises(TelegramConflictError):
        await polling
    with pytest.raises(TelegramConflictError):
        await bot.get_updates()
    await bot.delete_webhook()

    assert await bot.get_updates() == []


async def test_only_what_is_wanted_is_delivered(telegram: FakeTelegram, receiver: Receiver, bot: Bot) -> None:
    await bot.set_webhook(receiver.url, allowed_updates=["message"], max_connections=7)
    telegram.block(43)
    telegram.write("Hello")
    await telegram.until(lambda: not telegram.pending)

    assert [set(update) for update in receiver.got] == [{"update_id", "message"}]
    info = await bot.get_webhook_info()
    assert (info.allowed_updates, info.max_connections) == (["message"], 7)


@pytest.mark.parametrize(
    "wrong", [{"url": "ftp://x"}, {"secret_token": "with spaces"}, {"max_connections": 101}], ids=str
)
async def test_a_wrong_webhook_is_refused(receiver: Receiver, bot: Bot, wrong: dict[str, Any]) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.set_webhook(**{"url": receiver.url} | wrong)


async def test_a_thousand_updates_are_delivered_within_ten_seconds(receiver: Receiver) -> None:
    async with FakeTelegram() as telegram:
        await telegram.deliver_to(receiver.url)
        started = time.monotonic()
        for number in range(1000):
            telegram.write(f"{number}", chat=1 + number % 50)
        await telegram.until(lambda: not telegram.pending, within=10)
        took = time.monotonic() - started

        assert took < 10
        assert len(latencies(telegram.deliveries)) == 1000
        assert len(acknowledged_between(telegram.deliveries, started, started + took + 1)) == 1000
    for chat in range(1, 51):
        assert receiver.texts(chat) == [f"{number}" for number in range(chat - 1, 1000, 50)]
