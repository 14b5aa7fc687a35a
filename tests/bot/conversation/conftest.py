"""Stores of every kind, empty at the begin of each test."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.conversation.base import Conversations
from bot.conversation.memory import MemoryConversations
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Outbox
from bot.delivery.memory import memory_post
from bot.delivery.redis import redis_post
from tests.conftest import RealServer

KINDS = [
    "memory",
    pytest.param("valkey", marks=pytest.mark.server),
    pytest.param("redis", marks=pytest.mark.server),
]


class Store:
    """Opens conversations: each time as another process would, but always the same ones."""

    def __init__(self, server: RealServer | None) -> None:
        self.server = server
        self._opened: list[Conversations] = []
        self._now = 1_700_000_000.0

    async def open(self, lease: float = 30.0) -> Conversations:
        if self.server is None and self._opened:
            return self._opened[0]
        if self.server is None:
            opened: Conversations = MemoryConversations(lease=lease, clock=lambda: self._now)
        else:
            opened = await RedisConversations.connect(self.server.url, lease=lease)
        self._opened.append(opened)
        return opened

    async def let_pass(self, seconds: float) -> None:
        self._now += seconds
        if self.server is not None:
            await asyncio.sleep(seconds)

    async def close(self) -> None:
        for opened in self._opened:
            await opened.close()


def outbox_of(conversations: Conversations) -> Outbox:
    """Telegram's outbox beside any conversations."""
    if isinstance(conversations, MemoryConversations):
        return memory_post(conversations, "telegram").outbox
    assert isinstance(conversations, RedisConversations)
    return redis_post(conversations, "telegram", "7").outbox


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    server = None if request.param == "memory" else request.getfixturevalue(f"{request.param}_server")
    if server is not None:
        server.ask("FLUSHALL")
    store = Store(server)
    yield store
    await store.close()


@pytest.fixture
async def conversations(store: Store) -> Conversations:
    return await store.open()
