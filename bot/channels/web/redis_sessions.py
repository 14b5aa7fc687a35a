"""The agents' sessions in Redis. Knows no HTTP and nothing of conversations."""

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.accounts.base import Role
from bot.channels.web.sessions import (
    IDLE_SECONDS,
    LINK_SECONDS,
    LONGEST_SECONDS,
    Invitation,
    Session,
    SessionsUnavailable,
    fingerprint,
    new_secret,
    session_id,
)

_SEEN_SECONDS = 60.0
"""How exactly it is noted when a session was seen last."""
# Never makes a session that has ended live again.
_SEEN = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'seen', ARGV[1]) end"


class RedisSessions:
    """Sessions that all processes share, under `<prefix>:link:…`, `:session:…` and `:agent:…` (that agent's)."""

    def __init__(self, redis: Redis, prefix: str = "kefu:desk", clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._prefix = prefix
        self._clock = clock

    async def invite(self, invitation: Invitation = Invitation()) -> str:  # noqa: B008
        link = new_secret()
        text = json.dumps([invitation.role, invitation.account])
        async with _translated():
            await self._redis.set(self._key("link", fingerprint(link)), text, ex=int(LINK_SECONDS))
        return link

    async def invited(self, link: str) -> Invitation | None:
        async with _translated():
            return _invitation(await self._redis.get(self._key("link", fingerprint(link))))

    async def redeem(self, link: str) -> Invitation | None:
        async with _translated():
            return _invitation(await self._redis.getdel(self._key("link", fingerprint(link))))

    async def begin(self, agent: str, role: Role = Role.AGENT) -> str:
        secret, now = new_secret(), self._clock()
        key = fingerprint(secret)
        async with _translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key("session", key), mapping={"agent": agent, "began": now, "seen": now, "role": role})
            pipe.expire(self._key("session", key), int(IDLE_SECONDS))
            pipe.sadd(self._key("agent", agent), key)
            pipe.expire(self._key("agent", agent), int(LONGEST_SECONDS))
            pipe.zremrangebyscore(self._key("all", "begun"), 0, now - LONGEST_SECONDS)
            pipe.zadd(self._key("all", "begun"), {key: now})
            pipe.expire(self._key("all", "begun"), int(LONGEST_SECONDS))
            await pipe.execute()
        return secret

    async def find(self, secret: str) -> Session | None:
        key, now = fingerprint(secret), self._clock()
        async with _translated():
            session = await self._read(key)
            if session is None:
                return None
            left = LONGEST_SECONDS - (now - session.began)
            # Not found again after the last second: a slow reader must not make a dead session live.
            if left < 1 or not await self._redis.expire(self._key("session", key), int(min(IDLE_SECONDS, left))):
                return None
            if now - session.seen > _SEEN_SECONDS:
                await self._redis.eval(_SEEN, 1, self._key("session", key), str(now))
        return replace(session, seen=now)

    async def all(self) -> Sequence[Session]:
        async with _translated():
            keys = await self._redis.zrevrange(self._key("all", "begun"), 0, -1)
            return [session for key in keys if (session := await self._read(_text(key)))]

    async def end_known(self, session: str) -> bool:
        async with _translated():
            for key in await self._redis.zrange(self._key("all", "begun"), 0, -1):
                if session_id(_text(key)) == session:
                    return bool(await self._redis.delete(self._key("session", _text(key))))
        return False

    async def _read(self, key: str) -> Session | None:
        found = await self._redis.hgetall(self._key("session", key))
        stored = {_text(name): _text(value) for name, value in found.items()}
        if not stored:
            return None
        began = float(stored["began"])
        role = Role(stored.get("role", Role.AGENT))
        return Session(stored["agent"], began, float(stored.get("seen", began)), role, session_id(key))

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


def _invitation(stored: bytes | str | None) -> Invitation | None:
    if stored is None:
        return None
    # An older Kefu wrote 1: its links were for agents.
    told = json.loads(stored)
    return Invitation(Role(told[0]), told[1]) if isinstance(told, list) else Invitation()


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"the sessions' server does not answer ({type(error).__name__}): start it, or check KEFU_REDIS_URL"
        raise SessionsUnavailable(message) from error
