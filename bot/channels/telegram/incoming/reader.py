"""Takes updates out of the inbox, one after the other, and gives each to the dispatcher. Knows no kind of update.

An update leaves the inbox after its handler has returned. One that breaks its handler, or the whole process, is
tried ATTEMPTS times in all and then laid aside: the next one is handled at once. While the conversations are away
nothing is counted and nothing laid aside.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from aiogram.utils.backoff import Backoff
from pydantic import ValidationError

from bot.channels.telegram.pacing import Stopping, Tempo, rest
from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.delivery.base import ATTEMPTS, Parcel, Post

_log = structlog.get_logger(__name__)

_DIED = "the process ended each time while it was handled"
_LAST = "last-read"
_REMEMBERED = 86_400.0  # seconds


class Reader:
    """Handles what came in. Only the holder of the reader's lease may run one; `held` tells whether it is ours now.

    It is asked before each act: a process that stood still learns only later that its time is over.
    """

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, post: Post, tempo: Tempo, held: Callable[[], bool] = lambda: True
    ) -> None:
        self._held = held
        self._bot = bot
        self._dispatcher = dispatcher
        self._post = post
        self._tempo = tempo
        self._backoff = Backoff(tempo.retry)

    async def run(self, over: asyncio.Event) -> None:
        """Handle updates until `over` is set; the one in hand is handled to its end."""
        done: Parcel | None = None
        try:
            handled = await self._recall(over)
            while not over.is_set() and self._held():
                parcel = await self._next(done, over)
                done = None
                if parcel is None or parcel.receipt == handled or await self._settled(parcel, over):
                    done = parcel
        except Stopping:
            pass
        if done is not None:
            await self._remember(done)

    async def _next(self, done: Parcel | None, over: asyncio.Event) -> Parcel | None:
        while True:
            try:
                parcel = await self._post.inbox.next(done, self._tempo.look)
            except ConversationsError as error:
                await self._wait_for_store(error, over)
            else:
                self._backoff.reset()
                return parcel

    async def _settled(self, parcel: Parcel, over: asyncio.Event) -> bool:
        """Whether the update was handled. If not, it is given again, or was laid aside."""
        if parcel.attempts > ATTEMPTS:
            await self._bury(parcel, _DIED, over)
            return False
        try:
            await self._handle(parcel, over)
        except Stopping:
            raise
        except Exception as error:
            # Neither the reason nor the log may repeat what a customer wrote.
            reason = type(error).__name__
            _log.exception("an update could not be handled", update=parcel.name, attempt=parcel.attempts)
            if parcel.attempts >= ATTEMPTS:
                await self._bury(parcel, reason, over)
            else:
                await rest(over, self._tempo.look)
            return False
        return True

    async def _handle(self, parcel: Parcel, over: asyncio.Event) -> None:
        update = self._read(parcel)
        while update is not None:
            if not self._held():
                raise Stopping
            try:
                await self._dispatcher.feed_update(self._bot, update)
            except ConversationsUnavailable as error:
                await self._wait_for_store(error, over)
            else:
                self._backoff.reset()
                return

    def _read(self, parcel: Parcel) -> Update | None:
        """The update, or None when its form is not known."""
        kinds: Any = None
        try:
            raw = json.loads(parcel.raw)
            kinds = sorted(raw)
            update = Update.model_validate(raw, context={"bot": self._bot})
            _ = update.event_type
        except (ValueError, TypeError, RecursionError, ValidationError, UpdateTypeLookupError):
            # Its content is a customer's: only the kind is logged.
            _log.warning("an update of an unknown form is passed over", update=parcel.name, kind=kinds)
            return None
        return update

    async def _bury(self, parcel: Parcel, reason: str, over: asyncio.Event) -> None:
        _log.error("an update is laid aside", update=parcel.name, reason=reason)
        while True:
            try:
                await self._post.inbox.bury(parcel, reason)
                return
            except ConversationsError as error:
                await self._wait_for_store(error, over)

    async def _wait_for_store(self, error: ConversationsError, over: asyncio.Event) -> None:
        _log.warning("updates wait in the inbox: conversations unavailable", error=str(error))
        await rest(over, next(self._backoff))

    async def _recall(self, over: asyncio.Event) -> str:
        """The receipt of what was handled last before a stop, and not settled."""
        while True:
            try:
                return await self._post.notebook.read(_LAST)
            except ConversationsError as error:
                await self._wait_for_store(error, over)

    async def _remember(self, done: Parcel) -> None:
        """Note what was handled: to settle it in the inbox would take the next update out, which nobody handles."""
        try:
            await self._post.notebook.write(_LAST, done.receipt, _REMEMBERED)
        except ConversationsError as error:
            _log.debug("what was handled last will be handled again", error=str(error))
