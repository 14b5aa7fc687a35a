"""The conversations' contract: what is remembered, and who may write it. Knows no model, no phrase and no channel.

A message's way has two steps. `accept` stores it, once, and puts its conversation on the ready list: after that
it cannot be lost. Later a worker claims the conversation, makes a reply and commits it: reply, history, state
and what must be sent are written in one act, or not at all.

Errors: ConversationsError
        ├── ConversationsUnavailable   the server cannot be reached or refuses to write; try again later
        ├── ConversationUnknown        there is no such conversation
        └── MessageConflict            a message id was used again for another text
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

Role = Literal["customer", "bot", "agent", "event"]
BOT = "bot"
"""The owner of a conversation that no agent has taken; every other owner is an agent's name."""


class ConversationsError(Exception):
    """Base of this package's errors; its text is one line fit for a person."""


class ConversationsUnavailable(ConversationsError):
    """The server cannot be reached, or refuses to write."""


class ConversationUnknown(ConversationsError):
    """There is no such conversation."""


class MessageConflict(ConversationsError):
    """A message id was used again for another text."""


class Status(StrEnum):
    """`waiting`: handed over and no agent has come yet."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer sent. `conversation` is "channel:address", such as "telegram:42" or "web:3fc1…".

    `id` is unique in its conversation and stays the same when the message is delivered again.
    `at` is Unix time in seconds. `language` is a hint (ISO 639-1) or empty; `name` is how the customer is called.
    """

    conversation: str
    id: str
    text: str
    at: float
    name: str = ""
    language: str = ""

    @property
    def channel(self) -> str:
        """The part of the conversation's name before the colon."""
        return self.conversation.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of anyone. `answer` is `Answer.to_json()` of a bot's turn, `name` the agent's or customer's name.

    An `event` turn tells what happened ("taken_over", "handed_back", "handed_over"), never what was said.
    """

    id: str
    role: Role
    text: str
    at: float
    name: str = ""
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a conversation besides its turns. Times are Unix seconds; `reason` is of the last handoff."""

    id: str
    owner: str = BOT
    status: Status = Status.OPEN
    reason: str = ""
    language: str = ""
    name: str = ""
    created: float = 0.0
    updated: float = 0.0
    preview: str = ""
    """The first 120 characters of the last turn that is no event."""

    @property
    def channel(self) -> str:
        """The door the customer came by."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Conversation:
    """State and turns, oldest first."""

    state: State
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer one conversation for now. `fence` grows with every claim: an older one can't write.

    `pending` are the customer's turns that no one has answered yet, oldest first, and never empty.
    """

    conversation: str
    fence: int
    pending: tuple[Turn, ...]
    receipt: str = ""
    """What the store needs to settle the claim; opaque to everyone else."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker commits for a claim: the bot's turns (none when it stays silent) and changes of the state.

    A None leaves that part of the state as it is.
    """

    turns: tuple[Turn, ...] = ()
    status: Status | None = None
    reason: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that onlookers of a conversation should see at once. `id` grows within the conversation.

    Kinds: "turn" (data: a turn), "state" (data: the state), "sentence" (a released sentence of an answer in the
    making: {"turn", "text", "sources"}), "typing" ({"who"}), "withdrawn" ({"turn"}: forget its sentences).
    """

    id: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A committed turn that a channel must still send."""

    conversation: str
    turn: Turn
    receipt: str
    attempts: int = 1


class Conversations(Protocol):
    """Where conversations live. All methods may raise ConversationsUnavailable."""

    async def accept(self, message: Message) -> bool:
        """Step one: store a customer's message and queue its conversation. False: it was there already.

        While an agent is the owner, it is stored and not queued. A resolved conversation opens again.
        Raises MessageConflict when the id was used for another text, or by someone else.
        """

    async def claim(self, worker: str, wait: float) -> Claim | None:
        """The next conversation with unanswered messages, or None after `wait` seconds.

        A conversation is claimed by one worker at a time; a claim that nobody renews may be taken over.
        What was claimed three times without a commit is given up: its messages are settled, an event turn
        "undeliverable" tells so, and the conversation waits for an agent with the reason "engine_down".
        """

    async def renew(self, claim: Claim) -> bool:
        """Keep the claim for another lease. False: it was lost."""

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        """Step two: write the reply, settle the pending turns and queue what must be sent, in one act.

        False, and nothing written, when the claim was lost. When an agent has taken the conversation meanwhile,
        the pending turns are settled, the reply's turns are dropped and False is returned.
        True again, and nothing written, when the very same reply was committed before.
        """

    async def release(self, claim: Claim) -> None:
        """Give the claim back unanswered; the conversation is ready again."""

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        """Show an event of an answer in the making. False, and not shown, if claim or ownership was lost."""

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        """Show a passing event (such as typing) that belongs to no answer."""

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        """State and the last turns. Raises ConversationUnknown."""

    async def recent(self, limit: int = 50) -> Sequence[State]:
        """The most recently active conversations, newest first."""

    async def take_over(self, conversation: str, agent: str) -> State:
        """Make an agent the owner, with status open. From here no bot turn is committed. Raises ConversationUnknown.

        All pending turns are settled, all claims are lost, and an event turn tells who has taken over.
        """

    async def hand_back(self, conversation: str) -> State:
        """Make the bot the owner again, with status open. Raises ConversationUnknown.

        An event turn tells so. What the customer wrote to the agent is not queued for the bot.
        """

    async def say(self, conversation: str, agent: str, turn: Turn) -> State:
        """An agent's turn: makes the agent the owner, stores it and queues it for sending, in one act.

        A turn id that is there already changes nothing. Raises ConversationUnknown.
        """

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        """Events later than id `after` ("$" = now, "0" = all that are kept), waiting up to `wait` seconds.

        What is no id means "0".
        """

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        """Conversations that changed since the mark `after` ("$" = now), each once, and the new mark.

        What is no mark means everything that is kept.
        """

    async def outgoing(self, channel: str, sender: str, wait: float) -> Outgoing | None:
        """The next turn that `channel` must send; one that was not settled in time comes again."""

    async def sent(self, outgoing: Outgoing, note: str = "") -> None:
        """It was sent (or must never be sent: `note` says why)."""

    async def ping(self) -> None:
        """Raises ConversationsUnavailable when the server does not answer."""

    async def close(self) -> None:
        """Let go of all connections."""
