"""Who comes at the same moment, or far too late: several connections, and a process that was asleep."""

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.conversation.base import Conversations
from bot.conversation.messages import Turn
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Attempt, Outbox, Outgoing
from tests.bot.conversation.acts import ADA, ask, claim, said, texts
from tests.bot.conversation.conftest import outbox_of
from tests.bot.conversation.onlooker import assert_agents_are_not_interrupted
from tests.conftest import RealServer

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[3]
RACES = 300
AT_ONCE = 25
LEASE = 0.3
SENTENCES = 2
THOUGHT = 0.003  # seconds between two sentences, at most


@pytest.fixture
async def doors(server: RealServer) -> AsyncIterator[list[RedisConversations]]:
    """The same conversations by four pools of connections."""
    async with contextlib.AsyncExitStack() as stack:
        doors = [await RedisConversations.connect(server.url) for _ in range(4)]
        for door in doors:
            stack.push_async_callback(door.close)
        yield doors


@dataclass
class Round:
    """What was seen from outside in one round of races; times are the loop's."""

    reached: dict[tuple[str, int], asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    silenced: dict[str, float] = field(default_factory=dict)
    committed: Counter[bool] = field(default_factory=Counter)
    attempts: list[tuple[Outgoing, float, Attempt]] = field(default_factory=list)

    async def work(self, door: Conversations, rng: random.Random) -> None:
        """A worker who says some sentences and commits, until nothing is left; every step is told to the agents."""
        while (claimed := await door.claim("worker", 0.05)) is not None:
            name = claimed.conversation
            for number in range(SENTENCES):
                self.reached[name, number].set()
                await asyncio.sleep(rng.uniform(0, THOUGHT))
                await door.publish(claimed, "sentence", {"turn": "b", "text": str(number)})
            self.reached[name, SENTENCES].set()
            self.committed[await door.commit(claimed, said("Hi.", "b"))] += 1
            self.reached[name, SENTENCES + 1].set()

    async def attend(self, door: Conversations, name: str, rng: random.Random) -> None:
        """An agent's first word, at the very moment of one of the worker's steps or a little later."""
        await self.reached[name, rng.randint(0, SENTENCES + 1)].wait()
        await asyncio.sleep(rng.choice((0, 0, rng.uniform(0, THOUGHT))))
        await door.say(name, "Mia", Turn("mia", "agent", "Let me look.", 3.0, "Mia"))
        self.silenced[name] = asyncio.get_running_loop().time()

    async def send(self, outbox: Outbox) -> None:
        """A sender who does not settle, so that all comes again to the next one."""
        for _ in range(3 * AT_ONCE):
            if (outgoing := await outbox.next("sender", 0.02)) is None:
                return
            begun = asyncio.get_running_loop().time()
            self.attempts.append((outgoing, begun, await outbox.attempt(outgoing, 0, "sender")))


async def run_round(doors: list[RedisConversations], names: list[str], rng: random.Random) -> Round:
    seen = Round()
    for name in names:
        await ask(doors[0], "Hello", name)
    await asyncio.gather(
        *(seen.work(door, rng) for door in doors[:2] for _ in range(5)),
        *(seen.attend(doors[2], name, rng) for name in names),
        seen.send(outbox_of(doors[3])),
    )
    return seen


async def test_an_agents_first_word_silences_the_bot_without_a_race(doors: list[RedisConversations]) -> None:
    rng = random.Random(7)
    committed: Counter[bool] = Counter()
    for begin in range(0, RACES, AT_ONCE):
        names = [f"telegram:{number}" for number in range(begin, begin + AT_ONCE)]
        seen = await run_round(doors, names, rng)
        committed += seen.committed
        for name in names:
            known = await doors[0].read(name)
            assert_agents_are_not_interrupted(known)
            shown = await doors[0].events(name, "0", 0)
            agents = next(n for n, event in enumerate(shown) if event.data.get("role") == "agent")
            assert {event.kind for event in shown[agents:]} <= {"turn", "state"}
        for outgoing, begun, attempt in seen.attempts:
            if outgoing.turn.role == "bot" and attempt is not Attempt.WITHDRAWN:
                assert begun < seen.silenced[outgoing.conversation]
        await send_the_rest(outbox_of(doors[0]), names)
    # Both ends of the race were seen.
    assert min(committed[True], committed[False]) > RACES / 10


async def send_the_rest(outbox: Outbox, names: list[str]) -> None:
    """After the agents have spoken nothing of the bot may be sent, and all of theirs."""
    heard = []
    while (outgoing := await outbox.next("last", 0)) is not None:
        attempt = await outbox.attempt(outgoing, 0, "last")
        if outgoing.turn.role == "bot":
            assert attempt is Attempt.WITHDRAWN
        else:
            assert attempt in (Attempt.FIRST, Attempt.AGAIN)
            heard.append(outgoing.conversation)
        await outbox.settle(outgoing)
    assert sorted(heard) == sorted(names)


@pytest.fixture
async def conversations(server: RealServer) -> AsyncIterator[RedisConversations]:
    conversations = await RedisConversations.connect(server.url, lease=LEASE)
    yield conversations
    await conversations.close()


@pytest.fixture
async def sleeper(server: RealServer, conversations: RedisConversations) -> AsyncIterator[subprocess.Popen[str]]:
    """A worker's process that has claimed a conversation and then was stopped for three leases."""
    await ask(conversations, "Hello")
    with begun(server) as sleeper:
        _, status = await asyncio.to_thread(os.waitpid, sleeper.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        await asyncio.sleep(3 * LEASE)
        yield sleeper


@contextlib.contextmanager
def begun(server: RealServer) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-m", "tests.bot.conversation.sleeper", server.url, str(LEASE)]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sleeper:
        try:
            yield sleeper
        finally:
            sleeper.kill()


async def awake(sleeper: subprocess.Popen[str]) -> dict[str, bool]:
    """What the sleeper could do when it went on."""
    sleeper.send_signal(signal.SIGCONT)
    told, _ = await asyncio.to_thread(sleeper.communicate, timeout=20)
    done: dict[str, bool] = json.loads(told)
    return done


NOTHING = {"published": False, "committed": False, "renewed": False, "extended": False}


class TestAWorkerThatWasAsleep:
    async def test_is_refused_while_another_does_its_work(
        self, conversations: RedisConversations, sleeper: subprocess.Popen[str]
    ) -> None:
        claimed = await claim(conversations)
        waking = asyncio.create_task(awake(sleeper))
        while not waking.done():
            assert await conversations.renew(claimed)
            await asyncio.sleep(LEASE / 10)

        assert await waking == NOTHING
        assert await conversations.commit(claimed, said("In time."))
        assert await texts(conversations) == ["Hello", "In time."]

    async def test_is_refused_when_another_has_answered(
        self, conversations: RedisConversations, sleeper: subprocess.Popen[str]
    ) -> None:
        assert await conversations.commit(await claim(conversations), said("In time."))

        assert await awake(sleeper) == NOTHING
        assert await texts(conversations) == ["Hello", "In time."]
        assert [outgoing.turn.text for outgoing in await all_of(outbox_of(conversations))] == ["In time."]

    async def test_is_refused_when_an_agent_came(
        self, conversations: RedisConversations, sleeper: subprocess.Popen[str]
    ) -> None:
        await conversations.say(ADA, "Mia", Turn("mia", "agent", "Let me look.", 3.0, "Mia"))

        assert await awake(sleeper) == NOTHING
        assert await texts(conversations) == ["Hello", "taken_over", "Let me look."]


async def all_of(outbox: Outbox) -> list[Outgoing]:
    found = []
    while (outgoing := await outbox.next("sender", 0)) is not None:
        found.append(outgoing)
    return found
