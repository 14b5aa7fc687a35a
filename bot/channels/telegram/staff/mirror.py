"""Sees to it that topics show what happens in conversations. Knows which come next, and not what is shown.

One process of many mirrors: the holder of the lease "staff". What was heard of and not shown yet is noted together
with the mark of the activity, so that a restart misses nothing.
"""

import asyncio

import structlog
from aiogram.utils.backoff import Backoff

from bot.channels.telegram.outgoing.fates import NotSent, Unclear
from bot.channels.telegram.pacing import Stopping, rest, unless_stopped
from bot.channels.telegram.staff.forum import Forum, ForumLost
from bot.channels.telegram.staff.menu import set_staff_commands
from bot.channels.telegram.staff.notes import Notes
from bot.channels.telegram.staff.topics import Topics
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError, ConversationsUnavailable, ConversationUnknown

_log = structlog.get_logger(__name__)

LEASE = "staff"
# A conversation that cannot be shown so often in a row is left until something new happens there.
_TRIES = 3
# Looked at when a mirror begins: the activity of long ago is not kept.
_RECENT = 200


class Mirror:
    """Shows conversations in the staff's forum. Only the holder of the lease may run one."""

    def __init__(self, wire: Wire, chat: int) -> None:
        self._wire = wire
        self._notes = Notes(wire.post.notebook, chat)
        self._forum = Forum(wire, chat)
        self._topics = Topics(self._forum, self._notes, wire.conversations)
        self._backoff = Backoff(wire.tempo.retry)
        self._mark = "0"
        # In order of their turn, each with the times that it failed.
        self._waiting: dict[str, int] = {}
        self._in_hand = ""
        self._news = asyncio.Event()

    async def run(self, over: asyncio.Event) -> None:
        """Mirror until `over` is set; what is on its way then has a moment to arrive."""
        work = [asyncio.create_task(self._follow(over)), asyncio.create_task(self._show(over))]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.set()
            _, late = await asyncio.wait(work, timeout=self._wire.tempo.grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        for task in work:
            if not task.cancelled() and (error := task.exception()) and not isinstance(error, Stopping):
                raise error

    async def _follow(self, over: asyncio.Event) -> None:
        """Hear of what happens."""
        begun = False
        while not over.is_set():
            try:
                if not begun:
                    await self._begin()
                    begun = True
                await self._hear()
            except ConversationsError as error:
                _log.warning("the staff's forum falls behind: conversations unavailable", error=str(error))
                await rest(over, self._wire.tempo.look)

    async def _begin(self) -> None:
        conversations = self._wire.conversations
        self._mark, names = await self._notes.backlog()
        recent = [state.id for state in await conversations.recent(_RECENT)]
        for name in dict.fromkeys([*names, *await conversations.queue(), *reversed(recent)]):
            await self._add(name)

    async def _hear(self) -> None:
        mark, names = await self._wire.conversations.activity(self._mark, self._wire.tempo.look)
        for name in names:
            await self._add(name)
        if names:
            await self._notes.keep_backlog(mark, [*filter(None, [self._in_hand]), *self._waiting])
        self._mark = mark

    async def _add(self, name: str) -> None:
        try:
            if await self._topics.concern(name):
                self._waiting.setdefault(name, 0)
                self._news.set()
        except ConversationUnknown:
            return

    async def _show(self, over: asyncio.Event) -> None:
        """Show it, conversation by conversation, each one message at a time."""
        await self._forum.until_usable(over)
        await set_staff_commands(self._wire.bot, self._forum.chat)
        while True:
            while not self._waiting:
                self._news.clear()
                await unless_stopped(over, self._news.wait())
            self._in_hand = next(iter(self._waiting))
            failures = self._waiting.pop(self._in_hand)
            await self._show_one(self._in_hand, failures, over)
            self._in_hand = ""
            if over.is_set():
                return

    async def _show_one(self, name: str, failures: int, over: asyncio.Event) -> None:
        try:
            if await self._topics.show(name, over):
                self._waiting.setdefault(name, 0)
            self._backoff.reset()
        except ForumLost as obstacle:
            self._waiting.setdefault(name, failures)
            _log.warning("the staff's forum is lost", reason=str(obstacle))
            await rest(over, self._wire.tempo.group)
            await self._forum.until_usable(over)
        except ConversationUnknown:
            _log.info("a conversation is no longer kept", conversation=name)
        except (ConversationsUnavailable, Unclear) as error:
            self._waiting.setdefault(name, failures)
            _log.warning("a conversation is not shown yet, trying again", conversation=name, error=str(error))
            await rest(over, next(self._backoff))
        except Stopping:
            self._waiting.setdefault(name, failures)
            raise
        except Exception as error:
            # One conversation that cannot be shown must not keep all others from being shown.
            _log.exception("a conversation is not shown", conversation=name, refused=isinstance(error, NotSent))
            if failures + 1 < _TRIES:
                self._waiting.setdefault(name, failures + 1)
            await rest(over, self._wire.tempo.look)
