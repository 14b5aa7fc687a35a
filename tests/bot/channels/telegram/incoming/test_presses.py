"""Buttons under answers: pressed once, twice, too late, and by others."""

import json
from typing import Any

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.channels.telegram.presses import Action, Choice, Press
from bot.channels.telegram.texts import text
from bot.conversation.messages import Turn
from tests.fakes.faults import broken
from tests.fakes.frontdesk import PERSON, RETURNS, FrontDesk, answered
from tests.fakes.telegram import FakeTelegram

pytestmark = pytest.mark.usefixtures("running")


async def answer(telegram: FakeTelegram, desk: FrontDesk, said: str = "Hello", chat: int = 42) -> Turn:
    """The bot's turn to a question."""
    before = len(telegram.sent(chat))
    telegram.write(said, chat=chat)
    await telegram.until(lambda: len(telegram.sent(chat)) > before)
    turns = (await desk.conversations.read(f"telegram:{chat}")).turns
    return next(turn for turn in reversed(turns) if turn.role == "bot")


def keyboard(turn: str) -> dict[str, Any]:
    def button(label: str, action: Action) -> dict[str, str]:
        return {"text": label, "callback_data": Press(action=action, turn=turn).pack()}

    ratings = [button("👍", Action.GOOD), button("👎", Action.BAD)]
    return {"inline_keyboard": [ratings, [button("Sources", Action.SOURCES), button("Person", Action.PERSON)]]}


def press(telegram: FakeTelegram, action: Action | str, turn: str, chat: int = 42, **fields: Any) -> str:
    """Press a button under the bot's last message; the query's id."""
    message: dict[str, Any] = telegram.chats.last(chat) if chat else {}
    message.setdefault("reply_markup", keyboard(turn))
    data = Press(action=action, turn=turn).pack() if isinstance(action, Action) else action
    number = f"press-{len(telegram.messages.presses)}"
    author = {"id": abs(chat), "is_bot": False, "first_name": "Ada", "language_code": "en"}
    query = {"id": number, "from": author, "chat_instance": "1", "message": message, "data": data} | fields
    telegram.push({"callback_query": {name: value for name, value in query.items() if value is not None}})
    return number


async def answered_silently(telegram: FakeTelegram, number: str) -> None:
    def calls() -> list[Any]:
        return [call for call in telegram.calls("answerCallbackQuery") if call.params["callback_query_id"] == number]

    await telegram.until(lambda: bool(calls()))
    assert "text" not in calls()[0].params


async def events(desk: FrontDesk, chat: int = 42) -> list[tuple[str, str]]:
    turns = (await desk.conversations.read(f"telegram:{chat}")).turns
    return [(turn.id, turn.text) for turn in turns if turn.role == "event"]


async def test_a_rating_is_noted_and_shown(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    number = press(telegram, Action.GOOD, turn.id)
    await answered_silently(telegram, number)
    await telegram.until(lambda: bool(telegram.calls("editMessageReplyMarkup")))

    assert await events(desk) == [(f"{turn.id}-rated_up", "rated_up")]
    shown = telegram.chats.last(42)["reply_markup"]["inline_keyboard"]
    assert [button["text"] for button in shown[0]] == ["✓ 👍", "👎"]
    assert len(shown) == 2

    press(telegram, Action.BAD, turn.id)
    await telegram.until(lambda: len(telegram.calls("editMessageReplyMarkup")) == 2)
    shown = telegram.chats.last(42)["reply_markup"]["inline_keyboard"]
    assert [button["text"] for button in shown[0]] == ["👍", "✓ 👎"]
    assert [what for _, what in await events(desk)] == ["rated_up", "rated_down"]


async def test_the_same_rating_again_changes_nothing(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    press(telegram, Action.GOOD, turn.id)
    await telegram.until(lambda: bool(telegram.calls("editMessageReplyMarkup")))
    await answered_silently(telegram, press(telegram, Action.GOOD, turn.id))

    assert len(telegram.calls("editMessageReplyMarkup")) == 1
    assert len(await events(desk)) == 1


async def test_sources_are_told_without_a_preview(telegram: FakeTelegram, desk: FrontDesk) -> None:
    desk.answers["Returns?"] = answered("30 days.", RETURNS)
    turn = await answer(telegram, desk, "Returns?")
    before = len(telegram.sent(42))
    press(telegram, Action.SOURCES, turn.id)
    await telegram.until(lambda: len(telegram.sent(42)) > before)

    assert telegram.sent(42)[-1] == f"{text('sources', 'en')}\n[1] Returns – https://shop.example/returns"
    [last] = telegram.calls("sendMessage", 42)[-1:]
    assert json.loads(last.params["link_preview_options"])["is_disabled"] is True


async def test_an_answer_without_sources_says_so(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    press(telegram, Action.SOURCES, turn.id)
    await telegram.until(lambda: telegram.sent(42)[-1] == text("no_sources", "en"))


async def test_a_person_is_asked_for_once_in_an_episode(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    for _ in range(3):
        await answered_silently(telegram, press(telegram, Action.PERSON, turn.id))
    await telegram.until(lambda: telegram.sent(42)[-1] == "A colleague will answer here.")
    assert (await desk.asked("telegram:42")).count(PERSON) == 1

    await desk.resolve("telegram:42", "Mia")
    for _ in range(2):
        await answered_silently(telegram, press(telegram, Action.PERSON, turn.id))
    await telegram.until(lambda: telegram.sent(42).count("A colleague will answer here.") == 2)
    assert (await desk.asked("telegram:42")).count(PERSON) == 2


def choice() -> Answer:
    sources = tuple(Source(name, f"Shipping to {name}?", None, 0.5) for name in ("Norway", "Peru"))
    return Answer(Outcome.CLARIFIED, Mode.CLARIFY, "Which one?", "en", 0.2, sources=sources)


async def test_a_choice_is_asked_in_the_customers_name_once(telegram: FakeTelegram, desk: FrontDesk) -> None:
    desk.answers["Shipping?"] = choice()
    desk.answers["Shipping to Peru?"] = answered("It costs 15 €.", RETURNS)
    turn = await answer(telegram, desk, "Shipping?")
    labels = [row[0]["text"] for row in telegram.chats.last(42)["reply_markup"]["inline_keyboard"]]
    assert labels == ["Shipping to Norway?", "Shipping to Peru?", text("button_person", "en")]

    for _ in range(2):
        await answered_silently(telegram, press(telegram, Choice(turn=turn.id, number=2).pack(), turn.id))
    await telegram.until(lambda: telegram.sent(42)[-1].startswith("It costs 15 €."))
    assert await desk.asked("telegram:42") == ["Shipping?", "Shipping to Peru?"]


@pytest.mark.parametrize("number", [0, 3, -1])
async def test_a_choice_that_was_not_offered_asks_nothing(
    telegram: FakeTelegram, desk: FrontDesk, number: int
) -> None:
    desk.answers["Shipping?"] = choice()
    turn = await answer(telegram, desk, "Shipping?")
    await answered_silently(telegram, press(telegram, Choice(turn=turn.id, number=number).pack(), turn.id))
    assert await desk.asked("telegram:42") == ["Shipping?"]


async def test_a_press_that_came_twice_is_one_wish(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    press(telegram, Action.PERSON, turn.id)
    press(telegram, Action.PERSON, turn.id)
    telegram.write("last")
    await telegram.until(lambda: not telegram.pending)
    await telegram.until(lambda: desk.accepted.qsize() >= 3)

    assert (await desk.asked("telegram:42")).count(PERSON) == 1


@pytest.mark.parametrize(
    "data", ["", "a", "a:good", "a:love:00", "a:good:x:y", "rate:up", "a:good:" + "0" * 32, "\u0000", "a:sources:"]
)
async def test_stale_and_foreign_data_is_answered_silently(
    telegram: FakeTelegram, desk: FrontDesk, data: str
) -> None:
    await answer(telegram, desk)
    before = len(telegram.sent(42))
    await answered_silently(telegram, press(telegram, data or "x", "0" * 32))

    assert await events(desk) == []
    assert len(telegram.sent(42)) == before


async def test_an_answer_of_another_chat_cannot_be_rated(telegram: FakeTelegram, desk: FrontDesk) -> None:
    theirs = await answer(telegram, desk, chat=43)
    await answer(telegram, desk)
    await answered_silently(telegram, press(telegram, Action.BAD, theirs.id))
    await answered_silently(telegram, press(telegram, Action.SOURCES, theirs.id))

    assert await events(desk) == await events(desk, 43) == []


async def test_a_message_that_telegram_shows_no_more_can_be_rated(telegram: FakeTelegram, desk: FrontDesk) -> None:
    turn = await answer(telegram, desk)
    gone = {"chat": {"id": 42, "type": "private"}, "message_id": 1, "date": 0}
    await answered_silently(telegram, press(telegram, Action.GOOD, turn.id, message=gone))
    await answered_silently(telegram, press(telegram, Action.GOOD, turn.id, message=None, inline_message_id="1"))
    await answered_silently(telegram, press(telegram, "last", ""))

    assert [what for _, what in await events(desk)] == ["rated_up"]
    assert not telegram.calls("editMessageReplyMarkup")


async def test_a_telegram_that_does_not_take_the_answer_holds_up_nothing(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    turn = await answer(telegram, desk)
    telegram.fail("answerCallbackQuery", broken(), times=10)
    telegram.fail("editMessageReplyMarkup", broken(), times=10)
    press(telegram, Action.GOOD, turn.id)
    telegram.write("And now?")
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: And now?")

    assert [what for _, what in await events(desk)] == ["rated_up"]


def test_a_buttons_data_fits() -> None:
    assert max(len(Press(action=action, turn="f" * 32).pack()) for action in Action) <= 64
