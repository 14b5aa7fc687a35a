"""Brings a letter to Telegram, part by part, and notes what became of each. Knows no lane and no update.

Before every part the outbox notes that it is about to be sent, after it what became of it. What is open in between,
after a crash or a cut connection, is repeated once at most; a turn that is sent `once` is flagged instead.
"""

import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog
from aiogram.types import LinkPreviewOptions
from aiogram.utils.backoff import Backoff

from bot.channels.telegram.lease import Lease
from bot.channels.telegram.outgoing.departures import Departures
from bot.channels.telegram.outgoing.fates import (
    Failing,
    Gone,
    HasMoved,
    MustWait,
    NotSent,
    Refused,
    Unchanged,
    Unclear,
    Uneditable,
    Unformatted,
    fate,
)
from bot.channels.telegram.outgoing.lanes import LaneLeft
from bot.channels.telegram.outgoing.letters import Letter, Part
from bot.channels.telegram.outgoing.placeholders import Placeholders
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError, ConversationsUnavailable
from bot.conversation.messages import Turn
from bot.delivery.base import UNCONFIRMED, UNDELIVERED, WITHDRAWN, Attempt, Outgoing

_log = structlog.get_logger(__name__)

_BY, _BLOCKED = "telegram", "blocked"

# A restored backup holds turns of long ago: who would get them has long been answered.
_OLDEST = 86400.0
_PATIENCE = 30  # seconds for one call
_PROBE_PATIENCE = 10


class Unsent(Exception):
    """A turn, or the rest of it, is not sent; the text says why, and `event` is what agents are told."""

    def __init__(self, reason: str, event: str = UNDELIVERED, *, blocked: bool = False) -> None:
        super().__init__(reason)
        self.event = event
        self.blocked = blocked


class Postman:
    """Brings letters in the name of one sender."""

    def __init__(self, wire: Wire, name: str, lease: Lease) -> None:
        self._wire = wire
        self._name = name
        self._lease = lease
        self._placeholders = Placeholders(wire)
        self._departures = Departures(wire.conversations)

    async def bring(self, letter: Letter) -> None:
        """Bring a letter, however long it takes, and settle it. Raises Stopping, LaneLeft."""
        try:
            if letter.outgoing is not None:
                await self._prepare(letter, letter.outgoing)
            for part in _parts(letter):
                await self._bring_part(letter, part)
        except Unsent as unsent:
            await self._give_up(letter, unsent)
        else:
            await self._finish(letter)

    async def refuse(self, outgoing: Outgoing, reason: str) -> None:
        """Settle a turn that nobody can bring."""
        _log.warning("a turn cannot be delivered", conversation=outgoing.conversation, reason=reason)
        await self._settle(outgoing, reason)

    async def _prepare(self, letter: Letter, outgoing: Outgoing) -> None:
        turn = outgoing.turn
        await self._refuse_vain(outgoing.conversation, turn)
        if letter.in_group:
            await self._insist("look", lambda: self._placeholders.remove_earlier(letter.to, turn.id))

    async def _finish(self, letter: Letter) -> None:
        outgoing = letter.outgoing
        if outgoing is None:
            return
        if letter.in_group:
            await self._insist("forget a placeholder", lambda: self._placeholders.forget(outgoing.turn.id))
        await self._settle(outgoing)

    async def _refuse_vain(self, name: str, turn: Turn) -> None:
        if time.time() - turn.at > _OLDEST:
            raise Unsent("it is older than a day")
        with contextlib.suppress(ConversationsError):  # Where nothing can be read, one call more tells.
            if reason := await self._departures.vain(name, turn.id):
                raise Unsent(reason)

    async def _bring_part(self, letter: Letter, part: Part) -> None:
        backoff = Backoff(self._wire.tempo.retry)
        while True:
            try:
                message = await self._try(letter, part)
                break
            except NotSent as refusal:
                await self._note(letter, part, "")
                await self._mend(letter, part, refusal, backoff)
            except Unclear as error:
                await self._doubt(letter, part, error)
                await self._until_answered(letter, error, backoff)
            except ConversationsUnavailable as error:
                _log.warning("nothing can be sent: the outbox is unavailable", error=str(error))
                await self._wire.rest(next(backoff))
            except (Unsent, LaneLeft, Stopping):
                raise
            except Exception as error:
                # Left to come again, it would come for ever, and be overtaken by what is behind it.
                _log.exception("a part broke", chat=letter.to.chat)
                await self._doubt(letter, part, Unclear(type(error).__name__))
                await self._wire.rest(next(backoff))
        await self._note(letter, part, message)

    async def _try(self, letter: Letter, part: Part) -> str:
        """The id of the message that arrived. Raises NotSent, Unclear, Unsent, LaneLeft, Stopping."""
        if letter.outgoing is not None:
            await self._lease.until_held()
        chat = await self._wire.moves.now(letter.to.chat)
        placeholder = await self._placeholder(letter, part)
        async with self._wire.pacer.turn(chat, message=placeholder is None):
            # One may have come while we waited.
            placeholder = placeholder or await self._placeholder(letter, part)
            if letter.outgoing is not None:
                await self._ask_leave(letter.outgoing, part, repeatable=placeholder is not None)
            try:
                return await self._call(chat, letter, part, placeholder)
            except MustWait as error:
                self._wire.pacer.bar(chat, error.seconds)
                raise

    async def _placeholder(self, letter: Letter, part: Part) -> int | None:
        if letter.outgoing is None or not letter.in_group or part.number > 0:
            return None
        return await self._placeholders.find(letter.outgoing.turn.id)

    async def _ask_leave(self, outgoing: Outgoing, part: Part, *, repeatable: bool) -> None:
        attempt = await self._wire.post.outbox.attempt(outgoing, part.number, self._name)
        if attempt is Attempt.LOST:
            raise LaneLeft
        if attempt is Attempt.WITHDRAWN:
            raise Unsent("an agent came before it was sent", WITHDRAWN)
        if attempt is Attempt.AGAIN and part.doubtful and not repeatable:
            if outgoing.turn.once:
                raise Unsent("a sender died while it was sent, and it may have arrived", UNCONFIRMED)
            part.repeats = 0
        part.doubtful = False

    async def _call(self, chat: int, letter: Letter, part: Part, placeholder: int | None) -> str:
        entities = list(part.content.entities) or None
        # A preview would fetch any address that an answer holds.
        quiet = LinkPreviewOptions(is_disabled=True)
        if placeholder is None:
            sending = self._wire.bot.send_message(
                chat,
                part.content.text,
                message_thread_id=letter.to.topic,
                entities=entities,
                parse_mode=None,
                link_preview_options=quiet,
                reply_markup=part.keyboard,
                request_timeout=_PATIENCE,
            )
            return str((await fate(sending)).message_id)
        editing = self._wire.bot.edit_message_text(
            part.content.text,
            chat_id=chat,
            message_id=placeholder,
            entities=entities,
            parse_mode=None,
            link_preview_options=quiet,
            reply_markup=part.keyboard,
            request_timeout=_PATIENCE,
        )
        try:
            await fate(editing)
        except Unchanged:
            _log.debug("the placeholder reads so already", chat=chat)
        except Unclear as error:
            # To edit twice is to edit once.
            part.repeats += 1
            raise error
        return str(placeholder)

    async def _mend(self, letter: Letter, part: Part, refusal: NotSent, backoff: Backoff) -> None:
        """Do what makes the next try better. Raises Unsent when nothing does."""
        _log.info("not sent", chat=letter.to.chat, reason=str(refusal), kind=type(refusal).__name__)
        if isinstance(refusal, MustWait):
            return
        if isinstance(refusal, HasMoved):
            new = refusal.chat
            await self._insist("note a move", lambda: self._wire.moves.move(letter.to.chat, new))
        elif isinstance(refusal, Unformatted) and part.content.entities:
            part.content = part.content.plain
        elif isinstance(refusal, Uneditable) and letter.outgoing is not None:
            turn = letter.outgoing.turn.id
            await self._insist("forget a placeholder", lambda: self._placeholders.forget(turn))
        elif isinstance(refusal, Refused | Unformatted | Uneditable):
            raise self._unsent(letter, refusal) from refusal
        else:
            await self._wire.rest(next(backoff))

    def _unsent(self, letter: Letter, refusal: NotSent) -> Unsent:
        reason = str(refusal)
        if not isinstance(refusal, Gone):
            return Unsent(reason)
        if letter.outgoing is not None:
            self._departures.note(letter.outgoing.conversation, letter.outgoing.turn.id, reason)
        return Unsent(reason, blocked=refusal.blocked)

    async def _doubt(self, letter: Letter, part: Part, error: Unclear) -> None:
        """Nobody knows whether it arrived: raises Unsent where it must not be repeated."""
        failing = isinstance(error, Failing)
        if letter.once or (part.failures if failing else part.repeats) == 0:
            raise Unsent(f"it may have arrived, or not: {error}", UNCONFIRMED) from error
        if failing:
            part.failures -= 1
            if part.repeats > 0:  # Else an earlier doubt remains.
                await self._note(letter, part, "")
        else:
            part.repeats -= 1

    async def _until_answered(self, letter: Letter, error: Unclear, backoff: Backoff) -> None:
        """Wait for a Telegram that answers. Raises Stopping."""
        _log.warning("not sent, trying again", chat=letter.to.chat, error=str(error))
        while True:
            await self._wire.rest(next(backoff))
            try:
                await fate(self._wire.bot.get_me(request_timeout=_PROBE_PATIENCE))
                return
            except (NotSent, Unclear) as silence:
                _log.warning("Telegram does not answer, trying again", error=str(silence))

    async def _note(self, letter: Letter, part: Part, message: str) -> None:
        outgoing = letter.outgoing
        if outgoing is not None:
            outbox = self._wire.post.outbox
            await self._insist("note a part", lambda: outbox.record(outgoing, part.number, message))

    async def _settle(self, outgoing: Outgoing, note: str = "", event: str = UNDELIVERED) -> None:
        """Tell the store that it is done: a turn that was sent and is not settled would come again."""
        await self._insist("settle a turn", lambda: self._wire.post.outbox.settle(outgoing, note, event))

    async def _give_up(self, letter: Letter, unsent: Unsent) -> None:
        outgoing = letter.outgoing
        _log.warning("not delivered", chat=letter.to.chat, reason=str(unsent), event_told=unsent.event)
        if outgoing is None:
            return
        if letter.in_group:
            await self._insist("remove a placeholder", lambda: self._placeholders.remove(letter.to, outgoing.turn.id))
        await self._settle(outgoing, str(unsent), unsent.event)
        if unsent.blocked:
            await self._insist("resolve", lambda: self._resolve(outgoing.conversation, outgoing.turn.id))

    async def _resolve(self, name: str, turn: str) -> None:
        # Who has written since lets the bot in again: the question must not go with the block.
        if not await self._departures.is_back(name, turn):
            await self._wire.conversations.resolve(name, by=_BY, reason=_BLOCKED)

    async def _insist(self, what: str, write: Callable[[], Awaitable[object]]) -> None:
        """Write to the store as soon as it can be. Raises Stopping."""
        backoff = Backoff(self._wire.tempo.retry)
        while True:
            try:
                await write()
                return
            except ConversationsUnavailable as error:
                _log.warning("what became of a turn is not stored yet", what=what, error=str(error))
                await self._wire.rest(next(backoff))
            except ConversationsError as error:
                _log.error("what became of a turn cannot be stored", what=what, error=str(error))
                return


def _parts(letter: Letter) -> list[Part]:
    try:
        return letter.parts()
    except Exception as error:
        # As it is stored it can never be sent; its words are nobody's business here.
        _log.exception("a turn cannot be made into messages", chat=letter.to.chat)
        raise Unsent(f"it cannot be made into messages: {type(error).__name__}") from error
