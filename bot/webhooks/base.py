"""What is told to whom, and the queue of what was not told yet. Knows no HTTP and no conversation.

An event is put into the queue in one act with the mark up to which its conversation was read: a process that dies
before does it again, one that dies later has done it. A delivery that was taken and not settled comes again.
Errors: RegistryUnavailable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.registry.packing import pack, unpack


class Kind(StrEnum):
    """What may be told."""

    CREATED = "conversation.created"
    RECEIVED = "message.received"
    ANSWERED = "answer.sent"
    REPLIED = "reply.sent"
    HANDOFF = "handoff"
    RESOLVED = "resolved"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a hook. `id` stays the same through all attempts; `due` and `at` are Unix seconds."""

    id: str
    hook: str
    kind: str
    body: str
    at: float
    attempts: int = 0
    due: float = 0.0
    reason: str = ""
    """Why the last attempt failed."""

    def to_text(self) -> str:
        """The delivery as it is stored; `from_text` is its inverse."""
        return pack(self)

    @classmethod
    def from_text(cls, text: str | bytes) -> "Delivery":
        """The delivery that `to_text` wrote."""
        return unpack(cls, text)


class Deliveries(Protocol):
    """The queue. All methods may raise RegistryUnavailable."""

    async def mark(self, source: str) -> str:
        """How far a source was read, or nothing."""

    async def put(self, source: str, mark: str, deliveries: Sequence[Delivery]) -> None:
        """Note how far a source was read, and queue what was found, each id once within days: in one act."""

    async def take(self, now: float, lease: float) -> Delivery | None:
        """The delivery that is due longest, which comes again after `lease` seconds unless it is settled."""

    async def settle(self, delivery: Delivery) -> None:
        """It arrived, or nobody wants it any more."""

    async def again(self, delivery: Delivery) -> None:
        """Try again when it is `due`."""

    async def hold(self, hook: str, until: float, now: float) -> None:
        """Tell a hook nothing before `until`; a hold that lasts longer already stays."""

    async def held(self, hook: str) -> float:
        """Until when a hook is to be left alone, if it is."""

    async def bury(self, delivery: Delivery) -> None:
        """Give it up, and keep it for those who look."""

    async def dead(self, limit: int = 100) -> Sequence[Delivery]:
        """What was given up, newest first."""

    async def revive(self, name: str, now: float) -> bool:
        """Try what was given up once more, now. False: there is none of this id."""
