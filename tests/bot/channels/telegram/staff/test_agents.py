"""What the staff does in the group, and what of it reaches whom."""

from typing import Any

import pytest

from bot.conversation.messages import BOT, Status
from tests.bot.channels.telegram.staff.conftest import CUSTOMER, GENERAL, STAFF, Group, asks_for_person
from tests.fakes.frontdesk import FrontDesk
from tests.fakes.telegram import FakeTelegram

pytestmark = pytest.mark.usefixtures("staffed")


async def settled(telegram: FakeTelegram) -> None:
    await telegram.until(lambda: not telegram.pending)


async def agents_words(desk: FrontDesk) -> list[str]:
    return [turn.text for turn in (await desk.conversations.read(CUSTOMER)).turns if turn.role == "agent"]


async def test_notes_stay_inside(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    for note in ("/note she sounds upset", "// call her", "//call her", "/note@kefu_test_bot again"):
        telegram.staff(note, chat=STAFF, topic=topic)
    telegram.staff("Hello!", chat=STAFF, topic=topic)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: Hello!")

    assert await agents_words(desk) == ["Hello!"]
    await telegram.until(lambda: len(telegram.calls("setMessageReaction")) == 4)


async def test_taking_over_silences_the_bot_without_a_word(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    telegram.staff("/take", chat=STAFF, topic=topic)
    await group.shows(topic, "– Agent has taken over; the bot is silent.")

    assert (await desk.conversations.read(CUSTOMER)).state.owner == "Agent"
    assert await agents_words(desk) == []


async def test_a_slip_of_the_pen_reaches_nobody(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    telegram.staff("/clsoe", chat=STAFF, topic=topic)
    telegram.staff("/roll@another_bot", chat=STAFF, topic=topic)
    await group.shows(topic, "There is no such command")

    assert await agents_words(desk) == []


async def test_what_cannot_be_sent_is_owned_up_to(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    author: dict[str, Any] = {"from": {"id": 900, "is_bot": False, "first_name": "Mia"}}
    telegram.attach("document", chat=STAFF, topic=topic, **author)
    await group.shows(topic, "Files can't be passed on from here")
    telegram.staff("x" * 4097, chat=STAFF, topic=topic)
    await group.shows(topic, "Not sent: ")

    assert await agents_words(desk) == []
    assert (await desk.conversations.read(CUSTOMER)).state.status is Status.WAITING


async def test_of_edits_is_told_once(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    written = telegram.staff("Tomorow.", chat=STAFF, topic=topic)
    for better in ("Tomorrow.", "Tomorrow!"):
        telegram.edit(written, better)
    await group.shows(topic, "An edited message is not sent again")
    telegram.staff("The end", chat=STAFF, topic=topic)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: The end")

    assert await agents_words(desk) == ["Tomorow.", "The end"]
    assert sum("edited message" in text for text in group.read(topic)) == 1


async def test_closing_and_opening_the_topic_ends_the_episode_and_takes_it_back(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    group.service("forum_topic_closed", topic)
    await group.shows(topic, "– Ended by Mia.")
    await telegram.until(lambda: group.closed(topic))
    assert (await desk.conversations.read(CUSTOMER)).state.status is Status.RESOLVED

    group.service("forum_topic_reopened", topic)
    await telegram.until(lambda: not group.closed(topic))
    await telegram.until(lambda: "which the bot leads" in group.read(topic)[-1])
    state = (await desk.conversations.read(CUSTOMER)).state
    assert (state.owner, state.status, state.episode) == (BOT, Status.OPEN, 1)


async def test_opening_the_topic_of_the_bots_next_matter_looks_on(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    telegram.staff("/close", chat=STAFF, topic=topic)
    await telegram.until(lambda: group.closed(topic))
    telegram.write("Do you sell tea?")
    await telegram.until(lambda: telegram.sent(42)[-1] == "You asked: Do you sell tea?")

    group.service("forum_topic_reopened", topic)
    await group.shows(topic, "You asked: Do you sell tea?")
    telegram.write("And coffee?")
    await group.shows(topic, "🤖 Bot: You asked: And coffee?")


async def test_writing_into_a_closed_topic_opens_it(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    telegram.staff("/close", chat=STAFF, topic=topic)
    await telegram.until(lambda: group.closed(topic))
    telegram.staff("One more thing", chat=STAFF, topic=topic)

    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: One more thing")
    await telegram.until(lambda: not group.closed(topic))


async def test_the_staffs_own_talk_is_nobodys_question(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    bot = {"from": {"id": 5, "is_bot": True, "first_name": "Helper"}}
    telegram.staff("Lunch?", chat=STAFF, topic=GENERAL)
    telegram.write("Lunch?", chat=STAFF)
    telegram.write("any news?", chat=STAFF, mention=True)
    for command in ("/help", "/human", "/restart", "/close", "/start"):
        telegram.write(command, chat=STAFF)
    telegram.write("I am a bot", chat=STAFF, topic=topic, **bot)
    group.service("forum_topic_closed", topic, **bot)
    group.service("forum_topic_edited", topic)
    telegram.write("a strange topic", chat=STAFF, topic=77777)
    telegram.write(chat=STAFF, new_chat_members=[{"id": 5, "is_bot": False, "first_name": "Eve"}])
    telegram.staff("Hello!", chat=STAFF, topic=topic)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: Hello!")
    await settled(telegram)

    assert await agents_words(desk) == ["Hello!"]
    assert {state.id for state in await desk.conversations.recent()} == {CUSTOMER}
    places = {call.params.get("message_thread_id") for call in telegram.calls("sendMessage", STAFF)}
    assert places == {str(topic)}


async def test_another_group_has_no_say(telegram: FakeTelegram, desk: FrontDesk, group: Group) -> None:
    topic = await asks_for_person(telegram, group)
    foreign = -100999
    telegram.write("You lost, pay!", chat=foreign, topic=topic)
    telegram.write("/close", chat=foreign, topic=topic)
    telegram.staff("Hello!", chat=STAFF, topic=topic)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: Hello!")

    assert await agents_words(desk) == ["Hello!"]
    assert (await desk.conversations.read(CUSTOMER)).state.status is Status.OPEN


async def test_an_anonymous_administrator_is_an_agent_and_a_channel_is_none(
    telegram: FakeTelegram, desk: FrontDesk, group: Group
) -> None:
    topic = await asks_for_person(telegram, group)
    anonymous = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}
    here = {"sender_chat": {"id": STAFF, "type": "supergroup", "title": "Support"}}
    elsewhere = {"sender_chat": {"id": -1005, "type": "channel", "title": "News"}}
    telegram.write("Sale!", chat=STAFF, topic=topic, **anonymous, **elsewhere)
    telegram.write("Hello!", chat=STAFF, topic=topic, **anonymous, **here)
    await telegram.until(lambda: telegram.sent(42)[-1] == "Support: Hello!")

    assert await agents_words(desk) == ["Hello!"]


async def test_the_group_has_a_menu_of_its_own(telegram: FakeTelegram) -> None:
    def scoped() -> list[Any]:
        return [call for call in telegram.calls("setMyCommands") if "scope" in call.params]

    await telegram.until(lambda: bool(scoped()))
    assert f'"chat_id": {STAFF}' in scoped()[0].params["scope"].replace('":', '": ').replace(":  ", ": ")
