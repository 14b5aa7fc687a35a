"""What Telegram tells of a chat: blocks, moves, stops, and every kind of update there is."""

import asyncio
import logging

import pytest
import structlog

from bot.delivery.base import Post
from tests.bot.channels.telegram.conftest import Open
from tests.fakes import updates
from tests.fakes.frontdesk import FrontDesk, Outage
from tests.fakes.telegram import FakeTelegram

GROUP = -77
SUPERGROUP = -100777


@pytest.mark.usefixtures("running")
async def test_who_blocks_the_bot_ends_the_conversation_quietly(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.sent(42)))
    telegram.block(42)
    telegram.block(43)
    telegram.unblock(42)
    telegram.write("I am back")
    await telegram.until(lambda: len(telegram.sent(42)) == 2)

    turns = (await desk.conversations.read("telegram:42")).turns
    assert [(turn.text, turn.name) for turn in turns if turn.role == "event"] == [("resolved", "telegram")]
    assert (await desk.conversations.read("telegram:42")).state.episode == 2


@pytest.mark.usefixtures("running")
async def test_a_group_that_moves_goes_on_with_its_conversation(
    telegram: FakeTelegram, desk: FrontDesk, post: Post
) -> None:
    telegram.write("One?", chat=GROUP, mention=True, sender=42)
    await telegram.until(lambda: len(telegram.sent(GROUP)) == 1)
    telegram.migrate(GROUP, SUPERGROUP)
    telegram.write("Two?", chat=SUPERGROUP, mention=True, sender=42)
    await telegram.until(lambda: len(telegram.sent(SUPERGROUP)) == 1)

    assert await desk.asked(f"telegram:{GROUP}") == ["One?", "Two?"]
    assert await post.notebook.read(f"moved:{GROUP}") == str(SUPERGROUP)
    assert await post.notebook.read(f"home:{SUPERGROUP}") == str(GROUP)


@pytest.mark.usefixtures("running")
async def test_after_a_move_numbers_that_start_again_lose_no_message(telegram: FakeTelegram, desk: FrontDesk) -> None:
    first = telegram.write("One?", chat=GROUP, mention=True, sender=42)["message"]
    await telegram.until(lambda: len(telegram.sent(GROUP)) == 1)
    telegram.migrate(GROUP, SUPERGROUP)
    again = first | {"chat": updates.place(SUPERGROUP), "text": first["text"].replace("One?", "Two?")}
    telegram.push({"message": again})
    await telegram.until(lambda: len(telegram.sent(SUPERGROUP)) == 1)
    telegram.push({"message": first | {"chat": updates.place(SUPERGROUP), "message_id": first["message_id"] + 50}})
    await telegram.until(lambda: len(telegram.sent(SUPERGROUP)) == 2)
    edited = again | {"text": again["text"].replace("Two?", "Three?"), "edit_date": 1_800_000_000}
    telegram.push({"edited_message": edited | {"message_id": first["message_id"] + 50}})
    await telegram.until(lambda: len(telegram.sent(SUPERGROUP)) == 3)

    assert await desk.asked(f"telegram:{GROUP}") == ["One?", "Two?", "One?", "Three?"]


@pytest.mark.usefixtures("running")
async def test_an_answer_that_is_not_wanted_any_more_is_stopped(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.sent(42)))
    seen = asyncio.create_task(desk.conversations.events("telegram:42", "$", 5.0))
    await asyncio.sleep(0.05)
    telegram.push({"stopped_message_generation": {"chat": updates.place(99), "draft_id": 1}})
    telegram.push({"stopped_message_generation": {"chat": updates.place(42), "draft_id": 1}})

    assert [event.kind for event in await seen] == ["stop"]


async def test_every_kind_of_update_is_handled_or_ignored_without_an_error(
    telegram: FakeTelegram, inbox: Outage, channel: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with structlog.testing.capture_logs() as lines:
        async with channel():
            for update in updates.every(first_id=500_000):
                telegram.push(update, anyway=True)
            telegram.write("Still there?", chat=44)
            await telegram.until(lambda: telegram.sent(44) == ["You asked: Still there?"], within=10)

    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert inbox.dead == []
