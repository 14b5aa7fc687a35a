"""A desk with a worker that answers by a table, over real conversations. Knows no model and no channel."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.channels.base import MessageRefused
from bot.conversation.base import Conversations, ConversationsUnavailable
from bot.conversation.messages import BOT, Claim, Message, Reply, State, Status, Turn
from bot.desk.admission import objection

PERSON = "/human"
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


class FrontDesk:
    """Implements `Reception`; `answers` maps a question to its answer, every other question is repeated."""

    def __init__(self, conversations: Any) -> None:
        self.conversations: Any = conversations
        self.answers: dict[str, Answer] = {}
        self.accepted: asyncio.Queue[Message] = asyncio.Queue()
        self.working = asyncio.Event()
        self.working.set()

    async def receive(self, message: Message) -> bool:
        if (message.text or not message.attachments) and (reason := objection(message.text)):
            raise MessageRefused(reason)
        new = bool(await self.conversations.accept(message))
        self.accepted.put_nowait(message)
        return new

    async def ask_for_person(self, message: Message) -> bool:
        return await self.receive(replace(message, text=PERSON))

    async def suggest(self, conversation: str) -> Answer:
        return answered(f"to {conversation}")

    async def take_over(self, conversation: str, agent: str) -> State:
        state: State = await self.conversations.take_over(conversation, agent)
        return state

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        state: State = await self.conversations.hand_back(conversation, unless_spoken=unless_spoken)
        return state

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        state: State = await self.conversations.resolve(conversation, by, reason)
        return state

    async def reopen(self, conversation: str, by: str) -> State:
        state: State = await self.conversations.reopen(conversation, by)
        return state

    async def stop(self, conversation: str) -> None:
        await self.conversations.announce(conversation, "stop", {})

    async def rate(self, conversation: str, turn: str, good: bool) -> None:
        await self.note(conversation, "rated_up" if good else "rated_down", turn)

    async def note(self, conversation: str, what: str, about: str, name: str = "") -> None:
        event = Turn(f"{about}-{what}", "event", what, time.time(), name)
        await self.conversations.note(conversation, event)

    async def say(self, conversation: str, agent: str, text: str, turn: str, once: bool = False) -> State:
        said = Turn(turn, "agent", text, time.time(), agent, once=once)
        state: State = await self.conversations.say(conversation, agent, said)
        return state

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
