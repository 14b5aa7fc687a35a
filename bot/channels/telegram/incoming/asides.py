"""Calls to Telegram that nobody waits for and that may fail: a spinner's end, a mark on a button."""

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import TelegramMethod

from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.pacing import Pacer, Stopping

_log = structlog.get_logger(__name__)

_MOST = 200
_PATIENCE = 10  # seconds for one call


class Asides:
    """Makes such calls beside everything else: reading must not stand still while Telegram is slow."""

    def __init__(self, bot: Bot, pacer: Pacer) -> None:
        self._bot = bot
        self._pacer = pacer
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, *methods: TelegramMethod[Any]) -> None:
        """Make the calls one after the other, each whether or not the one before went well."""
        if len(self._tasks) < _MOST:
            task = asyncio.create_task(self._make(methods))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self, grace: float) -> None:
        """End, after at most so many seconds for what is on its way."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _paced(self, method: TelegramMethod[Any]) -> None:
        """What changes a chat keeps the chat's pace, and stays out of the time in which Telegram told to wait."""
        chat = getattr(method, "chat_id", None)
        if isinstance(chat, int):
            async with self._pacer.turn(chat, message=False):
                await self._bot(method, request_timeout=_PATIENCE)
        else:
            await self._bot(method, request_timeout=_PATIENCE)

    async def _make(self, methods: tuple[TelegramMethod[Any], ...]) -> None:
        for method in methods:
            try:
                await self._paced(method)
            except Stopping:
                return
            except (TelegramAPIError, ClientDecodeError) as error:
                _log.debug("a call beside failed", method=type(method).__name__, error=in_one_line(error))
