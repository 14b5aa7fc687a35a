"""What the staff's forum remembers over restarts. Knows no bot and no turn."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.delivery.base import Notebook

_KEPT = 366 * 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Note:
    """How far a conversation has come in the forum.

    `topic` is 0 while there is none; what happened up to the event `shown` stands there. `asked`: Telegram was asked
    for a topic, and nobody knows whether it made one.
    """

    topic: int = 0
    shown: str = "0"
    open: bool = False
    asked: bool = False


class Notes:
    """Notes of one group, under "staff:CHAT:…". All methods raise ConversationsUnavailable."""

    def __init__(self, notebook: Notebook, chat: int) -> None:
        self._notebook = notebook
        self._stem = f"staff:{chat}"

    async def of(self, conversation: str) -> Note:
        """What is known of a conversation's topic."""
        found = await self._notebook.read(f"{self._stem}:note:{conversation}")
        return Note(**json.loads(found)) if found else Note()

    async def keep(self, conversation: str, note: Note) -> None:
        """Remember it."""
        await self._write(f"note:{conversation}", json.dumps(asdict(note)))

    async def promise(self, title: str, conversation: str) -> None:
        """A topic of this title, if one is made and we never hear of it, belongs to the conversation."""
        await self._write(_under(title), conversation)

    async def bind(self, topic: int, conversation: str) -> None:
        """The topic belongs to the conversation."""
        await self._write(f"topic:{topic}", conversation)

    async def conversation(self, topic: int, title: str = "") -> str:
        """Whose topic it is, by its number or by the title that we gave it; empty when it is nobody's."""
        found = await self._notebook.read(f"{self._stem}:topic:{topic}")
        return found or (await self._notebook.read(f"{self._stem}:{_under(title)}") if title else "")

    async def backlog(self) -> tuple[str, list[str]]:
        """The mark of what was heard of, and the conversations that were not shown up to there."""
        found = await self._notebook.read(f"{self._stem}:backlog")
        mark, names = json.loads(found) if found else ("0", [])
        return mark, names

    async def keep_backlog(self, mark: str, names: Sequence[str]) -> None:
        """Remember both."""
        await self._write("backlog", json.dumps([mark, list(names)]))

    async def first_time(self, what: str) -> bool:
        """Whether this was never said before; from now on it was."""
        name = f"said:{what}"
        if await self._notebook.read(f"{self._stem}:{name}"):
            return False
        await self._write(name, "1")
        return True

    async def _write(self, name: str, value: str) -> None:
        await self._notebook.write(f"{self._stem}:{name}", value, _KEPT)


def _under(title: str) -> str:
    """Where a title is noted: without the customer's name that it holds."""
    return f"title:{hashlib.sha256(title.encode()).hexdigest()[:32]}"
