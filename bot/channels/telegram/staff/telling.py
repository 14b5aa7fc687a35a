"""How conversations read in the staff's topics. Knows no bot, no pace and no store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.channels.telegram.outgoing.splitting import LONGEST_PART, split, units
from bot.channels.telegram.outgoing.wording import valid
from bot.channels.telegram.turn_ids import message_of
from bot.conversation.messages import BOT, Attachment, State, Status, Turn
from bot.conversation.records import (
    EDITED,
    HANDED_BACK,
    HANDED_OVER,
    REOPENED,
    RESOLVED,
    STOPPED,
    TAKEN_OVER,
    UNDELIVERABLE,
)
from bot.delivery.base import UNCONFIRMED, UNDELIVERED, WITHDRAWN
from bot.desk.desk import RATED_DOWN, RATED_UP

WATCHED = "watched"
"""The event that a member of the staff opened the topic of a conversation that the bot leads."""

HOW = (
    "Write here to answer: the customer gets it, and the bot falls silent.\n"
    "// or /note – stays among us\n/take – take over without a word\n/bot – the bot answers again\n/close – end it"
)
DOUBT = "(It is not known whether Telegram had made a topic before: one of this name may stand empty.)"

_ICONS = {"customer": "👤", "bot": "🤖", "agent": "🎧"}
_NAMELESS = {"customer": "Customer", "bot": "Bot", "agent": "Agent"}
_HAPPENED = {
    TAKEN_OVER: "{name} has taken over; the bot is silent.",
    HANDED_BACK: "The bot answers again.",
    HANDED_OVER: "Handed over: {reason}.",
    RESOLVED: "Ended by {name}.",
    REOPENED: "Reopened by {name}.",
    WATCHED: "",
    UNDELIVERED: "⚠ Not delivered: {name}",
    UNCONFIRMED: "⚠ It may not have arrived: {name}",
    WITHDRAWN: "An answer of the bot was held back: an agent had come.",
    UNDELIVERABLE: "⚠ Every attempt of the bot to answer failed.",
    EDITED: "✏ The customer edited an earlier message: {name}",
    RATED_UP: "👍 The customer found an answer helpful.",
    RATED_DOWN: "👎 The customer found an answer not helpful.",
    STOPPED: "The customer stopped an answer.",
}
_BY_BLOCKING = "telegram"
_BLOCKED = "⛔ The customer has blocked the bot: what is written here cannot arrive. It is ended."
_BY_CUSTOMER = "customer"
# What the first message shows of the episode.
_TURNS, _LONGEST_TURN = 12, 500
_LONGEST_NAME, _LONGEST_ID = 100, 8


@dataclass(frozen=True, slots=True)
class Happening:
    """A turn, and the event that told of it."""

    event: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Batch:
    """What is shown at once: the parts of a text, then copies of these messages of the customer's.

    It reaches up to the event `shown`; `ended`: that one ends the episode.
    """

    parts: tuple[str, ...] = ()
    copies: tuple[tuple[int, int], ...] = ()
    shown: str = ""
    ended: bool = False


def title(state: State) -> str:
    """A topic's name: who it is, and the end of the conversation's name to tell two of them apart."""
    short = state.id.partition(":")[2][-_LONGEST_ID:]
    name = " ".join(valid(state.name).split())[:_LONGEST_NAME] or state.channel
    return f"{name} · {short}"


def opening(state: State, turns: Sequence[Turn], *, doubt: bool = False) -> Batch:
    """The first message: why a person is needed, what was said last, and how to answer."""
    reason = state.reason.replace("_", " ")
    facts = {"Reason": reason, "Language": state.language, "Channel": state.channel}
    head = f"{_occasion(state)}\n{' · '.join(f'{what}: {value}' for what, value in facts.items() if value)}"
    said = [turn for turn in turns if turn.role != "event"][-_TURNS:]
    while said:
        text = _opened(head, [line(turn) for turn in said], doubt=doubt)
        if units(text) <= LONGEST_PART:
            break
        said = said[1:]
    else:
        text = _opened(head, [], doubt=doubt)
    copies = tuple(copy for turn in said for copy in copies_of(state.id, turn))
    return Batch(tuple(split(text)), copies)


def batch_of(conversation: str, happenings: Iterable[Happening], agents: str) -> Batch:
    """As much of what happened as fits into one message; turns whose ids begin with `agents` stand there already.

    A picture ends it, so that later words come after it; so does the end of the episode.
    """
    lines: list[str] = []
    copies: tuple[tuple[int, int], ...] = ()
    shown, ended, length = "", False, 0
    for happening in happenings:
        turn = happening.turn
        said = "" if turn.role == "agent" and turn.id.startswith(agents) else line(turn, None)
        pictures = copies_of(conversation, turn)
        too_long = bool(lines) and length + units(said) > LONGEST_PART
        if said and (too_long or (copies and not pictures)):
            break
        if said:
            lines.append(said)
            length += units(said) + 2
        copies += pictures
        shown = happening.event
        if ended := _is(turn, RESOLVED):
            break
    return Batch(tuple(split("\n\n".join(lines))), copies, shown, ended)


def line(turn: Turn, longest: int | None = _LONGEST_TURN) -> str:
    """How a turn reads; empty for what is not worth a line."""
    if turn.role == "event":
        return _happened(turn)
    text = valid(turn.text).strip()
    if longest is not None and len(text) > longest:
        text = f"{text[:longest]}…"
    attached = "".join(f" 📎 {_attachment(one)}" for one in turn.attachments)
    who = valid(turn.name).strip()[:_LONGEST_NAME] or _NAMELESS[turn.role]
    return f"{_ICONS[turn.role]} {who}:{attached} {text}".rstrip()


def copies_of(conversation: str, turn: Turn) -> tuple[tuple[int, int], ...]:
    """The chat and the number of the customer's message, if Telegram can copy it."""
    found = message_of(turn.id, conversation) if turn.role == "customer" and turn.attachments else None
    return () if found is None else (found,)


def wakes(turn: Turn) -> bool:
    """Whether a closed topic opens for it."""
    return _is(turn, REOPENED) or _is(turn, WATCHED)


def _is(turn: Turn, what: str) -> bool:
    return turn.role == "event" and turn.text == what


def _happened(turn: Turn) -> str:
    if _is(turn, RESOLVED) and turn.name == _BY_BLOCKING:
        return _BLOCKED
    name = "the customer" if turn.name == _BY_CUSTOMER else valid(turn.name)
    template = _HAPPENED.get(turn.text)
    if template is None:
        return f"– {turn.text.replace('_', ' ')} {name}".rstrip()
    text = template.format(name=name or "somebody", reason=name.replace("_", " ") or "no reason given")
    return f"– {text}" if text else ""


def _occasion(state: State) -> str:
    name = valid(state.name).strip()[:_LONGEST_NAME] or "A customer"
    if state.status is Status.WAITING:
        return f"🔔 {name} waits for a person."
    if state.owner != BOT:
        return f"{valid(state.owner)} has taken over the conversation with {name}."
    return f"The conversation with {name}, which the bot leads."


def _opened(head: str, lines: Sequence[str], *, doubt: bool) -> str:
    said = "\n\n".join(lines)
    parts = (head, DOUBT if doubt else "", said, HOW)
    return "\n\n".join(part for part in parts if part)


def _attachment(attachment: Attachment) -> str:
    return " ".join(filter(None, (attachment.kind, valid(attachment.name))))
