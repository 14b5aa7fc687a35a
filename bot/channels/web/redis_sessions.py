"""The agents' sessions in Redis. Knows no HTTP and nothing of conversations."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.channels.web.sessions import (
    IDLE_SECONDS,
    LINK_SECONDS,
    LONGEST_SECONDS,
    Session,
    SessionsUnavailable,
    fingerprint,
    new_secret,
)


class RedisSessions:
    """Sessions that all processes share, under `<prefix>:link:…`, `:session:…` and `:agent:…` (that agent's)."""

    def __init__(self, redis: Redis, prefix: str = "kefu:desk", clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._prefix = prefix
        self._clock = clock

    async def invite(self) -> str:
        link = new_secret()
        async with _translated():
            await self._redis.set(self._key("link", fingerprint(link)), 1, ex=int(LINK_SECONDS))
        return link

    async def redeem(self, link: str) -> bool:
        async with _translated():
            return await self._redis.delete(self._key("link", fingerprint(link))) == 1

    async def begin(self, agent: str) -> str:
        secret, now = new_secret(), self._clock()
        key = fingerprint(secret)
        async with _translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key("session", key), mapping={"agent": agent, "began": now})
            pipe.expire(self._key("session", key), int(IDLE_SECONDS))
            pipe.sadd(self._key("agent", agent), key)
            pipe.expire(self._key("agent", agent), int(LONGEST_SECONDS))
            await pipe.execute()
        return secret

    async def find(self, secret: str) -> Session | None:
        name, now = self._key("session", fingerprint(secret)), self._clock()
        async with _translated():
            stored = {_text(key): _text(value) for key, value in (await self._redis.hgetall(name)).items()}
            if not stored:
                return None
            session = Session(stored["agent"], float(stored["began"]), now)
            left = LONGEST_SECONDS - (now - session.began)
            # Not found again after the last second: a slow reader must not make a dead session live.
            if left < 1 or not await self._redis.expire(name, int(min(IDLE_SECONDS, left))):
                return None
        return session

    async def end(self, secret: str) -> None:
        async with _translated():
            await self._redis.delete(self._key("session", fingerprint(secret)))

    async def end_all(self, agent: str) -> None:
        async with _translated():
            keys = await self._redis.smembers(self._key("agent", agent))
            names = [self._key("session", _text(key)) for key in keys]
            await self._redis.delete(*names, self._key("agent", agent))

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}:{kind}:{name}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"the sessions' server does not answer ({type(error).__name__}): start it, or check KEFU_REDIS_URL"
        raise SessionsUnavailable(message) from error
