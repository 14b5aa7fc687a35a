"""Files on a Redis or Valkey server, in pieces. All keys of a conversation's files share its hash tag."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversation.keys import ALL_SHARDS, FileKeys, file_keys, shard_of
from bot.files.base import (
    HELD_SECONDS,
    FileConflict,
    FileRefused,
    Files,
    FilesUnavailable,
    Kind,
    Limits,
    Stored,
    Usage,
    Why,
)

PIECE = 262_144
"""Bytes of a piece: a server that moves one holds nobody up."""
_UPLOAD_SECONDS = 600

# Of every script: KEYS 1 files (hash id -> JSON), 2 ledger (zset "size token" by expiry), 3 bytes (counter)
# · ARGV 1 now, 2 beginning of the pieces' keys.
_HEAD = """
local now = tonumber(ARGV[1])
local function let_go(member)
  if redis.call('ZREM', KEYS[2], member) == 1 then
    redis.call('DECRBY', KEYS[3], string.match(member, '^%d+'))
  end
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 200)) do let_go(old) end
local function files()
  local flat, known = redis.call('HGETALL', KEYS[1]), {}
  for place = 1, #flat, 2 do
    local file = cjson.decode(flat[place + 1])
    if file.expires <= now then redis.call('HDEL', KEYS[1], flat[place]) else known[flat[place]] = file end
  end
  return known
end
local function outlive(key, seconds)
  if redis.call('PTTL', key) < seconds * 1000 then redis.call('PEXPIRE', key, math.ceil(seconds * 1000)) end
end
"""
# ARGV 3 id, 4 size, 5 what a visitor may hold, 6 what all may hold in this shard, 7 JSON or '' to ask for room alone
# 8 token, 9 seconds · Returns 'room', 'kept', 'quota', 'full' or the JSON of the file that is there.
_PUT = (
    _HEAD
    + """
local own, size = 0, tonumber(ARGV[4])
for id, file in pairs(files()) do
  if id == ARGV[3] then return redis.call('HGET', KEYS[1], id) end
  own = own + file.size
end
if own + size > tonumber(ARGV[5]) then return 'quota' end
if tonumber(redis.call('GET', KEYS[3]) or 0) + size > tonumber(ARGV[6]) then return 'full' end
if ARGV[7] == '' then return 'room' end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[7])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[9]), ARGV[4] .. ' ' .. ARGV[8])
redis.call('INCRBY', KEYS[3], ARGV[4])
outlive(KEYS[1], tonumber(ARGV[9]))
outlive(ARGV[2] .. ARGV[8], tonumber(ARGV[9]))
return 'kept'
"""
)
# ARGV 3 seconds, 4… ids · Returns the JSON of each, or nothing when one is not there.
_KEEP = (
    _HEAD
    + """
local known, kept, seconds = files(), {}, tonumber(ARGV[3])
for place = 4, #ARGV do
  if not known[ARGV[place]] then return {} end
end
for place = 4, #ARGV do
  local file = known[ARGV[place]]
  file.expires = now + seconds
  kept[#kept + 1] = cjson.encode(file)
  redis.call('HSET', KEYS[1], ARGV[place], kept[#kept])
  redis.call('ZADD', KEYS[2], 'XX', file.expires, string.format('%d %s', file.size, file.token))
  outlive(KEYS[1], seconds)
  outlive(ARGV[2] .. file.token, seconds)
end
return kept
"""
)
_FORGET = (
    _HEAD
    + """
local gone = 0
for id, file in pairs(files()) do
  redis.call('DEL', ARGV[2] .. file.token)
  let_go(string.format('%d %s', file.size, file.token))
  gone = gone + 1
end
redis.call('DEL', KEYS[1])
return gone
"""
)


class RedisFiles(Files):
    """Implements `Files`: what is known of a conversation's files in a hash, each file's bytes in a list.

    A file appears when all of it is there: a sender that dies before leaves pieces that go by themselves.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock

    async def room(self, conversation: str, size: int, limits: Limits) -> None:
        _refuse(await self._put(conversation, "", size, limits))

    async def put(self, conversation: str, file: Stored, data: bytes, limits: Limits) -> bool:
        told = await self._put(conversation, file.id, file.size, limits)
        if told == "room":
            token = secrets.token_hex(12)
            await self._write(file_keys(conversation).pieces(token), data)
            expires = self._clock() + HELD_SECONDS
            packed = json.dumps({**asdict(file), "expires": expires, "token": token}, ensure_ascii=False)
            told = await self._put(conversation, file.id, file.size, limits, packed, token)
            if told != "kept":
                async with _translated():
                    await self._redis.delete(file_keys(conversation).pieces(token))
        _refuse(told)
        if told == "kept":
            return True
        if json.loads(told)["digest"] != file.digest:
            raise FileConflict("this id was used for another file")
        return False

    async def keep(self, conversation: str, names: Sequence[str], seconds: float) -> Sequence[Stored]:
        if not names:
            return []
        kept = await self._run(_KEEP, conversation, seconds, *names)
        if not kept:
            raise FileRefused(Why.UNKNOWN)
        return [_stored(json.loads(each)) for each in kept]

    async def find(self, conversation: str, name: str) -> Stored | None:
        known = await self._known(conversation, name)
        return _stored(known) if known else None

    async def read(self, conversation: str, name: str) -> AsyncIterator[bytes]:
        known = await self._known(conversation, name)
        if not known:
            return
        key = file_keys(conversation).pieces(known["token"])
        for place in range(-(-known["size"] // PIECE)):
            async with _translated():
                piece = await cast(Any, self._redis.lindex(key, place))
            if piece is None:  # erased meanwhile: whoever reads notices that bytes are missing
                return
            yield piece

    async def forget(self, conversation: str) -> int:
        return int(await self._run(_FORGET, conversation))

    async def usage(self) -> Usage:
        counted = [await self._counted(number) for number in range(len(ALL_SHARDS))]
        return Usage(sum(files for files, _ in counted), sum(size for _, size in counted))

    async def _known(self, conversation: str, name: str) -> dict[str, Any] | None:
        async with _translated():
            found = await cast(Any, self._redis.hget(cast(Any, file_keys(conversation).files), name))
        known = json.loads(found) if found else {}
        return known if known and known["expires"] > self._clock() else None

    async def _counted(self, number: int) -> tuple[int, int]:
        keys = FileKeys(ALL_SHARDS[number], "")
        async with _translated():
            files = await self._redis.zcount(keys.ledger, self._clock(), "+inf")
            return int(files), int(await self._redis.get(keys.total) or 0)

    async def _put(
        self, conversation: str, name: str, size: int, limits: Limits, packed: str = "", token: str = ""
    ) -> str:
        own = shard_of(conversation).number
        others = [await self._counted(number) for number in range(len(ALL_SHARDS)) if number != own]
        here = limits.total - sum(held for _, held in others)
        told = await self._run(_PUT, conversation, name, size, limits.visitor, here, packed, token, HELD_SECONDS)
        return _text(told)

    async def _write(self, key: bytes, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            async with _translated(), self._redis.pipeline(transaction=True) as pipe:
                pipe.rpush(key, data[start : start + PIECE])
                pipe.expire(key, _UPLOAD_SECONDS)
                await pipe.execute()

    async def _run(self, script: str, conversation: str, *arguments: object) -> Any:
        keys = file_keys(conversation)
        given: list[Any] = [keys.files, keys.ledger, keys.total, repr(self._clock()), keys.pieces("")]
        async with _translated():
            return await cast(Any, self._redis.eval(script, 3, *given, *map(str, arguments)))


def _refuse(told: str) -> None:
    if told in (Why.QUOTA, Why.FULL):
        raise FileRefused(Why(told))


def _stored(known: dict[str, Any]) -> Stored:
    fields = {name: value for name, value in known.items() if name in Stored.__dataclass_fields__}
    return Stored(**{**fields, "kind": Kind(known["kind"]), "size": int(known["size"])})


def _text(told: Any) -> str:
    return told.decode() if isinstance(told, bytes) else str(told)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"the server that keeps files does not answer ({type(error).__name__})"
        raise FilesUnavailable(f"{message}: start it, or check KEFU_REDIS_URL") from error
