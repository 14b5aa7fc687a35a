"""A reception with fixed answers over a real store of conversations: what the web door needs of the house."""

import asyncio
import time
from dataclasses import replace
from typing import cast

from bot.answering.answer import Answer, Mode, Outcome, Question, Reason, Release, Sentence, Source
from bot.answering.engine import Engine
from bot.channels.base import MessageRefused
from bot.conversation.base import Conversations
from bot.conversation.messages import BOT, Claim, Message, Reply, Status, Turn
from bot.desk.desk import Desk
from bot.reading.intent import PERSON_COMMAND

RETURNS = Answer(
    Outcome.ANSWERED,
    Mode.GENERATED,
    "You can send things back within 30 days. Shipping back is free.",
    "en",
    0.93,
    sentences=(
        Sentence("You can send things back within 30 days.", ("returns",), 0.97),
        Sentence("Shipping back is free.", ("postage",), 0.91),
    ),
    sources=(
        Source("returns", "How long can I return an item?", "https://shop.example/help/returns", 0.88),
        Source("postage", "Who pays for return shipping?", None, 0.74),
    ),
    snapshot="s-1",
    model="m-1",
)
UNKNOWN = Answer(
    Outcome.REFUSED,
    Mode.REFUSE,
    "I cannot find that. This comes nearest:\n- How long can I return an item?\nA person can help: just say so.",
    "en",
    0.12,
    sources=(Source("returns", "How long can I return an item?", "https://shop.example/help/returns", 0.31),),
    reason=Reason.MISSING_KNOWLEDGE,
)
PERSON = Answer(
    Outcome.HANDED_OVER, Mode.HANDOFF, "A colleague will answer here.", "en", 1.0, reason=Reason.ASKED_FOR_PERSON
)


def answer_to(text: str) -> Answer:
    """The fixed answer: returns are known, nothing else is."""
    if PERSON_COMMAND in text:
        return PERSON
    return RETURNS if "return" in text or "退货" in text else UNKNOWN


class StandIn(Desk):
    """The real desk without an engine, which answers what was accepted while `work` runs and `may_answer` is set."""

    def __init__(self, conversations: Conversations, pause: float = 0.0) -> None:
        super().__init__(conversations, cast(Engine, None))
        self._pause = pause
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked: list[Question] = []
        self.trouble: Exception | None = None

    async def receive(self, message: Message) -> bool:
        if self.trouble:
            raise self.trouble
        if "refuse me" in message.text:
            raise MessageRefused("the message is of a kind that no one can answer")
        return await super().receive(message)

    async def suggest(self, conversation: str, release: Release = lambda sentence: None, words: str = "") -> Answer:
        known = await self._conversations.read(conversation)
        answer = answer_to(words or [turn.text for turn in known.turns if turn.role == "customer"][-1])
        for sentence in answer.sentences:
            release(sentence)
            await asyncio.sleep(self._pause)
        return answer

    async def ask(self, question: Question) -> Answer:
        """What `/api/ask` is given."""
        self.asked.append(question)
        return answer_to(question.text)

    async def aloud(self, question: Question, release: Release) -> Answer:
        """The same, sentence by sentence."""
        answer = await self.ask(question)
        for sentence in answer.sentences:
            release(sentence)
            await asyncio.sleep(self._pause)
        return answer

    async def work(self) -> None:
        """Answer for ever."""
        while True:
            if claim := await self._conversations.claim("worker", 1.0):
                await self._answer(claim)

    async def _answer(self, claim: Claim) -> None:
        known = await self._conversations.read(claim.conversation)
        if known.state.owner != BOT:
            await self._conversations.commit(claim, Reply())
            return
        turn = f"bot-{claim.pending[-1].id}"
        await self._conversations.publish(claim, "typing", {"who": BOT})
        answer = answer_to("\n".join(pending.text for pending in claim.pending))
        released: list[Sentence] = []
        saying = asyncio.create_task(self._say(claim, turn, answer, released))
        stopping = asyncio.create_task(self._stopped(claim))
        await asyncio.wait({saying, stopping}, return_when=asyncio.FIRST_COMPLETED)
        reply = _reply(turn, answer) if saying.done() else _stopped_reply(turn, answer, released)
        saying.cancel()
        stopping.cancel()
        if not await self._conversations.commit(claim, reply):
            await self._conversations.announce(claim.conversation, "withdrawn", {"turn": turn})

    async def _say(self, claim: Claim, turn: str, answer: Answer, released: list[Sentence]) -> None:
        for sentence in answer.sentences:
            await asyncio.sleep(self._pause)
            shown = {"turn": turn, "text": sentence.text, "sources": list(sentence.sources)}
            await self._conversations.publish(claim, "sentence", shown)
            released.append(sentence)
        await self.may_answer.wait()
        await asyncio.sleep(self._pause)

    async def _stopped(self, claim: Claim) -> None:
        mark = claim.mark
        while True:
            for event in await self._conversations.events(claim.conversation, mark, 1.0):
                mark = event.id
                if event.kind == "stop":
                    return


def _reply(turn: str, answer: Answer) -> Reply:
    said = Turn(turn, "bot", answer.text, time.time(), answer=answer.to_json())
    if answer.outcome is Outcome.HANDED_OVER:
        happened = Turn(f"{turn}-event", "event", "handed_over", said.at)
        return Reply((said, happened), Status.WAITING, str(answer.reason))
    return Reply((said,))


def _stopped_reply(turn: str, answer: Answer, released: list[Sentence]) -> Reply:
    happened = Turn(f"{turn}-stopped", "event", "stopped", time.time())
    if not released:
        return Reply((happened,))
    text = " ".join(sentence.text for sentence in released)
    part = replace(answer, text=text, sentences=tuple(released))
    return Reply((Turn(turn, "bot", text, happened.at, answer=part.to_json()), happened))
