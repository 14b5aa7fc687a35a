"""Restarts, crashes, a second process, a flood and a group that cannot be used."""

import asyncio
import time
from dataclasses import replace

import pytest
import structlog

from bot.channels.telegram.staff.notes import Notes
from bot.delivery.base import Post
from tests.bot.channels.telegram.conftest import TEMPO
from tests.bot.channels.telegram.staff.conftest import CUSTOMER, STAFF, Group, Serve, asks_for_person, forum
from tests.fakes.faults import Fault, reset_after_accept, too_many
from tests.fakes.frontdesk import PERSON, FrontDesk
from tests.fakes.telegram import SENDS, FakeTelegram, Limits, inside_windows, rates

PACED = SENDS | {"createforumtopic"}


async def test_a_restart_misses_nothing_and_repeats_nothing(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        await desk.say(CUSTOMER, "Mia", "before.", "m1")
        await group.shows(topic, "before.")
    await desk.say(CUSTOMER, "Mia", "between.", "m2")
    async with serve():
        await group.shows(topic, "between.")
        await desk.say(CUSTOMER, "Mia", "after.", "m3")
        await group.shows(topic, "after.")

    shown = "\n".join(group.read(topic))
    assert [shown.count(f"Mia: {said}") for said in ("before.", "between.", "after.")] == [1, 1, 1]
    assert len(telegram.calls("createForumTopic")) == 1


async def test_who_began_to_wait_while_nobody_looked_gets_a_topic(
    telegram: FakeTelegram, group: Group, serve: Serve
) -> None:
    async with serve(staff=None):
        telegram.write("/human")
        await telegram.until(lambda: bool(telegram.sent(42)))
    async with serve():
        await group.shows(await group.topic("Ada · 42"), PERSON)


async def test_of_two_processes_one_shows_and_the_other_takes_over(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        async with serve():
            topic = await asks_for_person(telegram, group)
            for number in range(5):
                await desk.say(CUSTOMER, "Mia", f"word {number}.", f"a{number}")
            await group.shows(topic, "word 4.")
        await desk.say(CUSTOMER, "Mia", "word 5.", "b")
        await telegram.until(lambda: "word 5." in "\n".join(group.read(topic)), within=3 * TEMPO.lease)

    shown = "\n".join(group.read(topic))
    assert [shown.count(f"word {number}.") for number in range(6)] == [1] * 6
    assert len(telegram.calls("createForumTopic")) == 1


async def test_a_topic_that_nobody_heard_of_is_made_again_and_the_first_one_is_understood(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    telegram.fail("createForumTopic", reset_after_accept())
    async with serve():
        telegram.write("/human")
        await telegram.until(lambda: len(telegram.calls("createForumTopic")) == 2)
        first, second = (call.message_id for call in telegram.calls("createForumTopic"))
        first, second = sorted(n for n in telegram.chats.topics[STAFF] if n != 1)
        await group.shows(second, "one of this name may stand empty")
        telegram.staff("Hello!", chat=STAFF, topic=first, reply_to_message=telegram.chats.messages[STAFF, first])
        await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: Hello!")


async def test_a_topic_is_made_once_though_the_process_died_before_it_was_introduced(
    telegram: FakeTelegram, group: Group, serve: Serve
) -> None:
    telegram.fail("sendMessage", Fault(500, "Internal Server Error", times=1000), chat=STAFF)
    async with serve():
        telegram.write("/human")
        await telegram.until(lambda: bool(telegram.calls("sendMessage", STAFF)))
    telegram.heal()
    async with serve():
        await group.shows(await group.topic("Ada · 42"), PERSON)

    assert len(telegram.calls("createForumTopic")) == 1


async def test_a_deleted_topic_is_made_anew(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        del telegram.chats.topics[STAFF][topic]
        telegram.write("Still there?")
        await telegram.until(lambda: bool(group.topics))
        await group.shows(group.topics["Ada · 42"], "Still there?")


async def test_a_flood_becomes_few_messages_and_delays_no_customer(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    window, chats, turns = 3.0, range(50, 60), 6
    telegram.windows.limits = Limits(chat=(1, 0.02), group=(20, window))
    async with serve(replace(TEMPO, chat=0.03, group=window)):
        for chat in chats:
            telegram.write("/human", chat=chat)
        await telegram.until(lambda: len(group.topics) == len(chats), within=15)
        topics = {chat: await group.topic(f"Ada · {chat}") for chat in chats}
        for chat in chats:
            await desk.take_over(f"telegram:{chat}", "Mia")
        for number in range(turns):
            for chat in chats:
                telegram.write(f"line {number}.", chat=chat)
            await asyncio.sleep(0.02)
        asked = time.monotonic()
        telegram.write("Hello")
        await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])
        waited = time.monotonic() - asked
        for topic in topics.values():
            await telegram.until(lambda topic=topic: f"line {turns - 1}." in "\n".join(group.read(topic)), within=15)  # type: ignore[misc]

    assert waited < 1.0
    for topic in topics.values():
        shown = "\n".join(group.read(topic))
        assert [shown.count(f": line {number}.") for number in range(turns)] == [1] * turns
    assert rates(telegram.ledger, group=window * 0.95, methods=PACED).group <= 20
    assert {call.status for call in telegram.calls("sendMessage", STAFF)} == {200}
    made = [call for call in telegram.ledger if call.chat == STAFF and call.method in PACED]
    assert 20 < len(made) < turns * len(chats)


async def test_a_group_that_must_wait_is_left_alone(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        telegram.fail("sendMessage", too_many(1), chat=STAFF)
        for number in range(3):
            await desk.say(CUSTOMER, "Mia", f"word {number}.", f"m{number}")
        await group.shows(topic, "word 2.")

    assert not inside_windows(telegram.ledger)
    assert "\n".join(group.read(topic)).count("word 1.") == 1


async def test_what_may_have_arrived_is_rather_repeated_than_lost(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        telegram.fail("sendMessage", reset_after_accept(), chat=STAFF)
        await desk.say(CUSTOMER, "Mia", "one.", "m1")
        await telegram.until(lambda: "\n".join(group.read(topic)).count("Mia: one.") == 2)
        await desk.say(CUSTOMER, "Mia", "two.", "m2")
        await group.shows(topic, "Mia: two.")


async def test_a_group_without_topics_is_one_line_with_the_cure_and_everything_else_works(
    telegram: FakeTelegram, serve: Serve
) -> None:
    with structlog.testing.capture_logs() as lines:
        async with serve():
            telegram.write("Hello")
            await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])
            await asyncio.sleep(0.2)
            told = [line["cure"] for line in lines if "agents cannot work in Telegram" in line["event"]]
            assert told == ["KEFU_TELEGRAM_STAFF is no forum: turn Topics on in the settings of that group"]
            # As soon as the owner has done so, it is used.
            forum(telegram)
            telegram.write("/human")
            await Group(telegram).topic("Ada · 42")


@pytest.mark.parametrize("refusal", ["Bad Request: chat not found", "Forbidden: bot was kicked"])
async def test_a_group_that_the_bot_is_not_in_is_told(telegram: FakeTelegram, serve: Serve, refusal: str) -> None:
    telegram.fail("getChat", Fault(403 if "Forbidden" in refusal else 400, refusal, times=1000))
    with structlog.testing.capture_logs() as lines:
        async with serve():
            telegram.write("Hello")
            await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])
            await telegram.until(lambda: any("cure" in line for line in lines))

    [told] = [line["cure"] for line in lines if "cure" in line]
    assert told.startswith("KEFU_TELEGRAM_STAFF is no group that the bot is in")


async def test_a_right_that_is_lost_and_given_back_loses_nothing(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        telegram.fail("sendMessage", Fault(400, "Bad Request: not enough rights to send text messages", times=3))
        await desk.say(CUSTOMER, "Mia", "word.", "m1")
        await group.shows(topic, "Mia: word.")


async def test_what_telegram_never_takes_holds_up_nothing(
    telegram: FakeTelegram, desk: FrontDesk, group: Group, serve: Serve
) -> None:
    async with serve():
        topic = await asks_for_person(telegram, group)
        await asyncio.sleep(0.1)
        telegram.fail("sendMessage", Fault(400, "Bad Request: strange text", times=1), chat=STAFF)
        await desk.say(CUSTOMER, "Mia", "strange.", "m1")
        await telegram.until(lambda: telegram.calls("sendMessage", STAFF)[-1].status == 400)
        await desk.say(CUSTOMER, "Mia", "usual.", "m2")
        await group.shows(topic, "usual.")


async def test_the_backlog_outlives_a_process_that_was_never_let_in(
    telegram: FakeTelegram, post: Post, group: Group, serve: Serve
) -> None:
    telegram.fail("createForumTopic", Fault(500, "Internal Server Error", times=1000))
    async with serve():
        telegram.write("/human")
        await telegram.until(lambda: bool(telegram.calls("createForumTopic")))
    _, names = await Notes(post.notebook, STAFF).backlog()
    assert names == [CUSTOMER]
