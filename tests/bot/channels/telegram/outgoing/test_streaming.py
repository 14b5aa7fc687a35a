"""An answer that grows: drafts in private chats, a placeholder in groups; by the ledger and by what is shown."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.answering.answer import Answer, Mode, Outcome
from bot.channels.telegram.address import address_of
from bot.channels.telegram.outgoing.streaming import draft_id
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Claim, Message, Reply, Turn
from bot.delivery.base import Post
from tests.bot.channels.telegram.outbound import QUICK, Process, Running, sending
from tests.fakes.faults import Fault, reset_after_accept, slow, too_many
from tests.fakes.telegram import FakeTelegram, inside_windows

FRAME = 0.1
PACED = replace(QUICK, frame=FRAME, chat=FRAME, typing=5.0, typing_longest=5.0)


class Bot:
    """A bot that answers one customer as slowly as a test wants."""

    def __init__(self, conversations: MemoryConversations, chat: int) -> None:
        self._conversations = conversations
        self.name = f"telegram:{chat}"

    async def hear(self, running: Running, question: str = "Why?") -> Claim:
        await self._conversations.accept(Message(self.name, question, question, time.time()))
        running.typing.begin(address_of(self.name))
        claim = await self._conversations.claim("worker", 1.0)
        assert claim is not None
        return claim

    async def release(self, claim: Claim, turn: str, *sentences: str) -> None:
        for sentence in sentences:
            assert await self._conversations.publish(
                claim, "sentence", {"turn": turn, "text": sentence, "sources": []}
            )

    async def commit(self, claim: Claim, turn: str, text: str) -> bool:
        answer = Answer(Outcome.ANSWERED, Mode.GENERATED, text, "en", 0.9).to_json()
        return await self._conversations.commit(claim, Reply((Turn(turn, "bot", text, time.time(), answer=answer),)))


@pytest.fixture
async def running(telegram: FakeTelegram, conversations: MemoryConversations, post: Post) -> AsyncIterator[Running]:
    async with sending(telegram, conversations, post, PACED) as running:
        yield running


def at_least_apart(times: list[float], seconds: float) -> bool:
    return all(later - earlier >= seconds for earlier, later in itertools.pairwise(times))


async def test_a_private_answer_grows_in_a_draft_and_then_comes_whole(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    bot = Bot(conversations, 42)
    claim = await bot.hear(running)
    for number in range(20):
        await bot.release(claim, "t", f"Sentence *{number}*.")
        await asyncio.sleep(0.03)
    await bot.commit(claim, "t", "All of it.")
    await telegram.until(lambda: telegram.sent(42) == ["All of it."])
    await asyncio.sleep(0.3)

    frames = telegram.drafts.frames
    assert {frame.draft_id for frame in frames} == {draft_id("t")}
    assert 3 <= len(frames) <= 8
    assert at_least_apart([frame.at for frame in frames], FRAME)
    assert [frame.text for frame in frames] == list(dict.fromkeys(frame.text for frame in frames))
    assert all(later.text.startswith(earlier.text) for earlier, later in itertools.pairwise(frames))
    assert frames[0].text.startswith("Sentence 0.")
    assert frames[0].can_stop
    assert telegram.drafts.live(42) == []


@pytest.mark.parametrize("chat", [42, -9])
async def test_a_process_that_does_not_send_shows_no_sentence(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, running: Running, chat: int
) -> None:
    await running.wire.sending.until_held()
    async with sending(telegram, conversations, post, PACED) as reading:
        bot = Bot(conversations, chat)
        claim = await bot.hear(reading)
        for number in range(5):
            await bot.release(claim, "t", f"Sentence {number}.")
            await asyncio.sleep(0.05)
        await bot.commit(claim, "t", "All of it.")
        await telegram.until(lambda: telegram.chats.shown(chat) == ["All of it."])
        await asyncio.sleep(0.3)

    assert telegram.chats.shown(chat) == ["All of it."]
    assert telegram.drafts.frames == []
    assert telegram.calls("editMessageText") == []
    assert telegram.calls("sendChatAction", chat)


async def test_a_group_sees_one_message_grow_into_the_answer(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post, running: Running
) -> None:
    bot = Bot(conversations, -9)
    claim = await bot.hear(running)
    for number in range(12):
        await bot.release(claim, "t", f"Sentence {number}.")
        await asyncio.sleep(0.03)
    await bot.commit(claim, "t", "**All** of it.")
    await telegram.until(lambda: telegram.chats.shown(-9) == ["All of it."])

    assert len(telegram.calls("sendMessage", -9)) == 1
    changes = [
        call for call in telegram.ledger if call.chat == -9 and call.method in ("sendmessage", "editmessagetext")
    ]
    assert at_least_apart([call.at for call in changes], FRAME)
    assert len(changes) >= 3
    assert "inline_keyboard" in telegram.chats.last(-9)["reply_markup"]
    await asyncio.sleep(0.05)
    assert await post.notebook.read("placeholder:t") == ""


async def test_a_long_answer_in_a_group_begins_in_the_placeholder(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    bot = Bot(conversations, -9)
    claim = await bot.hear(running)
    await bot.release(claim, "t", "x" * 5000)
    await telegram.until(lambda: bool(telegram.sent(-9)))
    await bot.commit(claim, "t", "x" * 5000)

    await telegram.until(lambda: "".join(telegram.chats.shown(-9)) == "x" * 5000)
    assert len(telegram.calls("sendMessage", -9)) == 2


async def test_the_placeholder_becomes_the_answer_even_after_a_crash(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    bot, dying = Bot(conversations, -9), Process(post)
    async with sending(telegram, conversations, dying.post, PACED) as running:
        claim = await bot.hear(running)
        await bot.release(claim, "t", "First.")
        await telegram.until(lambda: bool(telegram.sent(-9)))
        await asyncio.sleep(0.05)
        dying.cut()
        await running.stop()
    await bot.commit(claim, "t", "First. Second.")

    async with sending(telegram, conversations, post, PACED):
        await telegram.until(lambda: telegram.chats.shown(-9) == ["First. Second."])

    assert len(telegram.calls("sendMessage", -9)) == 1


async def test_a_withdrawn_answer_takes_its_placeholder_along(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    bot = Bot(conversations, -9)
    claim = await bot.hear(running)
    await bot.release(claim, "t", "I think so.")
    await telegram.until(lambda: bool(telegram.sent(-9)))
    await conversations.announce(bot.name, "withdrawn", {"turn": "t"})
    await telegram.until(lambda: telegram.chats.shown(-9) == [])

    await bot.release(claim, "u", "I know.")
    await bot.commit(claim, "u", "I know.")
    await telegram.until(lambda: telegram.chats.shown(-9) == ["I know."])


async def test_an_agent_who_comes_takes_the_placeholder_away(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    bot = Bot(conversations, -9)
    claim = await bot.hear(running)
    await bot.release(claim, "t", "I think so.")
    await telegram.until(lambda: bool(telegram.sent(-9)))
    await conversations.take_over(bot.name, "Mia")

    await telegram.until(lambda: telegram.chats.shown(-9) == [])


async def test_what_a_crash_left_of_an_answer_that_never_came_is_removed_by_the_next(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    bot = Bot(conversations, -9)
    async with sending(telegram, conversations, post, PACED) as running:
        claim = await bot.hear(running)
        await bot.release(claim, "t", "I think so.")
        await telegram.until(lambda: bool(telegram.sent(-9)))
        await asyncio.sleep(0.05)
    await bot.commit(claim, "u", "I know.")

    async with sending(telegram, conversations, post, PACED):
        await telegram.until(lambda: telegram.chats.shown(-9) == ["I know."])


async def test_a_chat_that_must_wait_sees_no_frame_and_gets_its_answer_after(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    telegram.fail("sendMessageDraft", too_many(1))
    bot = Bot(conversations, 42)
    claim = await bot.hear(running)
    await bot.release(claim, "t", "First.")
    await telegram.until(lambda: bool(telegram.calls("sendMessageDraft")))
    await bot.release(claim, "t", "Second.")
    await bot.commit(claim, "t", "First. Second.")
    await telegram.until(lambda: telegram.sent(42) == ["First. Second."])

    assert inside_windows(telegram.ledger) == []


async def test_a_slow_frame_holds_up_the_answer_for_a_moment_at_most(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendMessageDraft", slow(9))
    bot = Bot(conversations, 42)
    async with sending(telegram, conversations, post, replace(PACED, light=0.2)) as running:
        claim = await bot.hear(running)
        await bot.release(claim, "t", "First.")
        await asyncio.sleep(0.1)
        await bot.commit(claim, "t", "First.")
        await telegram.until(lambda: telegram.sent(42) == ["First."], within=1.0)


async def test_drafts_that_a_server_does_not_know_change_nothing(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    telegram.fail("sendMessageDraft", Fault(404, "Not Found: method not found"), times=99)
    bot = Bot(conversations, 42)
    claim = await bot.hear(running)
    await bot.release(claim, "t", "First.")
    await bot.commit(claim, "t", "First.")

    await telegram.until(lambda: telegram.sent(42) == ["First."])


async def test_a_placeholder_of_which_nothing_was_heard_is_not_sent_twice(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    telegram.fail("sendMessage", reset_after_accept())
    bot = Bot(conversations, -9)
    claim = await bot.hear(running)
    for number in range(10):
        await bot.release(claim, "t", f"Sentence {number}.")
        await asyncio.sleep(0.03)
    await bot.commit(claim, "t", "All of it.")
    await telegram.until(lambda: telegram.sent(-9)[-1:] == ["All of it."])

    assert len(telegram.sent(-9)) == 2


async def test_drafts_that_are_refused_are_not_tried_again_for_this_answer(
    telegram: FakeTelegram, conversations: MemoryConversations, running: Running
) -> None:
    telegram.fail("sendMessageDraft", Fault(400, "Bad Request: TEXTDRAFT_PEER_INVALID"), times=99)
    bot = Bot(conversations, 42)
    claim = await bot.hear(running)
    for number in range(10):
        await bot.release(claim, "t", f"Sentence {number}.")
        await asyncio.sleep(0.03)
    await bot.commit(claim, "t", "All of it.")
    await telegram.until(lambda: telegram.sent(42) == ["All of it."])

    assert len(telegram.calls("sendMessageDraft")) == 1


async def test_typing_goes_on_after_a_wait_and_ends_with_the_answer(
    telegram: FakeTelegram, conversations: MemoryConversations, post: Post
) -> None:
    telegram.fail("sendChatAction", too_many(1))
    bot = Bot(conversations, 42)
    async with sending(telegram, conversations, post, replace(PACED, typing=0.1)) as running:
        claim = await bot.hear(running)
        await telegram.until(lambda: [call.status for call in telegram.calls("sendChatAction")].count(200) >= 2)
        await bot.commit(claim, "t", "Here.")
        await telegram.until(lambda: bool(telegram.sent(42)))
        await asyncio.sleep(0.1)
        shown = len(telegram.calls("sendChatAction"))
        await asyncio.sleep(0.3)

    assert len(telegram.calls("sendChatAction")) == shown
    assert inside_windows(telegram.ledger) == []


@pytest.mark.parametrize("turn", ["", "t", "0123456789abcdef0123456789abcdef"])
def test_a_drafts_number_is_never_zero(turn: str) -> None:
    assert 0 < draft_id(turn) < 2**31
    assert draft_id(turn) == draft_id(turn)
