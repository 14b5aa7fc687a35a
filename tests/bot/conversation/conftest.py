"""Stores of every kind, empty at the begin of each test."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.conversation.base import Conversations
from bot.conversation.locks import FileLock
from bot.conversation.memory import MemoryConversations
from bot.conversation.records import Apology, no_words
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

    async def open(self, lease: float = 30.0, apology: Apology = no_words) -> Conversations:
        if self.server is None and self._opened:
            return self._opened[0]
        if self.server is None:
            opened: Conversations = MemoryConversations(lease=lease, clock=lambda: self._now, apology=apology)
        else:
            opened = await RedisConversations.connect(self.server.url, lease=lease, apology=apology)
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


@pytest.fixture(params=["valkey", "redis"])
def server(request: pytest.FixtureRequest) -> RealServer:
    """A real server, empty."""
    server: RealServer = request.getfixturevalue(f"{request.param}_server")
    server.ask("FLUSHALL")
    return server


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where an embedded server may lie; whatever a test leaves running there is ended."""
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        path = Path(folder) / "valkey"
        yield path
        end(path)


def end(folder: Path) -> None:
    """End the server that a test left behind, if any."""
    if runs(folder):
        os.kill(pid(folder), signal.SIGKILL)


def pid(folder: Path) -> int:
    return int((folder / "valkey.pid").read_text())


def runs(folder: Path) -> bool:
    if not (folder / "server.lock").exists():
        return False
    with FileLock(folder / "server.lock") as lock:
        return not lock.take()


@pytest.fixture
async def conversations(store: Store) -> Conversations:
    return await store.open()
