"""Orders entries by meaning and by words. Knows vectors and texts; knows no embedder and decides nothing.

What makes the order was measured, each step for itself (scripts/EXPERIMENTS.md): vectors are compared in a space of
their own (see `knowledge.space`); an entry is judged by its best three texts, and by the centre of its questions
where it has several; BM25 is added; and where entries have subjects, earlier turns tell which of them is meant.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.duplicates import MOST, said
from knowledge.embedders.base import Vectors
from knowledge.filters import Admitted
from knowledge.lexical import Rows
from knowledge.snapshot.contents import Contents
from knowledge.stores.base import Ids
from knowledge.subjects import NONE

Floats = NDArray[np.float64]

_BEST_TEXTS = (0.6, 0.25, 0.15)
# Words tell more where few texts stand for an entry: the share of entries with a centre leads from one to the other.
_WORDS, _WORDS_CENTRED = 0.45, 0.15
_EARLIER, _NAMED, _ABOUT = 0.25, 0.5, 1.0
_NEAR_SUBJECTS = 3
_CROWD = 10
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Ranked:
    """One entry's place for one query.

    `row` and `view` are positions among the entries and among the views of the contents. `score` is the best
    cosine by the embedders that read every text, given by `view`; `pooled` how near the entry as a whole is;
    `relevance` adds words and earlier turns.
    `peak` is how much nearer its centre (of an entry without one its best texts) is than the ten nearest texts of
    all on the average: where nothing answers, many are about as near.
    """

    row: int
    view: int
    score: float
    pooled: float
    relevance: float
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked up: a text with its vector, and what was said before.

    `turns` are the earlier turns, latest first; `in_turns` is the text followed by the latest of them.
    """

    text: str
    vector: Vectors
    turns: tuple[str, ...] = ()
    in_turns: str = ""
    turns_vector: Vectors | None = None


def rank(contents: Contents, asked: Sequence[Asked], k: int, admitted: Admitted | None = None) -> list[list[Ranked]]:
    """The k best entries for each query by relevance, best first; of all or of the `admitted` ones.

    A query without content (a vector of zeros) finds nothing. ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}: at least 1 is needed")
    if not asked:
        return []
    if admitted and not admitted.rows.any():
        return [[] for _ in asked]
    near = _near(contents, np.stack([query.vector for query in asked]), k, admitted)
    later = [query.turns_vector for query in asked if query.turns_vector is not None]
    near_turns = iter(_near(contents, np.stack(later), k, admitted) if later else [])
    return [
        _rank_one(
            contents, query, ids if query.turns_vector is None else np.union1d(ids, next(near_turns)), k, admitted
        )
        for query, ids in zip(asked, near, strict=True)
    ]


def _near(contents: Contents, vectors: Vectors, k: int, admitted: Admitted | None) -> list[Ids]:
    _, ids = contents.store.search(vectors, max(128, 16 * k), admitted.vectors if admitted else None)
    return [found[found >= 0] for found in ids]


def _rank_one(contents: Contents, query: Asked, near: Ids, k: int, admitted: Admitted | None) -> list[Ranked]:
    if not query.vector.any():
        return []
    words = contents.lexical.scores(query.text)
    if admitted:
        words = np.where(admitted.rows, words, np.float32(0))
    rows = np.union1d(contents.table.rows[contents.table.positions(near)], _best_by_words(words, k)).astype(np.int32)
    named = None
    if query.turns_vector is not None:
        named = contents.subjects.named((query.text, *query.turns))
        rows = _with_subjects(contents, named, rows)
        rows = rows[admitted.rows[rows]] if admitted else rows
    looked = _Looked(contents, rows)
    pooled, peaks = looked.near(query.vector)
    relevance = pooled + _word_weight(contents) * words[rows]
    if named is not None:
        relevance = _in_turns(contents, looked, query, named, relevance)
    best, scores = looked.best(query.vector)
    order = _few_of_each(contents, rows, np.lexsort((rows, -relevance)), k)
    told = (rows, best, scores, pooled, relevance, peaks)
    return [Ranked(*(column[i].item() for column in told)) for i in order]


def _few_of_each(contents: Contents, rows: Rows, order: NDArray[np.int64], k: int) -> list[int]:
    """The first k of `order` among which no more than `MOST` say the same."""
    kept: list[int] = []
    seen: Counter[Hashable] = Counter()
    for i in order.tolist():
        if seen[key := said(contents.entries[rows[i]])] < MOST:
            seen[key] += 1
            kept.append(i)
        if len(kept) == k:
            break
    return kept


def _best_by_words(words: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    best = np.argsort(-words, kind="stable")[: max(32, 4 * k)]
    return best[words[best] > 0]


def _word_weight(contents: Contents) -> float:
    return _WORDS + contents.centred_share * (_WORDS_CENTRED - _WORDS)


def _with_subjects(contents: Contents, named: Floats, rows: Rows) -> Rows:
    """`rows` and those of the subjects that the conversation names best; `named` (subjects,) tells how well."""
    nearest = [int(subject) for subject in np.argsort(-named, kind="stable")[:_NEAR_SUBJECTS] if named[subject] > 0]
    for subject in nearest:
        rows = np.union1d(rows, contents.subjects.rows(subject)).astype(np.int32)
    return rows


def _in_turns(contents: Contents, looked: "_Looked", query: Asked, named: Floats, relevance: Floats) -> Floats:
    """The relevance of the rows where what was said before counts: itself, its subject, and a subject by its name."""
    assert query.turns_vector is not None
    words = contents.lexical.scores(query.in_turns)[looked.rows]
    earlier = looked.pooled(query.turns_vector) + _word_weight(contents) * words
    named = np.append(named, 0.0)  # the last one is for NONE
    subjects = contents.subjects.of_rows[looked.rows]
    nearest = np.full(len(named), -np.inf)
    np.maximum.at(nearest, subjects, earlier)
    about = np.where(subjects == NONE, earlier, nearest[subjects])
    # In the measure of one query, so that margins mean the same.
    return (relevance + _EARLIER * earlier + _NAMED * named[subjects] + _ABOUT * about) / (1 + _EARLIER)


class _Looked:
    """The views of some rows, ascending, with their vectors."""

    def __init__(self, contents: Contents, rows: Rows) -> None:
        self.rows = rows
        self._contents = contents
        self._views = contents.table.of_rows(rows)
        self._owners = contents.table.rows[self._views]
        self._vectors = contents.store.vectors(contents.table.ids[self._views])
        self._moved = contents.space.moved(self._vectors)
        self._starts = np.searchsorted(self._owners, rows)
        self._counts = np.searchsorted(self._owners, rows, side="right") - self._starts

    def best(self, vector: Vectors) -> tuple[NDArray[np.int64], Floats]:
        """For each row the view with the best plain cosine, and that cosine."""
        read_by_all = self._contents.space.read_by_all
        cosines = (read_by_all(self._vectors) @ read_by_all(vector[None])[0]).astype(np.float64)
        best = np.lexsort((-cosines, self._owners))[self._starts]
        return self._views[best], cosines[best]

    def pooled(self, vector: Vectors) -> Floats:
        """How near each row is."""
        return self.near(vector)[0]

    def near(self, vector: Vectors) -> tuple[Floats, Floats]:
        """How near each row is, by its best texts and by the centre of its questions where it has one; its peak."""
        cosines = self._cosines(vector)
        nearest = self._best_texts(cosines)
        centres = self._contents.space.together(self._contents.centres[self.rows], vector).astype(np.float64)
        asked = np.where(self._contents.table.asked[self._views], cosines, 0.0)
        centred = np.add.reduceat(asked, self._starts) / np.maximum(centres, _TINY)
        centred = np.where(centres > 0, centred, nearest)
        return (nearest + centred) / 2, centred - np.sort(cosines)[-_CROWD:].mean()

    def _cosines(self, vector: Vectors) -> Floats:
        lengths = self._contents.lengths[self._views]
        return self._contents.space.cosines(self._moved, lengths, vector).astype(np.float64)

    def _best_texts(self, cosines: Floats) -> Floats:
        """The weighted mean of the best few `cosines` of each row."""
        order = np.lexsort((-cosines, self._owners))
        total, weights = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        for place, weight in enumerate(_BEST_TEXTS):
            has = self._counts > place
            total[has] += weight * cosines[order[self._starts[has] + place]]
            weights[has] += weight
        return total / weights
