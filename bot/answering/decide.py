"""Decides which found entries answer, and how sure that is. Knows scores and languages; writes no text."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.question import Part
from bot.answering.trace import current
from knowledge.confidence import Weights, confidence, prefer_language
from knowledge.retriever import Hit


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one part of a question. `hits` are best first; `confidence` is that of the first.

    `known` is the probability that any entry answers, be it another one.
    """

    part: Part
    hits: tuple[Hit, ...]
    confidence: float
    known: float = 0.0

    @property
    def best(self) -> Hit:
        """The hit that the confidence speaks of. IndexError when nothing was found."""
        return self.hits[0]


def judge(
    part: Part,
    by_query: Sequence[Sequence[Hit]],
    weights: Weights,
    language: str,
    slack: float,
    known: Weights | None = None,
) -> Finding:
    """The finding of the query that gives the most confidence. Where no weights tell what is `known`, it does."""
    rankings = [prefer_language(hits, language, slack) for hits in by_query]
    sure = [confidence(hits, weights, language) for hits in rankings]
    best = max(range(len(rankings)), key=sure.__getitem__)
    if trace := current():
        trace.ranked(rankings, sure, best)
    anything = confidence(rankings[best], known, language) if known else sure[best]
    return Finding(part, tuple(rankings[best]), sure[best], anything)
