"""One contract for all registries."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.registry.base import Registry, RegistryUnavailable
from bot.registry.memory import MemoryRegistry
from bot.registry.redis import RedisRegistry


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.server)])
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    if request.param == "memory":
        yield MemoryRegistry()
        return
    redis = Redis.from_url(request.getfixturevalue("valkey_server").url)
    await redis.flushall()
    yield RedisRegistry(redis)
    await redis.aclose()


async def test_a_record_is_added_once_and_found(registry: Registry) -> None:
    assert [await registry.add("accounts", "mía", "one"), await registry.add("accounts", "mía", "two")] == [
        True,
        False,
    ]
    assert not await registry.add("accounts", "mía", "one")
    assert await registry.find("accounts", "mía") == "one"
    assert await registry.find("tokens", "mía") is None
    assert await registry.all("accounts") == {"mía": "one"}


async def test_a_record_changes_only_from_what_was_read(registry: Registry) -> None:
    await registry.add("accounts", "mia", "one")
    changed = [await registry.replace("accounts", "mia", "one", str(number)) for number in range(3)]

    assert changed == [True, False, False]
    assert await registry.find("accounts", "mia") == "0"
    assert [await registry.remove("accounts", "mia"), await registry.remove("accounts", "mia")] == [True, False]
    assert not await registry.replace("accounts", "mia", "0", "back again")


async def test_what_is_counted_is_forgotten_in_time(registry: Registry) -> None:
    assert [await registry.count("tries", 60) for _ in range(3)] == [1, 2, 3]
    await registry.forget("tries")
    assert await registry.count("tries", 0.05) == 1
    await asyncio.sleep(0.1)
    assert await registry.count("tries", 60) == 1


async def test_the_first_text_is_held(registry: Registry) -> None:
    assert await registry.hold("reply", "first", 60) is None
    assert await registry.hold("reply", "second", 60) == "first"
    assert not await registry.exchange("reply", "second", "third", 60)
    assert await registry.exchange("reply", "first", "third", 60)
    assert await registry.hold("reply", "fourth", 60) == "third"


async def test_a_log_grows_from_the_end_that_was_seen(registry: Registry) -> None:
    added = await asyncio.gather(*(registry.append("log", "", f"entry {number}") for number in range(5)))
    first = await registry.tail("log")
    await registry.append("log", first, "later")

    assert sorted(added) == [False] * 4 + [True]
    assert await registry.read("log", 0, 10) == [first, "later"]
    assert await registry.read("log", -1, 10) == ["later"]
    assert await registry.read("log", -2, 1) == await registry.read("log", -9, 8) == [first]
    assert [await registry.cut("log", "later"), await registry.cut("log", first)] == [False, True]
    assert await registry.read("log", 0, 10) == ["later"]


async def test_a_server_that_is_away_is_told_as_our_own_error(tmp_path: Path) -> None:
    redis = Redis(unix_socket_path=str(tmp_path / "nothing.sock"), retry=Retry(NoBackoff(), 0))
    with pytest.raises(RegistryUnavailable):
        await RedisRegistry(redis).count("tries", time.time())
    await redis.aclose()
