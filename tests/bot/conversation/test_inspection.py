"""Stored conversations that are not what was accepted are found by name, and a server that may lose them."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.conversation.inspection import Records, persistence, verify_records
from bot.conversation.keys import keys_of
from bot.conversation.messages import Message, Reply, Turn
from bot.conversation.redis import RedisConversations
from tests.conftest import RealServer

pytestmark = pytest.mark.server

ADA, BOB = "web:1", "telegram:2"


@pytest.fixture
async def raw(server: RealServer) -> AsyncIterator[Redis]:
    """A server with two conversations of two turns each."""
    conversations = await RedisConversations.connect(server.url)
    for name in (ADA, BOB):
        await conversations.accept(Message(name, "1", "Hello \ud83d", 1.5))
        claim = await conversations.claim("worker", 2)
        assert claim is not None
        await conversations.commit(claim, Reply((Turn("b", "bot", "Hi.", 2.5),)))
    await conversations.close()
    async with Redis.from_url(server.url) as raw:
        yield raw


async def test_whole_conversations_are_counted(raw: Redis) -> None:
    assert await verify_records(raw) == Records(conversations=2, turns=4)


async def test_a_changed_word_is_found_and_not_shown(raw: Redis) -> None:
    turns = keys_of(ADA)[1]
    stored = (await raw.lrange(turns, 1, 1))[0]
    await raw.lset(turns, 1, stored.replace(b"Hi.", b"Ho."))

    assert await verify_records(raw) == Records(2, 4, 1, f"{ADA} (turn 2 is not what was accepted)")


async def test_a_turn_and_a_state_that_cannot_be_read_are_found(raw: Redis) -> None:
    await raw.lset(keys_of(ADA)[1], 0, "{")
    await raw.hset(keys_of(BOB)[0], "status", "opem")
    found = await verify_records(raw)

    assert (found.damaged, found.conversations) == (2, 2)
    assert found.first in (f"{ADA} (turn 1 cannot be read)", f"{BOB} (its state cannot be read)")


async def test_a_key_of_another_kind_is_found(raw: Redis) -> None:
    await raw.set(keys_of(BOB)[1], "x")

    assert (await verify_records(raw)).first == f"{BOB} (a key is of another kind)"


@pytest.mark.parametrize(
    ("setting", "value", "cure"),
    [
        ("appendonly", "no", "set appendonly yes"),
        ("appendfsync", "no", "set appendfsync everysec or always"),
        ("appendfsync", "everysec", ""),
        ("appendfsync", "always", ""),
    ],
)
async def test_what_a_server_may_lose_is_told(raw: Redis, setting: str, value: str, cure: str) -> None:
    before = (await raw.config_get(setting))[setting]
    await raw.config_set(setting, value)
    try:
        [remark] = await persistence(raw)
    finally:
        await raw.config_set(setting, before)
    assert remark.cure == cure


async def test_a_server_that_throws_conversations_away_when_full_is_told(raw: Redis) -> None:
    await raw.config_set("maxmemory-policy", "allkeys-lru")
    await raw.config_set("maxmemory", "100mb")
    try:
        remarks = await persistence(raw)
    finally:
        await raw.config_set("maxmemory", "0")
        await raw.config_set("maxmemory-policy", "noeviction")
    assert [remark.cure for remark in remarks][1:] == ["set maxmemory-policy noeviction"]


async def test_a_server_that_tells_nothing_is_no_failure(raw: Redis, server: RealServer) -> None:
    await raw.acl_setuser("quiet", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-info", "-config"])
    try:
        async with Redis.from_url(server.url, username="quiet", password="x") as quiet:
            [remark] = await persistence(quiet)
    finally:
        await raw.acl_deluser("quiet")
    assert remark.found == "the server does not tell how it keeps data"
