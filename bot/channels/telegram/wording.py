"""How a turn reads in Telegram: plain text, its sources below, in parts. Knows no bot and no network."""

from collections.abc import Mapping
from typing import Any

from bot.channels.sources import listed_sources
from bot.channels.telegram.splitting import LONGEST_PART, split, units
from bot.channels.telegram.texts import text
from bot.conversation.messages import Turn


def parts_of(turn: Turn) -> list[str]:
    """The texts to send for a turn, in order; none when it has nothing to say."""
    if turn.role not in ("bot", "agent"):
        return []
    said = f"{turn.name}: {turn.text}" if turn.role == "agent" and turn.name else turn.text
    parts = sendable(said)
    listed = _source_list(turn.answer) if parts and turn.answer else ""
    if not listed:
        return parts
    # The list stays whole where it can: under the last part, else in a part of its own.
    together = f"{parts[-1].rstrip()}\n\n{listed}"
    return [*parts[:-1], together] if units(together) <= LONGEST_PART else [*parts, *split(listed)]


def sendable(said: str) -> list[str]:
    """The parts of a text that Telegram accepts: it refuses those without a visible character."""
    # Half of a surrogate pair, which JSON can carry, cannot be sent as UTF-8.
    valid = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")
    return [part for part in split(valid.strip()) if part.strip()]


def _source_list(answer: Mapping[str, Any]) -> str:
    lines = listed_sources(answer)
    numbered = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1))
    return f"{text('sources', answer.get('language', ''))} {numbered}" if lines else ""
