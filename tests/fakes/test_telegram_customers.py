"""What people do in Telegram, as the bot sees it."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

from tests.fakes.telegram import BOT_ID, FakeTelegram

GROUP = -1001234567890


async def test_what_people_do_is_well_formed(telegram: FakeTelegram, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="👍", callback_data="up")]])
    await bot.send_message(42, "Right?", reply_markup=keyboard)
    await bot.send_message_draft(42, 1, text="Half", can_stop=True)
    first = telegram.write("/start shop")
    acts = [
        first,
        telegram.write("And?", reply_to=first["message"]["message_id"]),
        telegram.write("where is it", chat=GROUP, topic=7, sender=42, mention=True),
        telegram.edit(first, "Hello again"),
        telegram.press("👍"),
        telegram.press("up"),
        telegram.attach("photo", caption="Broken", album="a"),
        telegram.attach("document", album="a"),
        telegram.attach("voice", chat=43),
        telegram.block(44),
        telegram.unblock(44),
        *telegram.migrate(-55, GROUP),
        telegram.stop_generation(),
        telegram.staff("We look into it.", chat=GROUP, topic=7),
    ]

    kinds = [Update.model_validate(act).event_type for act in acts]

    assert kinds[3:6] == ["edited_message", "callback_query", "callback_query"]
    assert kinds[-2:] == ["stopped_message_generation", "message"]
    assert [update.update_id for update in await bot.get_updates()] == [act["update_id"] for act in acts]


async def test_a_mention_and_a_command_are_marked(telegram: FakeTelegram) -> None:
    mentioned = telegram.write("where is it", chat=GROUP, mention=True)["message"]
    assert mentioned["text"] == "@kefu_test_bot where is it"
    assert mentioned["entities"] == [{"type": "mention", "offset": 0, "length": 14}]
    assert telegram.write("/help me")["message"]["entities"][0]["length"] == 5
    assert "entities" not in telegram.write("/")["message"]


async def test_a_press_is_answered_once_it_was_made(telegram: FakeTelegram, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes:1")]])
    sent = await bot.send_message(42, "Right?", reply_markup=keyboard)
    press = telegram.press("Yes")["callback_query"]

    assert (press["data"], press["message"]["message_id"]) == ("yes:1", sent.message_id)
    assert await bot.answer_callback_query(press["id"])
    with pytest.raises(AssertionError, match="no button"):
        telegram.press("No")


async def test_who_blocks_the_bot_gets_nothing_until_unblocked(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked"):
        await bot.send_message(42, "Hello")
    telegram.unblock()

    assert await bot.send_message(42, "Hello")


async def test_a_group_that_moved_says_where(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.migrate(-55, GROUP)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(-55, "Hello")

    assert moved.value.migrate_to_chat_id == GROUP


async def test_a_stopped_draft_is_kept_if_the_bot_asked_so(telegram: FakeTelegram, bot: Bot) -> None:
    await bot.send_message_draft(42, 5, text="Half an answer", can_stop=True, keep_on_stop=True)
    stopped = telegram.stop_generation()["stopped_message_generation"]

    assert (stopped["chat"]["id"], stopped["draft_id"]) == (42, 5)
    assert telegram.chats.shown(42) == ["Half an answer"]
    with pytest.raises(AssertionError, match="no draft"):
        telegram.stop_generation()


async def test_an_agent_is_an_administrator_of_the_forum(telegram: FakeTelegram, bot: Bot) -> None:
    message = telegram.staff("Hello", chat=GROUP, topic=7, agent=901)["message"]

    assert message["from"]["id"] == 901
    assert (await bot.get_chat_member(GROUP, 901)).status == "administrator"
    assert (await bot.send_message(GROUP, "Hi", message_thread_id=7)).from_user.id == BOT_ID  # type: ignore[union-attr]


async def test_ids_may_have_gaps_repeat_and_begin_anew(telegram: FakeTelegram, bot: Bot) -> None:
    update = telegram.write("one")
    telegram.push(update)
    telegram.restart_ids(50)
    telegram.write("lower")
    telegram.restart_ids(90)
    telegram.write("gap")
    got: list[int] = []
    offset = None
    while batch := await bot.get_updates(offset=offset, limit=1):
        got.append(batch[0].update_id)
        offset = batch[0].update_id + 1

    assert got == [100001, 100001, 50, 90]
    assert telegram.pending == []


async def test_an_offset_of_another_life_confirms_nothing(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.restart_ids(50)
    telegram.write("Hello")

    assert len(await bot.get_updates(offset=100002)) == 1
    assert await bot.get_updates(offset=51) == []


async def test_what_was_not_asked_for_is_not_told(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.push({"message_reaction": {"chat": {"id": 42, "type": "private"}}})
    telegram.block()
    assert len(await bot.get_updates(allowed_updates=["message"])) == 1
    telegram.unblock()
    telegram.write("Hello")

    assert [update.event_type for update in await bot.get_updates(offset=100003)] == ["message"]
    assert len(await bot.get_updates(offset=-1)) == 1
