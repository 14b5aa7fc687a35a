"""T11, T12 and the races: who may speak, when agents, slow workers and bursts come at any moment."""

import asyncio
import random
import re
import signal
import time
from dataclasses import dataclass

from bot.answering.engine import Engine
from bot.conversation.base import Conversations
from bot.conversation.messages import Message, Turn
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Attempt
from bot.delivery.redis import redis_post
from bot.desk.news import Burst
from bot.desk.replying import Replier
from bot.desk.worker import Worker
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.judge import answered
from scripts.soaking.stub import Stub

_AT_ONCE = 25
_ENGINE = 0.03  # seconds of one answer, in three sentences
_LONGEST = 0.8  # seconds until the agent comes; by then most answers are given
_BEGINNING = re.compile(r"([\d.]+) (begin|end) chat(\d+)")


async def agents(ground: Ground) -> Figures:
    """1,000 races of an agent's first message against a generation, at any moment of it."""
    count = ground.size(1000, 60)
    chance = ground.chance
    with ground.server() as server:
        stores = [await RedisConversations.connect(server.url) for _ in range(2)]
        engine = Engine(Stub(_ENGINE, sentences=3), _AT_ONCE)
        stop = asyncio.Event()
        replier = Replier(stores[0], engine, burst=Burst(0.0, 0.0))
        working = asyncio.create_task(Worker(stores[0], replier.reply, "race").run(stop))
        places = asyncio.Semaphore(_AT_ONCE)

        async def race(name: str, pause: float) -> None:
            async with places:
                await stores[1].accept(Message(name, "1", "1", time.time()))
                await asyncio.sleep(pause)
                await stores[1].say(name, "Kim", Turn("a", "agent", "Let me help.", time.time(), "Kim"))

        names = [f"telegram:{number}" for number in range(1, count + 1)]
        await asyncio.gather(*(race(name, chance.uniform(0.0, _LONGEST)) for name in names))
        await asyncio.sleep(1.0)  # for whoever would speak too late
        stop.set()
        await working
        engine.close()
        found = [await _spoken(stores[1], name) for name in names]
        sendable = await _sendable_after(stores[1])
        for store in stores:
            await store.close()
    late = sum(each.bot_after_agent for each in found) + sendable
    return {
        "ok": late == 0 and all(each.agent for each in found) and len({each.bot_first for each in found}) == 2,
        "races": count,
        "bot_after_agent": late,
        "bot_won": sum(each.bot_first for each in found),
        "agent_won": sum(not each.bot_first for each in found),
    }


@dataclass(frozen=True, slots=True)
class _Spoken:
    agent: bool
    bot_first: bool
    bot_after_agent: int


async def _spoken(conversations: Conversations, name: str) -> _Spoken:
    """What onlookers saw: turns of the bot and its sentences behind the agent's turn are what must not be."""
    spoke = bot_first = False
    late = 0
    for event in await conversations.events(name, "0", 0):
        if event.kind == "turn" and event.data["role"] == "agent":
            spoke = True
        elif event.kind == "sentence" or (event.kind == "turn" and event.data["role"] == "bot"):
            late += spoke
            bot_first |= event.kind == "turn" and not spoke
    return _Spoken(spoke, bot_first, late)


async def _sendable_after(conversations: RedisConversations) -> int:
    """How many of the bot's turns a sender would still send, now that an agent has spoken everywhere."""
    outbox = redis_post(conversations, "telegram", "1").outbox
    found = 0
    while outgoing := await outbox.next("judge", 0):
        allowed = await outbox.attempt(outgoing, 0, "judge") in (Attempt.FIRST, Attempt.AGAIN)
        found += allowed and outgoing.turn.role == "bot"
        await outbox.settle(outgoing)
    return found


async def fences(ground: Ground) -> Figures:
    """A worker that stands still for 3 leases is refused; one whose engine takes 3 leases is not."""
    lease = 0.6
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url, lease=lease)
        common = ["--lease", str(lease), "--loud", "--threads", "8"]
        stalled = ground.start("worker", server.url, "--seconds", "0.3", *common)
        chats = ground.size(40, 8)
        await until(lambda: _is_working(conversations), 15)
        for chat in range(chats):
            await conversations.accept(Message(f"telegram:{chat}", "1", f"chat{chat} 1", time.time()))
        await until(lambda: any("begin chat" in line for line in stalled.lines()), 10)
        stalled.kill(signal.SIGSTOP)
        slow = ground.start("worker", server.url, "--seconds", str(3 * lease), *common)
        await asyncio.sleep(3 * lease)
        stalled.kill(signal.SIGCONT)
        names = [f"telegram:{chat}" for chat in range(chats)]
        done = await until(lambda: _answered_all(conversations, names), 60)
        await asyncio.sleep(2 * lease)
        twice = sum([await _bot_turns(conversations, name) > 1 for name in names])
        overlaps = _overlaps(slow.lines())
        await conversations.close()
    return {
        "ok": done and twice == 0 and overlaps == 0,
        "conversations": chats,
        "stale_writes": twice,
        "answered_at_once_in_one_chat": overlaps,
        "engine_seconds": 3 * lease,
        "lease_seconds": lease,
    }


async def _is_working(conversations: Conversations) -> bool:
    """Whether some worker answers."""
    name = f"telegram:probe-{time.monotonic_ns()}"
    await conversations.accept(Message(name, "1", "1", time.time()))
    return await until(lambda: _answered_all(conversations, [name]), 1.0)


async def _answered_all(conversations: Conversations, names: list[str]) -> bool:
    return all([await _bot_turns(conversations, name) > 0 for name in names])


async def _bot_turns(conversations: Conversations, name: str) -> int:
    return sum(turn.role == "bot" for turn in (await conversations.read(name)).turns)


def _overlaps(lines: list[str]) -> int:
    """How often one process began a chat's answer while it was at another of the same chat."""
    busy: set[str] = set()
    overlaps = 0
    for line in lines:
        if found := _BEGINNING.match(line):
            _, what, chat = found.groups()
            overlaps += what == "begin" and chat in busy
            busy = busy | {chat} if what == "begin" else busy - {chat}
    return overlaps


async def bursts(ground: Ground) -> Figures:
    """5 messages within 300 ms from each of 200 new visitors: one conversation and one answer each."""
    visitors, each = ground.size(200, 20), 5
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url)
        worker = ground.start("worker", server.url, "--burst", "0.6", "--lease", "3")
        await until(lambda: _is_working(conversations), 15)
        chance = random.Random(ground.seed)

        async def write(name: str, number: int) -> None:
            await asyncio.sleep(chance.random() * 0.3)
            await conversations.accept(Message(name, str(number), str(number), time.time()))

        names = [f"web:{number}" for number in range(visitors)]
        await asyncio.gather(*(write(name, number) for name in names for number in range(1, each + 1)))

        async def all_answered() -> bool:
            return all([len(answered((await conversations.read(name)).turns)) >= each for name in names])

        done = await until(all_answered, 60, pause=0.3)
        known = [state for state in await conversations.recent(10 * visitors) if state.channel == "web"]
        replies = [await _bot_turns(conversations, name) for name in names]
        code, _ = await worker.end(10)
        await conversations.close()
    return {
        "ok": done and len(known) == visitors and sum(replies) == visitors and code == 0,
        "visitors": visitors,
        "messages": visitors * each,
        "conversations": len(known),
        "lost": 0 if done else visitors * each - sum(replies),
        "answers": sum(replies),
        "answers_a_visitor_most": max(replies),
    }
