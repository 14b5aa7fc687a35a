import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot.registry.base import Registry
from bot.registry.memory import MemoryRegistry
from bot.registry.redis import RedisRegistry
from bot.webhooks.base import Deliveries
from bot.webhooks.hooks import Hooks
from bot.webhooks.memory import MemoryDeliveries
from bot.webhooks.redis import RedisDeliveries


class Receiver:
    """A real server on loopback that keeps what it is told; `answers` are its next statuses, then 200.

    A refusal of its carries `retry_after`, if there is one.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = ""
        self.retry_after = ""

    async def hear(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((headers, await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        headers = {"Location": self.url} if status == 302 else {}
        if self.retry_after and status != 200:
            headers["Retry-After"] = self.retry_after
        return web.Response(status=status, headers=headers)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()
    await asyncio.sleep(0)


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.server)])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis | None]:
    if request.param == "memory":
        yield None
        return
    client = Redis.from_url(request.getfixturevalue("valkey_server").url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def deliveries(redis: Redis | None) -> Deliveries:
    return MemoryDeliveries() if redis is None else RedisDeliveries(redis)


@pytest.fixture
def registry(redis: Redis | None) -> Registry:
    return MemoryRegistry() if redis is None else RedisRegistry(redis)


@pytest.fixture
def hooks(registry: Registry) -> Hooks:
    return Hooks(registry)
