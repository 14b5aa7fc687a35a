"""The web door as those who try it see it: in this process, or in that of a `kefu serve`, over TCP."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from bot.accounts.staff import Staff, staff_of
from bot.app import house_of, open_brain
from bot.channels.web.redis_sessions import RedisSessions
from bot.channels.web.sessions import Sessions
from bot.conversation.base import Conversations
from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from bot.doors.web import serve_web
from bot.registry.redis import RedisRegistry
from bot.settings import Settings
from tests.bot.channels.web.conftest import API_TOKEN, CHANGE
from tests.bot.channels.web.operations import Operation, operations_of
from tests.fakes.house import KefuHouse

KEY = "a secret key of tests"
IDENTITY_KEY = "an identity key of tests, 32 long"
ORIGIN = "https://shop.example"
SERVED = {
    "SECRET_KEY": KEY,
    "IDENTITY_KEY": IDENTITY_KEY,
    "API_TOKEN": API_TOKEN,
    "BURST_SECONDS": "0",
    "ALLOWED_ORIGINS": f'["{ORIGIN}"]',
}


@dataclass(frozen=True)
class Gate:
    """A door, how one knocks at it, and what lies behind it."""

    operations: list[Operation]
    app: FastAPI | None
    address: str
    sessions: Sessions
    staff: Staff
    conversations: Conversations

    @contextlib.asynccontextmanager
    async def caller(self, cookie: str = "", token: str = "") -> AsyncIterator[httpx2.AsyncClient]:
        """Someone with a session's cookie, a bearer's token, both or nothing."""
        headers = {**CHANGE, **({"Authorization": f"Bearer {token}"} if token else {})}
        cookies = {"kefu-desk": cookie} if cookie else {}
        transport = httpx2.ASGITransport(app=self.app) if self.app else None
        async with httpx2.AsyncClient(
            transport=transport, base_url=self.address, headers=headers, cookies=cookies, timeout=30
        ) as client:
            yield client

    def at(self, *doors: str) -> list[Operation]:
        """The operations of these doors."""
        return [each for each in self.operations if each.door in doors]

    async def conversation(self) -> str:
        """A conversation of some customer, which an agent has taken over and in which nothing happens any more."""
        name = f"web:{time.monotonic_ns():032}"
        await self.conversations.accept(Message(name, "message-1", "Can I return this?", time.time()))
        await self.conversations.take_over(name, "Kim")
        seen = None
        while seen != (seen := await self.conversations.read(name)):
            await asyncio.sleep(0.2)
        return name


@contextlib.contextmanager
def house_served(url: str) -> Iterator[tuple[KefuHouse, str]]:
    """A house over three entries whose data lie on the server at `url`, and the address where it is served."""
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        house = KefuHouse(Path(folder).resolve())
        house.build()
        with house.serving(REDIS_URL=url, **SERVED) as serving:
            yield house, serving.address


async def served_app(house: KefuHouse, url: str, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application that `kefu serve` serves with these settings, put together by itself once more."""
    found: list[FastAPI] = []

    async def instead(app: FastAPI, *_: object, **__: object) -> None:
        found.append(app)

    monkeypatch.setattr("bot.channels.web.server.serve", instead)
    for name, value in house.environment({**SERVED, "REDIS_URL": url}).items():
        if name.startswith("KEFU_"):
            monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    async with house_of(open_brain(settings, settings.knowledge_dir)) as whole:
        await serve_web(whole, asyncio.Event(), lambda _: None)
    monkeypatch.undo()
    return found[0]


@contextlib.asynccontextmanager
async def gate_of(address: str, url: str, app: FastAPI) -> AsyncIterator[Gate]:
    """The gate of a served house, which serves `app`, and whose data lie on the server at `url`."""
    client, conversations = Redis.from_url(url), await RedisConversations.connect(url)
    try:
        staff = staff_of(RedisRegistry(client), KEY)
        yield Gate(operations_of(app), None, address, RedisSessions(client), staff, conversations)
    finally:
        await client.aclose()
        await conversations.close()
