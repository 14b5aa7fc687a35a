"""Edited messages: the latest is asked anew, of others the agents are told."""

from typing import Any

import pytest

from tests.fakes.frontdesk import FrontDesk
from tests.fakes.telegram import FakeTelegram

MENTION = "@kefu_test_bot"
pytestmark = pytest.mark.usefixtures("running")


def edit(telegram: FakeTelegram, update: dict[str, Any], text: str, at: int = 1_800_000_000, **fields: Any) -> None:
    telegram.push({"edited_message": update["message"] | {"text": text, "edit_date": at} | fields})


async def notes(desk: FrontDesk) -> list[tuple[str, str]]:
    turns = (await desk.conversations.read("telegram:42")).turns
    return [(turn.id, turn.name) for turn in turns if turn.role == "event"]


async def test_the_latest_message_is_asked_anew(telegram: FakeTelegram, desk: FrontDesk) -> None:
    first = telegram.write("When do you opne?")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)
    edit(telegram, first, "When do you open?")
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: When do you open?")
    edit(telegram, first, "When do you close?", at=1_800_000_001)
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: When do you close?")

    turns = (await desk.conversations.read("telegram:42")).turns
    number = first["message"]["message_id"]
    ids = [turn.id for turn in turns if turn.role == "customer"]
    assert ids[0] == str(number)
    assert [edition.rpartition("-")[0] for edition in ids[1:]] == [f"{number}-e1800000000", f"{number}-e1800000001"]


async def test_of_an_older_message_agents_are_told(telegram: FakeTelegram, desk: FrontDesk) -> None:
    first = telegram.write("one")
    telegram.write("two")
    await telegram.until(lambda: "two" in "".join(telegram.sent(42)))
    edit(telegram, first, "x" * 300)
    telegram.write("three")
    await telegram.until(lambda: "three" in "".join(telegram.sent(42)))

    [(note, words)] = await notes(desk)
    assert note.startswith(f"{first['message']['message_id']}-e1800000000-")
    assert (note.endswith("-edited"), words) == (True, "x" * 200)
    assert await desk.asked("telegram:42") == ["one", "two", "three"]


async def test_two_edits_in_one_second_are_both_taken(telegram: FakeTelegram, desk: FrontDesk) -> None:
    first = telegram.write("one")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)
    edit(telegram, first, "two")
    edit(telegram, first, "three")
    edit(telegram, first, "three")
    await telegram.until(lambda: not telegram.pending and "three" in telegram.sent(42)[-1])

    assert await desk.asked("telegram:42") == ["one", "two", "three"]


async def test_in_a_group_an_edit_may_turn_to_the_bot_for_the_first_time(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    mention = {"entities": [{"type": "mention", "offset": 0, "length": len(MENTION)}]}
    first, second = (telegram.write("When do you open?", chat=-9, sender=42) for _ in range(2))
    edit(telegram, first, "When do you close?")
    edit(telegram, first, f"{MENTION} When do you open?", **mention)
    await telegram.until(lambda: telegram.sent(-9) == ["You asked: When do you open?"])
    await desk.resolve("telegram:-9", "Mia")
    edit(telegram, second, f"{MENTION} And on Sunday?", **mention)
    await telegram.until(lambda: telegram.sent(-9)[1:] == ["You asked: And on Sunday?"])
    edit(telegram, second, f"{MENTION} And on Monday?", at=1_800_000_001, **mention)
    await telegram.until(lambda: telegram.sent(-9)[2:] == ["You asked: And on Monday?"])

    assert await desk.asked("telegram:-9") == ["When do you open?", "And on Sunday?", "And on Monday?"]


async def test_after_the_end_an_edit_begins_nothing(telegram: FakeTelegram, desk: FrontDesk) -> None:
    first = telegram.write("one")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)
    await desk.resolve("telegram:42", "Mia")
    edit(telegram, first, "won")
    edit(telegram, telegram.write("/help"), "/end")
    await telegram.until(lambda: len(telegram.sent(42)) == 2)

    assert [name for _, name in await notes(desk)] == ["Mia", "won"]
    assert (await desk.conversations.read("telegram:42")).state.status == "resolved"


async def test_what_changes_no_words_and_what_nobody_knows_is_ignored(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    first = telegram.write("one")
    place = telegram.write(location={"latitude": 1.0, "longitude": 2.0})
    await telegram.until(lambda: bool(telegram.sent(42)))
    edit(telegram, first, "one")
    moved = place["message"] | {"location": {"latitude": 1.1, "longitude": 2.0}, "edit_date": 1_800_000_000}
    telegram.push({"edited_message": moved})
    edit(telegram, first, "stranger", chat={"id": 99, "type": "private"})
    telegram.write("last")
    await telegram.until(lambda: "last" in "".join(telegram.sent(42)))

    assert await notes(desk) == []
    assert await desk.asked("telegram:42") == ["one", "", "last"]
    assert not [call for call in telegram.ledger if call.chat == 99]
