"""Data of an older Kefu is brought up to date once, whoever starts and whenever it is killed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.conversation.keys import ALL_SHARDS, SCHEMA, shard_of
from bot.conversation.redis import RedisConversations
from bot.conversation.retention import Retention
from bot.conversation.schema import LOCK, MIGRATIONS, SCHEMA_VERSION, Step, bring_up
from tests.conftest import RealServer

pytestmark = pytest.mark.server

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "schema1.json").read_text("utf-8"))
NAMES = ["telegram:2", "telegram:4", "web:agent", "web:open"]
A_CENTURY = 36_500 * 86_400.0  # the data grows old, the test does not


class Killed(Exception):
    """The process is gone."""


class Dying(Redis):
    """A client whose process is killed before its next command but `left`."""

    left = 0

    def allow(self, wanted: int) -> int:
        allowed = min(self.left, wanted)
        self.left -= allowed
        return allowed

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if not self.allow(1):
            raise Killed
        return await super().execute_command(*args, **options)

    def pipeline(self, *_: Any, **__: Any) -> "DyingPipeline":
        pipeline = DyingPipeline(self.connection_pool, self.response_callbacks, False, None)
        pipeline.dying = self
        return pipeline


class DyingPipeline(Pipeline):
    dying: Dying

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        wanted = len(self.command_stack)
        allowed = self.dying.allow(wanted)
        del self.command_stack[allowed:]
        done = await super().execute(raise_on_error)
        if allowed < wanted:
            raise Killed
        return done


@pytest.fixture
async def raw(server: RealServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.url, decode_responses=True) as raw:
        yield raw


@pytest.fixture
async def old(raw: Redis) -> Redis:
    """A server with what a Kefu of schema 1 has written."""
    await restore(raw)
    return raw


async def restore(raw: Redis) -> None:
    await raw.flushall()
    for row in ROWS:
        key, value = row["key"], row["value"]
        if row["type"] == "string":
            await raw.set(key, value)
        elif row["type"] == "hash":
            await raw.hset(key, mapping=value)
        elif row["type"] == "list":
            await raw.rpush(key, *value)
        elif row["type"] == "zset":
            await raw.zadd(key, {member: int(score) for member, score in value})
        else:
            await restore_stream(raw, key, value)


async def restore_stream(raw: Redis, key: str, value: dict[str, Any]) -> None:
    for entry, fields in value["entries"]:
        await raw.xadd(key, fields, entry)
    if value["delivered"]:
        await raw.xgroup_create(key, "kefu", value["delivered"], mkstream=True)
    if value["pending"]:
        await raw.xclaim(key, "kefu", "kefu", 0, value["pending"], force=True, justid=True)


async def waiting(raw: Redis) -> dict[str, float]:
    """Who waits, and the microsecond since when."""
    found = {}
    for shard in ALL_SHARDS:
        found.update(dict(await raw.zrange(shard.waiting, 0, -1, withscores=True)))
    return found


async def content(raw: Redis) -> dict[str, Any]:
    """All that a migration may change."""
    states = {name: await raw.hgetall(state_key(name)) for name in NAMES}
    return {"states": states, "waiting": await waiting(raw), "version": await raw.get(SCHEMA)}


def state_key(name: str) -> bytes:
    return shard_of(name).state_stem + name.encode()


class TestFromSchema1:
    async def test_every_act_goes_on_with_what_was_written(self, old: Redis, server: RealServer) -> None:
        conversations = await RedisConversations.connect(server.url, retention=Retention.all_of(A_CENTURY))
        try:
            states = {state.id: state for state in await conversations.recent()}
            read = await conversations.read("web:agent")
            events = await conversations.events("web:agent", "0", 0)
            claim = await conversations.claim("worker", 2)
        finally:
            await conversations.close()

        assert sorted(states) == NAMES
        assert states["telegram:2"].status == "waiting"
        assert read.state.owner == "agent"
        assert [turn.role for turn in read.turns] == ["customer", "bot", "event", "agent"]
        assert next(event.data["text"] for event in events if event.kind == "turn") == "My parcel is late."
        assert claim is not None
        assert (claim.conversation, claim.pending[0].text) == ("web:open", "And to Austria?")

    async def test_who_waits_is_listed_and_everyone_counts_one_episode(self, old: Redis) -> None:
        before = await old.hget(state_key("telegram:2"), "updated")
        await bring_up(old)

        assert before is not None
        assert await waiting(old) == {"telegram:2": float(before.replace(".", ""))}
        assert [await old.hget(state_key(name), "episode") for name in NAMES] == ["1"] * 4

    async def test_a_state_keeps_its_time_to_live(self, old: Redis) -> None:
        await old.pexpire(state_key("web:open"), 60_000)
        await bring_up(old)

        assert 0 < await old.pttl(state_key("web:open")) <= 60_000

    async def test_what_is_newer_than_the_migration_stays(self, old: Redis) -> None:
        await old.hset(state_key("telegram:2"), "episode", "7")
        await old.zadd(shard_of("telegram:2").waiting, {"telegram:2": 5})
        await bring_up(old)

        assert await old.hget(state_key("telegram:2"), "episode") == "7"
        assert await waiting(old) == {"telegram:2": 5.0}

    async def test_is_done_once_and_leaves_no_lock(self, old: Redis) -> None:
        await bring_up(old)
        await old.hdel(state_key("web:open"), "episode")
        await bring_up(old)

        assert await old.hget(state_key("web:open"), "episode") is None
        assert await old.get(SCHEMA) == str(SCHEMA_VERSION) == "2"
        assert not await old.exists(LOCK)


class TestAKill:
    async def test_anywhere_leaves_what_the_next_one_finishes(self, old: Redis, server: RealServer) -> None:
        await bring_up(old)
        whole = await content(old)
        died = 0
        for steps in range(100):
            await restore(old)
            dying = Dying.from_url(server.url)
            dying.left = steps
            try:
                await bring_up(dying, lease=0.02)
                break
            except Killed:
                died += 1
                assert await old.get(SCHEMA) == "1" or await content(old) == whole
                await bring_up(old, lease=0.02)
                assert await content(old) == whole
            finally:
                await dying.aclose()
        assert died >= 9
        assert await content(old) == whole


class TestTwoAtOnce:
    async def test_only_one_migrates_and_both_go_on(self, old: Redis) -> None:
        ran = []

        async def slow(redis: Redis, step: Step) -> None:
            ran.append("begun")
            await step()
            await asyncio.sleep(0.2)
            await MIGRATIONS[0](redis, step)

        await asyncio.gather(*(bring_up(old, [slow]) for _ in range(4)))

        assert ran == ["begun"]
        assert await old.get(SCHEMA) == "2"

    async def test_who_was_taken_for_dead_ends_at_its_next_step_and_writes_no_version(self, old: Redis) -> None:
        went_on = []

        async def stalled(redis: Redis, step: Step) -> None:
            await redis.set(LOCK, "another process")
            await step()
            went_on.append("past its lock")

        async def another_finishes() -> None:
            await asyncio.sleep(0.2)
            assert await old.get(SCHEMA) == "1"
            await old.set(SCHEMA, 2)

        await asyncio.gather(bring_up(old, [stalled]), another_finishes())

        assert went_on == []
        assert await old.get(LOCK) == "another process"

    async def test_a_lock_lost_before_the_version_is_written_writes_none(self, old: Redis) -> None:
        async def late(redis: Redis, step: Step) -> None:
            await redis.set(LOCK, "another process", px=50)
            if runs.append(await redis.get(SCHEMA)) or len(runs) > 1:
                await redis.set(SCHEMA, 2)

        runs: list[str] = []
        await bring_up(old, [late])

        assert runs == ["1", "1"]

    async def test_who_waits_too_long_is_told_so(self, old: Redis) -> None:
        await old.set(LOCK, "another process")

        with pytest.raises(ConversationsUnavailable, match="another Kefu is still bringing"):
            await bring_up(old, patience=0.05)


class TestOtherVersions:
    async def test_an_empty_server_gets_the_newest_without_a_migration(self, raw: Redis) -> None:
        async def never(redis: Redis, step: Step) -> None:
            raise AssertionError("there is nothing to migrate")

        await bring_up(raw, [never, never])

        assert await raw.get(SCHEMA) == "3"

    async def test_migrations_go_on_from_the_version_that_was_reached(self, raw: Redis) -> None:
        await raw.set(SCHEMA, 2)
        ran = []

        async def first(redis: Redis, step: Step) -> None:
            ran.append("first")

        async def second(redis: Redis, step: Step) -> None:
            ran.append("second")

        await bring_up(raw, [first, second])

        assert ran == ["second"]
        assert await raw.get(SCHEMA) == "3"

    async def test_data_of_a_newer_kefu_is_refused_and_left_alone(self, raw: Redis, server: RealServer) -> None:
        await raw.set(SCHEMA, SCHEMA_VERSION + 1)

        with pytest.raises(ConversationsError, match="upgrade Kefu, or set KEFU_REDIS_URL"):
            await RedisConversations.connect(server.url)
        assert await raw.get(SCHEMA) == str(SCHEMA_VERSION + 1)
