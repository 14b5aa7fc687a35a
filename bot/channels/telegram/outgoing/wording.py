"""How a turn reads in Telegram: formatted, its sources below, in parts. Knows no bot and no network."""

from collections.abc import Mapping
from typing import Any

from bot.channels.sources import listed_sources
from bot.channels.telegram.outgoing.markup import Marked, cut, joined, marked
from bot.channels.telegram.outgoing.splitting import LONGEST_PART, units
from bot.channels.telegram.texts import text
from bot.conversation.messages import Turn

# So many sources are listed below the answer; of more only a button tells.
_LISTED = 3


def parts_of(turn: Turn) -> list[Marked]:
    """What to send for a turn, in order; nothing when it has nothing to say."""
    if turn.role not in ("bot", "agent"):
        return []
    parts = _visible(_said(turn))
    listed = _list_below(turn.answer) if parts and turn.answer else ""
    if not listed:
        return parts
    # The list stays whole where it can: under the last part, else in a part of its own.
    below = Marked(f"\n\n{listed}")
    if units(parts[-1].text) + units(below.text) <= LONGEST_PART:
        return [*parts[:-1], joined(parts[-1], below)]
    return [*parts, *_visible(Marked(listed))]


def sendable(said: str) -> list[Marked]:
    """The parts of a plain text that Telegram accepts: it refuses those without a visible character."""
    return _visible(Marked(valid(said).strip()))


def valid(said: str) -> str:
    """The text without what cannot be sent as UTF-8, such as half of a surrogate pair, which JSON can carry."""
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def sources_unlisted(answer: Mapping[str, Any]) -> bool:
    """Whether the answer has more sources than are listed below it."""
    return len(listed_sources(answer)) > _LISTED


def _said(turn: Turn) -> Marked:
    if turn.role != "agent":
        return marked(valid(turn.text))
    # What a person typed is no Markdown: an order's number keeps its stars and underscores.
    said = Marked(valid(turn.text))
    return joined(Marked(f"{valid(turn.name)}: "), said) if turn.name and said.text else said


def _visible(whole: Marked) -> list[Marked]:
    return [part for part in cut(whole) if part.text.strip()]


def _list_below(answer: Mapping[str, Any]) -> str:
    lines = [] if sources_unlisted(answer) else listed_sources(answer)
    numbered = "\n".join(f"[{number}] {valid(line)}" for number, line in enumerate(lines, 1))
    return f"{text('sources', answer.get('language', ''))} {numbered}" if lines else ""
