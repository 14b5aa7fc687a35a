"""What a channel needs to lose nothing: an inbox, an outbox, leases and a notebook. Knows no message's meaning.

`Inbox` keeps raw updates until they were handled, `Outbox` gives committed turns until they were sent, a lease lets
one process of many do what only one may do, and the notebook holds small facts over restarts.

What cannot be promised: a process that dies between a foreign server's acceptance of a message and our record of it
leaves open whether it arrived. `Outbox.attempt` tells so, and the sender repeats or flags it, by the turn's class.

Errors are those of `bot.conversation.base`; all methods may raise ConversationsUnavailable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.conversation.messages import Turn

ATTEMPTS = 3
"""Times that an update may fail; then it is laid aside and the next one is handled."""
FULL = 50_000
"""Updates that may wait; beyond, whoever brings more must come again later."""
UNDELIVERED = "undelivered"
UNCONFIRMED = "unconfirmed"
WITHDRAWN = "withdrawn"
"""The event that tells agents of a bot's turn that was not sent, for one of them had come."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A committed turn that a channel must still send. `parts` maps a part's number to what is known of it: the
    channel's id of the message that arrived, or OPEN."""

    conversation: str
    turn: Turn
    receipt: str
    attempts: int = 1
    parts: Mapping[int, str] = field(default_factory=dict)


OPEN = "?"
"""A part was attempted, and nobody knows whether it arrived."""


class Attempt(StrEnum):
    """Whether a part may be sent now."""

    FIRST = "first"
    """It was never attempted, or surely did not arrive."""
    AGAIN = "again"
    """It was attempted, and nobody knows whether it arrived."""
    WITHDRAWN = "withdrawn"
    """An agent took the conversation after the bot said this: it must not be sent any more."""
    LOST = "lost"
    """Another sender has it now."""


class Outbox(Protocol):
    """The turns that one channel must send, in the order of each conversation."""

    async def next(self, sender: str, wait: float) -> Outgoing | None:
        """The next turn, or None after `wait` seconds; what another sender had in hand comes first.

        Only the holder of the channel's lease may ask: two senders would take turns from each other. What is not
        settled within the store's lease comes again to the same sender.
        """

    async def attempt(self, outgoing: Outgoing, part: int, sender: str) -> Attempt:
        """Note that a part is about to be sent. Only after FIRST or AGAIN it may be."""

    async def record(self, outgoing: Outgoing, part: int, message: str) -> None:
        """Note the channel's id of the message that arrived, or an empty one when it surely did not arrive."""

    async def settle(self, outgoing: Outgoing, note: str = "", event: str = UNDELIVERED) -> None:
        """It was sent. Or, when `note` says why, it never will be: then the conversation gets an event turn, so
        that agents see it, and the turn is laid aside with the dead letters."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A raw update as it came; `attempts` counts how often it was handed out."""

    name: str
    raw: bytes
    receipt: str
    attempts: int = 1


class Inbox(Protocol):
    """The raw updates of one bot, in the order in which they came."""

    async def put(self, name: str, raw: bytes) -> bool:
        """Store an update for good. False: one of this name came within the last day.

        Raises ConversationsUnavailable also when FULL updates wait.
        """

    async def next(self, done: Parcel | None, wait: float) -> Parcel | None:
        """Settle `done` and give the oldest update that is not settled, or None after `wait` seconds.

        Only the holder of the reader's lease may ask, or updates would be handled out of order.
        """

    async def bury(self, parcel: Parcel, reason: str) -> None:
        """Lay an update aside that nobody can handle, with the reason."""

    async def waiting(self) -> int:
        """How many updates are not settled."""


class Leases(Protocol):
    """Who may do what only one may do."""

    async def hold(self, name: str, holder: str, seconds: float) -> bool:
        """Take the lease, or keep it, for so long. False: someone else has it."""

    async def let_go(self, name: str, holder: str) -> None:
        """Give it back early, if it is held."""


class Notebook(Protocol):
    """Small facts under short names."""

    async def read(self, name: str) -> str:
        """What was written, or an empty text."""

    async def write(self, name: str, value: str, seconds: float) -> None:
        """Remember a fact for so long."""

    async def erase(self, name: str) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Post:
    """All four, for one channel."""

    inbox: Inbox
    outbox: Outbox
    leases: Leases
    notebook: Notebook
