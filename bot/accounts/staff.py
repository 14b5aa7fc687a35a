"""All that is known of those who work here, over one registry. Knows no HTTP."""

from dataclasses import dataclass

from bot.accounts.accounts import Accounts
from bot.accounts.audit import Audit
from bot.accounts.passwords import Passwords
from bot.accounts.tokens import Tokens
from bot.registry.base import Registry


@dataclass(frozen=True, slots=True)
class Staff:
    """Accounts, tokens of programs, and what was done with both."""

    registry: Registry
    accounts: Accounts
    tokens: Tokens
    audit: Audit


def staff_of(registry: Registry, key: str, passwords: Passwords | None = None) -> Staff:
    """The staff of a registry; `key` seals the audit log."""
    return Staff(registry, Accounts(registry, passwords), Tokens(registry), Audit(registry, key))
