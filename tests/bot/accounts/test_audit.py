"""The audit log: complete, in order, and nothing in it can be changed unseen."""

import asyncio
import json

import pytest

from bot.accounts.audit import Audit
from bot.registry.base import Registry
from bot.registry.memory import MemoryRegistry
from tests.bot.accounts.conftest import Clock

KEY = "a secret key of tests"


async def test_entries_at_the_same_moment_all_stand_in_one_chain(registry: Registry) -> None:
    audit = Audit(registry, KEY)
    await asyncio.gather(*(audit.note("Mia", "resolved", f"web:{number}") for number in range(10)))
    latest = await audit.latest(4)

    assert [entry.number for entry in latest] == [10, 9, 8, 7]
    assert [entry.number for entry in await audit.latest(4, before=7)] == [6, 5, 4, 3]
    assert [entry.number for entry in await audit.latest(9, before=3)] == [2, 1]
    assert await audit.broken() is None


async def _written(texts: list[str]) -> MemoryRegistry:
    registry = MemoryRegistry()
    for text in texts:
        await registry.append("audit", await registry.tail("audit"), text)
    return registry


@pytest.mark.parametrize("number", [1, 3, 5])
async def test_one_changed_byte_is_found_at_its_entry(number: int) -> None:
    registry = MemoryRegistry()
    audit = Audit(registry, KEY)
    for _ in range(5):
        await audit.note("Mia", "resolved", "web:1")
    texts = list(await registry.read("audit", 0, 5))
    texts[number - 1] = texts[number - 1].replace("Mia", "Mio")

    assert await Audit(await _written(texts), KEY).broken() == number


async def test_a_dropped_an_inserted_and_a_foreign_entry_are_found() -> None:
    registry = MemoryRegistry()
    audit = Audit(registry, KEY)
    for _ in range(4):
        await audit.note("Mia", "resolved", "web:1")
    texts = list(await registry.read("audit", 0, 4))
    forged = [*texts, json.dumps({**json.loads(texts[-1]), "number": 5})]

    assert await Audit(await _written([*texts[:1], *texts[2:]]), KEY).broken() == 2
    assert await Audit(await _written([*texts[:2], "no entry", *texts[2:]]), KEY).broken() == 3
    assert await Audit(await _written(forged), KEY).broken() == 5
    assert await Audit(registry, "another key of tests").broken() == 1


async def test_old_entries_are_let_go_and_the_rest_still_verifies(clock: Clock) -> None:
    audit = Audit(MemoryRegistry(clock), KEY, days=1, clock=clock)
    for _ in range(4):
        await audit.note("Mia", "resolved", "web:1")
    clock.now += 2 * 86_400
    for _ in range(3):
        await audit.note("Tom", "resolved", "web:1")

    assert {entry.who for entry in await audit.latest(10)} == {"Tom"}
    assert await audit.broken() is None
