"""What agents may look up beside a reply: the words behind an answer, entries that are near, and past cases.

Knows the snapshot in use; decides nothing and writes nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.support import SpanSupport
from knowledge.calibration.plot import svg
from knowledge.corpus.entry import Entry
from knowledge.retriever import Retriever

_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of an entry's answer, `end` exclusive, that support sentence number `sentence`, and how well."""

    sentence: int
    start: int
    end: int
    support: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """An entry that an answer names, with the places that support its sentences."""

    entry: Entry
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """An entry and how near it is: the cosine, -1 to 1."""

    entry: Entry
    score: float


Said = Sequence[tuple[str, Sequence[str]]]
"""Sentences, each with the ids of the entries that it names."""


class Library:
    """Looks things up in the snapshot in use; `retriever` gives its retriever, another one after a change."""

    def __init__(self, retriever: Callable[[], Retriever]) -> None:
        self._retriever = retriever

    async def evidence(self, entries: Sequence[str], said: Said) -> list[Evidence]:
        """The entries that still are, in the order asked, with the spans behind what was said."""
        return await asyncio.to_thread(self._evidence, entries, said)

    async def nearest(self, text: str, k: int = _NEAREST) -> list[Near]:
        """The entries nearest to a text, best first."""
        return await asyncio.to_thread(self._nearest, text, k)

    def curve(self) -> str:
        """How many answers are wrong where how many are given, as found at the last calibration: an SVG, or ""."""
        calibration = self._retriever().calibration
        return svg(calibration) if calibration else ""

    def _evidence(self, ids: Sequence[str], said: Said) -> list[Evidence]:
        retriever = self._retriever()
        known = {entry.id: entry for entry in retriever.entries if entry.id in set(ids)}
        support = SpanSupport(retriever)
        return [Evidence(known[name], _spans(support, known[name], said)) for name in ids if name in known]

    def _nearest(self, text: str, k: int) -> list[Near]:
        (hits,) = self._retriever().retrieve([text], k)
        return [Near(hit.entry, hit.score) for hit in hits]


def _spans(support: SpanSupport, entry: Entry, said: Said) -> tuple[Span, ...]:
    found = []
    for number, (sentence, names) in enumerate(said):
        if entry.id not in names:
            continue
        value, span = support(sentence, entry.answer)
        if (start := entry.answer.find(span)) >= 0:
            found.append(Span(number, start, start + len(span), value))
    return tuple(found)
