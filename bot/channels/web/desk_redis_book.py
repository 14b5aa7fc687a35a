"""The desk's book in Redis, shared by all processes. Knows no HTTP and nothing of conversations."""

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.channels.web.desk_book import KEPT_ACTS, MOST_CANNED, BookFull, Canned, Logged
from bot.conversation.base import ConversationsUnavailable

# KEYS 1 canned · ARGV 1 name, 2 what is kept, 3 how many may be · 1: it is kept
_KEEP = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class RedisBook:
    """Implements `Book` under `kefu:{desk}:canned` (a hash) and `kefu:{desk}:suggestions` (a stream).

    What became of suggestions is kept for `kept` seconds.
    """

    def __init__(self, redis: Redis, kept: float, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._kept = kept
        self._clock = clock
        self._shelf, self._acts = "kefu:{desk}:canned", "kefu:{desk}:suggestions"

    async def canned(self) -> Sequence[Canned]:
        async with _translated():
            found = (await self._redis.hgetall(self._shelf)).values()
        kept = [json.loads(each) for each in found]
        return sorted((Canned(**{**each, "tags": tuple(each["tags"])}) for each in kept), key=lambda each: each.name)

    async def keep(self, canned: Canned) -> None:
        packed = json.dumps({**asdict(canned), "tags": list(canned.tags)}, ensure_ascii=False)
        async with _translated():
            done = await self._redis.eval(_KEEP, 1, self._shelf, canned.name, packed, str(MOST_CANNED))
        if not done:
            raise BookFull(f"there are {MOST_CANNED} canned answers already: remove one first")

    async def drop(self, name: str) -> None:
        async with _translated():
            await self._redis.hdel(self._shelf, name)

    async def log(self, act: Logged) -> None:
        oldest = round((self._clock() - self._kept) * 1000)
        async with _translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(self._acts, {"act": json.dumps(act, ensure_ascii=False)}, maxlen=KEPT_ACTS, approximate=True)
            pipe.xtrim(self._acts, minid=f"{oldest}-0", approximate=False)
            pipe.expire(self._acts, round(self._kept))
            await pipe.execute()

    async def logged(self, last: int) -> Sequence[Logged]:
        async with _translated():
            found: Any = await self._redis.xrevrange(self._acts, count=last) if last else []
        return [json.loads(fields[b"act"]) for _, fields in found]


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"the desk's server does not answer ({type(error).__name__}): start it, or check KEFU_REDIS_URL"
        raise ConversationsUnavailable(message) from error
