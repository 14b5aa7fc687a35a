"""The messages in groups that show answers in the making. Knows no text.

A placeholder becomes the answer's first part. Its number is noted, so that it does so also after a crash.
"""

import structlog

from bot.channels.telegram.address import Address
from bot.channels.telegram.outgoing.fates import MustWait, NotSent, Unclear, fate
from bot.channels.telegram.wire import Wire

_log = structlog.get_logger(__name__)

_KEPT = 86400.0
_PATIENCE = 10  # seconds for one call


class Placeholders:
    """Notes "placeholder:TURN", the message's number, and "preview:CONVERSATION", the last turn that had one.

    All methods raise ConversationsUnavailable.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._notebook = wire.post.notebook

    async def find(self, turn: str) -> int | None:
        """The message that stands for a turn."""
        found = await self._notebook.read(f"placeholder:{turn}")
        return int(found) if found else None

    async def keep(self, conversation: str, turn: str, message: int) -> None:
        """Remember a message that stands for a turn."""
        await self._notebook.write(f"placeholder:{turn}", str(message), _KEPT)
        await self._notebook.write(f"preview:{conversation}", turn, _KEPT)

    async def forget(self, turn: str) -> None:
        """The message has become the answer, or is no more."""
        await self._notebook.erase(f"placeholder:{turn}")

    async def remove(self, to: Address, turn: str) -> None:
        """Delete the message that stands for a turn, if there is one. Raises Stopping."""
        message = await self.find(turn)
        if message is None:
            return
        chat = await self._wire.moves.now(to.chat)
        async with self._wire.pacer.turn(chat, message=False):
            try:
                await fate(self._wire.bot.delete_message(chat, message, request_timeout=_PATIENCE))
            except (NotSent, Unclear) as error:
                if isinstance(error, MustWait):
                    self._wire.pacer.bar(chat, error.seconds)
                    return
                _log.info("a placeholder is left", chat=chat, reason=str(error))
        await self.forget(turn)

    async def remove_earlier(self, to: Address, turn: str) -> None:
        """Delete what another process left of an answer that never came. Raises Stopping."""
        other = await self._notebook.read(f"preview:{to.conversation}")
        if other and other != turn:
            await self.remove(to, other)
