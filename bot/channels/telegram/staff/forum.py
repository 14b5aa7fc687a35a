"""Makes calls to the staff's group, each when its turn has come. Knows topics by number, and no conversation.

ForumLost    the group cannot be used; its text tells the cure
TopicLost    the topic is no more
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberAdministrator, LinkPreviewOptions
from aiogram.utils.backoff import Backoff

from bot.channels.telegram.outgoing.fates import Gone, HasMoved, MustWait, NotSent, Unclear, Unreachable, fate
from bot.channels.telegram.pacing import Stopping, rest
from bot.channels.telegram.wire import Wire

_log = structlog.get_logger(__name__)

Result = TypeVar("Result")

_PATIENCE = 30  # seconds for one call
_SETTING = "KEFU_TELEGRAM_STAFF"
_NO_TOPIC = ("thread not found", "topic_deleted", "topic_id_invalid")
_NO_RIGHT = ("not enough rights", "admin", "not a forum", "forbidden", "topic_closed")
_SAME = "topic_not_modified"


class ForumLost(Exception):
    """The group cannot be used; the text is one line with the cure."""


class TopicLost(Exception):
    """Somebody has deleted the topic."""


class Forum:
    """The staff's group. Calls raise ForumLost, TopicLost, NotSent when this one will never be taken, Stopping."""

    def __init__(self, wire: Wire, chat: int) -> None:
        self._wire = wire
        self.chat = chat

    async def until_usable(self, over: asyncio.Event) -> None:
        """Wait until the group can be used; what is in the way is logged once. Raises Stopping."""
        told, backoff = "", Backoff(self._wire.tempo.retry)
        while True:
            try:
                await self._check()
                return
            except (NotSent, Unclear) as error:
                _log.warning("the staff's group cannot be looked at, trying again", error=str(error))
                await rest(over, next(backoff))
            except ForumLost as obstacle:
                if str(obstacle) != told:
                    told = str(obstacle)
                    _log.error("agents cannot work in Telegram; everything else does", cure=told)
                await rest(over, self._wire.tempo.group)

    async def create(self, title: str, before: Callable[[], Awaitable[None]], over: asyncio.Event) -> int:
        """A new topic's number. `before` is done just before. Raises Unclear too: then it may have been made."""

        async def call() -> int:
            await before()
            made = await self._wire.bot.create_forum_topic(self.chat, title, request_timeout=_PATIENCE)
            return made.message_thread_id

        return await self.act(call, over, once=True)

    async def set_open(self, topic: int, over: asyncio.Event, *, open_: bool) -> None:
        """Open or close a topic, if it is not so already."""
        bot = self._wire.bot
        change = bot.reopen_forum_topic if open_ else bot.close_forum_topic
        try:
            await self.act(lambda: change(self.chat, topic, request_timeout=_PATIENCE), over)
        except NotSent as refusal:
            if _SAME not in str(refusal).lower():
                raise

    async def write(self, topic: int, text: str) -> None:
        """Write a text as it is. Only within `act`."""
        await self._wire.bot.send_message(
            self.chat,
            text,
            message_thread_id=topic,
            parse_mode=None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            request_timeout=_PATIENCE,
        )

    async def copy(self, topic: int, chat: int, message: int, over: asyncio.Event) -> None:
        """Copy a customer's message; what a group said before it moved is left, its new number means another one."""
        if await self._wire.moves.now(chat) != chat:
            return
        bot = self._wire.bot
        await self.act(
            lambda: bot.copy_message(
                self.chat, chat, message, message_thread_id=topic, parse_mode=None, request_timeout=_PATIENCE
            ),
            over,
        )

    async def act(self, call: Callable[[], Awaitable[Result]], over: asyncio.Event, *, once: bool = False) -> Result:
        """Make a call when the group may be sent to, again until it is clear what became of it.

        `once`: an unclear one raises Unclear.
        """
        backoff = Backoff(self._wire.tempo.retry)
        while True:
            try:
                return await self._in_turn(call, over)
            except MustWait as error:
                _log.info("the staff's group must wait", seconds=error.seconds)
            except (Unreachable, Unclear) as error:
                if once and isinstance(error, Unclear):
                    raise
                _log.warning("the staff's group is not reached, trying again", error=str(error))
                await rest(over, next(backoff))
            except NotSent as refusal:
                raise _loss(refusal) from refusal

    async def _in_turn(self, call: Callable[[], Awaitable[Result]], over: asyncio.Event) -> Result:
        async with self._wire.pacer.turn(self.chat):
            # While we waited another process may have begun to do this.
            if over.is_set():
                raise Stopping
            try:
                return await fate(call())
            except MustWait as error:
                self._wire.pacer.bar(self.chat, error.seconds)
                raise

    async def _check(self) -> None:
        """Raises ForumLost, NotSent, Unclear."""
        bot = self._wire.bot
        try:
            group = await fate(bot.get_chat(self.chat, request_timeout=_PATIENCE))
            me = await fate(bot.get_chat_member(self.chat, (await bot.me()).id, request_timeout=_PATIENCE))
        except (MustWait, Unreachable):
            raise
        except NotSent as refusal:
            raise _loss(refusal, otherwise=ForumLost(_stranger(str(refusal)))) from refusal
        if not group.is_forum:
            raise ForumLost(f"{_SETTING} is no forum: turn Topics on in the settings of that group")
        manages = isinstance(me, ChatMemberAdministrator) and me.can_manage_topics
        if me.status != ChatMemberStatus.CREATOR and not manages:
            raise ForumLost(f"in {_SETTING} the bot needs to be an administrator with the right to manage topics")


def _stranger(reason: str) -> str:
    return f"{_SETTING} is no group that the bot is in ({reason}): add it there, or set the group's id"


def _loss(refusal: NotSent, otherwise: Exception | None = None) -> Exception:
    """What a refusal means for the forum; itself, or `otherwise`, when it means nothing."""
    reason = str(refusal).lower()
    if isinstance(refusal, HasMoved):
        return ForumLost(f"the staff's group has become {refusal.chat}: set {_SETTING} to that")
    if any(words in reason for words in _NO_TOPIC):
        return TopicLost(str(refusal))
    if isinstance(refusal, Gone):
        return ForumLost(_stranger(str(refusal)))
    if any(words in reason for words in _NO_RIGHT):
        cure = f"make the bot an administrator of {_SETTING} who manages topics"
        return otherwise or ForumLost(f"Telegram refuses ({refusal}): {cure}")
    return otherwise or refusal
