"""What happens in conversations in memory, one thing after the other, and who waits to hear of it."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from bot.conversation.bell import Bell
from bot.conversation.marks import later, position
from bot.conversation.messages import Event
from bot.conversation.records import KEPT_EVENTS

CHANGED = "changed"
"""The topic of the bell that rings at every change."""
# Seconds after which a waiting reader looks again: a lease that ends rings no bell.
_PAUSE = 0.05


class Timeline:
    """Events and activity, numbered in one row."""

    def __init__(self) -> None:
        self.bell = Bell(_PAUSE)
        self._events: dict[str, deque[Event]] = {}
        self._activity: deque[tuple[int, str]] = deque(maxlen=KEPT_EVENTS)
        self._count = 0

    @property
    def count(self) -> int:
        """The last number given."""
        return self._count

    @property
    def mark(self) -> str:
        """The place after everything that happened."""
        return f"{self._count}-0"

    def number(self) -> int:
        """The next number, for what must be told apart and ordered."""
        self._count += 1
        return self._count

    def show(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        """Let onlookers of a conversation see an event."""
        kept = self._events.setdefault(conversation, deque(maxlen=KEPT_EVENTS))
        kept.append(Event(f"{self.number()}-0", kind, data))
        self.bell.ring(CHANGED)

    def change(self, conversation: str) -> None:
        """Note that a conversation changed."""
        self._activity.append((self.number(), conversation))
        self.bell.ring(CHANGED)

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        """As `Conversations.events`."""
        if after == "$":
            after = str(self._count)

        async def look() -> list[Event] | None:
            kept = self._events.get(conversation, ())
            return [event for event in kept if later(event.id, after)] or None

        return await self.bell.until(CHANGED, look, wait) or []

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        """As `Conversations.activity`."""
        start = self._count if after == "$" else position(after)[0]

        async def look() -> tuple[str, list[str]] | None:
            changed = [(number, name) for number, name in self._activity if number > start]
            return (str(changed[-1][0]), list(dict.fromkeys(name for _, name in changed))) if changed else None

        return await self.bell.until(CHANGED, look, wait) or (str(start), [])
