"""Makes and commits the reply of one claim. Knows neither how claims are come by nor any channel.

What the customer writes within one breath, or while an answer is made, becomes one question: the answer in the
making is withdrawn and another one is made for all of it.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from bot.answering.answer import Answer, Mode, Outcome, Question, Reason, Sentence
from bot.answering.engine import Engine, EngineClosed
from bot.answering.phrases import phrase
from bot.conversation.base import Conversations
from bot.conversation.messages import BOT, Claim, Conversation, Reply, Status, Turn
from bot.conversation.records import ATTEMPTS, HANDED_OVER, STOPPED, UNDELIVERABLE
from bot.desk.history import question_of
from bot.desk.hours import Hours
from bot.desk.news import Burst, News, gathered, news_of
from bot.desk.notice import handoff_notice, unread_notice

_log = structlog.get_logger(__name__)

_HISTORY = 30
_RESTARTS = 5
"""Who writes on and on is answered in between."""
_REMARK_THEMSELVES = frozenset({"telegram"})
"""Channels whose doors tell the customer at once that nobody opens what is attached."""
_UNSPACED = frozenset({"zh", "ja", "th"})


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Draft:
    """An answer in the making: the turn it will be, and what of it was released."""

    turn: str = field(default_factory=lambda: uuid.uuid4().hex)
    released: list[Sentence] = field(default_factory=list)


class Replier:
    """Answers claims: `reply` is what a `Worker` is given."""

    def __init__(
        self,
        conversations: Conversations,
        engine: Engine,
        *,
        burst: Burst | None = None,
        hours: Hours | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._burst = burst or Burst()
        self._hours = hours or Hours()
        self._now = now

    async def reply(self, claim: Claim) -> bool:
        """Make and commit the reply. False when the claim or the ownership was lost."""
        await self._conversations.publish(claim, "typing", {"who": BOT})
        current, stopped = await gathered(self._conversations, claim, self._burst)
        if current is not None and stopped:
            return await self._conversations.commit(current, _stopped(_Draft(), ""))
        for restarts in range(_RESTARTS, -1, -1):
            if current is None:
                return False
            if await self._answer(current, whole=restarts > 0):
                return True
            current = await self._conversations.extend(current)
        return False

    async def _answer(self, claim: Claim, *, whole: bool) -> bool:
        """Answer the claim as it is. False: it was lost or, when it must be answered as a `whole`, has grown."""
        known = await self._conversations.read(claim.conversation, last=_HISTORY + len(claim.pending))
        if known.state.owner != BOT:
            return await self._conversations.commit(claim, Reply())
        draft = _Draft()
        reply = await self._reply(claim, known, draft, whole)
        written = reply is not None and await self._conversations.commit(claim, reply)
        if not written:
            await self._conversations.announce(claim.conversation, "withdrawn", {"turn": draft.turn})
        _log.info("answered" if written else "answer withdrawn", conversation=claim.conversation)
        return written

    async def _reply(self, claim: Claim, known: Conversation, draft: _Draft, whole: bool) -> Reply | None:
        """What to commit; None when that has become pointless."""
        language = known.state.language or "en"
        if claim.attempts > ATTEMPTS:
            # Whoever tried to answer this died of it, so nobody tries again.
            answer = await self._with_notice(claim, _broken(language))
            given_up = Turn(f"{draft.turn}-given-up", "event", UNDELIVERABLE, time.time())
            reply = _reply_of(draft, answer)
            return replace(reply, turns=(*reply.turns, given_up), buried=str(Reason.ENGINE_DOWN))
        made = await self._make(claim, question_of(known, claim.pending), draft, whole)
        if made is News.STOP:
            return _stopped(draft, language)
        if isinstance(made, News):
            return None
        _log.info("answer made", outcome=str(made.outcome), mode=str(made.mode), seconds=made.seconds.get("total"))
        noticed = await self._with_notice(claim, _remarked(claim, made))
        return replace(_reply_of(draft, noticed), whole=whole)

    async def _make(self, claim: Claim, question: Question, draft: _Draft, whole: bool) -> Answer | News:
        """The answer, or the news that came first and ended its making."""
        asking = asyncio.ensure_future(self._ask(claim, draft, question))
        watching = asyncio.ensure_future(news_of(self._conversations, claim, more=whole))
        both: set[asyncio.Future[Answer] | asyncio.Future[News]] = {asking, watching}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else watching.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)

    async def _ask(self, claim: Claim, draft: _Draft, question: Question) -> Answer:
        released: asyncio.Queue[Sentence | None] = asyncio.Queue()
        publishing = asyncio.create_task(self._publish(claim, draft, released))
        try:
            return await self._engine.answer(question, released.put_nowait)
        except EngineClosed:
            raise
        except Exception:
            # A customer waits: whatever broke, they get a person instead of silence.
            _log.exception("the engine failed", conversation=claim.conversation)
            return _broken(question.language or "en")
        finally:
            released.put_nowait(None)
            with contextlib.suppress(asyncio.CancelledError):
                await publishing

    async def _publish(self, claim: Claim, draft: _Draft, released: "asyncio.Queue[Sentence | None]") -> None:
        while sentence := await released.get():
            data = {"turn": draft.turn, "text": sentence.text, "sources": list(sentence.sources)}
            if await self._conversations.publish(claim, "sentence", data):
                draft.released.append(sentence)

    async def _with_notice(self, claim: Claim, answer: Answer) -> Answer:
        """A handoff says what place in the queue the customer has, or when the team is back."""
        if answer.outcome is not Outcome.HANDED_OVER:
            return answer
        queue = list(await self._conversations.queue())
        place = queue.index(claim.conversation) if claim.conversation in queue else len(queue)
        notice = handoff_notice(answer.language, place=place + 1, hours=self._hours, now=self._now())
        return replace(answer, text=_glue(answer.language).join((answer.text, notice)))


def _remarked(claim: Claim, answer: Answer) -> Answer:
    """An answer to words says that what came with them was not opened; a person will open it."""
    channel = claim.conversation.partition(":")[0]
    with_words = any(turn.attachments and turn.text for turn in claim.pending)
    if answer.outcome is Outcome.HANDED_OVER or channel in _REMARK_THEMSELVES or not with_words:
        return answer
    return replace(answer, text=_glue(answer.language).join((answer.text, unread_notice(answer.language))))


def _glue(language: str) -> str:
    return "" if language in _UNSPACED else " "


def _broken(language: str) -> Answer:
    text = phrase("engine_down", language)
    return Answer(Outcome.HANDED_OVER, Mode.HANDOFF, text, language, 0.0, reason=Reason.ENGINE_DOWN)


def _reply_of(draft: _Draft, answer: Answer) -> Reply:
    said = Turn(draft.turn, "bot", answer.text, time.time(), answer=answer.to_json())
    if answer.outcome is Outcome.HANDED_OVER:
        reason = str(answer.reason)
        happened = Turn(f"{draft.turn}-handoff", "event", HANDED_OVER, said.at, reason)
        return Reply((said, happened), Status.WAITING, reason, answer.language)
    return Reply((said,), language=answer.language)


def _stopped(draft: _Draft, language: str) -> Reply:
    """What was released stays, for the customer has read it."""
    happened = Turn(f"{draft.turn}-stopped", "event", STOPPED, time.time())
    if not draft.released:
        return Reply((happened,))
    text = _glue(language).join(sentence.text for sentence in draft.released)
    answer = Answer(Outcome.ANSWERED, Mode.GENERATED, text, language, 0.0, tuple(draft.released))
    return Reply((Turn(draft.turn, "bot", text, happened.at, answer=answer.to_json()), happened))
