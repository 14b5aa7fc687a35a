"""What "unrelated" and "related, but something else" look like in one snapshot. Knows no single entry.

Cosines mean nothing by themselves: 0.8 is near for one embedder and far for another, and a subject that is narrow
brings all its entries near to each other. So two groups of questions are ranked when a snapshot is built, those of
everyday life and the entries' own questions against the other entries, and scores are read against them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.duplicates import apart, copies
from knowledge.embedders.base import Embedder
from knowledge.filters import EVERYTHING, Admitted
from knowledge.ranking import Asked, Ranked, rank
from knowledge.snapshot.contents import Contents

_OWN_QUESTIONS = 300
_NEIGHBOURS = 6
_LEAST_SCALE_IN_STD = 2.0
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of `n` numbers the mean, the standard deviation and four quantiles; all 0 where n is 0."""

    n: int = 0
    mean: float = 0.0
    std: float = 0.0
    q50: float = 0.0
    q90: float = 0.0
    q95: float = 0.0
    q99: float = 0.0

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "Distribution":
        """The distribution of `numbers`."""
        if not numbers:
            return cls()
        quantiles = np.quantile(numbers, (0.5, 0.9, 0.95, 0.99)).tolist()
        figures = (float(np.mean(numbers)), float(np.std(numbers)), *quantiles)
        return cls(len(numbers), *(round(figure, 6) for figure in figures))


@dataclass(frozen=True, slots=True)
class Background:
    """How near the best entry comes: to everyday questions (`off_topic`), and to questions of other entries.

    The `…_score` are of the best cosine, the others of the pooled cosine (see `knowledge.ranking`).
    """

    off_topic: Distribution
    off_topic_score: Distribution
    neighbours: Distribution
    neighbours_score: Distribution

    def closeness(self, pooled: float) -> float:
        """Where a pooled cosine lies: 0 as near as everyday questions come, 1 as near as one entry is to another."""
        return _between(pooled, self.off_topic, self.neighbours)

    def nearness(self, score: float) -> float:
        """Where a best cosine lies, told as `closeness` tells it of a pooled one."""
        return _between(score, self.off_topic_score, self.neighbours_score)

    def apart(self, difference: float) -> float:
        """A difference of pooled cosines in the measure of `closeness`."""
        return difference / _span(self.off_topic, self.neighbours)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Background":
        """The background whose fields were written as plain JSON types."""
        return cls(**{name: Distribution(**figures) for name, figures in data.items()})


def _between(cosine: float, off_topic: Distribution, neighbours: Distribution) -> float:
    return (cosine - off_topic.mean) / _span(off_topic, neighbours)


def _span(off_topic: Distribution, neighbours: Distribution) -> float:
    span = neighbours.mean - off_topic.mean if neighbours.n else 0.0
    return max(span, _LEAST_SCALE_IN_STD * off_topic.std, _TINY)


def measure(contents: Contents, embedder: Embedder) -> Background:
    """The background of `contents`, whose vectors are of `embedder`."""
    everyday = off_topic_questions()
    admitted = Admitted.of(contents, copies(contents.entries), EVERYTHING)
    off_topic = [hits[0] for hits in _ranked(contents, embedder, everyday, 1, admitted) if hits]
    neighbours = _neighbours(contents, embedder, admitted)
    return Background(
        Distribution.of([hit.pooled for hit in off_topic]),
        Distribution.of([hit.score for hit in off_topic]),
        Distribution.of([hit.pooled for hit in neighbours]),
        Distribution.of([hit.score for hit in neighbours]),
    )


@cache
def off_topic_questions() -> tuple[str, ...]:
    """Questions of everyday life, in many languages, that no support team's knowledge answers."""
    lines = (files("knowledge") / "data" / "offtopic.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _neighbours(contents: Contents, embedder: Embedder, admitted: Admitted | None) -> list[Ranked]:
    """For an even sample of the entries, the nearest truly other entry to each one's question.

    One in another language is often the same, translated; one under the same heading is its other half.
    """
    table, told = contents.table, np.flatnonzero(contents.distinct)
    sample = np.unique(np.linspace(0, len(told) - 1, min(len(told), _OWN_QUESTIONS)).astype(np.int64))
    rows = told[sample].tolist()
    asked = [table.texts[table.starts[row]] for row in rows]
    rankings = _ranked(contents, embedder, asked, _NEIGHBOURS, admitted)
    entries = contents.entries
    others = (
        [hit for hit in hits if _differ(entries[hit.row], entries[row])]
        for row, hits in zip(rows, rankings, strict=True)
    )
    return [hits[0] for hits in others if hits]


def _ranked(
    contents: Contents, embedder: Embedder, texts: Sequence[str], k: int, admitted: Admitted | None
) -> list[list[Ranked]]:
    asked = [Asked(text, vector) for text, vector in zip(texts, embedder.embed_queries(texts), strict=True)]
    return rank(contents, asked, k, admitted)


def _differ(one: Entry, other: Entry) -> bool:
    return one.language == other.language and one.id != other.id and apart(one, other)
