"""Tokens of programs: found by their secret alone, until they end."""

from bot.accounts.tokens import Scope, Tokens
from bot.registry.base import Registry
from tests.bot.accounts.conftest import Clock


async def test_a_token_is_found_by_its_secret_until_it_is_revoked(registry: Registry) -> None:
    tokens = Tokens(registry)
    secret, made = await tokens.create("the shop", [Scope.ASK, Scope.SUGGEST, Scope.ASK], "Ada")

    assert await tokens.find(secret) == made
    assert made.scopes == (Scope.ASK, Scope.SUGGEST)
    assert list(await tokens.all()) == [made]
    assert await tokens.find(secret[:-1]) is await tokens.find("") is await tokens.find(made.id) is None
    assert [await tokens.revoke(made.id), await tokens.revoke(made.id)] == [True, False]
    assert await tokens.find(secret) is None


async def test_no_secret_is_kept(registry: Registry) -> None:
    secret, _ = await Tokens(registry).create("the shop", [Scope.ASK], "Ada")

    assert not any(secret in text for text in (await registry.all("tokens")).values())


async def test_a_token_expires(registry: Registry, clock: Clock) -> None:
    tokens = Tokens(registry, clock)
    secret, _ = await tokens.create("the shop", [Scope.ASK], "Ada", days=1)
    assert await tokens.find(secret)
    clock.now += 86_401

    assert await tokens.find(secret) is None
