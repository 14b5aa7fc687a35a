"""Asks Telegram for updates and gives each to the dispatcher. Knows no kind of message.

The offset moves past an update only after its handler has returned, and a handler returns only after the store has
the message. While the store is away the same updates are asked for again: Telegram keeps them for a day.
"""

import asyncio
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from aiogram.utils.backoff import Backoff
from pydantic import ValidationError

from bot.channels.telegram.errors import TelegramError, in_one_line
from bot.channels.telegram.pacing import Stopping, Tempo, rest, unless_stopped
from bot.conversation.base import ConversationsUnavailable

_log = structlog.get_logger(__name__)

_ANSWER_TIME = 10  # seconds that a call may last beyond what it waits for
_GOODBYE = 1.0  # seconds

WRONG_TOKEN = "Telegram refuses the token: copy it again from @BotFather into KEFU_TELEGRAM_TOKEN"  # noqa: S105


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` that leaves reading to us: one update that cannot be read must not hold up the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Poller:
    """The only one that polls for its token."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, tempo: Tempo, stop: asyncio.Event) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._tempo = tempo
        self._stop = stop
        self._offset: int | None = None
        self._kinds = dispatcher.resolve_used_update_types()
        self._network = Backoff(tempo.retry)
        self._store = Backoff(tempo.retry)

    async def run(self) -> None:
        """Poll until `stop` is set. Raises TelegramError when Telegram refuses the token."""
        try:
            while True:
                await self._take(await self._ask())
        except Stopping:
            await self._confirm()

    async def _ask(self) -> list[dict[str, Any]]:
        """The next updates; none when there are none yet, or after waiting when Telegram can't be asked."""
        asked = RawUpdates(offset=self._offset, timeout=self._tempo.poll, allowed_updates=self._kinds)
        try:
            call = self._bot(asked, request_timeout=self._tempo.poll + _ANSWER_TIME)
            updates = await unless_stopped(self._stop, call)
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise TelegramError(WRONG_TOKEN) from error
        except TelegramRetryAfter as error:
            await rest(self._stop, error.retry_after)
        except TelegramConflictError as error:
            _log.error("another program polls with this token: stop one of the two", error=in_one_line(error))
            await rest(self._stop, next(self._network))
        except (TelegramAPIError, ClientDecodeError) as error:
            _log.warning("Telegram cannot be asked, trying again", error=in_one_line(error))
            await rest(self._stop, next(self._network))
        else:
            self._network.reset()
            return updates
        return []

    async def _take(self, updates: list[dict[str, Any]]) -> None:
        """Handle updates in order, up to the first that the store can't take."""
        for raw in updates:
            try:
                await self._handle(raw)
            except ConversationsUnavailable as error:
                _log.warning("a message waits at Telegram: conversations unavailable", error=str(error))
                await rest(self._stop, next(self._store))
                return
            # Set, not raised to: after a quiet week Telegram starts again at any number.
            self._offset = raw["update_id"] + 1
            self._store.reset()
            if self._stop.is_set():
                raise Stopping

    async def _handle(self, raw: dict[str, Any]) -> None:
        """Handle one update. Raises ConversationsUnavailable; an update that breaks a handler is passed over."""
        number = raw["update_id"]
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
            kind = update.event_type
        except (ValidationError, UpdateTypeLookupError):
            # Its content is a customer's: only the kind is logged.
            _log.warning("an update of an unknown form is passed over", update=number, kind=sorted(raw))
            return
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except ConversationsUnavailable:
            raise
        except Exception:
            # The same update would break the same handler for ever, and all behind it would wait.
            _log.exception("an update could not be handled and is passed over", update=number, kind=kind)

    async def _confirm(self) -> None:
        """Tell Telegram what was taken, so that the next start does not get it again. Failing is harmless."""
        if self._offset is None:
            return
        last = RawUpdates(offset=self._offset, limit=1, timeout=0, allowed_updates=self._kinds)
        try:
            async with asyncio.timeout(_GOODBYE):
                await self._bot(last)
        except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
            _log.debug("not confirmed", error=in_one_line(error))
