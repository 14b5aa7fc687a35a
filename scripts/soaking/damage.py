"""T16, T17: files that were cut or flipped, and a server without memory."""

import asyncio
import random
import shutil
import time
from pathlib import Path

from redis.asyncio import Redis

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.keys import keys_of
from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from bot.conversation.valkey import EmbeddedValkey, examine_files
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.judge import verdict
from tests.fakes.servers import RealServer

_CUT = 17  # bytes


async def files(ground: Ground) -> Figures:
    """An append-only file whose tail was cut, and random flips anywhere: what is lost, and what is found."""
    flips = ground.size(200, 20)
    whole = ground.folder / "whole"
    kept = ground.size(500, 50)
    async with EmbeddedValkey(whole) as server:
        conversations = await RedisConversations.connect(server.url)
        for number in range(kept):
            await conversations.accept(Message(f"web:{number}", "1", "1", time.time()))
        await conversations.close()
    cut = ground.folder / "cut"
    shutil.copytree(whole, cut)
    log = max((cut / "appendonlydir").glob("*.incr.aof"))
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - _CUT)
    told = bool(examine_files(cut))
    async with EmbeddedValkey(cut) as server:
        conversations = await RedisConversations.connect(server.url)
        left = len(await conversations.recent(10 * kept))
        await conversations.close()
    found = sum(_finds_flip(whole, ground.folder / "flipped", random.Random(n)) for n in range(flips))
    return {
        "ok": told and kept - left <= 1 and found == flips and not examine_files(whole),
        "tail_cut_bytes": _CUT,
        "tail_cut_told": told,
        "acts_lost_by_the_cut": kept - left,
        "flips": flips,
        "flips_found": found,
    }


def _finds_flip(whole: Path, folder: Path, chance: random.Random) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    paths = sorted(path for path in (folder / "appendonlydir").iterdir() if path.stat().st_size)
    path = chance.choice(paths)
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return bool(examine_files(folder))


async def memory(ground: Ground) -> Figures:
    """A server that runs out of memory: nothing is half done, and all goes on once it has some."""
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url)
        worker = ground.start("worker", server.url)
        await asyncio.sleep(1.5)
        used = await _configure(server, maxmemory_policy="noeviction")
        await _configure(server, maxmemory=str(used + ground.size(16, 2) * 1_000_000))
        accepted, refused = await _fill(conversations)
        halves = await _halves(server, [*accepted, *refused])
        await _configure(server, maxmemory="0")
        for name in refused:
            await conversations.accept(Message(name, "1", "1", time.time()))
        names = [*accepted, *refused]

        async def all_answered() -> bool:
            return (await verdict(conversations, names, 1)).lost == 0

        done = await until(all_answered, 60, pause=0.5)
        found = await verdict(conversations, names, 1)
        code, _ = await worker.end(10)
        await conversations.close()
    return {
        "ok": done and found.clean and halves == 0 and len(refused) > 0 and code == 0,
        "accepted": len(accepted),
        "refused_as_unavailable": len(refused),
        "half_turns": halves,
        "lost": found.lost,
        "doubled": found.doubled,
    }


async def _fill(conversations: RedisConversations) -> tuple[list[str], list[str]]:
    """Write until the server refuses 50 times: the names of who was accepted, and of who was not."""
    accepted: list[str] = []
    refused: list[str] = []
    number = 0
    while len(refused) < 50:
        number += 1
        # A long name fills the memory; the text must stay a number for the judge.
        name = f"telegram:{number}"
        message = Message(name, "1", "1", time.time(), name="x" * 3000)
        try:
            await conversations.accept(message)
            accepted.append(name)
        except ConversationsUnavailable:
            refused.append(name)
    return accepted, refused


async def _halves(server: RealServer, names: list[str]) -> int:
    """Conversations whose keys do not agree: a state without turns, or turns without a state."""
    async with Redis.from_url(server.url) as raw:
        found = [[await raw.exists(key) for key in keys_of(name)[:2]] for name in names]
    return sum(state != turns for state, turns in found)


async def _configure(server: RealServer, **settings: str) -> int:
    """Set the server up anew; gives the bytes that it uses."""
    async with Redis.from_url(server.url) as raw:
        for name, value in settings.items():
            await raw.config_set(name.replace("_", "-"), value)
        return int((await raw.info("memory"))["used_memory"])
