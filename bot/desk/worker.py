"""Answers what was accepted: claims a conversation, asks the engine, commits the reply. Knows no channel."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator

import structlog

from bot.answering.answer import Answer, Mode, Outcome, Question, Reason, Sentence
from bot.answering.engine import Engine, EngineClosed
from bot.answering.phrases import phrase
from bot.conversation.base import Conversations, ConversationsError, ConversationsUnavailable
from bot.conversation.messages import BOT, Claim, Reply, Status, Turn
from bot.desk.desk import question_of

_log = structlog.get_logger(__name__)

_WAIT = 1.0  # seconds that one look for work may last, and so a stop
_PAUSE = 1.0  # seconds before the next look after the store was away
_RENEWAL = 10.0  # seconds; a third of a claim's lease
_HISTORY = 30


class Worker:
    """One of several that answer; any of them takes the next conversation.

    A claim is renewed every `renewal` seconds, which must be well below its lease.
    """

    def __init__(self, conversations: Conversations, engine: Engine, name: str, *, renewal: float = _RENEWAL) -> None:
        self._conversations = conversations
        self._engine = engine
        self._name = name
        self._renewal = renewal

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop` is set. The reply in the making is finished first, or given back."""
        told = ""
        while not stop.is_set():
            try:
                claim = await self._conversations.claim(self._name, _WAIT)
                told = ""
                if claim:
                    await self._settle(claim)
            except ConversationsError as error:
                kind = type(error).__name__
                if told != kind:  # once an outage: a full disk is no place for a line a second
                    _log.warning("nothing can be answered", worker=self._name, kind=kind, error=str(error))
                told = kind
                await asyncio.sleep(_PAUSE)

    async def _settle(self, claim: Claim) -> None:
        try:
            async with self._renewed(claim):
                await self.answer(claim)
        except (ConversationsUnavailable, EngineClosed, asyncio.CancelledError):
            # Without this the customer would wait until the lease is over.
            await self._give_back(claim)
            raise
        except Exception:
            # The next worker may do better; what fails again and again is laid aside by the store.
            _log.exception("the reply failed", conversation=claim.conversation)
            await self._give_back(claim)

    async def _give_back(self, claim: Claim) -> None:
        with contextlib.suppress(ConversationsError):
            await self._conversations.release(claim)

    async def answer(self, claim: Claim) -> bool:
        """Make and commit the reply of one claim. False when the claim or the ownership was lost."""
        conversation = await self._conversations.read(claim.conversation, last=_HISTORY)
        if conversation.state.owner != BOT:
            return await self._conversations.commit(claim, Reply())
        turn = uuid.uuid4().hex
        await self._conversations.publish(claim, "typing", {"who": BOT})
        answer = await self._ask(claim, turn, question_of(conversation, claim.pending))
        written = await self._conversations.commit(claim, _reply(turn, answer))
        if not written:
            await self._conversations.announce(claim.conversation, "withdrawn", {"turn": turn})
        _log.info(
            "answered" if written else "answer dropped",
            conversation=claim.conversation,
            outcome=str(answer.outcome),
            mode=str(answer.mode),
            seconds=round(answer.seconds.get("total", 0.0), 3),
        )
        return written

    async def _ask(self, claim: Claim, turn: str, question: Question) -> Answer:
        released: asyncio.Queue[Sentence | None] = asyncio.Queue()
        publishing = asyncio.create_task(self._publish(claim, turn, released))
        try:
            return await self._engine.answer(question, released.put_nowait)
        except EngineClosed:
            raise
        except Exception:
            # A customer waits: whatever broke, they get a person instead of silence.
            _log.exception("the engine failed", conversation=claim.conversation)
            text = phrase("engine_down", question.language or "en")
            return Answer(
                Outcome.HANDED_OVER, Mode.HANDOFF, text, question.language or "en", 0.0, reason=Reason.ENGINE_DOWN
            )
        finally:
            released.put_nowait(None)
            await publishing

    async def _publish(self, claim: Claim, turn: str, released: "asyncio.Queue[Sentence | None]") -> None:
        while sentence := await released.get():
            data = {"turn": turn, "text": sentence.text, "sources": list(sentence.sources)}
            await self._conversations.publish(claim, "sentence", data)

    @contextlib.asynccontextmanager
    async def _renewed(self, claim: Claim) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(self._renewal)
                with contextlib.suppress(ConversationsError):
                    await self._conversations.renew(claim)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing


def _reply(turn: str, answer: Answer) -> Reply:
    said = Turn(turn, "bot", answer.text, time.time(), answer=answer.to_json())
    if answer.outcome is Outcome.HANDED_OVER:
        happened = Turn(f"{turn}-handoff", "event", "handed_over", said.at)
        reason = str(answer.reason)
        return Reply((said, happened), Status.WAITING, reason, answer.language)
    return Reply((said,), language=answer.language)
