"""Where groups are now that became supergroups. Knows chats by number, and no message."""

from bot.delivery.base import Notebook

# Telegram keeps no old number for ever; ten years are as good.
_KEPT = 10 * 365 * 86400.0
REMEMBERED = 10_000
"""So many groups are remembered in this process; of others the notebook is asked again."""


class Moves:
    """Remembers a group's new number over restarts, under "moved:OLD", and its old one under "home:NEW"."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook
        self._known: dict[int, int] = {}

    async def now(self, chat: int) -> int:
        """The number under which `chat` can be reached. Raises ConversationsUnavailable."""
        if chat > 0:  # Only groups move.
            return chat
        if chat not in self._known:
            moved = await self._notebook.read(f"moved:{chat}")
            self._remember(chat, int(moved) if moved else chat)
        return self._known[chat]

    async def move(self, old: int, new: int) -> None:
        """Remember where a group has gone. Raises ConversationsUnavailable."""
        self._remember(old, new)
        await self._notebook.write(f"moved:{old}", str(new), _KEPT)
        await self._notebook.write(f"home:{new}", str(old), _KEPT)

    def _remember(self, chat: int, now: int) -> None:
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[chat] = now
