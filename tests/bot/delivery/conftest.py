"""Posts of every kind beside stores of every kind, empty at the begin of each test."""

import pytest
from redis.asyncio import Redis

from bot.conversation.base import Conversations
from bot.conversation.keys import post_key, shard_of
from bot.conversation.memory import MemoryConversations
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Post
from bot.delivery.memory import MemoryInbox, memory_post
from bot.delivery.redis import redis_post
from tests.bot.conversation.conftest import KINDS, Store, store

__all__ = ["KINDS", "store"]


class Posts:
    """Opens a post beside conversations: each time as another process would, but always the same one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._memory: Post | None = None

    async def open(self, lease: float = 30.0) -> tuple[Conversations, Post]:
        conversations = await self.store.open(lease)
        if isinstance(conversations, MemoryConversations):
            self._memory = self._memory or memory_post(conversations, "telegram")
            return conversations, self._memory
        assert isinstance(conversations, RedisConversations)
        return conversations, redis_post(conversations, "telegram", "7")

    async def dead_updates(self) -> list[tuple[str, str]]:
        """The updates that were buried, with the reasons."""
        if self._memory is not None:
            assert isinstance(self._memory.inbox, MemoryInbox)
            return self._memory.inbox.dead
        assert self.store.server is not None
        async with Redis.from_url(self.store.server.url) as raw:
            dead = await raw.xrange(post_key("telegram:7", "dead"))
        return [(fields[b"id"].decode(), fields[b"reason"].decode()) for _, fields in dead]

    async def known_of_parts(self, conversation: str) -> int:
        """How many turns the conversation's shard still knows something of the parts of."""
        if self.store.server is None:
            conversations = await self.store.open()
            assert isinstance(conversations, MemoryConversations)
            return len([letter for letter in conversations.letters.values() if letter.parts])
        async with Redis.from_url(self.store.server.url) as raw:
            return int(await raw.hlen(shard_of(conversation).attempts("telegram")))


@pytest.fixture
def posts(store: Store) -> Posts:
    return Posts(store)
