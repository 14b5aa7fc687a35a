from typing import Any

import pytest

from bot.channels.telegram.texts import help_text
from tests.fakes.frontdesk import FrontDesk
from tests.fakes.telegram import BOT_ID, FakeTelegram

pytestmark = pytest.mark.usefixtures("running")

GROUP = -100123
MENTION = "@kefu_test_bot"
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Kefu", "username": "kefu_test_bot"}


def mention(said: str, name: str = MENTION) -> list[dict[str, object]]:
    offset = len(said[: said.index(name)].encode("utf-16-le")) // 2
    return [{"type": "mention", "offset": offset, "length": len(name)}]


async def test_talk_among_people_is_left_alone(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Lunch?", chat=GROUP)
    telegram.write("Hi @somebody", chat=GROUP, entities=mention("Hi @somebody", "@somebody"))
    telegram.write("/help@another_bot", chat=GROUP)
    telegram.write("/roll 6", chat=GROUP)
    telegram.write(chat=GROUP, dice={"emoji": "🎲", "value": 6})
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.sent(42)))

    assert not [call for call in telegram.ledger if call.chat == GROUP]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (f"{MENTION} where is my order?", "where is my order?"),
        (f"😀😀 tell me, {MENTION}, where it is", "😀😀 tell me, , where it is"),
        (f"When do you open? {MENTION}", "When do you open?"),
    ],
)
async def test_a_mention_asks_and_is_taken_out(
    telegram: FakeTelegram, desk: FrontDesk, said: str, asked: str
) -> None:
    telegram.write(said, chat=GROUP, entities=mention(said))
    await telegram.until(lambda: bool(telegram.sent(GROUP)))

    assert await desk.asked(f"telegram:{GROUP}") == [asked]


async def test_a_mere_mention_is_told_what_the_bot_can_do(telegram: FakeTelegram) -> None:
    telegram.write(MENTION, chat=GROUP, entities=mention(MENTION))
    await telegram.until(lambda: telegram.sent(GROUP) == [help_text("en")])


async def test_a_reply_to_the_bot_asks(telegram: FakeTelegram, desk: FrontDesk) -> None:
    ours = {"message_id": 1, "date": 0, "chat": {"id": GROUP, "type": "supergroup"}, "from": BOT, "text": "Yes."}
    telegram.write("And on Sunday?", chat=GROUP, reply_to_message=ours)
    await telegram.until(lambda: telegram.sent(GROUP) == ["You asked: And on Sunday?"])


async def test_commands_are_for_the_bot(telegram: FakeTelegram) -> None:
    telegram.write("/help", chat=GROUP)
    await telegram.until(lambda: telegram.sent(GROUP) == [help_text("en")])


async def test_a_forums_topic_is_a_conversation_of_its_own_and_answered_there(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    said = f"{MENTION} opening hours?"
    opened = {"message_id": 7, "date": 0, "chat": {"id": GROUP, "type": "supergroup"}, "from": BOT}
    opened["forum_topic_created"] = {"name": "Orders", "icon_color": 1}
    topic: dict[str, Any] = {"message_thread_id": 7, "is_topic_message": True, "reply_to_message": opened}
    telegram.write("just talk", chat=GROUP, **topic)
    telegram.write(said, chat=GROUP, entities=mention(said), **topic)
    await telegram.until(lambda: bool(telegram.sent(GROUP)))

    assert await desk.asked(f"telegram:{GROUP}:7") == ["opening hours?"]
    assert {call.params["message_thread_id"] for call in telegram.calls("sendMessage")} == {"7"}
