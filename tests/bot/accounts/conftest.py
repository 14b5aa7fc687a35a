import time
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher
from redis.asyncio import Redis

from bot.accounts.accounts import Accounts
from bot.accounts.passwords import Passwords
from bot.registry.base import Registry
from bot.registry.memory import MemoryRegistry
from bot.registry.redis import RedisRegistry

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.server)])
async def registry(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Registry]:
    if request.param == "memory":
        yield MemoryRegistry(clock)
        return
    redis = Redis.from_url(request.getfixturevalue("valkey_server").url)
    await redis.flushall()
    yield RedisRegistry(redis)
    await redis.aclose()


@pytest.fixture
def accounts(registry: Registry, clock: Clock) -> Accounts:
    return Accounts(registry, CHEAP, clock)
