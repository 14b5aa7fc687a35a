"""A desk with a worker that answers by a table, over real conversations. Knows no model and no channel."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, cast

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.answering.engine import Engine
from bot.conversation.base import Conversations, ConversationsUnavailable
from bot.conversation.messages import BOT, Claim, Message, Reply, Status, Turn
from bot.desk.desk import RATED_DOWN, RATED_UP, Desk
from bot.reading.intent import PERSON_COMMAND

PERSON = PERSON_COMMAND
RETURNS = Source("returns", "Returns", "https://shop.example/returns", 0.9)


def answered(text: str, *sources: Source, language: str = "en") -> Answer:
    """An answer that says `text`."""
    return Answer(Outcome.ANSWERED, Mode.VERBATIM, text, language, 0.9, sources=sources)


class Outage:
    """Conversations whose server is away while `down`; what gets through goes to the real ones."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self.down: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self.down:
            raise ConversationsUnavailable("the server is away")
        return getattr(self._conversations, name)


class FrontDesk(Desk):
    """The real desk without an engine; `answers` maps a question to its answer, every other question is repeated."""

    def __init__(self, conversations: Any) -> None:
        super().__init__(conversations, cast(Engine, None))
        self.answers: dict[str, Answer] = {}
        self.accepted: asyncio.Queue[Message] = asyncio.Queue()
        self.working = asyncio.Event()
        self.working.set()

    @property
    def conversations(self) -> Any:
        """Also what a test may do to them."""
        return super().conversations

    async def receive(self, message: Message) -> bool:
        new = await super().receive(message)
        self.accepted.put_nowait(message)
        return new

    async def suggest(self, conversation: str) -> Answer:
        return answered(f"to {conversation}")

    async def rate(self, conversation: str, turn: str, good: bool) -> None:
        """Without counting: tests name ratings by their turns."""
        await self.note(conversation, RATED_UP if good else RATED_DOWN, turn)

    async def asked(self, conversation: str) -> list[str]:
        """What the customer said, oldest first."""
        turns = (await self.conversations.read(conversation)).turns
        return [turn.text for turn in turns if turn.role == "customer"]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Answer what is asked."""
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _work(self) -> None:
        while True:
            await self.working.wait()
            if claim := await self.conversations.claim("worker", 0.1):
                await self._answer(claim)

    async def _answer(self, claim: Claim) -> None:
        await self.working.wait()
        asked = "\n".join(turn.text for turn in claim.pending)
        if (await self.conversations.read(claim.conversation, 1)).state.owner != BOT:
            await self.conversations.commit(claim, Reply())
            return
        if asked == PERSON:
            answer = Answer(Outcome.HANDED_OVER, Mode.HANDOFF, "A colleague will answer here.", "en", 1.0)
        else:
            answer = self.answers.get(asked, answered(f"You asked: {asked}"))
        turn = uuid.uuid4().hex
        for sentence in answer.sentences:
            data = {"turn": turn, "text": sentence.text, "sources": list(sentence.sources)}
            await self.conversations.publish(claim, "sentence", data)
        said = Turn(turn, "bot", answer.text, time.time(), answer=answer.to_json())
        status = Status.WAITING if answer.outcome is Outcome.HANDED_OVER else None
        await self.conversations.commit(claim, Reply((said,), status))
