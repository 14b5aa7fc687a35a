import asyncio

import pytest

from bot.answering.engine import Engine
from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Claim, Conversation, Message, Reply
from bot.desk.desk import Desk
from bot.desk.replying import Replier
from bot.desk.worker import Worker
from tests.bot.desk.conftest import NO_BURST, Scripted, message


def worker_of(conversations: MemoryConversations, engine: Engine, renewal: float = 3.0) -> Worker:
    answer = Replier(conversations, engine, burst=NO_BURST).reply
    return Worker(conversations, answer, "w1", renewal=renewal)


async def claimed(conversations: MemoryConversations) -> Claim:
    claim = await conversations.claim("w1", 1)
    assert claim is not None
    return claim


async def kinds(conversations: MemoryConversations) -> list[str]:
    return [event.kind for event in await conversations.events("web:1", "0", 0)]


async def test_stopping_gives_an_unfinished_answer_back(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.go.clear()
    await desk.receive(message())
    running = asyncio.create_task(Worker(conversations, replier.reply, "w1").run(asyncio.Event()))
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
    await answered(conversations, worker_of(conversations, engine))
    assert conversations.commits == []


@pytest.mark.parametrize("error", [ConversationsUnavailable("away"), ConversationsError("WRONGTYPE")])
async def test_a_store_that_errs_ends_no_worker(error: Exception, engine: Engine) -> None:
    conversations = Failing()
    conversations.claims.append(error)
    await Desk(conversations, engine).receive(message())
    await answered(conversations, worker_of(conversations, engine))
    assert conversations.claims == []


async def test_a_renewal_that_fails_is_followed_by_another(engine: Engine, answerer: Scripted) -> None:
    conversations = Failing()
    conversations.renewals.append(ConversationsUnavailable("away"))
    answerer.go.clear()
    await Desk(conversations, engine).receive(message())
    working = asyncio.create_task(
        answered(
            conversations,
            worker_of(conversations, engine, renewal=0.01),
        )
    )
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
    running = asyncio.create_task(worker_of(conversations, engine).run(stop))
    async with asyncio.timeout(5):
        while (await MemoryConversations.read(conversations, "web:1")).turns[-1].role != "bot":
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_runs_until_it_is_stopped(desk: Desk, replier: Replier, conversations: MemoryConversations) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(conversations, replier.reply, "w1").run(stop))
    await desk.receive(message())
    async with asyncio.timeout(5):
        while "turn" not in (await kinds(conversations))[1:]:
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_who_may_have_killed_a_worker_is_answered_alone(conversations: MemoryConversations) -> None:
    running: set[str] = set()
    together: list[set[str]] = []
    done = asyncio.Event()

    async def answer(claim: Claim) -> bool:
        running.add(claim.conversation)
        together.append(set(running))
        await asyncio.sleep(0.05)
        running.discard(claim.conversation)
        if len(together) == 6:
            done.set()
        return await conversations.commit(claim, Reply())

    suspects = {"web:0", "web:1"}
    for name in sorted(suspects):
        await conversations.accept(Message(name, "m", "Hello", 1.0))
    for _ in range(4):  # twice each
        await conversations.release(await claimed(conversations))
    for number in range(2, 6):
        await conversations.accept(Message(f"web:{number}", "m", "Hello", 1.0))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(conversations, answer, "w1").run(stop))
    await asyncio.wait_for(done.wait(), 5)
    stop.set()
    await working
    assert [names for names in together if names & suspects] == [{name} for name in sorted(suspects)]
    assert max(map(len, together)) == 4


async def test_a_claim_that_waits_for_its_turn_is_renewed(conversations: MemoryConversations) -> None:
    """Else another worker would take it, and wait as well, until nobody may try it any more."""
    slow, held = asyncio.Event(), asyncio.Event()

    async def answer(claim: Claim) -> bool:
        if claim.conversation == "web:slow":
            await slow.wait()
        elif await conversations.publish(claim, "typing", {}):
            held.set()
        return await conversations.commit(claim, Reply())

    conversations = MemoryConversations(lease=0.2)
    await conversations.accept(Message("web:suspect", "m", "Hello", 1.0))
    for _ in range(2):
        await conversations.release(await claimed(conversations))
    held_back = await claimed(conversations)
    await conversations.accept(Message("web:slow", "m", "Hello", 1.0))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(conversations, answer, "w1", renewal=0.05).run(stop))
    await asyncio.sleep(0.1)
    await conversations.release(held_back)
    await asyncio.sleep(0.5)
    assert await conversations.claim("another", 0) is None
    slow.set()
    await asyncio.wait_for(held.wait(), 5)
    stop.set()
    await working


async def test_a_stop_is_heard_while_all_hands_are_full(conversations: MemoryConversations) -> None:
    begun = asyncio.Event()

    async def answer(claim: Claim) -> bool:
        begun.set()
        await asyncio.sleep(60)
        return False

    for number in range(2):
        await conversations.accept(Message(f"web:{number}", "m", "Hello", 1.0))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(conversations, answer, "w1", hands=1, grace=0.1).run(stop))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(working, 5)
    assert (await claimed(conversations)).attempts == 1
