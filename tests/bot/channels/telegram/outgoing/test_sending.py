"""How turns reach Telegram, by the ledger of calls alone."""

import asyncio
import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
import structlog

from bot.channels.telegram.outgoing.splitting import LONGEST_PART
from bot.conversation.base import ConversationsUnavailable
from bot.conversation.messages import Message
from bot.delivery.base import Outgoing, Post
from tests.bot.channels.telegram.conftest import TEMPO, Open
from tests.fakes.faults import Fault, blocked, broken, cut_short, migrated, reset_after_accept, slow, too_many
from tests.fakes.frontdesk import FrontDesk, Outage, answered
from tests.fakes.telegram import FakeTelegram

SOON = 5.0  # seconds that something may take which must happen


class Outbox(Outage):
    """Away while `down`. When `impatient`, it gives every turn twice at once, as if the store's lease were over."""

    def __init__(self, outbox: Any) -> None:
        super().__init__(outbox)
        self.impatient = False
        self.given_again = 0
        self.open = 0
        self._outbox = outbox
        self._given: Outgoing | None = None

    async def next(self, sender: str, wait: float) -> Outgoing | None:
        if "next" in self.down:
            raise ConversationsUnavailable("the server is away")
        if self.impatient and (again := self._given):
            self._given = None
            self.given_again += 1
            return replace(again, attempts=2)
        self._given = await self._outbox.next(sender, wait)
        self.open += self._given is not None
        return self._given

    async def settle(self, *given: Any, **options: Any) -> None:
        await self._outbox.settle(*given, **options)
        self.open -= 1


@pytest.fixture
def post(post: Post) -> Post:
    outbox: Any = Outbox(post.outbox)
    return replace(post, outbox=outbox)


@pytest.fixture
def outbox(post: Post) -> Outbox:
    assert isinstance(post.outbox, Outbox)
    return post.outbox


async def ask(desk: FrontDesk, said: str, chat: int = 42) -> None:
    await desk.receive(Message(f"telegram:{chat}", said, said, 0.0))


async def nothing_left(outbox: Outbox) -> None:
    """Every turn is settled, soon: the store has nothing more to send, not even to another sender."""
    async with asyncio.timeout(SOON):
        while outbox.open:
            await asyncio.sleep(0.01)
    assert await outbox.next("another", 0.1) is None


@pytest.mark.usefixtures("running")
async def test_an_agents_words_reach_the_customer(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.write("Hello")
    await telegram.until(lambda: len(telegram.sent(42)) == 1)

    await desk.say("telegram:42", "Mia", "I'll look into it.", "turn-1")
    await desk.say("telegram:42", "Mia", "I'll look into it.", "turn-1")
    await desk.say("telegram:42", "Mia", "Found it.", "turn-2")

    await telegram.until(lambda: len(telegram.sent(42)) == 3)
    assert telegram.sent(42)[1:] == ["Mia: I'll look into it.", "Mia: Found it."]


@pytest.mark.usefixtures("running")
async def test_a_long_answer_arrives_whole_and_in_order(telegram: FakeTelegram, desk: FrontDesk) -> None:
    texts = {chat: (unit * 9000)[:9000].strip() for chat, unit in enumerate(["Ein Satz. ", "一句话。", "😀", "x"], 1)}
    desk.answers = {f"long {chat}": answered(text) for chat, text in texts.items()}
    for chat in texts:
        await ask(desk, f"long {chat}", chat)

    for chat, text in texts.items():
        await telegram.until(lambda chat=chat, text=text: "".join(telegram.sent(chat)) == text)  # type: ignore[misc]
    calls = telegram.calls("sendMessage")
    assert [call.status for call in calls] == [200] * len(calls)
    assert all(len(call.text.encode("utf-16-le")) // 2 <= LONGEST_PART for call in calls)


@pytest.mark.usefixtures("running")
async def test_an_answer_is_formatted_by_entities_and_fetches_no_preview(
    desk: FrontDesk, telegram: FakeTelegram
) -> None:
    desk.answers["?"] = answered("😀 <b>**bold**</b> https://evil.example/?q=1")

    await ask(desk, "?")

    await telegram.until(lambda: telegram.sent(42) == ["😀 <b>bold</b> https://evil.example/?q=1"])
    [call] = telegram.calls("sendMessage")
    assert "parse_mode" not in call.params
    assert json.loads(call.params["entities"]) == [{"type": "bold", "offset": 6, "length": 4}]
    assert json.loads(call.params["link_preview_options"])["is_disabled"] is True


@pytest.mark.usefixtures("running")
async def test_a_chat_is_paced_and_keeps_its_order(telegram: FakeTelegram, desk: FrontDesk) -> None:
    await ask(desk, "first")
    await telegram.until(lambda: bool(telegram.sent(42)))
    for number in range(5):
        await desk.say("telegram:42", "", f"{number}", f"turn-{number}")
    await telegram.until(lambda: len(telegram.sent(42)) == 6)

    assert telegram.sent(42)[1:] == list("01234")
    times = [call.at for call in telegram.calls("sendMessage", 42)]
    assert all(later - earlier >= TEMPO.chat * 0.5 for earlier, later in itertools.pairwise(times))


@pytest.mark.usefixtures("running")
async def test_a_chat_that_must_wait_is_left_alone_and_holds_up_no_other(
    telegram: FakeTelegram, desk: FrontDesk
) -> None:
    telegram.fail("sendMessage", too_many(1), chat=42)
    for chat in (42, 43, 44):
        telegram.write("Hello", chat=chat)

    await telegram.until(lambda: len(telegram.sent()) == 3)

    refused, accepted = telegram.calls("sendMessage", 42)
    assert (refused.status, accepted.status) == (429, 200)
    within = [call for call in telegram.ledger if call.chat == 42 and refused.at < call.at < refused.at + 1]
    assert within == []
    others = [call.at for chat in (43, 44) for call in telegram.calls("sendMessage", chat)]
    assert max(others) < accepted.at


@pytest.mark.usefixtures("running")
async def test_not_even_typing_is_shown_in_a_chat_that_must_wait(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.fail("sendMessage", too_many(1))
    telegram.write("Hello")
    await telegram.until(lambda: bool(telegram.calls("sendMessage")))
    desk.working.clear()
    telegram.write("And another thing")
    await telegram.until(lambda: len(telegram.sent()) == 1)
    desk.working.set()
    await telegram.until(lambda: len(telegram.sent()) == 2)

    [refused, *_] = telegram.calls("sendMessage")
    assert [call for call in telegram.ledger if call.chat == 42 and refused.at < call.at < refused.at + 1] == []


async def test_a_turn_that_comes_again_while_it_waits_is_sent_once(
    telegram: FakeTelegram, desk: FrontDesk, outbox: Outbox, channel: Open
) -> None:
    outbox.impatient = True
    telegram.fail("sendMessage", broken())
    with structlog.testing.capture_logs() as lines:
        async with channel():
            await ask(desk, "Hello")
            await telegram.until(lambda: bool(telegram.sent(42)))
            await ask(desk, "Next")
            await telegram.until(lambda: "You asked: Next" in telegram.sent(42))

    assert telegram.sent(42) == ["You asked: Hello", "You asked: Next"]
    assert not [line for line in lines if line["log_level"] == "error"]
    assert outbox.given_again >= 2


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    "fault", [blocked(), Fault(400, "Bad Request: chat not found", times=9)], ids=["blocked", "not found"]
)
async def test_a_turn_that_is_refused_for_good_is_settled(
    telegram: FakeTelegram, desk: FrontDesk, outbox: Outbox, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault, chat=42)
    await ask(desk, "to no one")
    await telegram.until(lambda: len(telegram.calls("sendMessage", 42)) == 1)
    await ask(desk, "someone else", chat=43)
    await telegram.until(lambda: bool(telegram.sent(43)))

    assert len(telegram.calls("sendMessage", 42)) == 1
    await nothing_left(outbox)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("fault", [broken(), slow(0.2)], ids=["500", "slow"])
async def test_a_passing_fault_sends_once(
    telegram: FakeTelegram, desk: FrontDesk, outbox: Outbox, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault)
    await ask(desk, "Hello")
    await telegram.until(lambda: bool(telegram.sent(42)))
    await ask(desk, "Next")
    await telegram.until(lambda: "You asked: Next" in telegram.sent(42))

    assert telegram.sent(42) == ["You asked: Hello", "You asked: Next"]
    await nothing_left(outbox)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("fault", [reset_after_accept(), cut_short()], ids=["reset", "cut short"])
async def test_an_unknown_outcome_is_repeated_once_rather_than_lost(
    telegram: FakeTelegram, desk: FrontDesk, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault)
    await ask(desk, "Hello")
    await telegram.until(lambda: len(telegram.sent(42)) == 2)
    await ask(desk, "Next")
    await telegram.until(lambda: len(telegram.sent(42)) == 3)

    assert telegram.sent(42) == ["You asked: Hello", "You asked: Hello", "You asked: Next"]


@pytest.mark.usefixtures("running")
async def test_a_group_that_became_a_supergroup_is_found_again(telegram: FakeTelegram, desk: FrontDesk) -> None:
    telegram.fail("sendMessage", migrated(-1009), chat=-9)
    await ask(desk, "Hello", chat=-9)
    await telegram.until(lambda: bool(telegram.sent(-1009)))
    await ask(desk, "Again", chat=-9)
    await telegram.until(lambda: len(telegram.sent(-1009)) == 2)

    assert len(telegram.calls("sendMessage", -9)) == 1


@pytest.mark.usefixtures("running")
async def test_a_sent_turn_that_cannot_be_settled_yet_is_not_sent_again(
    telegram: FakeTelegram, desk: FrontDesk, outbox: Outbox
) -> None:
    outbox.down.add("settle")
    await ask(desk, "Hello")
    await telegram.until(lambda: bool(telegram.sent(42)))
    await asyncio.sleep(0.2)
    outbox.down.clear()
    await ask(desk, "Next")
    await telegram.until(lambda: len(telegram.sent(42)) == 2)

    assert telegram.sent(42) == ["You asked: Hello", "You asked: Next"]


async def test_what_a_stop_leaves_unsent_is_sent_after_the_next_start(
    telegram: FakeTelegram, desk: FrontDesk, channel: Open
) -> None:
    telegram.fail("sendMessage", too_many(60))
    async with channel():
        await ask(desk, "Hello")
        await telegram.until(lambda: bool(telegram.calls("sendMessage")))
    assert telegram.sent(42) == []

    telegram.heal()
    async with channel():
        await telegram.until(lambda: bool(telegram.sent(42)))
        await ask(desk, "Next")
        await telegram.until(lambda: len(telegram.sent(42)) == 2)

    assert telegram.sent(42) == ["You asked: Hello", "You asked: Next"]


@pytest.mark.usefixtures("running")
async def test_an_outbox_that_is_away_is_waited_for(telegram: FakeTelegram, desk: FrontDesk, outbox: Outbox) -> None:
    outbox.down.add("next")
    await ask(desk, "Hello")
    await asyncio.sleep(0.2)
    assert telegram.sent() == []

    outbox.down.clear()
    await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])
