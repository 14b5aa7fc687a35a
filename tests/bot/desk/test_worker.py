import asyncio

import pytest

from bot.answering.answer import Outcome
from bot.answering.engine import Engine
from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import BOT, Claim, Conversation, Reply, Status
from bot.desk.desk import Desk
from bot.desk.worker import Worker
from tests.bot.desk.conftest import Scripted, message


async def claimed(conversations: MemoryConversations) -> Claim:
    claim = await conversations.claim("w1", 1)
    assert claim is not None
    return claim


async def kinds(conversations: MemoryConversations) -> list[str]:
    return [event.kind for event in await conversations.events("web:1", "0", 0)]


async def test_answers_what_was_accepted(desk: Desk, worker: Worker, conversations: MemoryConversations) -> None:
    await desk.receive(message())
    assert await worker.answer(await claimed(conversations))
    turn = (await conversations.read("web:1")).turns[-1]
    assert (turn.role, turn.text) == ("bot", "First. Second.")
    assert turn.answer is not None
    assert turn.answer["confidence"] == 0.9


async def test_sentences_are_shown_before_the_turn(
    desk: Desk, worker: Worker, conversations: MemoryConversations
) -> None:
    await desk.receive(message())
    await worker.answer(await claimed(conversations))
    events = await conversations.events("web:1", "0", 0)
    shown = [event for event in events if event.kind in {"typing", "sentence"} or event.data.get("role") == "bot"]
    assert [event.kind for event in shown] == ["typing", "sentence", "sentence", "turn"]
    assert shown[1].data["turn"] == shown[3].data["id"]
    assert [event.data["text"] for event in shown[1:3]] == ["First.", "Second."]


async def test_several_messages_are_one_question(
    desk: Desk, worker: Worker, answerer: Scripted, conversations: MemoryConversations
) -> None:
    await desk.receive(message("Hello", 1))
    await desk.receive(message("Where is it?", 2))
    await worker.answer(await claimed(conversations))
    assert answerer.questions[0].text == "Hello\nWhere is it?"
    assert await conversations.claim("w1", 0) is None


async def test_an_agent_who_comes_while_an_answer_is_made_silences_it(
    desk: Desk, worker: Worker, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.go.clear()
    await desk.receive(message())
    answering = asyncio.create_task(worker.answer(await claimed(conversations)))
    await asyncio.to_thread(answerer.started.wait, 5)
    await desk.say("web:1", "Ada", "I am here.", "t1")
    answerer.go.set()
    assert not await answering
    turns = (await conversations.read("web:1")).turns
    assert [turn.role for turn in turns if turn.role != "event"] == ["customer", "agent"]
    events = await conversations.events("web:1", "0", 0)
    assert [event.kind for event in events][-1] == "withdrawn"
    assert "Second." not in [event.data.get("text") for event in events]


async def test_a_handoff_leaves_the_conversation_waiting_with_its_reason(
    desk: Desk, worker: Worker, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.HANDED_OVER
    await desk.receive(message("I want a person"))
    await worker.answer(await claimed(conversations))
    conversation = await conversations.read("web:1")
    assert (conversation.state.status, conversation.state.reason) == (Status.WAITING, "asked_for_person")
    assert [turn.text for turn in conversation.turns[-2:]] == ["First. Second.", "handed_over"]
    assert conversation.state.owner == BOT


async def test_a_broken_engine_brings_a_person_instead_of_silence(
    desk: Desk, worker: Worker, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.fails = RuntimeError("weights are gone")
    await desk.receive(message())
    assert await worker.answer(await claimed(conversations))
    state = (await conversations.read("web:1")).state
    assert (state.status, state.reason) == (Status.WAITING, "engine_down")


async def test_stopping_gives_an_unfinished_answer_back(
    desk: Desk, worker: Worker, engine: Engine, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.go.clear()
    await desk.receive(message())
    running = asyncio.create_task(worker.run(asyncio.Event()))
    await asyncio.to_thread(answerer.started.wait, 5)
    running.cancel()
    answerer.go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await claimed(conversations)).pending[0].text == "Where is my parcel?"


class Failing(MemoryConversations):
    """Each act fails with the errors that a test puts there, the last one first."""

    def __init__(self) -> None:
        super().__init__(lease=3600)
        self.claims: list[Exception] = []
        self.commits: list[Exception] = []
        self.renewals: list[Exception] = []
        self.renewed = asyncio.Event()

    async def claim(self, worker: str, wait: float) -> Claim | None:
        if self.claims:
            raise self.claims.pop()
        return await super().claim(worker, wait)

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        if self.commits:
            raise self.commits.pop()
        return await super().commit(claim, reply)

    async def renew(self, claim: Claim) -> bool:
        if self.renewals:
            raise self.renewals.pop()
        self.renewed.set()
        return await super().renew(claim)


async def answered(conversations: MemoryConversations, worker: Worker) -> None:
    """Let the worker run until the bot has replied."""
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(5):
        while (await conversations.read("web:1")).turns[-1].role != "bot":
            assert not running.done()
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_a_reply_that_cannot_be_written_is_made_again_without_waiting_out_the_lease(engine: Engine) -> None:
    conversations = Failing()
    conversations.commits.append(ConversationsUnavailable("away"))
    await Desk(conversations, engine).receive(message())
    await answered(conversations, Worker(conversations, engine, "w1"))
    assert conversations.commits == []


@pytest.mark.parametrize("error", [ConversationsUnavailable("away"), ConversationsError("WRONGTYPE")])
async def test_a_store_that_errs_ends_no_worker(error: Exception, engine: Engine) -> None:
    conversations = Failing()
    conversations.claims.append(error)
    await Desk(conversations, engine).receive(message())
    await answered(conversations, Worker(conversations, engine, "w1"))
    assert conversations.claims == []


async def test_a_renewal_that_fails_is_followed_by_another(engine: Engine, answerer: Scripted) -> None:
    conversations = Failing()
    conversations.renewals.append(ConversationsUnavailable("away"))
    answerer.go.clear()
    await Desk(conversations, engine).receive(message())
    working = asyncio.create_task(answered(conversations, Worker(conversations, engine, "w1", renewal=0.01)))
    await asyncio.wait_for(conversations.renewed.wait(), 5)
    answerer.go.set()
    await working
    assert conversations.renewals == []


class Forgetful(MemoryConversations):
    """Fails to read, once: as a bug would."""

    fails = True

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        if self.fails:
            self.fails = False
            raise RuntimeError("a bug")
        return await super().read(conversation, last)


async def test_a_bug_in_one_reply_ends_no_worker(engine: Engine) -> None:
    conversations = Forgetful()
    await Desk(conversations, engine).receive(message())
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(conversations, engine, "w1").run(stop))
    async with asyncio.timeout(5):
        while (await MemoryConversations.read(conversations, "web:1")).turns[-1].role != "bot":
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_runs_until_it_is_stopped(desk: Desk, worker: Worker, conversations: MemoryConversations) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await desk.receive(message())
    async with asyncio.timeout(5):
        while "turn" not in (await kinds(conversations))[1:]:
            await asyncio.sleep(0.01)
    stop.set()
    await running
