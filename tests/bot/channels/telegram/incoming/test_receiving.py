"""What customers send, as the conversations and the ledger of calls show it afterwards."""

import asyncio
from typing import Any

import pytest

from bot.channels.telegram.texts import help_text, text
from bot.conversation.messages import Attachment
from tests.bot.channels.telegram.conftest import TEMPO, Open
from tests.fakes.faults import broken
from tests.fakes.frontdesk import PERSON, RETURNS, FrontDesk, answered
from tests.fakes.telegram import FakeTelegram

PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
FILE = {"file_id": "f", "file_unique_id": "f"}


def attached(kind: str, ref: str, size: int) -> Attachment:
    mime = {"photo": "image/jpeg", "voice": "audio/ogg"}[kind]
    return Attachment(kind, ref, mime=mime, size=size)


async def settled(telegram: FakeTelegram) -> None:
    """Every update was taken."""
    await telegram.until(lambda: not telegram.pending)


async def replies(telegram: FakeTelegram, count: int, chat: int = 42) -> list[str]:
    await telegram.until(lambda: len(telegram.sent(chat)) >= count)
    return telegram.sent(chat)


@pytest.mark.usefixtures("running")
async def test_a_question_is_answered_once_with_its_sources(telegram: FakeTelegram, desk: FrontDesk) -> None:
    desk.answers["Can I return it?"] = answered("Within 30 days.", RETURNS)

    telegram.write("Can I return it?")

    assert await replies(telegram, 1) == ["Within 30 days.\n\nSources: [1] Returns – https://shop.example/returns"]
    await settled(telegram)
    assert len(telegram.calls("sendMessage")) == 1


@pytest.mark.usefixtures("running")
async def test_the_message_keeps_its_id_name_time_and_language(telegram: FakeTelegram, desk: FrontDesk) -> None:
    update = telegram.write("Hallo", language="de-AT", date=1_700_000_000)

    await replies(telegram, 1)

    known = await desk.conversations.read("telegram:42")
    assert known.state.language == "de"
    turn = known.turns[0]
    assert (turn.id, turn.name, turn.at) == (str(update["message"]["message_id"]), "Ada", 1_700_000_000.0)


async def test_an_update_that_comes_again_makes_no_second_turn(
    telegram: FakeTelegram, desk: FrontDesk, channel: Open
) -> None:
    async with channel():
        update = telegram.write("Hello?")
        telegram.push(update)
        telegram.push(update | {"update_id": update["update_id"] + 50})
        await replies(telegram, 1)
        await settled(telegram)
    telegram.push(update)
    async with channel():
        await settled(telegram)
        telegram.write("The next one")
        await telegram.until(lambda: "You asked: The next one" in telegram.sent(42))

    assert await desk.asked("telegram:42") == ["Hello?", "The next one"]
    assert telegram.sent(42) == ["You asked: Hello?", "You asked: The next one"]


@pytest.mark.usefixtures("running")
async def test_start_welcomes_in_the_customers_language(telegram: FakeTelegram) -> None:
    telegram.write("/start", language="zh-hans")
    telegram.write("/start campaign_7", chat=43, language="fr")

    assert await replies(telegram, 1) == [text("welcome", "zh")]
    assert await replies(telegram, 1, chat=43) == [text("welcome", "fr")]


@pytest.mark.usefixtures("running")
async def test_a_link_can_bring_a_question_along(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("/start q-SG93IGRvIEkgcmV0dXJuIGFuIGl0ZW0_")

    assert set(await replies(telegram, 2)) == {text("welcome", "en"), "You asked: How do I return an item?"}
    assert await desk.asked("telegram:42") == ["How do I return an item?"]


@pytest.mark.usefixtures("running")
async def test_help_and_unknown_commands_are_explained(telegram: FakeTelegram) -> None:
    for chat, command in enumerate(["/help", "/help@kefu_test_bot", "/unheard_of"], 1):
        telegram.write(command, chat=chat, language="es")

    for chat in (1, 2, 3):
        assert await replies(telegram, 1, chat) == [help_text("es")]


@pytest.mark.usefixtures("running")
async def test_a_path_is_a_question_and_no_command(telegram: FakeTelegram) -> None:
    telegram.write("/usr/bin is full")

    assert await replies(telegram, 1) == ["You asked: /usr/bin is full"]


@pytest.mark.usefixtures("running")
async def test_human_asks_for_a_person(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("/human please")

    assert await replies(telegram, 1) == ["A colleague will answer here."]
    assert await desk.asked("telegram:42") == [PERSON]
    assert (await desk.conversations.read("telegram:42")).state.status == "waiting"


@pytest.mark.usefixtures("running")
async def test_what_the_desk_refuses_is_told(telegram: FakeTelegram) -> None:
    telegram.write("x" * 4097)

    [told] = await replies(telegram, 1)
    assert "4,097 characters" in told


@pytest.mark.usefixtures("running")
async def test_as_much_as_telegram_lets_write_is_taken(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("x" * 4096)
    await replies(telegram, 1)

    assert await desk.asked("telegram:42") == ["x" * 4096]


@pytest.mark.usefixtures("running")
async def test_while_an_agent_has_it_the_channel_neither_remarks_nor_keeps_words_from_the_agent(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.write("Hello")
    await replies(telegram, 1)
    await desk.say("telegram:42", "Mia", "I'm on it.", "turn-1")
    for said in (
        "x" * 5000,
        "null \x00",
        "/help",
        "/start",
        "/start q-SG93IGRvIEkgcmV0dXJuIGFuIGl0ZW0_",
        "/unheard_of",
    ):
        telegram.write(said)
    telegram.write("thanks")
    telegram.write("Hello", chat=43)
    await replies(telegram, 1, chat=43)
    await replies(telegram, 2)

    _, long, *rest = await desk.asked("telegram:42")
    assert (len(long), long.startswith("xxx"), long.endswith("[…]")) == (4096, True, True)
    assert rest == ["How do I return an item?", "thanks"]
    assert telegram.sent(42) == ["You asked: Hello", "Mia: I'm on it."]


@pytest.mark.usefixtures("running")
async def test_what_is_no_text_is_kept_for_the_agents(telegram: FakeTelegram, desk: FrontDesk) -> None:
    sticker = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False, "emoji": "👋"}
    contact = {"phone_number": "+49 30 1", "first_name": "Ada", "last_name": "L."}
    file = FILE | {"file_size": 2048}
    contents: list[tuple[dict[str, Any], Attachment]] = [
        ({"photo": [*PHOTO, PHOTO[0] | {"file_id": "large", "file_size": 9}]}, attached("photo", "large", size=9)),
        ({"voice": file | {"duration": 1, "mime_type": "audio/ogg"}}, attached("voice", "f", size=2048)),
        ({"sticker": FILE | sticker}, Attachment("sticker", "f", "👋")),
        ({"document": file | {"file_name": "a.pdf"}}, Attachment("document", "f", "a.pdf", size=2048)),
        ({"location": {"latitude": 52.5, "longitude": 13.4}}, Attachment("location", name="52.5, 13.4")),
        ({"contact": contact}, Attachment("contact", name="Ada L. +49 30 1")),
        ({"dice": {"emoji": "🎲", "value": 6}}, Attachment("dice", name="🎲 6")),
    ]
    for chat, (content, _) in enumerate(contents, 1):
        telegram.write(chat=chat, **content)

    for chat, (_, expected) in enumerate(contents, 1):
        await replies(telegram, 1, chat)
        [turn] = [turn for turn in (await desk.conversations.read(f"telegram:{chat}")).turns if turn.role != "bot"]
        assert (turn.text, turn.attachments) == ("", (expected,))


@pytest.mark.usefixtures("running")
async def test_an_album_is_remarked_on_once(telegram: FakeTelegram, desk: FrontDesk) -> None:
    for _ in range(5):
        telegram.write(photo=PHOTO, media_group_id="album", caption="Look!")
    telegram.write("and now?")
    await telegram.until(lambda: any("and now?" in said for said in telegram.sent(42)))

    assert telegram.sent(42).count(text("caption_only", "en")) == 1
    turns = (await desk.conversations.read("telegram:42")).turns
    assert [len(turn.attachments) for turn in turns if turn.role == "customer"] == [1, 1, 1, 1, 1, 0]


@pytest.mark.usefixtures("running")
async def test_a_caption_is_the_question_and_the_attachment_is_owned_up_to(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.write(photo=PHOTO, caption="Is this broken?")

    assert set(await replies(telegram, 2)) == {"You asked: Is this broken?", text("caption_only", "en")}
    assert await desk.asked("telegram:42") == ["Is this broken?"]


@pytest.mark.usefixtures("running")
async def test_an_agent_who_took_over_is_told_what_came_and_the_bot_is_silent(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.write("Hello")
    await replies(telegram, 1)
    await desk.take_over("telegram:42", "Mia")

    telegram.write(photo=PHOTO)
    telegram.write(photo=PHOTO, caption="the label")
    telegram.write(document=FILE | {"file_name": "invoice.pdf"})
    telegram.write(location={"latitude": 52.5, "longitude": 13.4})
    await settled(telegram)

    await telegram.until(lambda: desk.accepted.qsize() == 5)
    turns = [turn for turn in (await desk.conversations.read("telegram:42")).turns if turn.role == "customer"]
    assert [turn.text for turn in turns] == ["Hello", "", "the label", "", ""]
    assert [one.name for turn in turns for one in turn.attachments] == ["", "", "invoice.pdf", "52.5, 13.4"]
    assert telegram.sent(42) == ["You asked: Hello"]


@pytest.mark.usefixtures("running")
async def test_telegrams_own_notes_and_bots_are_no_messages(telegram: FakeTelegram, desk: FrontDesk) -> None:
    robot: dict[str, Any] = {"from": {"id": 7, "is_bot": True, "first_name": "Robot"}}
    telegram.write("from a bot", **robot)
    telegram.write(pinned_message={"message_id": 1, "date": 0, "chat": {"id": 42, "type": "private"}})
    telegram.write("first")
    telegram.write("last")
    await telegram.until(lambda: any("last" in said for said in telegram.sent(42)))

    assert await desk.asked("telegram:42") == ["first", "last"]


@pytest.mark.usefixtures("running")
async def test_unknown_and_unreadable_updates_hold_up_nothing(telegram: FakeTelegram) -> None:
    telegram.push({"invented_in_2031": {"of": "the future"}}, anyway=True)
    telegram.push({}, anyway=True)
    telegram.push({"message": {"message_id": "not a number"}}, anyway=True)
    telegram.write("Still there?")

    assert await replies(telegram, 1) == ["You asked: Still there?"]
    await settled(telegram)


@pytest.mark.usefixtures("running")
async def test_typing_is_shown_while_the_answer_is_made_and_not_after(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    desk.working.clear()
    telegram.write("Slow?")
    await telegram.until(lambda: len(telegram.calls("sendChatAction", 42)) >= 2)
    desk.working.set()
    await replies(telegram, 1)
    await asyncio.sleep(TEMPO.typing)
    shown = len(telegram.calls("sendChatAction"))
    await asyncio.sleep(3 * TEMPO.typing)

    assert len(telegram.calls("sendChatAction")) == shown


@pytest.mark.usefixtures("running")
async def test_typing_that_fails_breaks_nothing(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.fail("sendChatAction", broken(), times=100)
    desk.working.clear()
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.calls("sendChatAction")))
    desk.working.set()

    assert await replies(telegram, 1) == ["You asked: Hello"]
