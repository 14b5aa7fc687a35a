"""The channel's life: starting, polling, waiting for what is away, and stopping."""

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import replace

import pytest
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError

from bot.channels.telegram import TelegramError, run
from bot.channels.telegram.texts import languages
from bot.delivery.base import Post
from bot.delivery.memory import MemoryLeases
from tests.bot.channels.telegram.conftest import TEMPO, Open
from tests.fakes.faults import broken, cut_short, too_many
from tests.fakes.frontdesk import FrontDesk, Outage
from tests.fakes.telegram import TOKEN, FakeTelegram


async def test_nothing_is_lost_or_acknowledged_while_the_store_is_away(
    telegram: FakeTelegram, desk: FrontDesk, inbox: Outage, channel: Open
) -> None:
    async with channel():
        telegram.write("before")
        await telegram.until(lambda: len(telegram.sent(42)) == 1)
        inbox.down.add("put")
        waiting = [telegram.write(said)["update_id"] for said in ("one", "two")]
        telegram.write("three", chat=43)
        asked = len(telegram.calls("getUpdates"))
        await telegram.until(lambda: len(telegram.calls("getUpdates")) >= asked + 3)
        assert telegram.pending[:2] == waiting
        assert {int(call.params["offset"]) for call in telegram.calls("getUpdates")[asked:]} == {waiting[0]}

        inbox.down.clear()
        await telegram.until(lambda: not telegram.pending)
        await telegram.until(lambda: len(telegram.sent()) >= 3)

    assert await desk.asked("telegram:42") == ["before", "one", "two"]
    assert await desk.asked("telegram:43") == ["three"]


async def test_what_was_taken_is_confirmed_at_the_end(telegram: FakeTelegram, channel: Open) -> None:
    async with channel():
        telegram.write("Hello")
        await telegram.until(lambda: bool(telegram.sent(42)))

    assert telegram.pending == []


async def test_only_what_is_handled_is_asked_for(telegram: FakeTelegram, channel: Open) -> None:
    async with channel():
        await telegram.until(lambda: bool(telegram.calls("setMyCommands")))
        telegram.write("Hello")
        await telegram.until(lambda: bool(telegram.sent(42)))

    [asked] = {call.params["allowed_updates"] for call in telegram.calls("getUpdates")}
    assert set(json.loads(asked)) == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "stopped_message_generation",
    }


async def test_the_menu_of_commands_speaks_every_language(telegram: FakeTelegram, channel: Open) -> None:
    async with channel():
        await telegram.until(lambda: len(telegram.commands) == len(languages()))

    assert set(telegram.commands) == {"", *languages()[1:]}
    assert {command["command"] for command in telegram.commands["zh"]} == {"help", "human", "bot", "restart", "end"}


async def test_a_menu_that_cannot_be_set_stops_nothing(telegram: FakeTelegram, channel: Open) -> None:
    telegram.fail("setMyCommands", broken(), times=100)
    async with channel():
        telegram.write("Hello")
        await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])


async def test_an_earlier_webhook_is_ended_and_its_messages_are_kept(telegram: FakeTelegram, channel: Open) -> None:
    telegram.write("sent while we were away")
    async with channel():
        await telegram.until(lambda: telegram.sent(42) == ["You asked: sent while we were away"])

    [call] = telegram.calls("deleteWebhook")
    assert call.params.get("drop_pending_updates", "false").lower() == "false"


@pytest.mark.parametrize("token", ["700001:AAWrongWrongWrongWrongWrongWrongWro", "no token", ""])
async def test_a_wrong_token_is_one_clear_line(
    telegram: FakeTelegram, desk: FrontDesk, post: Post, token: str
) -> None:
    with pytest.raises(TelegramError, match=r"^Telegram refuses the token: .*KEFU_TELEGRAM_TOKEN$"):
        await run(desk, post, token, api=telegram.url, stop=asyncio.Event(), tempo=TEMPO)


async def test_a_token_that_is_revoked_later_is_told_of_once_and_waited_for(
    telegram: FakeTelegram, channel: Open
) -> None:
    with structlog.testing.capture_logs() as lines:
        async with channel() as task:
            await telegram.until(lambda: len(telegram.commands) == len(languages()))
            telegram.token = "700001:AANewNewNewNewNewNewNewNewNewNewNewNe"
            telegram.write("wakes the poll")
            await asyncio.sleep(6 * TEMPO.retry.max_delay)
            assert not task.done()
            telegram.token = TOKEN
            await telegram.until(lambda: telegram.sent(42) == ["You asked: wakes the poll"])

    [told] = [line for line in lines if line["log_level"] == "error"]
    assert "KEFU_TELEGRAM_TOKEN" in told["cure"]


async def test_an_address_that_is_none_is_refused(desk: FrontDesk, post: Post) -> None:
    with pytest.raises(TelegramError, match="KEFU_TELEGRAM_API"):
        await run(desk, post, TOKEN, api="localhost:8081", stop=asyncio.Event(), tempo=TEMPO)


async def test_a_foreign_poller_is_told_of_and_waited_for(telegram: FakeTelegram, bot: Bot, channel: Open) -> None:
    def turned_away() -> int:
        return [call.status for call in telegram.calls("getUpdates")].count(409)

    with structlog.testing.capture_logs() as lines:
        async with channel():
            for _ in range(3):
                with contextlib.suppress(TelegramConflictError):
                    await bot.get_updates(timeout=1)
            await telegram.until(lambda: turned_away() >= 1)
            telegram.write("Hello")
            await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])

    [told] = {line["log_level"] for line in lines if "another program polls with this token" in line["event"]}
    assert told == "warning"


async def test_of_two_processes_one_polls_and_the_other_takes_over(
    telegram: FakeTelegram, desk: FrontDesk, channel: Open
) -> None:
    async with channel():
        async with channel():
            telegram.write("one")
            await telegram.until(lambda: telegram.sent(42) == ["You asked: one"])
            await asyncio.sleep(TEMPO.lease)
            telegram.write("two")
            await telegram.until(lambda: telegram.sent(42) == ["You asked: one", "You asked: two"])
        telegram.write("three")
        await telegram.until(lambda: len(telegram.sent(42)) == 3, within=2 * TEMPO.lease)

    assert await desk.asked("telegram:42") == ["one", "two", "three"]
    assert {call.status for call in telegram.calls("getUpdates")} == {200}


@pytest.mark.parametrize("lease", ["poller", "reader"])
async def test_a_dead_process_is_followed_within_two_leases(
    telegram: FakeTelegram, post: Post, channel: Open, lease: str
) -> None:
    await post.leases.hold(lease, "dead", TEMPO.lease)
    started = asyncio.get_running_loop().time()
    telegram.write("Hello")
    async with channel():
        await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"], within=2 * TEMPO.lease)

    assert asyncio.get_running_loop().time() - started > TEMPO.lease / 2


async def test_who_loses_the_lease_stops_polling(telegram: FakeTelegram, post: Post, channel: Open) -> None:
    holders: list[str] = []

    class Watched(MemoryLeases):
        """Tells who holds the poller's lease."""

        async def hold(self, name: str, holder: str, seconds: float) -> bool:
            held = await super().hold(name, holder, seconds)
            if held and name == "poller":
                holders.append(holder)
            return held

    leases = Watched(time.time)
    async with channel(replace(post, leases=leases)):
        await telegram.until(lambda: bool(telegram.calls("getUpdates")))
        await leases.let_go("poller", holders[-1])
        assert await leases.hold("poller", "another", 60.0)
        await asyncio.sleep(TEMPO.lease)
        asked = len(telegram.calls("getUpdates"))
        telegram.write("Hello")
        await asyncio.sleep(TEMPO.lease)

        assert len(telegram.calls("getUpdates")) == asked
        assert telegram.pending


async def test_a_telegram_that_is_away_is_waited_for(telegram: FakeTelegram, channel: Open) -> None:
    telegram.fail("getMe", broken(), times=2)
    telegram.fail("getUpdates", broken(), times=2)
    telegram.fail("getUpdates", cut_short(), times=1)
    telegram.write("Hello")
    async with channel():
        await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])


async def test_stopping_is_quick_even_before_telegram_answers(
    telegram: FakeTelegram, desk: FrontDesk, post: Post
) -> None:
    telegram.fail("getMe", broken(), times=1000)
    stop = asyncio.Event()
    task = asyncio.create_task(run(desk, post, TOKEN, api=telegram.url, stop=stop, tempo=TEMPO))
    await telegram.until(lambda: bool(telegram.calls("getMe")))
    stop.set()

    await asyncio.wait_for(task, 2)


async def test_stopping_waits_for_no_long_poll_and_no_chat_that_must_wait(
    telegram: FakeTelegram, desk: FrontDesk, channel: Open
) -> None:
    telegram.fail("sendMessage", too_many(60))
    async with asyncio.timeout(5), channel():
        telegram.write("Hello")
        await telegram.until(lambda: bool(telegram.calls("sendMessage")))


async def test_the_token_is_never_logged(
    telegram: FakeTelegram, channel: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.fail("getUpdates", broken(), times=2)
    telegram.fail("sendMessage", broken())
    with structlog.testing.capture_logs() as lines:
        async with channel():
            telegram.write("Hello")
            await telegram.until(lambda: len(telegram.sent(42)) == 1)

    assert "Telegram cannot be asked, trying again" in {line["event"] for line in lines}
    assert TOKEN not in caplog.text + str(lines)
