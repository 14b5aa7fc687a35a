"""Accounts: who gets in, and who does not."""

import asyncio

import pytest

from bot.accounts.accounts import TRIES, TRY_SECONDS, Accounts
from bot.accounts.base import (
    AccountUnknown,
    CodeNeeded,
    LastAdmin,
    LoginRefused,
    NameTaken,
    PasswordRefused,
    Role,
    TooManyTries,
)
from bot.accounts.totp import STEP_SECONDS, code_at
from bot.registry.base import Registry
from bot.registry.memory import MemoryRegistry
from tests.bot.accounts.conftest import CHEAP, Clock

PASSWORD = "a password of tests"


def test_roles_reach_what_lies_below() -> None:
    reached = {role: [needed for needed in Role if role.reaches(needed)] for role in Role}

    assert reached == {
        Role.VIEWER: [Role.VIEWER],
        Role.AGENT: [Role.VIEWER, Role.AGENT],
        Role.ADMIN: [Role.VIEWER, Role.AGENT, Role.ADMIN],
    }


async def test_the_right_password_opens(accounts: Accounts, registry: Registry) -> None:
    made = await accounts.create("Mia Park", Role.AGENT, PASSWORD)

    assert await accounts.log_in("mia  park", PASSWORD) == made
    assert not any(PASSWORD in text for text in (await registry.all("accounts")).values())
    assert PASSWORD not in repr(made)
    assert made.password not in repr(made)


@pytest.mark.parametrize(("name", "password"), [("Mia", "wrong"), ("Tom", PASSWORD), ("", ""), ("Mia", "\ud800")])
async def test_a_wrong_name_or_password_opens_nothing(accounts: Accounts, name: str, password: str) -> None:
    await accounts.create("Mia", Role.AGENT, PASSWORD)

    with pytest.raises(LoginRefused, match=r"^the name or the password is wrong$"):
        await accounts.log_in(name, password)


@pytest.mark.parametrize("name", ["Mia", "MIA", " mia ", "Ｍｉａ"])
async def test_a_name_that_looks_like_another_s_is_taken(accounts: Accounts, name: str) -> None:
    await accounts.create("Mia", Role.AGENT, PASSWORD)

    with pytest.raises(NameTaken):
        await accounts.create(name, Role.ADMIN, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "MIA of the shop"])
async def test_a_password_must_be_hard_to_guess(accounts: Accounts, password: str) -> None:
    with pytest.raises(PasswordRefused):
        await accounts.create("mia of the shop", Role.AGENT, password)


async def test_guessing_is_slowed_down(clock: Clock) -> None:
    accounts = Accounts(MemoryRegistry(clock), CHEAP, clock)
    await accounts.create("Mia", Role.AGENT, PASSWORD)
    for _ in range(TRIES):
        with pytest.raises(LoginRefused):
            await accounts.log_in("Mia", "a wrong one")
    with pytest.raises(TooManyTries):
        await accounts.log_in("Mia", PASSWORD)
    clock.now += TRY_SECONDS + 1

    assert (await accounts.log_in("Mia", PASSWORD)).name == "Mia"


async def test_a_disabled_account_opens_nothing_until_it_is_enabled(accounts: Accounts) -> None:
    await accounts.create("Ada", Role.ADMIN, PASSWORD)
    await accounts.create("Mia", Role.AGENT, PASSWORD)
    await accounts.set_disabled("Mia", disabled=True)
    with pytest.raises(LoginRefused):
        await accounts.log_in("Mia", PASSWORD)
    await accounts.set_disabled("Mia", disabled=False)

    assert await accounts.log_in("Mia", PASSWORD)


async def test_the_last_admin_stays(accounts: Accounts) -> None:
    await accounts.create("Ada", Role.ADMIN, PASSWORD)
    for act in (accounts.remove("Ada"), accounts.set_role("Ada", Role.VIEWER), accounts.set_disabled("Ada", True)):
        with pytest.raises(LastAdmin):
            await act
    await accounts.create("Tom", Role.ADMIN, PASSWORD)
    await accounts.remove("Ada")

    assert [account.name for account in await accounts.all()] == ["Tom"]
    with pytest.raises(AccountUnknown):
        await accounts.set_password("Ada", PASSWORD)


async def test_changes_at_the_same_moment_are_all_kept(accounts: Accounts) -> None:
    await accounts.create("Ada", Role.ADMIN, PASSWORD)
    await accounts.create("Mia", Role.AGENT, PASSWORD)
    await asyncio.gather(accounts.set_role("Mia", Role.VIEWER), accounts.set_password("Mia", "another password"))

    assert (await accounts.log_in("Mia", "another password")).role is Role.VIEWER


async def test_a_second_factor_is_asked_for_once_it_was_confirmed(accounts: Accounts, clock: Clock) -> None:
    await accounts.create("Mia", Role.AGENT, PASSWORD)
    secret = await accounts.offer_code("Mia")
    assert await accounts.log_in("Mia", PASSWORD)
    with pytest.raises(LoginRefused):
        await accounts.confirm_code("Mia", "000000x")
    await accounts.confirm_code("Mia", code_at(secret, int(clock.now) // STEP_SECONDS))
    with pytest.raises(CodeNeeded):
        await accounts.log_in("Mia", PASSWORD)
    clock.now += 2 * STEP_SECONDS
    code = code_at(secret, int(clock.now) // STEP_SECONDS)
    tries = await asyncio.gather(*(accounts.log_in("Mia", PASSWORD, code) for _ in range(4)), return_exceptions=True)

    assert sum(not isinstance(each, LoginRefused) for each in tries) == 1
    assert (await accounts.end_code("Mia")).secret == ""
