"""Asks Telegram for updates and lays them into the inbox. Knows no kind of update.

The offset moves past an update only after the inbox has it for good. While the inbox is away the same updates are
asked for again: Telegram keeps them for a day.
"""

import asyncio
import json
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.utils.backoff import Backoff

from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.incoming.refusals import Refusals
from bot.channels.telegram.pacing import Stopping, Tempo, rest, unless_stopped
from bot.conversation.base import ConversationsError
from bot.delivery.base import Inbox

_log = structlog.get_logger(__name__)

_ANSWER_TIME = 10  # seconds that a call may last beyond what it waits for
_GOODBYE = 1.0  # seconds


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` that leaves reading to others: one update that cannot be read must not hold up the rest."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Poller:
    """Fetches updates of the wanted `kinds`. Only the holder of the poller's lease may run one."""

    def __init__(self, bot: Bot, inbox: Inbox, kinds: list[str], tempo: Tempo) -> None:
        self._bot = bot
        self._inbox = inbox
        self._kinds = kinds
        self._tempo = tempo
        self._offset: int | None = None
        self._refusals = Refusals(tempo)
        self._network = Backoff(tempo.retry)
        self._store = Backoff(tempo.retry)

    async def run(self, over: asyncio.Event) -> None:
        """Poll until `over` is set."""
        # Another process may have moved on meanwhile: what Telegram gives again, the inbox knows.
        self._offset = None
        try:
            await self._end_webhook(over)
            while True:
                await self._store_all(await self._ask(over), over)
        except Stopping:
            await self._confirm()

    async def _end_webhook(self, over: asyncio.Event) -> None:
        """End a webhook of an earlier day; what waits for it comes to us."""
        while True:
            try:
                await unless_stopped(over, self._bot.delete_webhook(drop_pending_updates=False))
                return
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                await self._refusals.outwait(error, over)
            except (TelegramAPIError, ClientDecodeError) as error:
                await self._wait_for_telegram(error, over)

    async def _ask(self, over: asyncio.Event) -> list[dict[str, Any]]:
        """The next updates; none when there are none yet, or after waiting when Telegram can't be asked."""
        asked = RawUpdates(offset=self._offset, timeout=self._tempo.poll, allowed_updates=self._kinds)
        try:
            call = self._bot(asked, request_timeout=self._tempo.poll + _ANSWER_TIME)
            updates = await unless_stopped(over, call)
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            await self._refusals.outwait(error, over)
        except TelegramRetryAfter as error:
            await rest(over, error.retry_after)
        except TelegramConflictError as error:
            _log.warning("another program polls with this token: stop one of the two", error=in_one_line(error))
            await rest(over, next(self._network))
        except (TelegramAPIError, ClientDecodeError) as error:
            await self._wait_for_telegram(error, over)
        else:
            self._network.reset()
            return updates
        return []

    async def _wait_for_telegram(self, error: Exception, over: asyncio.Event) -> None:
        _log.warning("Telegram cannot be asked, trying again", error=in_one_line(error))
        await rest(over, next(self._network))

    async def _store_all(self, updates: list[dict[str, Any]], over: asyncio.Event) -> None:
        """Lay updates into the inbox in order, up to the first that it can't take."""
        for raw in updates:
            number = raw["update_id"]
            try:
                await self._inbox.put(str(number), json.dumps(raw).encode())
            except ConversationsError as error:
                _log.warning("an update waits at Telegram: it cannot be stored", error=str(error))
                await rest(over, next(self._store))
                return
            # Set, not raised to: after a quiet week Telegram starts again at any number.
            self._offset = number + 1
            self._store.reset()

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
