"""What commands do, as the conversation and the chat show it afterwards."""

import time
from typing import Any

import pytest

from bot.channels.telegram.texts import text
from bot.conversation.messages import Message
from tests.fakes.frontdesk import FrontDesk
from tests.fakes.telegram import FakeTelegram

pytestmark = pytest.mark.usefixtures("running")


async def said(telegram: FakeTelegram, count: int) -> str:
    """The last of so many messages to the customer."""
    await telegram.until(lambda: len(telegram.sent(42)) >= count)
    return telegram.sent(42)[count - 1]


async def state(desk: FrontDesk) -> Any:
    return (await desk.conversations.read("telegram:42")).state


async def test_bot_is_there_for_who_has_not_written_yet(telegram: FakeTelegram) -> None:
    telegram.write("/bot")

    assert await said(telegram, 1) == text("bot_is_back", "en")


async def test_bot_takes_back_who_waits_for_a_person(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("/human")
    await said(telegram, 1)
    telegram.write("/bot")

    assert await said(telegram, 2) == text("bot_is_back", "en")
    assert (await state(desk)).status == "open"
    telegram.write("Hello?")
    assert await said(telegram, 3) == "You asked: Hello?"


async def test_bot_leaves_a_colleague_who_has_spoken_the_conversation(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    await desk.say("telegram:42", "Mia", "I'm on it.", "turn-1")
    await said(telegram, 2)
    telegram.write("/bot", language="de")

    assert await said(telegram, 3) == text("colleague_has_it", "de")
    assert (await state(desk)).owner == "Mia"


async def test_a_colleagues_word_counts_however_much_was_said_since(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    await desk.say("telegram:42", "Mia", "I'm on it.", "turn-1")
    await said(telegram, 2)
    for number in range(110):
        await desk.receive(Message("telegram:42", f"more-{number}", "more", time.time()))
    telegram.write("/bot")

    assert await said(telegram, 3) == text("colleague_has_it", "en")
    assert (await state(desk)).owner == "Mia"


async def test_a_word_said_while_the_command_is_read_counts(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    await desk.take_over("telegram:42", "Mia")
    read = desk.conversations.read

    async def read_and_speak(*args: Any) -> Any:
        known = await read(*args)
        desk.conversations.read = read
        await desk.say("telegram:42", "Mia", "I'm on it.", "turn-1")
        return known

    desk.conversations.read = read_and_speak
    telegram.write("/bot")

    await said(telegram, 3)
    assert set(telegram.sent(42)[1:]) == {text("colleague_has_it", "en"), "Mia: I'm on it."}
    assert (await state(desk)).owner == "Mia"


async def test_who_spoke_in_an_earlier_episode_counts_no_more(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    await desk.say("telegram:42", "Mia", "Done.", "turn-1")
    await desk.resolve("telegram:42", "Mia")
    await said(telegram, 2)
    telegram.write("/human")
    await said(telegram, 3)
    telegram.write("/bot")

    assert await said(telegram, 4) == text("bot_is_back", "en")
    assert (await state(desk)).status == "open"


async def test_a_reopened_episode_is_the_bots_until_a_colleague_speaks_again(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    await desk.say("telegram:42", "Mia", "Done.", "turn-1")
    await desk.resolve("telegram:42", "Mia")
    await desk.reopen("telegram:42", "Mia")
    await said(telegram, 2)
    telegram.write("/bot")
    assert await said(telegram, 3) == text("bot_is_back", "en")

    await desk.say("telegram:42", "Mia", "One more thing.", "turn-2")
    await said(telegram, 4)
    telegram.write("/bot")
    assert await said(telegram, 5) == text("colleague_has_it", "en")


@pytest.mark.parametrize(("command", "words"), [("/restart", "restarted"), ("/end", "goodbye")])
async def test_the_customer_can_end_the_matter(
    telegram: FakeTelegram, desk: FrontDesk, command: str, words: str
) -> None:
    telegram.write("Hello")
    await said(telegram, 1)
    telegram.write(command, language="fr")

    assert await said(telegram, 2) == text(words, "fr")
    known = await desk.conversations.read("telegram:42")
    assert known.state.status == "resolved"
    assert (known.turns[-1].text, known.turns[-1].name) == ("resolved", "customer")
    telegram.write("Another thing")
    await said(telegram, 3)
    assert (await state(desk)).episode == 2


async def test_who_has_not_written_yet_can_end_too(telegram: FakeTelegram) -> None:
    telegram.write("/end")

    assert await said(telegram, 1) == text("goodbye", "en")
