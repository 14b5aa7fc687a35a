"""What conversations are made of, as plain data. Knows no store, no channel and no model."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Role = Literal["customer", "bot", "agent", "event"]
BOT = "bot"
"""The owner of a conversation that no agent has taken; every other owner is an agent's name."""


class Status(StrEnum):
    """`waiting`: handed over and no agent has come yet."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, voice message, file, place or contact that came along; `ref` is how its channel finds it again.

    `kind` is a word such as "photo", "voice" or "document"; `size` is in bytes, 0 when unknown.
    """

    kind: str
    ref: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a customer beside their words. Agents alone see it; no question and no prompt holds it.

    `page` is an address without the values of its parameters; `browser` and `system` are such as "Firefox" and
    "Android". `signed` are attributes that the site's server vouches for; page, title and the `claimed` ones are a
    browser's word, which nobody believes.
    """

    page: str = ""
    title: str = ""
    browser: str = ""
    system: str = ""
    signed: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer sent. `conversation` is "channel:address", such as "telegram:42" or "web:3fc1…".

    `id` is unique in its conversation and stays the same when the message is delivered again.
    `at` is Unix time in seconds. `language` is a hint (ISO 639-1) or empty; `name` is how the customer is called.
    `text` may be empty when something is attached. Without an `about` what was told before stays.
    """

    conversation: str
    id: str
    text: str
    at: float
    name: str = ""
    language: str = ""
    attachments: tuple[Attachment, ...] = ()
    about: About | None = None

    @property
    def channel(self) -> str:
        """The part of the conversation's name before the colon."""
        return self.conversation.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of anyone. `answer` is `Answer.to_json()` of a bot's turn, `name` the agent's or customer's name.

    An `event` turn tells what happened ("taken_over", "handed_back", "handed_over", "resolved", …), never what was
    said. A turn that is sent `once` is rather lost than repeated when a crash leaves open whether it arrived.
    `note` are an event's words that agents alone may read.
    """

    id: str
    role: Role
    text: str
    at: float
    name: str = ""
    answer: dict[str, Any] | None = None
    attachments: tuple[Attachment, ...] = ()
    once: bool = False
    note: str = ""


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
    episode: int = 1
    """Grows when a customer writes after the conversation was resolved: what was before is another matter."""
    tags: tuple[str, ...] = ()
    """What agents put on it, each once, in the order in which they came."""
    snoozed: float = 0.0
    """Until when agents need not see it; 0 when they should. What the customer writes ends it."""
    since: float = 0.0
    """Since when the customer waits for a word, or for an agent; 0 when they do not. No event tells of it."""
    about: About = field(default_factory=About)
    """What was told with the last message that told anything."""

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
class Found:
    """A conversation in which words were found, and the last of the turns in which they were."""

    state: State
    turn: Turn


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
    mark: str = "0"
    """The id of the last event when `pending` was read: what comes after it is news."""
    attempts: int = 1
    """How often these messages were claimed and not answered, this claim included."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker commits for a claim: the bot's turns (none when it stays silent) and changes of the state.

    A None leaves that part of the state as it is. A reply to the `whole` of what is pending is refused when more
    has come meanwhile, and the claim is kept. What cannot be answered is laid aside with the dead letters when
    `buried` says why.
    """

    turns: tuple[Turn, ...] = ()
    status: Status | None = None
    reason: str | None = None
    language: str | None = None
    whole: bool = False
    buried: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that onlookers of a conversation should see at once. `id` grows within the conversation.

    Kinds: "turn" (data: a turn), "state" (data: the state), "sentence" (a released sentence of an answer in the
    making: {"turn", "text", "sources"}), "typing" ({"who"}), "withdrawn" ({"turn"}: forget its sentences), "stop"
    ({}: the customer wants no more of the answer in the making).
    """

    id: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
