"""Shows an answer as it grows, sentence by sentence. Knows no sender: the answer itself comes another way.

In a private chat the sentences are frames of a draft, which Telegram forgets by itself. In a group the first one is a
placeholder that later ones change, and the sender makes it the answer's first part.

Only the process that sends shows them, for its pacer alone knows when the answer goes out: another's frame could come
after it. There "typing…" is all that a customer sees.
"""

import asyncio
import hashlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Coroutine
from typing import Any

import structlog
from aiogram.types import LinkPreviewOptions

from bot.channels.telegram.address import Address
from bot.channels.telegram.outgoing.fates import MustWait, NotSent, Refused, Unchanged, Unclear, Uneditable, fate
from bot.channels.telegram.outgoing.growing import Growing
from bot.channels.telegram.outgoing.markup import Marked
from bot.channels.telegram.outgoing.placeholders import Placeholders
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError
from bot.conversation.messages import BOT

_log = structlog.get_logger(__name__)

_PATIENCE = 10  # seconds for a placeholder, whose number must be known
_QUIET = LinkPreviewOptions(is_disabled=True)
# Where we stopped reading is remembered for so many conversations: all events of another are looked at.
_REMEMBERED = 2000
_LAST_TURNS = 8


class Streaming:
    """Follows answers in the making. A frame never waits, and never comes after the answer."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._placeholders = Placeholders(wire)
        self._marks: OrderedDict[str, str] = OrderedDict()
        self._frames: set[asyncio.Task[bool]] = set()
        self._mute: deque[str] = deque(maxlen=_REMEMBERED)

    async def follow(self, to: Address) -> None:
        """Show the next answer in a conversation until it is whole, or somebody else speaks."""
        growing, shown = Growing(), ""
        while True:
            heard = await self._hear(to.conversation, growing, pending=growing.text != shown)
            for turn in growing.take_withdrawn():
                await self._withdraw(to, turn)
                shown = ""
            if growing.over and not heard:
                return
            text = growing.text
            if text != shown and not growing.over and (not text or await self._show(to, growing)):
                shown = text

    async def close(self) -> None:
        """Let what is on its way arrive, for as long as a stop may take."""
        if self._frames:
            _, late = await asyncio.wait(self._frames, timeout=self._wire.tempo.grace)
            for task in late:
                task.cancel()

    async def _hear(self, name: str, growing: Growing, *, pending: bool) -> int:
        """Learn what has happened; when something is still to be shown, or all seems over, come back soon."""
        tempo = self._wire.tempo
        wait = tempo.frame / 4 if pending else tempo.look
        try:
            events = await self._wire.conversations.events(
                name, self._marks.get(name, "0"), 0.0 if growing.over else wait
            )
        except ConversationsError:
            await self._wire.rest(tempo.look)
            return 0
        for event in events:
            growing.hear(event)
            self._remember(name, event.id)
        return len(events)

    def _remember(self, name: str, mark: str) -> None:
        self._marks[name] = mark
        self._marks.move_to_end(name)
        if len(self._marks) > _REMEMBERED:
            self._marks.popitem(last=False)

    async def _withdraw(self, to: Address, turn: str) -> None:
        if to.chat < 0:
            await self._with_own_life(self._remove(to, turn))

    async def _remove(self, to: Address, turn: str) -> bool:
        try:
            await self._placeholders.remove(to, turn)
        except (ConversationsError, Stopping) as error:
            _log.info("a placeholder is left for the sender to remove", error=str(error))
        return True

    async def _with_own_life(self, call: Coroutine[Any, Any, bool]) -> bool:
        """What the call gives. Cancelling its caller does not end it: it may have arrived at Telegram already."""
        task = asyncio.create_task(call)
        self._frames.add(task)
        task.add_done_callback(self._frames.discard)
        return await asyncio.shield(task)

    async def _show(self, to: Address, growing: Growing) -> bool:
        """Whether it could be shown now, or never will be."""
        if growing.turn in self._mute or not self._wire.sending.held:
            return True
        return await self._with_own_life(self._frame(to, growing.turn, growing.shown))

    async def _frame(self, to: Address, turn: str, content: Marked) -> bool:
        try:
            chat = await self._wire.moves.now(to.chat)
            message = await self._placeholders.find(turn) if chat < 0 else None
            async with self._wire.pacer.frame(chat, message=chat < 0 and message is None) as free:
                if not free or await self._settled(to, turn):
                    return False
                once = chat < 0 and message is None
                return await self._called(chat, turn, self._draw(chat, to, turn, message, content), once=once)
        except (ConversationsError, Stopping) as error:
            _log.debug("a frame is left out", chat=to.chat, error=str(error))
            return False

    async def _settled(self, to: Address, turn: str) -> bool:
        """Whether the answer is whole already, or not the bot's to give any more."""
        known = await self._wire.conversations.read(to.conversation, last=_LAST_TURNS)
        return known.state.owner != BOT or any(one.id == turn for one in known.turns)

    async def _draw(self, chat: int, to: Address, turn: str, message: int | None, content: Marked) -> None:
        if chat > 0:
            await self._draft(chat, to, turn, content)
        elif message is None:
            await self._place(chat, to, turn, content)
        else:
            await self._edit(chat, message, content)

    async def _called(self, chat: int, turn: str, call: Awaitable[None], *, once: bool) -> bool:
        """Make the call. After a refusal, or where a second one would leave two messages, the turn shows no more."""
        try:
            await call
        except MustWait as error:
            self._wire.pacer.bar(chat, error.seconds)
            return False
        except Unchanged:
            return True
        except (NotSent, Unclear, TimeoutError) as error:
            _log.debug("a frame is not shown", chat=chat, error=str(error))
            if once or isinstance(error, Refused | Uneditable):
                self._mute.append(turn)
        return True

    async def _draft(self, chat: int, to: Address, turn: str, content: Marked) -> None:
        async with asyncio.timeout(self._wire.tempo.light):
            await fate(
                self._wire.bot.send_message_draft(
                    chat,
                    draft_id(turn),
                    message_thread_id=to.topic,
                    text=content.text,
                    entities=list(content.entities) or None,
                    parse_mode=None,
                    can_stop=True,
                )
            )

    async def _place(self, chat: int, to: Address, turn: str, content: Marked) -> None:
        placed = await fate(
            self._wire.bot.send_message(
                chat,
                content.text,
                message_thread_id=to.topic,
                entities=list(content.entities) or None,
                parse_mode=None,
                link_preview_options=_QUIET,
                request_timeout=_PATIENCE,
            )
        )
        await self._placeholders.keep(to.conversation, turn, placed.message_id)

    async def _edit(self, chat: int, message: int, content: Marked) -> None:
        async with asyncio.timeout(self._wire.tempo.light):
            await fate(
                self._wire.bot.edit_message_text(
                    content.text,
                    chat_id=chat,
                    message_id=message,
                    entities=list(content.entities) or None,
                    parse_mode=None,
                    link_preview_options=_QUIET,
                )
            )


def draft_id(turn: str) -> int:
    """The number under which a turn's frames are one draft: never zero, and always the same."""
    return int.from_bytes(hashlib.sha256(turn.encode()).digest()[:4]) % (2**31 - 1) + 1
