"""One contract, every store of files."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.files.base import FileConflict, FileRefused, Files, FilesUnavailable, Kind, Limits, Stored, Usage, Why
from bot.files.memory import MemoryFiles
from bot.files.redis import PIECE, RedisFiles
from tests.fakes.servers import RealServer

MINE, THEIRS = "web:mine", "web:theirs"
LIMITS = Limits(visitor=2_000_000, total=3_000_000)


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in ("valkey", "redis"))])
async def files(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Files]:
    if request.param == "memory":
        yield MemoryFiles(clock)
        return
    server: RealServer = request.getfixturevalue(f"{request.param}_server")
    async with contextlib.aclosing(Redis.from_url(server.url)) as client:
        await client.flushall()
        yield RedisFiles(client, clock)


def stored(name: str = "file-0001", size: int = 5, digest: str = "d") -> Stored:
    return Stored(name, "a.txt", Kind.TXT, size, digest, 1.0)


async def whole(files: Files, conversation: str, name: str) -> bytes:
    return b"".join([piece async for piece in files.read(conversation, name)])


async def test_a_file_comes_back_as_it_was(files: Files) -> None:
    data = bytes(range(256)) * (PIECE // 100)
    assert await files.put(MINE, stored(size=len(data)), data, LIMITS)

    found = await files.find(MINE, "file-0001")

    assert found is not None
    assert replace(found, expires=0.0) == stored(size=len(data))
    assert await whole(files, MINE, "file-0001") == data


async def test_the_same_twice_is_kept_once_and_another_under_its_id_is_refused(files: Files) -> None:
    assert await files.put(MINE, stored(), b"words", LIMITS)
    assert not await files.put(MINE, stored(), b"words", LIMITS)
    with pytest.raises(FileConflict):
        await files.put(MINE, stored(digest="other"), b"other", LIMITS)

    assert await whole(files, MINE, "file-0001") == b"words"
    assert await files.usage() == Usage(1, 5)


async def test_a_file_is_found_in_its_own_conversation_alone(files: Files) -> None:
    await files.put(MINE, stored(), b"words", LIMITS)

    assert await files.find(THEIRS, "file-0001") is None
    assert await whole(files, THEIRS, "file-0001") == b""
    with pytest.raises(FileRefused):
        await files.keep(THEIRS, ["file-0001"], 60)


async def test_what_no_turn_carries_goes_after_an_hour_and_the_rest_when_its_time_is_over(
    files: Files, clock: Clock
) -> None:
    await files.put(MINE, stored("file-left"), b"words", LIMITS)
    await files.put(MINE, stored("file-kept"), b"words", LIMITS)
    assert [each.id for each in await files.keep(MINE, ["file-kept"], 86_400)] == ["file-kept"]

    clock.now += 3_700
    assert await files.find(MINE, "file-left") is None
    assert await files.find(MINE, "file-kept") is not None
    await files.room(MINE, 1, LIMITS)
    assert await files.usage() == Usage(1, 5)

    clock.now += 86_400
    await files.room(MINE, 1, LIMITS)
    assert await files.find(MINE, "file-kept") is None
    assert await files.usage() == Usage()


async def test_one_conversation_holds_so_much_and_all_together_so_much(files: Files) -> None:
    big = b"x" * 1_500_000
    await files.put(MINE, stored(size=len(big)), big, LIMITS)
    with pytest.raises(FileRefused) as own:
        await files.put(MINE, stored("file-0002", len(big)), big, LIMITS)
    await files.put(THEIRS, stored(size=1_400_000), big[:1_400_000], LIMITS)
    with pytest.raises(FileRefused) as all_:
        await files.put("web:third", stored(size=500_000), big[:500_000], LIMITS)

    assert (own.value.why, all_.value.why) == (Why.QUOTA, Why.FULL)
    assert await files.usage() == Usage(2, 2_900_000)


async def test_nothing_is_kept_for_a_turn_when_one_is_not_there(files: Files, clock: Clock) -> None:
    await files.put(MINE, stored(), b"words", LIMITS)
    with pytest.raises(FileRefused) as refusal:
        await files.keep(MINE, ["file-0001", "file-9999"], 86_400)

    clock.now += 3_700
    assert refusal.value.why is Why.UNKNOWN
    assert await files.find(MINE, "file-0001") is None


async def test_a_conversation_s_files_are_erased_together(files: Files) -> None:
    for number in range(3):
        await files.put(MINE, stored(f"file-000{number}"), b"words", LIMITS)
    await files.put(THEIRS, stored(), b"words", LIMITS)

    assert await files.forget(MINE) == 3
    assert await files.forget(MINE) == 0
    assert await files.usage() == Usage(1, 5)
    assert await whole(files, MINE, "file-0001") == b""
    assert await whole(files, THEIRS, "file-0001") == b"words"


@pytest.mark.server
async def test_nothing_is_left_on_the_server(valkey_server: RealServer) -> None:
    async with contextlib.aclosing(Redis.from_url(valkey_server.url)) as client:
        await client.flushall()
        files = RedisFiles(client)
        await files.put(MINE, stored(), b"words", LIMITS)
        await files.forget(MINE)

        left = {key for key in await client.keys("*") if not key.endswith(b":filed-bytes")}
        assert left == set()


@pytest.mark.server
async def test_every_key_of_a_file_goes_by_itself(valkey_server: RealServer) -> None:
    async with contextlib.aclosing(Redis.from_url(valkey_server.url)) as client:
        await client.flushall()
        files = RedisFiles(client)
        await files.put(MINE, stored(), b"words", LIMITS)
        await files.keep(MINE, ["file-0001"], 7_200)

        words = [key for key in await client.keys("*") if b":files:" in key or b":pieces:" in key]
        assert len(words) == 2
        for key in words:
            assert 7_100 < await client.ttl(key) <= 7_201


async def test_a_server_that_is_away_is_said_to_be() -> None:
    async with contextlib.aclosing(Redis.from_url("redis://127.0.0.1:1")) as client:
        with pytest.raises(FilesUnavailable):
            await RedisFiles(client).find(MINE, "file-0001")
