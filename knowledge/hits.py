"""Finds entries in the contents of a snapshot, whole or in part. Knows vectors and words; no file and no manifest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.duplicates import Groups, copies
from knowledge.embedders.base import Embedder
from knowledge.filters import EVERYTHING, Admitted, Filter
from knowledge.ranking import Asked, Ranked, rank
from knowledge.snapshot.background import Background
from knowledge.snapshot.contents import Contents

_TURNS = 4  # earlier turns that are looked up together with a query,
_NAMING_TURNS = 8  # and in which a subject may have been named


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry.

    `score` is the best cosine over the entry's vectors; `matched` is the text that gave it; `field` tells which one:
    "question", "similar", "title", "answer" or "written". Hits are ordered by `relevance`, which adds the words.
    `closeness` is relative to the snapshot: 0 as near as an everyday question comes, 1 as near as one entry's
    question is to another entry; it may be below or above; `nearness` tells the same of `score`. `peak` is how much
    it stands out among all that is near (see `Ranked`), in the measure of closeness. `coverage`, 0 to 1,
    is the share of the query's content words that the entry holds, rare words weighing more, and `shared` how much
    those weigh that it holds; between two languages both say little.
    """

    entry: Entry
    score: float
    matched: str
    field: str
    closeness: float = 0.0
    coverage: float = 0.0
    relevance: float = 0.0
    nearness: float = 0.0
    peak: float = 0.0
    shared: float = 0.0


@dataclass(frozen=True, eq=False)
class Finder:
    """Looks entries up in `contents`; scores are read against `background`, vectors are of `embedder`."""

    contents: Contents
    background: Background
    embedder: Embedder
    _admitted: dict[Filter, Admitted | None] = field(default_factory=dict, init=False, repr=False)

    def find(
        self,
        queries: Sequence[str],
        k: int,
        before: Sequence[Sequence[str]] = (),
        within: Filter = EVERYTHING,
    ) -> list[list[Hit]]:
        """The at most k best entries for each query, best first; none for a query without content.

        `before` holds for each query the turns before it, latest first; they count where several entries have a
        subject in common (see `knowledge.subjects`). Only what `within` admits is looked at. ValueError for k < 1.
        """
        if not queries:
            return []
        asked = self._asked(queries, before or [()] * len(queries))
        rankings = rank(self.contents, asked, k, self.admitted(within))
        return [self._hits(query, ranking) for query, ranking in zip(queries, rankings, strict=True)]

    def admitted(self, within: Filter) -> Admitted | None:
        """What `within` admits, told once; None for all entries."""
        if within not in self._admitted:
            self._admitted[within] = Admitted.of(self.contents, self._copies, within)
        return self._admitted[within]

    @cached_property
    def _copies(self) -> Groups:
        return copies(self.contents.entries)

    def _asked(self, queries: Sequence[str], before: Sequence[Sequence[str]]) -> list[Asked]:
        if not len(self.contents.subjects):
            before = [()] * len(queries)
        spoken = [
            " ".join((query, *turns[:_TURNS])) if turns else "" for query, turns in zip(queries, before, strict=True)
        ]
        vectors = iter(self.embedder.embed_queries([*queries, *filter(None, spoken)]))
        first = [next(vectors) for _ in queries]
        return [
            Asked(query, vector, tuple(turns[:_NAMING_TURNS]), said, next(vectors) if said else None)
            for query, vector, turns, said in zip(queries, first, before, spoken, strict=True)
        ]

    def _hits(self, query: str, ranking: Sequence[Ranked]) -> list[Hit]:
        held, total = self.contents.lexical.held(query, np.array([found.row for found in ranking], np.int32))
        return [
            Hit(
                entry=self.contents.entries[found.row],
                score=found.score,
                matched=self.contents.table.texts[found.view],
                field=self.contents.table.fields[found.view],
                closeness=self.background.closeness(found.pooled),
                nearness=self.background.nearness(found.score),
                coverage=float(shared / total) if total else 0.0,
                shared=float(shared),
                relevance=found.relevance,
                peak=self.background.apart(found.peak),
            )
            for found, shared in zip(ranking, held, strict=True)
        ]
