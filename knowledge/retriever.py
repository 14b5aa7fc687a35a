"""Finds entries. Knows vectors and words of a snapshot; decides nothing about answering."""

from collections.abc import Sequence

import numpy as np

from knowledge.calibration.calibration import Calibration
from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder, Vectors
from knowledge.filters import EVERYTHING, FOR_CUSTOMERS, Filter
from knowledge.hits import Finder, Hit
from knowledge.snapshot.reader import Snapshot
from knowledge.subjects import NONE

__all__ = ["Hit", "Retriever"]

_NEARLY_ALL = 0.9


class Retriever:
    """Finds entries of one snapshot. May be used from several threads at once, if the embedder may."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Search `snapshot`. EmbedderMismatch when it was built with another embedder."""
        snapshot.require(embedder)
        self._snapshot = snapshot
        self._embedder = embedder
        self._finder = Finder(snapshot.contents, snapshot.manifest.background, embedder)
        subjects = snapshot.contents.subjects.of_rows
        for within in (EVERYTHING, FOR_CUSTOMERS):  # what most ask for; no customer shall wait for it
            self._finder.admitted(within)
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

    @property
    def calibration(self) -> Calibration | None:
        """How sure one may be of what is found here; None where it was not found out."""
        return self._snapshot.calibration

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts` as passages, (len(texts), numbers), to compare them with one another in any language."""
        return self._snapshot.contents.space.read_by_all(self._embedder.embed_passages(texts))

    def retrieve(
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
        return self._finder.find(queries, k, before, within)
