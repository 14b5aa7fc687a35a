"""Past cases: what agents replied to questions of resolved conversations, found by nearness. Changes nothing.

Bounded: of the most recently active conversations LOOKED_AT are read, and of their pairs MOST are kept; what was
embedded once is not embedded again while its conversation stays as it is.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.conversation.base import Conversations, ConversationUnknown
from bot.conversation.messages import Conversation, Status, Turn
from knowledge.embedders.base import Vectors
from knowledge.retriever import Retriever

LOOKED_AT = 300
MOST = 1_000
NEAR = 0.15
"""Cosine above what unrelated texts reach in this knowledge, from which a case is worth showing."""
_LONGEST = 500  # characters of a question that are compared


@dataclass(frozen=True, slots=True)
class Case:
    """What a customer asked and how it was answered; `by` is the agent's name, `at` Unix seconds.

    One that was brought along has no `conversation` that could be opened, and no name: it may be the bot's.
    """

    conversation: str
    question: str
    reply: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Similar:
    """A case and how near its question is: the cosine, -1 to 1."""

    case: Case
    score: float


class Cases:
    """The cases of one store of conversations, and those that `past` gives besides."""

    def __init__(
        self,
        conversations: Conversations,
        retriever: Callable[[], Retriever],
        past: Callable[[], Sequence[Case]] = lambda: (),
    ) -> None:
        self._conversations = conversations
        self._retriever = retriever
        self._past = past
        self._read: dict[str, tuple[float, list[Case]]] = {}
        self._vectors: dict[str, Vectors] = {}
        self._embedded_by = ""
        self._reading = asyncio.Lock()

    async def similar(self, text: str, but: str = "", k: int = 3) -> list[Similar]:
        """The cases nearest to a question, best first, none of the conversation `but`."""
        async with self._reading:
            await self._refresh()
            own = [case for _, each in self._read.values() for case in each if case.conversation != but][:MOST]
            cases = [*own, *await asyncio.to_thread(self._past)]
            return await asyncio.to_thread(self._nearest, text[:_LONGEST], cases, k) if cases else []

    async def _refresh(self) -> None:
        states = [s for s in await self._conversations.recent(LOOKED_AT) if s.status is Status.RESOLVED]
        known, self._read = self._read, {}
        for state in states:
            if state.id in known and known[state.id][0] == state.updated:
                self._read[state.id] = known[state.id]
                continue
            try:
                found = await self._conversations.read(state.id, 200)
            except ConversationUnknown:
                continue
            self._read[state.id] = state.updated, list(cases_of(found))

    def _nearest(self, text: str, cases: Sequence[Case], k: int) -> list[Similar]:
        retriever = self._retriever()
        if retriever.snapshot_id != self._embedded_by:
            self._vectors, self._embedded_by = {}, retriever.snapshot_id
        wanted = dict.fromkeys(case.question for case in cases)
        fresh = [question for question in wanted if question not in self._vectors]
        self._vectors = {q: v for q, v in self._vectors.items() if q in wanted}
        if fresh:
            self._vectors.update(zip(fresh, retriever.embed(fresh), strict=True))
        scores = np.stack([self._vectors[case.question] for case in cases]) @ retriever.embed([text])[0]
        best = np.argsort(-scores, kind="stable")[: 4 * k]
        found = [Similar(cases[i], float(scores[i])) for i in best if scores[i] >= retriever.unrelated + NEAR]
        return _distinct(found)[:k]


def cases_of(known: Conversation) -> Iterator[Case]:
    """Each reply of an agent with what the customer had written since the last one."""
    asked: list[Turn] = []
    for turn in known.turns:
        if turn.role == "customer":
            asked.append(turn)
        elif turn.role == "agent" and asked and turn.text.strip():
            question = "\n".join(each.text for each in asked if not each.text.startswith("/"))[-_LONGEST:]
            if question.strip():
                yield Case(known.state.id, question, turn.text, turn.name, turn.at)
            asked = []


def _distinct(found: Sequence[Similar]) -> list[Similar]:
    """Each reply once."""
    return list({each.case.reply: each for each in reversed(found)}.values())[::-1]
