"""Brings stored data up to the version that this Kefu knows. Knows no turn's words and no act.

To add a migration: write `async def _what_it_does(redis, step)`, append it to `MIGRATIONS` (nothing else counts
versions), and add data of the version before it to `tests/bot/conversation/data`. Its rules:
- Every change is one script that looks and writes at once, and does nothing the second time: a process can be
  killed anywhere, and one that was thought dead can wake up after another has finished its work.
- `await step()` before every handful of changes: it keeps the lock, and ends a migration that has lost it.
- Processes of the version before may still run on the same server. What they write meanwhile is not migrated:
  stop them first.
The version is written last, so what was begun and not finished is begun again by the next process that starts.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.conversation.keys import ALL_SHARDS, SCHEMA, Shard
from bot.conversation.records import encode

if TYPE_CHECKING:
    from redis.asyncio import Redis

Step = Callable[[], Awaitable[None]]
Migration = Callable[["Redis", Step], Awaitable[None]]

# In the slot of SCHEMA on a cluster: one script must see both.
LOCK = f"{{{SCHEMA}}}:lock"
"""The key that names the process which migrates."""

STATES = "kefu:{k*}:state:*"
"""The pattern of the keys of all states: one walk through the server instead of one for each shard."""

_STEMS = {shard.state_stem: shard for shard in ALL_SHARDS}
_PATIENCE = 120.0  # seconds for another process to finish
_PAUSE = 0.1  # seconds
_AT_ONCE = 500  # conversations of one step

# KEYS 1 lock · ARGV 1 token, 2 lease (ms) · 1: the lock is kept
_KEEP = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0"
# KEYS 1 lock, 2 version · ARGV 1 token, 2 the version that is done · 1: it is noted
_NOTE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
"""
# KEYS 1 lock · ARGV 1 token
_UNLOCK = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"
# KEYS 1 state, 2 waiting · ARGV 1 conversation
_NOTE_WAITING = """
local status, updated = unpack(redis.call('HMGET', KEYS[1], 'status', 'updated'))
if not status then return end
redis.call('HSETNX', KEYS[1], 'episode', '1')
if status == 'waiting' then
  redis.call('ZADD', KEYS[2], 'NX', (string.gsub(updated, '%.', '')), ARGV[1])
end
"""


class _LockLost(Exception):
    """Another process migrates now."""


async def _list_who_waits(redis: "Redis", step: Step) -> None:
    """1 → 2: a sorted set a shard names the conversations that wait for an agent; a state counts its episodes."""
    cursor = None
    while cursor != 0:
        await step()
        cursor, keys = await redis.scan(cursor or 0, match=STATES, count=_AT_ONCE)
        async with redis.pipeline(transaction=False) as pipe:
            for key in keys:
                if place := place_of_state(key):
                    shard, name = place
                    pipe.eval(_NOTE_WAITING, 2, shard.state_stem + name, shard.waiting, name)
            await pipe.execute()


def place_of_state(key: bytes | str) -> tuple[Shard, bytes] | None:
    """The shard and the conversation's name in the key of a state; None when it is another key."""
    head, middle, name = (encode(key) if isinstance(key, str) else key).partition(b":state:")
    shard = _STEMS.get(head + middle)
    return (shard, name) if shard else None


MIGRATIONS: Sequence[Migration] = (_list_who_waits,)
"""In their order: the first brings version 1 to 2."""

SCHEMA_VERSION = 1 + len(MIGRATIONS)
"""The version of the data that this Kefu writes."""


async def bring_up(
    redis: "Redis", migrations: Sequence[Migration] = MIGRATIONS, *, lease: float = 10.0, patience: float = _PATIENCE
) -> None:
    """Let all migrations run that the data has not seen. A server without data gets this version at once.

    `lease` is how many seconds the lock outlives a killed process. Raises ConversationsError for data of a newer
    Kefu, ConversationsUnavailable when another process migrates for longer than `patience`, and redis-py's errors.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    newest = 1 + len(migrations)
    token = uuid.uuid4().hex
    while _version(await redis.set(SCHEMA, newest, nx=True, get=True), newest) < newest:
        holder = await redis.set(LOCK, token, nx=True, get=True, px=round(lease * 1000))
        # Ours already: redis-py has asked twice, because the first answer got lost.
        if holder in (None, token, encode(token)):
            await _run(redis, token, lease, migrations)
        elif loop.time() > deadline:
            raise ConversationsUnavailable("another Kefu is still bringing the stored data up to date: wait for it")
        else:
            await asyncio.sleep(_PAUSE)


def _version(stored: Any, newest: int) -> int:
    known = newest if stored is None else int(stored)
    if known > newest:
        raise ConversationsError(
            f"the server holds conversations of schema {known} and this Kefu knows {newest}:"
            " upgrade Kefu, or set KEFU_REDIS_URL to another server"
        )
    return known


async def _run(redis: "Redis", token: str, lease: float, migrations: Sequence[Migration]) -> None:
    """Run what is left of the migrations while the lock is ours."""

    async def step() -> None:
        if not await redis.eval(_KEEP, 1, LOCK, token, round(lease * 1000)):
            raise _LockLost

    # Read again: another may have finished between our look and our lock.
    version = int(await redis.get(SCHEMA) or 1)
    try:
        for done, migration in enumerate(migrations[version - 1 :], start=version + 1):
            await migration(redis, step)
            if not await redis.eval(_NOTE, 2, LOCK, SCHEMA, token, done):
                return
        await redis.eval(_UNLOCK, 1, LOCK, token)
    except _LockLost:
        return
