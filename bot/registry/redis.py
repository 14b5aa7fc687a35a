"""The registry on a Redis or Valkey server. Knows no meaning of what it keeps."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.registry.base import RegistryUnavailable

_REPLACE = """if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1"""
_COUNT = """local counted = redis.call('INCR', KEYS[1])
if counted == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return counted"""
_EXCHANGE = """if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1"""
_APPEND = """if (redis.call('LINDEX', KEYS[1], -1) or '') ~= ARGV[1] then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1"""
_CUT = """if redis.call('LINDEX', KEYS[1], 0) ~= ARGV[1] then return 0 end
redis.call('LPOP', KEYS[1])
return 1"""


class RedisRegistry:
    """Implements `Registry` under `<prefix>:<kind>`. Each act touches one key: any node may have it."""

    def __init__(self, redis: Redis, prefix: str = "kefu:desk") -> None:
        self._redis = redis
        self._prefix = prefix

    async def add(self, kind: str, key: str, text: str) -> bool:
        async with translated():
            return bool(await self._redis.hsetnx(self._key(kind), key, text))

    async def find(self, kind: str, key: str) -> str | None:
        async with translated():
            return _text(await self._redis.hget(self._key(kind), key))

    async def all(self, kind: str) -> Mapping[str, str]:
        async with translated():
            found = await self._redis.hgetall(self._key(kind))
        return {cast(str, _text(key)): cast(str, _text(value)) for key, value in found.items()}

    async def replace(self, kind: str, key: str, old: str, new: str) -> bool:
        return bool(await self._run(_REPLACE, kind, key, old, new))

    async def remove(self, kind: str, key: str) -> bool:
        async with translated():
            return bool(await self._redis.hdel(self._key(kind), key))

    async def count(self, what: str, seconds: float) -> int:
        return int(await self._run(_COUNT, f"held:{what}", _milliseconds(seconds)))

    async def hold(self, what: str, text: str, seconds: float) -> str | None:
        name = self._key(f"held:{what}")
        async with translated():
            return _text(await self._redis.set(name, text, nx=True, get=True, px=_milliseconds(seconds)))

    async def exchange(self, what: str, old: str, new: str, seconds: float) -> bool:
        return bool(await self._run(_EXCHANGE, f"held:{what}", old, new, _milliseconds(seconds)))

    async def forget(self, what: str) -> None:
        async with translated():
            await self._redis.delete(self._key(f"held:{what}"))

    async def append(self, log: str, last: str, text: str) -> bool:
        return bool(await self._run(_APPEND, log, last, text))

    async def tail(self, log: str) -> str:
        async with translated():
            return _text(await self._redis.lindex(self._key(log), -1)) or ""

    async def read(self, log: str, first: int, count: int) -> Sequence[str]:
        last = first + count - 1
        async with translated():
            found = await self._redis.lrange(self._key(log), first, min(last, -1) if first < 0 else last)
        return [cast(str, _text(each)) for each in found]

    async def cut(self, log: str, first: str) -> bool:
        return bool(await self._run(_CUT, log, first))

    async def _run(self, script: str, kind: str, *arguments: str | int) -> Any:
        async with translated():
            return await cast(Any, self._redis.eval(script, 1, self._key(kind), *map(str, arguments)))

    def _key(self, kind: str) -> str:
        return f"{self._prefix}:{kind}"


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 1)


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else cast(str | None, value)


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Inside, the server's errors are RegistryUnavailable."""
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"the desk's server does not answer ({type(error).__name__}): start it, or check KEFU_REDIS_URL"
        raise RegistryUnavailable(message) from error
