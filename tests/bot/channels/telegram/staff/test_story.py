"""The whole life of conversations in the staff's forum, as customers and agents see it."""

import asyncio

import pytest

from bot.channels.telegram.staff.topics import turns_of_agents
from bot.conversation.messages import Status
from tests.bot.channels.telegram.staff.conftest import (
    CUSTOMER,
    STAFF,
    VISITOR,
    Group,
    asks_for_person,
    visits,
)
from tests.fakes.frontdesk import PERSON, FrontDesk
from tests.fakes.telegram import FakeTelegram

pytestmark = pytest.mark.usefixtures("staffed")


async def test_a_customer_of_telegram_is_answered_from_a_topic_until_the_end_and_again(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    telegram.write("Where is my parcel?")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)
    topic = await asks_for_person(telegram, group)
    [first] = group.read(topic)
    assert first.startswith("🔔 Ada waits for a person.\nLanguage: en · Channel: telegram\n")
    said = ["👤 Ada: Where is my parcel?", "🤖 Bot: You asked: Where is my parcel?", f"👤 Ada: {PERSON}"]
    places = [first.index(line) for line in said]
    assert places == sorted(places)
    assert "Write here to answer" in first

    # The agent answers, and the bot is silent.
    written = telegram.staff("It comes tomorrow.", chat=STAFF, topic=topic)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: It comes tomorrow.")
    state = (await desk.conversations.read(CUSTOMER)).state
    assert (state.owner, state.status) == ("Agent", Status.OPEN)
    turns = (await desk.conversations.read(CUSTOMER)).turns
    assert turns[-1].id == f"{turns_of_agents(STAFF)}{written['message']['message_id']}"
    telegram.write("At what time?")
    await group.shows(topic, "👤 Ada: At what time?")
    assert "You asked: At what time?" not in telegram.sent(42)
    assert not any("It comes tomorrow." in text for text in group.read(topic))

    # The bot answers again.
    telegram.staff("/bot", chat=STAFF, topic=topic)
    await group.shows(topic, "– The bot answers again.")
    telegram.write("Thanks")
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: Thanks")
    await group.shows(topic, "🤖 Bot: You asked: Thanks")

    # The end, and a new matter that is the bot's.
    telegram.staff("/close", chat=STAFF, topic=topic)
    await telegram.until(lambda: group.closed(topic))
    await group.shows(topic, "– Ended by Agent.")
    telegram.write("Do you sell tea?")
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: Do you sell tea?")
    assert (await desk.conversations.read(CUSTOMER)).state.episode == 2
    assert not any("tea" in text for text in group.read(topic))
    assert group.closed(topic)

    # A person is needed again: the same topic, with this episode alone.
    telegram.write("/human")
    await group.shows(topic, "You asked: Do you sell tea?")
    assert not group.closed(topic)
    assert "parcel" not in group.read(topic)[-1]
    assert len(telegram.calls("createForumTopic")) == 1


async def test_a_visitor_of_the_website_is_answered_from_a_topic(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    await desk.receive(visits("Do you ship to Japan?"))
    while len((await desk.conversations.read(VISITOR)).turns) < 2:
        await asyncio.sleep(0.01)
    await desk.receive(visits(PERSON, 2))
    topic = await group.topic("Grace · c4d5e6f7")
    await group.shows(topic, "👤 Grace: Do you ship to Japan?")

    telegram.staff("Yes, within a week.", chat=STAFF, topic=topic)
    while (await desk.conversations.read(VISITOR)).state.owner != "Agent":
        await asyncio.sleep(0.01)
    await desk.receive(visits("Great!", 3))
    await group.shows(topic, "👤 Grace: Great!")
    turns = (await desk.conversations.read(VISITOR)).turns
    assert [(turn.name, turn.text) for turn in turns if turn.role == "agent"] == [("Agent", "Yes, within a week.")]
    assert turns[-1].text == "Great!"


async def test_who_is_answered_elsewhere_has_a_topic_too_and_others_words_stand_there(
    desk: FrontDesk, group: Group
) -> None:
    await desk.receive(visits("Hello"))
    await desk.take_over(VISITOR, "Mia")
    topic = await group.topic("Grace · c4d5e6f7")
    await group.shows(topic, "Mia has taken over the conversation with Grace.")
    await desk.say(VISITOR, "Mia", "Good morning.", "m1")
    await group.shows(topic, "🎧 Mia: Good morning.")
    await desk.resolve(VISITOR, "Mia")
    await group.shows(topic, "– Ended by Mia.")


async def test_what_the_bot_answers_alone_stands_in_no_topic(telegram: FakeTelegram, group: Group) -> None:
    telegram.write("Hello")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)
    telegram.write("/human", chat=43)
    await group.topic("Ada · 43")

    assert set(group.topics) == {"Ada · 43"}


async def test_everything_is_shown_once_and_in_order(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    await desk.take_over(CUSTOMER, "Mia")
    for number in range(25):
        telegram.write(f"line {number}.")
        await desk.say(CUSTOMER, "Mia", f"reply {number}.", f"m{number}")
    await group.shows(topic, "line 24.")
    await group.shows(topic, "reply 24.")

    shown = "\n".join(group.read(topic))
    for who in ("line", "reply"):
        places = [shown.index(f"{who} {number}.") for number in range(25)]
        assert places == sorted(places)
        assert all(shown.count(f": {who} {number}.") == 1 for number in range(25))


async def test_pictures_are_copied_and_what_others_attach_is_named(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    await desk.take_over(CUSTOMER, "Mia")
    sent = telegram.attach("photo", caption="the label")
    telegram.write("Do you see it?")
    await group.shows(topic, "Do you see it?")

    [copy] = telegram.calls("copyMessage", STAFF)
    assert copy.status == 200
    assert (copy.params["from_chat_id"], copy.params["message_thread_id"]) == ("42", str(topic))
    assert copy.params["message_id"] == str(sent["message"]["message_id"])
    order = [call for call in telegram.ledger if call.chat == STAFF and call.method in {"sendmessage", "copymessage"}]
    assert [index for index, call in enumerate(order) if "📎 photo the label" in call.text] < [order.index(copy)]
    assert "Do you see it?" in order[order.index(copy) + 1].text


async def test_a_customer_who_has_blocked_the_bot_is_told_of(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    await telegram.until(lambda: bool(telegram.sent(42)))
    telegram.chats.blocked.add(42)
    telegram.staff("Are you there?", chat=STAFF, topic=topic)

    await group.shows(topic, "⚠ Not delivered: ")
    await group.shows(topic, "⛔ The customer has blocked the bot")
    await telegram.until(lambda: group.closed(topic))
