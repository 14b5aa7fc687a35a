"""Posts of every kind beside stores of every kind, empty at the begin of each test."""

import pytest

from bot.conversation.base import Conversations
from bot.conversation.memory import MemoryConversations
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Post
from bot.delivery.memory import memory_post
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


@pytest.fixture
def posts(store: Store) -> Posts:
    return Posts(store)
