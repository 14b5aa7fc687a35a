"""T09, T10, T15: thousands of messages while workers and the server are killed again and again."""

import asyncio
import random
import time
from collections.abc import Sequence

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.keys import ALL_SHARDS
from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from scripts.soaking.ground import Figures, Ground, Process, until
from scripts.soaking.judge import answered, verdict
from tests.fakes.servers import RealServer

_DUPLICATES = 0.1
_LEASE = "1.0"
_PAUSE = (1.2, 2.8)  # seconds from one kill to the next; a worker needs one to start
_PATIENCE = 240.0  # seconds until all must be answered


async def kills(ground: Ground) -> Figures:
    """12,000 messages of 200 customers, one in ten delivered twice, 30 × kill -9 of a worker, 5 × of the server."""
    chats, each = ground.size(200, 20), ground.size(60, 20)
    worker_kills, server_kills = ground.size(30, 6), ground.size(5, 1)
    with ground.server() as server:
        workers = [ground.start("worker", server.url, "--lease", _LEASE) for _ in range(2)]
        conversations = await RedisConversations.connect(server.url, lease=float(_LEASE))
        names = [f"telegram:{number}" for number in range(1, chats + 1)]
        start = time.monotonic()
        chance = ground.chance
        spread = (worker_kills + server_kills) * sum(_PAUSE) / 2
        duplicates = sum(
            await asyncio.gather(
                _write_all(conversations, names, each, spread, chance.random()),
                _kill(ground, server, workers, worker_kills, server_kills, chance),
            )
        )
        done = await until(lambda: _all_answered(conversations, names, each), _PATIENCE, pause=0.5)
        seconds = time.monotonic() - start
        found = await verdict(conversations, names, each)
        letters = await _outbox_size(conversations)
        await conversations.close()
    return {
        "ok": done and found.clean and letters == found.turns,
        "messages": found.messages,
        "conversations": chats,
        "duplicate_deliveries": duplicates,
        "worker_kills": worker_kills,
        "server_kills": server_kills,
        "kills": worker_kills + server_kills,
        "lost": found.lost,
        "doubled": found.doubled,
        "out_of_order": found.out_of_order,
        "answers": found.turns,
        "answers_in_outbox": letters,
        "seconds": round(seconds, 1),
    }


async def _write_all(
    conversations: RedisConversations, names: Sequence[str], each: int, seconds: float, seed: float
) -> int:
    """Every chat's messages in its order, spread over the time; the number of those that came twice."""
    chance = random.Random(seed)

    async def write(name: str) -> int:
        twice = 0
        for number in range(1, each + 1):
            await asyncio.sleep(chance.random() * 2 * seconds / each)
            message = Message(name, str(number), str(number), time.time())
            copies = 2 if chance.random() < _DUPLICATES else 1
            twice += copies - 1
            await asyncio.gather(*(_deliver(conversations, message) for _ in range(copies)))
        return twice

    return sum(await asyncio.gather(*map(write, names)))


async def _deliver(conversations: RedisConversations, message: Message) -> None:
    while True:
        try:
            await conversations.accept(message)
            return
        except ConversationsUnavailable:
            await asyncio.sleep(0.2)  # as a channel does that was told to come again


async def _kill(
    ground: Ground,
    server: RealServer,
    workers: list[Process],
    worker_kills: int,
    server_kills: int,
    chance: random.Random,
) -> int:
    plan = ["worker"] * worker_kills + ["server"] * server_kills
    chance.shuffle(plan)
    for victim in plan:
        await asyncio.sleep(chance.uniform(*_PAUSE))
        if victim == "server":
            server.kill()
            await asyncio.sleep(chance.random() * 0.5)
            await asyncio.to_thread(server.start)
        else:
            place = chance.randrange(len(workers))
            workers[place].kill()
            workers[place] = ground.start("worker", server.url, "--lease", _LEASE)
    return 0


async def _all_answered(conversations: RedisConversations, names: Sequence[str], each: int) -> bool:
    for name in names:
        if len(set(answered((await conversations.read(name, 10_000)).turns))) < each:
            return False
    return True


async def _outbox_size(conversations: RedisConversations) -> int:
    return sum([await conversations.server.length(shard.outbox("telegram")) for shard in ALL_SHARDS])
