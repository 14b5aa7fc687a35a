"""What the bot may send, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputRichMessage,
    MessageEntity,
    ReplyParameters,
)

from tests.fakes.conftest import Clock
from tests.fakes.telegram import BOT_ID, FakeTelegram
from tests.fakes.telegram.markup import parse_html

GROUP = -1001234567890


def under(label: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=data)]])


@pytest.mark.parametrize("method", ["sendmessage", "SENDMESSAGE", "sendMessage"])
async def test_a_methods_case_does_not_matter(call: Callable[..., Any], method: str) -> None:
    assert (await call(method, chat_id=42, text="Hello"))["result"]["text"] == "Hello"


@pytest.mark.parametrize("body", ["form", "parts", "query"])
async def test_parameters_come_in_many_forms(telegram: FakeTelegram, body: str) -> None:
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    params = {"chat_id": "42", "text": "Hello"}
    parts = aiohttp.FormData(params, default_to_multipart=True)
    given = {"form": {"data": params}, "parts": {"data": parts}, "query": {"params": params}}[body]
    async with aiohttp.ClientSession() as session, session.post(url, **given) as response:
        assert (await response.json())["ok"]
    assert telegram.sent(42) == ["Hello"]


async def test_a_call_remembers_the_message_that_it_made(telegram: FakeTelegram, bot: Bot) -> None:
    message = await bot.send_message(42, "Hello")
    await bot.edit_message_text("Hello again", chat_id=42, message_id=message.message_id)
    await bot.delete_message(42, message.message_id)

    assert [call.message_id for call in telegram.ledger] == [message.message_id] * 3
    assert telegram.ledger[0].digest != telegram.ledger[1].digest


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &#39;c&#x27; &nbsp;", "a <b> & 'c' &nbsp;", []),
        ("<b>x <i>y</i></b>", "x y", [("bold", 0, 3), ("italic", 2, 1)]),
        ('😀<a href="https://shop.example/?a=1&amp;b">go</a>', "😀go", [("text_link", 2, 2)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b></b>plain", "plain", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    shown, found = parse_html(source)

    assert shown == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    "broken", ["<b>open", "1 < 2", "<p>no such tag</p>", "</b>", "<b><i>x</b></i>", "<span>x</span>"]
)
async def test_broken_html_is_refused(bot: Bot, broken: str) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(42, broken, parse_mode="HTML")
    assert (await bot.send_message(42, broken)).text == broken


@pytest.mark.parametrize(("offset", "length"), [(0, 4), (-1, 2), (1, 1), (0, 1)])
async def test_an_entity_must_lie_in_the_text(bot: Bot, offset: int, length: int) -> None:
    with pytest.raises(TelegramBadRequest, match="entity"):
        await bot.send_message(42, "😀a", entities=[MessageEntity(type="bold", offset=offset, length=length)])
    sent = await bot.send_message(42, "😀a", entities=[MessageEntity(type="bold", offset=0, length=2)])
    assert sent.entities


async def test_a_text_has_4096_units_once_its_markup_is_gone(bot: Bot) -> None:
    assert await bot.send_message(42, f"<b>{'😀' * 2048}</b>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(42, "😀" * 2048 + "x")
    with pytest.raises(TelegramBadRequest, match="text is empty"):
        await bot.send_message(42, "<b> </b>", parse_mode="HTML")


async def test_a_buttons_data_has_64_bytes(bot: Bot) -> None:
    assert (await bot.send_message(42, "?", reply_markup=under("Yes", "é" * 32))).reply_markup
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(42, "?", reply_markup=under("Yes", "é" * 33))


async def test_an_edit_must_change_something_of_its_own(telegram: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_message(42, "One", reply_markup=under("Yes", "yes"))
    where: dict[str, Any] = {"chat_id": 42, "message_id": sent.message_id}
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("One", reply_markup=under("Yes", "yes"), **where)
    assert await bot.edit_message_reply_markup(**where)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(**where)
    await bot.edit_message_text("<b>Two</b>", parse_mode="HTML", **where)
    assert telegram.chats.shown(42) == ["Two"]
    await bot.delete_message(**where)
    assert telegram.chats.shown(42) == []
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("Three", **where)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(**where)


async def test_what_a_customer_wrote_cannot_be_edited_but_answered(telegram: FakeTelegram, bot: Bot) -> None:
    number = telegram.write("Hello")["message"]["message_id"]
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await bot.edit_message_text("Mine", chat_id=42, message_id=number)
    reply = await bot.send_message(42, "Hi", reply_parameters=ReplyParameters(message_id=number))
    assert reply.reply_to_message
    assert reply.reply_to_message.text == "Hello"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(42, "Hi", reply_parameters=ReplyParameters(message_id=999))


async def test_messages_are_copied_and_forwarded(telegram: FakeTelegram, bot: Bot) -> None:
    number = telegram.write("Hello")["message"]["message_id"]
    await bot.copy_message(GROUP, 42, number)
    forwarded = await bot.forward_message(GROUP, 42, number)

    assert telegram.chats.shown(GROUP) == ["Hello", "Hello"]
    assert forwarded.forward_origin
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(GROUP, 42, 999)


async def test_a_file_goes_both_ways(telegram: FakeTelegram, bot: Bot) -> None:
    came = telegram.attach("document", caption="My invoice", data=b"%PDF", name="invoice.pdf")["message"]
    content = await bot.download(came["document"]["file_id"])
    assert content is not None
    assert content.read() == b"%PDF"

    sent = await bot.send_document(
        GROUP, BufferedInputFile(b"log", "chat.txt"), caption="<i>All</i>", parse_mode="HTML"
    )
    assert sent.document
    assert (sent.document.file_name, sent.caption) == ("chat.txt", "All")
    again = await bot.send_photo(GROUP, telegram.attach("photo")["message"]["photo"][0]["file_id"])
    assert again.photo
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await bot.send_photo(GROUP, "no-such-file")


async def test_a_large_file_cannot_be_fetched(telegram: FakeTelegram, bot: Bot) -> None:
    large = telegram.attach("voice", size=20 * 2**20 + 1)["message"]["voice"]["file_id"]
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(large)
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("no-such-file")


async def test_topics_are_made_renamed_and_closed(telegram: FakeTelegram, bot: Bot) -> None:
    topic = (await bot.create_forum_topic(GROUP, "Ada")).message_thread_id
    sent = await bot.send_message(GROUP, "Hello", message_thread_id=topic)
    assert sent.is_topic_message
    await bot.edit_forum_topic(GROUP, topic, name="Ada L.")
    await bot.close_forum_topic(GROUP, topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(GROUP, topic)
    await bot.reopen_forum_topic(GROUP, topic)
    assert telegram.chats.topics[GROUP][topic]["name"] == "Ada L."
    assert (await bot.get_chat(GROUP)).is_forum
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(GROUP, "Hello", message_thread_id=topic + 100)
    with pytest.raises(TelegramBadRequest, match="not a forum"):
        await bot.create_forum_topic(42, "Ada")


async def test_drafts_are_seen_for_half_a_minute(telegram: FakeTelegram, bot: Bot, clock: Clock) -> None:
    await bot.send_message_draft(42, 1, text="")
    await bot.send_message_draft(42, 1, text="Your order")
    await bot.send_rich_message_draft(42, 2, InputRichMessage(markdown="*Your*"))
    assert [frame.text for frame in telegram.drafts.frames] == ["", "Your order", "*Your*"]
    assert [frame.text for frame in telegram.drafts.live(42)] == ["Your order", "*Your*"]
    clock.now += 30
    assert telegram.drafts.live(42) == []
    await bot.send_message_draft(42, 3, text="Your order")
    await bot.send_message(42, "Your order is on its way.")
    assert telegram.drafts.live(42) == []


async def test_a_draft_is_private_and_has_a_number(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="private chats"):
        await bot.send_message_draft(GROUP, 1, text="x")
    with pytest.raises(TelegramBadRequest, match="non-zero"):
        await bot.send_message_draft(42, 0, text="x")
    with pytest.raises(TelegramBadRequest, match="too long"):
        await bot.send_message_draft(42, 1, text="x" * 4097)


async def test_small_questions_are_answered(telegram: FakeTelegram, bot: Bot) -> None:
    assert (await bot.get_me()).id == BOT_ID
    assert (await bot.get_chat(42)).type == "private"
    assert (await bot.get_chat_member(GROUP, BOT_ID)).status == "administrator"
    assert (await bot.get_chat_member(GROUP, 42)).status == "member"
    await bot.set_my_commands([BotCommand(command="help", description="Help")], language_code="en")
    assert [one.command for one in await bot.get_my_commands(language_code="en")] == ["help"]
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="No Spaces", description="Help")])
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(42, "sleeping")
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("unknown")


async def test_a_chat_that_is_not_there_is_refused(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.chats.unknown.add(43)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(43, "Hello")
    telegram.chats.blocked.add(44)
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await bot.send_message(44, "Hello")


async def test_a_body_that_is_no_json_is_refused(telegram: FakeTelegram, call: Callable[..., Any]) -> None:
    answer = await call("sendMessage", chat_id=42, text="Hello", entities="{", reply_markup=json.dumps({}))
    assert answer["error_code"] == 400
