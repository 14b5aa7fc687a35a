"""Who works at the desk and what they may do there, as plain data. Knows no store and no HTTP.

Errors: AccountError
        ├── NameTaken           another account has this name
        ├── AccountUnknown      there is no such account
        ├── LastAdmin           nobody would be left who manages accounts
        ├── PasswordRefused     the password is too short, too long or the name itself
        └── LoginRefused        wrong name, password or code
            ├── CodeNeeded      the password is right; the code of the second factor is missing
            └── TooManyTries    wait for `seconds`
"""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from bot.registry.packing import pack, unpack


class Role(StrEnum):
    """A viewer reads, an agent also writes, an admin also manages accounts, tokens and webhooks."""

    VIEWER = "viewer"
    AGENT = "agent"
    ADMIN = "admin"

    def reaches(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who logs in with a password. `created` is in Unix seconds.

    `secret` is the second factor's (base 32), empty when there is none; `offered` is one that was not confirmed yet,
    and `step` the last time step whose code was used.
    """

    name: str
    role: Role
    password: str = field(repr=False)
    created: float
    disabled: bool = False
    secret: str = field(default="", repr=False)
    offered: str = field(default="", repr=False)
    step: int = 0

    def to_text(self) -> str:
        """The account as it is stored; `from_text` is its inverse."""
        return pack(self)

    @classmethod
    def from_text(cls, text: str) -> "Account":
        """The account that `to_text` wrote."""
        return unpack(cls, text)


def key_of(name: str) -> str:
    """Under which a name is kept: two that look alike in case or width are one."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


class AccountError(Exception):
    """Base of this room's errors; its text is one line fit for a person."""


class NameTaken(AccountError):
    """Another account has this name."""


class AccountUnknown(AccountError):
    """There is no such account."""


class LastAdmin(AccountError):
    """Nobody would be left who manages accounts."""


class PasswordRefused(AccountError):
    """The password is too short, too long or the name itself."""


class LoginRefused(AccountError):
    """Wrong name, password or code: which one is not told."""


class CodeNeeded(LoginRefused):
    """The password is right; the code of the second factor is missing."""


class TooManyTries(LoginRefused):
    """Wait for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many tries: wait a quarter of an hour")
        self.seconds = seconds
