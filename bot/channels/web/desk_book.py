"""What the desk keeps that belongs to no conversation: canned answers, and what became of suggestions.

Knows no HTTP and no server: `MemoryBook` is for tests and demonstrations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MOST_CANNED = 500
KEPT_ACTS = 100_000
"""What became of suggestions is kept as long as conversations are, and of these at most so many."""

Logged = Mapping[str, Any]


class BookFull(Exception):
    """One canned answer more cannot be kept."""


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer that agents write by "/" and its `name`. In `text`, {name} is the customer's and {agent} the agent's.

    With `tags` or `resolve` it is a macro: they follow when it is sent.
    """

    name: str
    text: str
    tags: tuple[str, ...] = ()
    resolve: bool = False


class Book(Protocol):
    """All methods may raise ConversationsUnavailable."""

    async def canned(self) -> Sequence[Canned]:
        """All canned answers, by name."""

    async def keep(self, canned: Canned) -> None:
        """Keep one, in place of what had its name. Raises BookFull."""

    async def drop(self, name: str) -> None:
        """Forget one, if it is there."""

    async def log(self, act: Logged) -> None:
        """Note what an agent did with a suggestion."""

    async def logged(self, last: int) -> Sequence[Logged]:
        """The last acts, newest first."""


class MemoryBook:
    """Implements `Book` in this process's memory."""

    def __init__(self) -> None:
        self._canned: dict[str, Canned] = {}
        self._acts: list[Logged] = []

    async def canned(self) -> Sequence[Canned]:
        return [self._canned[name] for name in sorted(self._canned)]

    async def keep(self, canned: Canned) -> None:
        if canned.name not in self._canned and len(self._canned) >= MOST_CANNED:
            raise BookFull(f"there are {MOST_CANNED} canned answers already: remove one first")
        self._canned[canned.name] = canned

    async def drop(self, name: str) -> None:
        self._canned.pop(name, None)

    async def log(self, act: Logged) -> None:
        self._acts.append(dict(act))

    async def logged(self, last: int) -> Sequence[Logged]:
        return self._acts[-last:][::-1] if last else []
