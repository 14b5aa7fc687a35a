"""Stores whose time can be moved, and whose inside can be looked at, for the machine that tries them."""

from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.conversation.base import Conversations
from bot.conversation.keys import ALL_SHARDS, keys_of
from bot.conversation.memory import MemoryConversations
from bot.conversation.records import read_turn
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Outbox
from bot.delivery.memory import memory_post
from bot.delivery.redis import redis_post


class World(Protocol):
    """A store and its surroundings."""

    conversations: Conversations
    outbox: Outbox

    async def pass_time(self, seconds: float) -> None: ...

    async def mailbox(self, conversation: str) -> list[str]:
        """The ids of the turns that wait for an answer."""

    async def close(self) -> None: ...


class MemoryWorld:
    def __init__(self, lease: float) -> None:
        self._now = 1_700_000_000.0
        self._memory = MemoryConversations(lease=lease, clock=lambda: self._now)
        self.conversations: Conversations = self._memory
        self.outbox: Outbox = memory_post(self._memory, "telegram").outbox

    @classmethod
    async def open(cls, lease: float) -> "MemoryWorld":
        return cls(lease)

    async def pass_time(self, seconds: float) -> None:
        self._now += seconds

    async def mailbox(self, conversation: str) -> list[str]:
        return [turn.id for turn in self._memory._ledger.records[conversation].mailbox]

    async def close(self) -> None:
        await self.conversations.close()


class ServerWorld:
    def __init__(self, conversations: RedisConversations, url: str) -> None:
        self.conversations: Conversations = conversations
        self.outbox: Outbox = redis_post(conversations, "telegram", "7").outbox
        self._raw = Redis.from_url(url)

    @classmethod
    async def open(cls, url: str, lease: float) -> "ServerWorld":
        async with Redis.from_url(url) as raw:
            await raw.flushall()
        return cls(await RedisConversations.connect(url, lease=lease), url)

    async def pass_time(self, seconds: float) -> None:
        """Let everything that is in someone's hand be there for longer than it is."""
        for stream in [stream for shard in ALL_SHARDS for stream in (shard.ready, shard.outbox("telegram"))]:
            try:
                in_hand = await self._raw.xpending_range(stream, "kefu", "-", "+", 1000)
            except ResponseError:  # nobody has looked into this stream yet
                continue
            for entry in in_hand:
                idle = entry["time_since_delivered"] + round(seconds * 1000)
                place = entry["consumer"], 0, [entry["message_id"]]
                await self._raw.xclaim(stream, "kefu", *place, idle=idle, justid=True)

    async def mailbox(self, conversation: str) -> list[str]:
        stored = await self._raw.lrange(keys_of(conversation)[2], 0, -1)
        return [read_turn(turn).id for turn in stored]

    async def close(self) -> None:
        await self.conversations.close()
        await self._raw.aclose()
