"""Finds entries. Knows vectors and words of a snapshot; decides nothing about answering."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder, Vectors
from knowledge.ranking import Asked, Ranked, rank
from knowledge.snapshot.reader import Snapshot
from knowledge.subjects import NONE

_TURNS = 4  # earlier turns that are looked up together with a query,
_NAMING_TURNS = 8  # and in which a subject may have been named
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry.

    `score` is the best cosine over the entry's vectors; `matched` is the text that gave it; `field` tells
    which one: "question", "similar", "title" or "answer". Hits are ordered by `relevance`, which adds the words.
    `closeness` is relative to the snapshot: 0 as near as an everyday question comes, 1 as near as one entry's
    question is to another entry; it may be below or above. `coverage`, 0 to 1, is the share of the query's
    content words that the entry holds, rare words weighing more; between two languages it says little.
    """

    entry: Entry
    score: float
    matched: str
    field: str
    closeness: float = 0.0
    coverage: float = 0.0
    relevance: float = 0.0


class Retriever:
    """Finds entries of one snapshot. May be used from several threads at once, if the embedder may."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Search `snapshot`. EmbedderMismatch when it was built with another embedder."""
        snapshot.require(embedder)
        self._snapshot = snapshot
        self._embedder = embedder
        subjects = snapshot.contents.subjects.of_rows
        self._all_about_subjects = bool(np.count_nonzero(subjects != NONE) >= _NEARLY_ALL * max(len(subjects), 1))

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot that is searched."""
        return self._snapshot.id

    @property
    def main_language(self) -> str:
        """The language of most entries (ISO 639-1), or "" when none is known."""
        return self._snapshot.manifest.main_language

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of the snapshot."""
        return self._snapshot.contents.entries

    @property
    def all_about_subjects(self) -> bool:
        """Whether nearly every entry shares its subject: earlier turns alone then tell what is meant."""
        return self._all_about_subjects

    @property
    def unrelated(self) -> float:
        """The cosine that a typical unrelated question reaches with its nearest text of this snapshot."""
        return self._snapshot.manifest.background.off_topic_score.q50

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts` as passages, shape (len(texts), dimension), to compare them with one another."""
        return self._embedder.embed_passages(texts)

    def retrieve(self, queries: Sequence[str], k: int, before: Sequence[Sequence[str]] = ()) -> list[list[Hit]]:
        """The at most k best entries for each query, best first; none for a query without content.

        `before` holds for each query the turns before it, latest first; they count where several entries have a
        subject in common (see `knowledge.subjects`). ValueError for k < 1.
        """
        if not queries:
            return []
        asked = self._asked(queries, before or [()] * len(queries))
        rankings = rank(self._snapshot.contents, asked, k)
        return [self._hits(query, ranking) for query, ranking in zip(queries, rankings, strict=True)]

    def _asked(self, queries: Sequence[str], before: Sequence[Sequence[str]]) -> list[Asked]:
        if not len(self._snapshot.contents.subjects):
            before = [()] * len(queries)
        spoken = [
            " ".join((query, *turns[:_TURNS])) if turns else "" for query, turns in zip(queries, before, strict=True)
        ]
        vectors = iter(self._embedder.embed_queries([*queries, *filter(None, spoken)]))
        first = [next(vectors) for _ in queries]
        return [
            Asked(query, vector, tuple(turns[:_NAMING_TURNS]), said, next(vectors) if said else None)
            for query, vector, turns, said in zip(queries, first, before, spoken, strict=True)
        ]

    def _hits(self, query: str, ranking: Sequence[Ranked]) -> list[Hit]:
        contents, background = self._snapshot.contents, self._snapshot.manifest.background
        coverage = contents.lexical.coverage(query, np.array([found.row for found in ranking], np.int32))
        return [
            Hit(
                entry=contents.entries[found.row],
                score=found.score,
                matched=contents.table.texts[found.view],
                field=contents.table.fields[found.view],
                closeness=background.closeness(found.pooled),
                coverage=float(share),
                relevance=found.relevance,
            )
            for found, share in zip(ranking, coverage, strict=True)
        ]
