"""The queue on a Redis or Valkey server. All its keys share one hash tag, so that one script may write them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from redis.asyncio import Redis

from bot.registry.redis import translated
from bot.webhooks.base import Delivery

SEEN_SECONDS = 3 * 86_400.0
_PUT = """redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])
for place = 4, #KEYS do
  local name, due, text = ARGV[3 * place - 9], ARGV[3 * place - 8], ARGV[3 * place - 7]
  if redis.call('SET', KEYS[place], 1, 'NX', 'EX', ARGV[2]) then
    redis.call('HSET', KEYS[2], name, text)
    redis.call('ZADD', KEYS[1], due, name)
  end
end"""
_TAKE = """local name = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
if not name then return false end
redis.call('ZADD', KEYS[1], ARGV[2], name)
return redis.call('HGET', KEYS[2], name)"""
_MOVE = """redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[4])) do
    redis.call('HDEL', KEYS[4], old)
    redis.call('ZREM', KEYS[3], old)
  end
end"""

_HOLD = """local held = redis.call('GET', KEYS[1])
if not held or tonumber(held) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end"""


class RedisDeliveries:
    """Implements `Deliveries`; what was given up is kept for `dead_seconds`.

    `seen_seconds` must be longer than conversations keep their events: else old ones would be told again.
    """

    def __init__(
        self,
        redis: Redis,
        prefix: str = "kefu:{hooks}",
        seen_seconds: float = SEEN_SECONDS,
        dead_seconds: float = 30 * 86_400,
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._seen_seconds = round(seen_seconds)
        self._dead_seconds = dead_seconds
        self._waiting = [f"{prefix}:due", f"{prefix}:bodies"]
        self._buried = [f"{prefix}:dead", f"{prefix}:dead-bodies"]

    async def mark(self, source: str) -> str:
        async with translated():
            found = await self._redis.get(f"{self._prefix}:mark:{source}")
        return found.decode() if isinstance(found, bytes) else found or ""

    async def put(self, source: str, mark: str, deliveries: Sequence[Delivery]) -> None:
        seen = [f"{self._prefix}:seen:{delivery.id}" for delivery in deliveries]
        keys = [*self._waiting, f"{self._prefix}:mark:{source}", *seen]
        told = [part for each in deliveries for part in (each.id, each.due, each.to_text())]
        await self._run(_PUT, keys, mark, self._seen_seconds, *told)

    async def take(self, now: float, lease: float) -> Delivery | None:
        found = await self._run(_TAKE, self._waiting, now, now + lease)
        return Delivery.from_text(found) if found else None

    async def settle(self, delivery: Delivery) -> None:
        await self._run(_MOVE, self._waiting + self._buried, delivery.id, "", 0, 0)

    async def again(self, delivery: Delivery) -> None:
        due, bodies = self._waiting
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(bodies, delivery.id, delivery.to_text())
            pipe.zadd(due, {delivery.id: delivery.due})
            await pipe.execute()

    async def hold(self, hook: str, until: float, now: float) -> None:
        await self._run(_HOLD, [self._hold_of(hook)], until, max(1, round(1_000 * (until - now))))

    async def held(self, hook: str) -> float:
        async with translated():
            return float(await self._redis.get(self._hold_of(hook)) or 0.0)

    def _hold_of(self, hook: str) -> str:
        return f"{self._prefix}:held:{hook}"

    async def bury(self, delivery: Delivery) -> None:
        old = delivery.due - self._dead_seconds
        await self._run(_MOVE, self._waiting + self._buried, delivery.id, delivery.to_text(), delivery.due, old)

    async def dead(self, limit: int = 100) -> Sequence[Delivery]:
        async with translated():
            names = await self._redis.zrevrange(self._buried[0], 0, limit - 1)
            texts = await self._redis.hmget(self._buried[1], list(map(str, map(_text, names)))) if names else []
        return [Delivery.from_text(text) for text in texts if text]

    async def revive(self, name: str, now: float) -> bool:
        async with translated():
            text = await self._redis.hget(self._buried[1], name)
        if not text:
            return False
        # Queued first: a process that dies in between leaves it in both, and not in none.
        await self.again(replace(Delivery.from_text(text), due=now, attempts=0))
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(self._buried[1], name)
            pipe.zrem(self._buried[0], name)
            await pipe.execute()
        return True

    async def _run(self, script: str, keys: Sequence[str], *arguments: object) -> Any:
        async with translated():
            return await cast(Any, self._redis.eval(script, len(keys), *keys, *map(str, arguments)))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
