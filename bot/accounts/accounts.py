"""Makes accounts, lets people in and keeps strangers from guessing. Knows no HTTP and no Redis."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.accounts.base import (
    Account,
    AccountUnknown,
    CodeNeeded,
    LastAdmin,
    LoginRefused,
    NameTaken,
    Role,
    TooManyTries,
    key_of,
)
from bot.accounts.passwords import Passwords
from bot.accounts.totp import new_secret, step_of
from bot.registry.base import Registry

TRIES, TRIES_OF_AN_ADDRESS, TRY_SECONDS = 10, 50, 900.0
"""Log-ins that may fail, of one name and from one address, within so many seconds."""
_KIND = "accounts"


class Accounts:
    """The accounts of a registry; all methods may raise RegistryUnavailable."""

    def __init__(
        self, registry: Registry, passwords: Passwords | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._registry = registry
        self._passwords = passwords or Passwords()
        self._clock = clock

    async def create(self, name: str, role: Role, password: str) -> Account:
        """A new account. Raises NameTaken, PasswordRefused."""
        account = Account(name, role, await self._passwords.hash(name, password), self._clock())
        if not await self._registry.add(_KIND, key_of(name), account.to_text()):
            raise NameTaken("another account has this name")
        return account

    async def find(self, name: str) -> Account | None:
        """The account of a name."""
        text = await self._registry.find(_KIND, key_of(name))
        return Account.from_text(text) if text else None

    async def all(self) -> Sequence[Account]:
        """All accounts, by name."""
        found = await self._registry.all(_KIND)
        return [Account.from_text(found[key]) for key in sorted(found)]

    async def log_in(self, name: str, password: str, code: str = "", address: str = "") -> Account:
        """The account of who knows the password and, where there is a second factor, its code.

        Raises LoginRefused, CodeNeeded, TooManyTries; `address` is where the try comes from.
        """
        await self._count(f"tries:name:{key_of(name)}", TRIES)
        await self._count(f"tries:address:{address}", TRIES_OF_AN_ADDRESS)
        account = await self.find(name)
        right = await self._passwords.right(account.password if account else None, password)
        if account is None or not right or account.disabled:
            raise LoginRefused("the name or the password is wrong")
        if account.secret:
            account = await self._used(account, code)
        await self._registry.forget(f"tries:name:{key_of(name)}")
        return account

    async def set_password(self, name: str, password: str) -> Account:
        """Give an account another password. Raises AccountUnknown, PasswordRefused."""
        kept = await self._passwords.hash(name, password)
        return await self._change(name, lambda account: replace(account, password=kept))

    async def set_role(self, name: str, role: Role) -> Account:
        """Raises AccountUnknown, LastAdmin."""
        if role is not Role.ADMIN:
            await self._leave_an_admin(name)
        return await self._change(name, lambda account: replace(account, role=role))

    async def set_disabled(self, name: str, disabled: bool) -> Account:
        """Raises AccountUnknown, LastAdmin."""
        if disabled:
            await self._leave_an_admin(name)
        return await self._change(name, lambda account: replace(account, disabled=disabled))

    async def remove(self, name: str) -> None:
        """Raises AccountUnknown, LastAdmin."""
        await self._leave_an_admin(name)
        if not await self._registry.remove(_KIND, key_of(name)):
            raise AccountUnknown("there is no such account")

    async def offer_code(self, name: str) -> str:
        """A new secret for the second factor, which counts once a code of it was shown. Raises AccountUnknown."""
        secret = new_secret()
        await self._change(name, lambda account: replace(account, offered=secret))
        return secret

    async def confirm_code(self, name: str, code: str) -> None:
        """Ask for codes of the offered secret from now on. Raises AccountUnknown, LoginRefused, TooManyTries."""
        account = await self._require(name)
        await self._count(f"tries:code:{key_of(name)}", TRIES)
        step = step_of(account.offered, code, self._clock()) if account.offered else None
        if step is None:
            raise LoginRefused("the code is wrong")
        new = replace(account, secret=account.offered, offered="", step=step)
        if not await self._replace(account, new):
            raise LoginRefused("the account has changed: try again")

    async def end_code(self, name: str) -> Account:
        """Ask for no second factor any more. Raises AccountUnknown."""
        return await self._change(name, lambda account: replace(account, secret="", offered=""))

    async def _used(self, account: Account, code: str) -> Account:
        if not code:
            raise CodeNeeded("the code of the second factor is missing")
        step = step_of(account.secret, code, self._clock(), account.step)
        new = replace(account, step=step or 0)
        # Whoever comes second with the same code finds another step there.
        if step is None or not await self._replace(account, new):
            raise LoginRefused("the code is wrong, or was used before")
        return new

    async def _count(self, what: str, most: int) -> None:
        if await self._registry.count(what, TRY_SECONDS) > most:
            raise TooManyTries(TRY_SECONDS)

    async def _require(self, name: str) -> Account:
        if (account := await self.find(name)) is None:
            raise AccountUnknown("there is no such account")
        return account

    async def _leave_an_admin(self, name: str) -> None:
        account = await self._require(name)
        admins = [each for each in await self.all() if each.role is Role.ADMIN and not each.disabled]
        if account in admins and len(admins) == 1:
            raise LastAdmin("this is the last admin: make another one first")

    async def _change(self, name: str, change: Callable[[Account], Account]) -> Account:
        while True:
            account = await self._require(name)
            if await self._replace(account, new := change(account)):
                return new

    async def _replace(self, old: Account, new: Account) -> bool:
        return await self._registry.replace(_KIND, key_of(old.name), old.to_text(), new.to_text())
