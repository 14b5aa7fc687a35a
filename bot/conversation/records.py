"""The stored shape of turns and states, and the words that the stores write themselves. Knows no server."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from bot.conversation.messages import About, Attachment, Event, Message, Role, State, Status, Turn

ATTEMPTS = 3
"""Claims of the same messages that may fail; who claims them next gives them up."""
LEASE = 10.0
"""Seconds that a claim lasts unless it is renewed: so long a customer waits when a process died over a question."""
KEPT_EVENTS = 2_000
"""Events that a conversation keeps, about."""
PREVIEW = 120
"""Characters of a preview."""
MOST_TAGS = 20
"""Tags of a conversation; one more is not put on it."""
SEARCHED = 3_200
"""The most recently active conversations, about, through which a search looks."""
SEARCHED_TURNS = 200
"""The last turns of each through which it looks."""

# What event turns tell.
HANDED_OVER = "handed_over"
TAKEN_OVER = "taken_over"
HANDED_BACK = "handed_back"
RESOLVED = "resolved"
REOPENED = "reopened"
STOPPED = "stopped"
EDITED = "edited"
UNDELIVERABLE = "undeliverable"
NOTED = "noted"
ASSIGNED = "assigned"
SNOOZED = "snoozed"
ENGINE_DOWN = "engine_down"
"""The reason of a handoff because every attempt to answer failed."""

_STATE_TIMES = ("created", "updated", "snoozed", "since")

Apology = Callable[[str], str]
"""From a language (ISO 639-1, or nothing) to what a customer is told whose message nobody could answer."""


def no_words(language: str) -> str:
    """Nothing is told."""
    return ""


def giving_up(words: str, at: float | None = None) -> tuple[Turn, ...]:
    """What stands in a conversation whose pending messages are given up: the words to the customer, if any, and
    the event. Made anew each time, for the same may be given up twice."""
    name, moment = uuid.uuid4().hex, time.time() if at is None else at
    event = Turn(f"{UNDELIVERABLE}-{name}", "event", UNDELIVERABLE, moment)
    return (Turn(f"sorry-{name}", "bot", words, moment), event) if words else (event,)


def preview(turn: Turn) -> str:
    """What the list of conversations shows of a turn: its words, else what came along."""
    attached = ", ".join(f"📎 {each.name or each.kind}" for each in turn.attachments)
    return (turn.text or attached)[:PREVIEW]


def fingerprint(role: Role, text: str) -> str:
    """32 characters that tell whether an id is used again for the same words of the same speaker."""
    return hashlib.sha256(f"{role}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def customers_turn(message: Message) -> Turn:
    """The turn that a customer's message becomes."""
    return Turn(message.id, "customer", message.text, message.at, message.name, attachments=message.attachments)


def turn_fields(turn: Turn) -> dict[str, Any]:
    """A turn as an event shows it and JSON gives it back."""
    fields = {**asdict(turn), "attachments": [asdict(attached) for attached in turn.attachments]}
    if not turn.note:
        del fields["note"]  # most have none
    return fields


def state_fields(state: State) -> dict[str, Any]:
    """A state as an event shows it."""
    return {**asdict(state), "status": str(state.status)}


def about_text(about: About | None) -> str:
    """What is told of a customer as it is stored, without what is empty; nothing when nothing is told."""
    if about is None:
        return ""
    return decode(to_bytes({field: value for field, value in asdict(about).items() if value}))


def read_about(stored: str) -> About:
    """What `about_text` wrote; an empty one for what an older Kefu stored."""
    found: dict[str, Any] = json.loads(stored or "{}")
    return About(**{field: value for field, value in found.items() if field in About.__dataclass_fields__})


def words_of(text: str) -> tuple[str, ...]:
    """The words that a search looks for: all of them must stand in one turn, in any case."""
    return tuple(dict.fromkeys(text.casefold().split()))


def spellings(word: str) -> list[str]:
    """How a word may be written where case is known of ASCII letters only."""
    return list(dict.fromkeys((word, word.casefold(), word.lower(), word.upper(), word.capitalize())))


def holds(turn: Turn, words: tuple[str, ...]) -> bool:
    """Whether all words stand in what was said, or noted."""
    said = turn.note if turn.role == "event" else turn.text
    return all(word in said.casefold() for word in words)


def with_tags(tags: tuple[str, ...], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    """The tags after some were put on and others taken off."""
    gone = frozenset(remove)
    return tuple(tag for tag in dict.fromkeys((*tags, *add)) if tag not in gone)[:MOST_TAGS]


def to_bytes(value: object) -> bytes:
    """JSON, in UTF-8 that also carries halves of surrogate pairs: whatever was accepted must be readable again.

    Raises ValueError, in one line, for what JSON cannot express.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"cannot be stored as JSON: {error}") from error
    return encode(text)


def encode(text: str) -> bytes:
    """Text as it is stored."""
    return text.encode("utf-8", "surrogatepass")


def decode(stored: bytes) -> str:
    """The text that was stored."""
    return stored.decode("utf-8", "surrogatepass")


def read_turn(stored: bytes) -> Turn:
    """The turn that `to_bytes(turn_fields(turn))` stored."""
    return turn_of(json.loads(decode(stored)))


def turn_of(fields: dict[str, Any]) -> Turn:
    """The turn that `turn_fields` wrote out."""
    attached = tuple(Attachment(**each) for each in fields.get("attachments", ()))
    return Turn(**{**fields, "attachments": attached})


def read_state(stored: dict[str, str]) -> State:
    """The state of a flat record of texts; fields that are not a state's are left out."""
    known: dict[str, Any] = {key: value for key, value in stored.items() if key in State.__dataclass_fields__}
    known.update({key: float(known[key]) for key in _STATE_TIMES if key in known})
    known["episode"] = int(known.get("episode", 1))
    known["tags"] = tuple(json.loads(known.get("tags") or "[]"))
    known["about"] = read_about(known.get("about", ""))
    return State(**{**known, "status": Status(known.get("status", Status.OPEN))})


def read_event(mark: bytes, kind: bytes, data: bytes) -> Event:
    """The event of a stream's entry."""
    found = json.loads(decode(data))
    if kind == b"state":
        found = state_fields(read_state(found))
    return Event(decode(mark), decode(kind), found)
