"""Sends what was committed, chat by chat and in order. Knows no handler, no update and no model.

A chat has a lane: what must go to it, first come first served. A lane that waits (its pace, a 429, a network that
is away) keeps no other lane from sending. A turn is settled after its last part was sent or was refused for good;
what a stop leaves unsettled comes again from the store.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramEntityTooLarge,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import LinkPreviewOptions
from aiogram.utils.backoff import Backoff

from bot.channels.telegram.address import Address, address_of
from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.channels.telegram.wording import parts_of, sendable
from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.delivery.base import Outgoing

_log = structlog.get_logger(__name__)

# Turns in hand at once, over all chats; beyond, the store keeps them.
_IN_HAND = 200
# The same notice is not queued twice, and of different ones a chat gets no more than these at once.
_NOTICES = 5

# Who is told so does not know whether it was sent, or may send it later.
_TRY_AGAIN = (
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,  # The poller ends the channel; the turn must outlive the wrong token.
    TelegramNotFound,
    ClientDecodeError,
)

Key = tuple[str, str]


class Undeliverable(Exception):
    """Telegram refuses this message for good; the text says why."""


@dataclass(slots=True)
class Letter:
    """What goes to one address; `sent` of its parts are out.

    A notice has no key, for no store remembers it. The parts of a turn are made when its time comes.
    """

    to: Address
    parts: Sequence[str] = ()
    key: Key | None = None
    sent: int = 0


class Sender:
    """Carries turns from the store's outbox, and the channel's own notices, to Telegram."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._name = uuid.uuid4().hex
        self._lanes: dict[int, deque[Letter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand: dict[Key, Outgoing] = {}
        self._moved: dict[int, int] = {}

    async def run(self) -> None:
        """Send until `stop` is set; what is on its way then has `tempo.grace` seconds to arrive."""
        try:
            while not self._wire.stop.is_set():
                await self._take_next()
        except Stopping:
            pass
        finally:
            await self._finish()

    def post(self, to: Address, text: str) -> None:
        """Send a notice of the channel itself. It is lost when the process dies: the customer can ask again."""
        parts = sendable(text)
        waiting = [letter for letter in self._lanes.get(to.chat, ()) if letter.key is None]
        if len(waiting) < _NOTICES and all(letter.parts != parts for letter in waiting):
            self._enqueue(Letter(to, parts))

    async def _take_next(self) -> None:
        if len(self._in_hand) >= _IN_HAND:
            await self._wire.rest(self._wire.tempo.look)
            return
        try:
            outgoing = await self._wire.post.outbox.next(self._name, self._wire.tempo.look)
        except ConversationsError as error:
            _log.warning("nothing can be sent: conversations unavailable", error=str(error))
            await self._wire.rest(self._wire.tempo.look)
            return
        if outgoing is not None:
            await self._take(outgoing)

    async def _take(self, outgoing: Outgoing) -> None:
        key = (outgoing.conversation, outgoing.turn.id)
        known = key in self._in_hand
        # Of a turn that comes again while it waits here, only the newest receipt can settle it.
        self._in_hand[key] = outgoing
        if known:
            return
        try:
            self._enqueue(Letter(address_of(outgoing.conversation), key=key))
        except ValueError as error:
            await self._settle(key, str(error))

    def _enqueue(self, letter: Letter) -> None:
        lane = self._lanes.get(letter.to.chat)
        if lane is not None:
            lane.append(letter)
            return
        self._lanes[letter.to.chat] = deque([letter])
        task = asyncio.create_task(self._run_lane(letter.to.chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, chat: int) -> None:
        lane = self._lanes[chat]
        try:
            while lane:
                await self._deliver(lane[0])
                lane.popleft()
        except Stopping:
            return
        except Exception:
            # Whatever broke, the lane's turns come again from the store, and other lanes go on.
            _log.exception("a lane broke", chat=chat)
            for letter in lane:
                if letter.key is not None:
                    self._in_hand.pop(letter.key, None)
        finally:
            del self._lanes[chat]

    async def _deliver(self, letter: Letter) -> None:
        note = ""
        if letter.key is not None and not letter.parts:
            letter.parts = parts_of(self._in_hand[letter.key].turn)
        try:
            for part in letter.parts[letter.sent :]:
                await self._send(letter.to, part)
                letter.sent += 1
        except Undeliverable as refusal:
            note = str(refusal)
        if letter.key is not None:
            await self._settle(letter.key, note)

    async def _send(self, to: Address, part: str) -> None:
        """Send one part, however long it takes. Raises Undeliverable, Stopping."""
        backoff = Backoff(self._wire.tempo.retry)
        while True:
            await self._wire.pacer.turn(to.chat)
            try:
                await self._call(to, part)
                return
            except TelegramRetryAfter as error:
                self._wire.pacer.bar(to.chat, error.retry_after)
                _log.info("told to wait", chat=to.chat, seconds=error.retry_after)
            except TelegramMigrateToChat as error:
                self._moved[to.chat] = error.migrate_to_chat_id
            except TelegramEntityTooLarge as error:
                raise Undeliverable(in_one_line(error)) from error
            except _TRY_AGAIN as error:
                _log.warning("not sent, trying again", chat=to.chat, error=in_one_line(error))
                await self._wire.rest(next(backoff))
            except TelegramAPIError as error:
                raise Undeliverable(in_one_line(error)) from error

    async def _call(self, to: Address, part: str) -> None:
        # Plain text: what models and agents write is no markup. A preview would fetch any address an answer holds.
        await self._wire.bot.send_message(
            self._moved.get(to.chat, to.chat),
            part,
            message_thread_id=to.topic,
            parse_mode=None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _settle(self, key: Key, note: str) -> None:
        """Tell the store that it is done: a turn that was sent and is not settled would be sent again."""
        if note:
            _log.warning("a turn cannot be delivered", conversation=key[0], turn=key[1], reason=note)
        backoff = Backoff(self._wire.tempo.retry)
        while True:
            try:
                await self._wire.post.outbox.settle(self._in_hand[key], note)
                break
            except ConversationsUnavailable as error:
                _log.warning("a sent turn is not settled yet", conversation=key[0], error=str(error))
                await self._wire.rest(next(backoff))
            except ConversationsError as error:
                _log.error("a sent turn cannot be settled", conversation=key[0], error=str(error))
                break
        del self._in_hand[key]

    async def _finish(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=self._wire.tempo.grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
