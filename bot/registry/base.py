"""Small records that all processes share: accounts, tokens, a log that only grows. Knows no meaning of them.

Errors: RegistryUnavailable, when the server cannot be reached or refuses to write.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol


class RegistryUnavailable(Exception):
    """The server cannot be reached, or refuses to write; the text is one line fit for a person."""


class Registry(Protocol):
    """Texts under a kind and a key, each changed whole or not at all. All methods may raise RegistryUnavailable."""

    async def add(self, kind: str, key: str, text: str) -> bool:
        """Store a record. False, and nothing changed: there is one of this key."""

    async def find(self, kind: str, key: str) -> str | None:
        """The record of a key."""

    async def all(self, kind: str) -> Mapping[str, str]:
        """All records of a kind by their keys."""

    async def replace(self, kind: str, key: str, old: str, new: str) -> bool:
        """Put `new` in the place of `old`. False, and nothing changed: it was another one by now."""

    async def remove(self, kind: str, key: str) -> bool:
        """Forget a record. False: there was none."""

    async def count(self, what: str, seconds: float) -> int:
        """Count one more; how many there were since the first of the last so many seconds."""

    async def hold(self, what: str, text: str, seconds: float) -> str | None:
        """Keep a text for so long. When one is kept already that one is given, and stays."""

    async def exchange(self, what: str, old: str, new: str, seconds: float) -> bool:
        """Put `new` in the place of the held `old`, for so long. False: it was another one, or gone."""

    async def forget(self, what: str) -> None:
        """Forget what was counted or held."""

    async def append(self, log: str, last: str, text: str) -> bool:
        """Write a text at the end of a log whose end is `last` (empty: the log is). False: it has grown."""

    async def tail(self, log: str) -> str:
        """The end of a log, or nothing."""

    async def read(self, log: str, first: int, count: int) -> Sequence[str]:
        """Texts of a log, oldest first, from the place `first`; a negative one counts from the end."""

    async def cut(self, log: str, first: str) -> bool:
        """Forget the oldest text of a log, which is `first`. False: it is another one."""
