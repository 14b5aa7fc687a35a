"""T13, T14: messages that break their worker, and a worker that is told to end in the middle of its work."""

import asyncio
import time

from bot.conversation.base import Conversations, ConversationUnknown
from bot.conversation.keys import ALL_SHARDS
from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from scripts.soaking.ground import Figures, Ground, Process, until
from scripts.soaking.judge import verdict
from tests.fakes.servers import RealServer

_LEASE = 1.0


async def poison(ground: Ground) -> Figures:
    """A message that fails its handler and one that aborts the process: laid aside, and the next is answered."""
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url, lease=_LEASE)
        guard = _Guard(ground, server)
        guarding = asyncio.create_task(guard.run())
        others = [f"telegram:{number}" for number in range(100, 100 + ground.size(200, 30))]
        for name in others:
            await conversations.accept(Message(name, "1", "1", time.time()))
        outcomes = {}
        for word, name in (("raise", "telegram:1"), ("abort", "telegram:2")):
            await conversations.accept(Message(name, "1", word, time.time()))
        for word, name in (("raise", "telegram:1"), ("abort", "telegram:2")):
            outcomes[word] = await _outcome(conversations, name)
        innocent = await until(lambda: _all_answered(conversations, others), 60, pause=0.3)
        guard.over.set()
        await guarding
        dead = [await conversations.server.length(shard.dead) for shard in ALL_SHARDS]
        given_up = [name for name in others if (await conversations.read(name)).state.reason]
        deliveries = sum(line.endswith("begin abort") for process in guard.all for line in process.lines())
        await conversations.close()
    return {
        "ok": innocent and not given_up and sum(dead) >= 1 and deliveries <= 3 and all(outcomes.values()),
        "deliveries_of_abort": deliveries,
        "processes_lost": guard.restarts,
        "dead_letters": sum(dead),
        "innocent_conversations": len(others),
        "innocent_given_up": len(given_up),
        "seconds_until_the_next_message_was_answered": outcomes,
    }


class _Guard:
    """Starts the worker again as soon as it is gone, as any supervisor does."""

    def __init__(self, ground: Ground, server: RealServer) -> None:
        self._ground = ground
        self._server = server
        self.over = asyncio.Event()
        self.all: list[Process] = []
        self.restarts = -1

    async def run(self) -> None:
        """Until it is over."""
        while not self.over.is_set():
            if not self.all or self.all[-1].running.poll() is not None:
                self.restarts += 1
                self.all.append(self._ground.start("worker", self._server.url, "--lease", str(_LEASE), "--loud"))
            await asyncio.sleep(0.05)
        await self.all[-1].end(10)


async def _outcome(conversations: Conversations, name: str) -> float:
    """Seconds from the moment the customer is told of the failure until their next message is answered; 0: never."""

    async def told() -> bool:
        known = await conversations.read(name)
        return known.state.reason == "engine_down" and any(turn.role == "bot" for turn in known.turns)

    if not await until(told, 40):
        return 0.0
    start = time.monotonic()
    await conversations.accept(Message(name, "2", "2", time.time()))

    async def answered_again() -> bool:
        return any(turn.text == "re: 2" for turn in (await conversations.read(name)).turns)

    return round(time.monotonic() - start, 2) if await until(answered_again, 20) else 0.0


async def _all_answered(conversations: Conversations, names: list[str]) -> bool:
    try:
        return all([any(turn.role == "bot" for turn in (await conversations.read(name)).turns) for name in names])
    except ConversationUnknown:
        return False


async def goodbye(ground: Ground) -> Figures:
    """SIGTERM with 50 answers in the making: out within 10 s, and the next worker answers what was given back."""
    chats = 50
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url, lease=30.0)
        names = [f"telegram:{number}" for number in range(chats)]
        first = ground.start("worker", server.url, "--lease", "30", "--seconds", "8", "--threads", "50", "--loud")
        for name in names:
            await conversations.accept(Message(name, "1", "1", time.time()))
        await until(lambda: sum("begin" in line for line in first.lines()) >= chats, 20)
        code, seconds = await first.end(15)
        finished = sum([any(t.role == "bot" for t in (await conversations.read(name)).turns) for name in names])
        start = time.monotonic()
        ground.start("worker", server.url, "--lease", "30", "--threads", "50")
        done = await until(lambda: _all_answered(conversations, names), 20)
        found = await verdict(conversations, names, 1)
        await conversations.close()
    return {
        "ok": code == 0 and seconds <= 10 and done and found.clean,
        "in_flight": chats,
        "exit_code": code,
        "exit_seconds": round(seconds, 2),
        "finished": finished,
        "given_back": chats - finished,
        "answered_after_restart_seconds": round(time.monotonic() - start, 2),
        "lost": found.lost,
        "doubled": found.doubled,
    }
