"""Decides which found entries answer, and how sure that is. Knows scores and languages; writes no text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.question import Part
from bot.answering.trace import current
from knowledge.corpus.entry import Entry
from knowledge.retriever import Hit

# What takes the place of a feature that cannot be told: half-way between the medians of right and wrong hits.
_TYPICAL_COVERAGE = 0.4
_TYPICAL_MARGIN = 0.15
# A wider margin says no more: there is simply little else.
_FULL_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regression from a hit's features to the probability that its entry answers.

    All features are relative to the snapshot (see `Hit`), so that one set of weights serves every embedder and
    every knowledge. Fitted by scripts/fit_confidence.py; the data and figures are in scripts/EXPERIMENTS.md.
    """

    bias: float = -2.51
    closeness: float = 1.06
    coverage: float = 1.26
    margin: float = 6.24


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one part of a question. `hits` are best first; `confidence` is that of the first."""

    part: Part
    hits: tuple[Hit, ...]
    confidence: float

    @property
    def best(self) -> Hit:
        """The hit that the confidence speaks of. IndexError when nothing was found."""
        return self.hits[0]


def features(hits: Sequence[Hit], language: str) -> tuple[float, float, float]:
    """Closeness, coverage and margin of the first of `hits` (best first, not empty).

    `margin` is how much more relevant it is than the next entry that says something else. Words that a question
    shares with an entry count only in one language.
    """
    best = hits[0]
    rival = next((hit for hit in hits[1:] if _rivals(hit.entry, best.entry)), None)
    margin = best.relevance - rival.relevance if rival else _TYPICAL_MARGIN
    coverage = best.coverage if best.entry.language in {"", language} else _TYPICAL_COVERAGE
    return best.closeness, coverage, min(margin, _FULL_MARGIN)


def _rivals(one: Entry, other: Entry) -> bool:
    """Whether two entries say different things: no translation, no copy, and no other piece of the same section."""
    headings = (one.title, one.question) != (other.title, other.question)
    return one.language == other.language and headings and one.answer != other.answer


def confidence(hits: Sequence[Hit], weights: Weights, language: str) -> float:
    """The probability, 0 to 1, that the first hit's entry answers the question; 0 without hits."""
    if not hits:
        return 0.0
    closeness, coverage, margin = features(hits, language)
    exponent = weights.bias + weights.closeness * closeness + weights.coverage * coverage + weights.margin * margin
    return 1 / (1 + math.exp(-exponent))


def prefer_language(hits: Sequence[Hit], language: str, slack: float) -> list[Hit]:
    """`hits` with the best one in the customer's language first, if it is at most `slack` less close."""
    if not hits or hits[0].entry.language == language:
        return list(hits)
    near = (hit for hit in hits if hits[0].closeness - hit.closeness <= slack)
    own = next((hit for hit in near if hit.entry.language == language), None)
    return [own, *(hit for hit in hits if hit is not own)] if own else list(hits)


def judge(part: Part, by_query: Sequence[Sequence[Hit]], weights: Weights, language: str, slack: float) -> Finding:
    """The finding of the query that gives the most confidence."""
    rankings = [prefer_language(hits, language, slack) for hits in by_query]
    sure = [confidence(hits, weights, language) for hits in rankings]
    best = max(range(len(rankings)), key=sure.__getitem__)
    if trace := current():
        trace.ranked(rankings, sure, best)
    return Finding(part, tuple(rankings[best]), sure[best])
