"""Finds entries by their words (BM25) and tells how much of a query an entry holds. Knows no vector.

Rows are positions in the list of entries that the index was built from.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus.entry import Entry
from knowledge.words import content_words, is_unspaced, runs, stop_words, words

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]

_SATURATION, _LENGTH = 1.2, 0.5
_ASKED_WEIGHT = 2  # what is asked tells entries apart better than what is answered
_PREFIX = 5  # two words are forms of one only when so many of their first letters are equal,
_COMMON_SHARE, _CONTAINED_SHARE = 0.7, 0.5  # and such a share of the longer one's; less where it contains the other
_LOOSE = 0.8  # what such a form counts, where the same word counts 1
_PART = 0.5  # what a character counts that the entry holds, but between other characters


class Lexical:
    """The words of a list of entries. Immutable: may be read from several threads."""

    def __init__(
        self,
        terms: list[str],
        starts: NDArray[np.int64],
        rows: Rows,
        counts: Floats,
        lengths: Floats,
        distinct: NDArray[np.bool_],
    ) -> None:
        """Take the postings of the sorted `terms`: those of term t lie at starts[t]:starts[t + 1].

        How rare a term is the `distinct` (len(lengths),) rows alone tell: copies would make their words seem common.
        """
        self._terms = terms
        self._number = {term: i for i, term in enumerate(terms)}
        self._starts, self._rows, self._counts, self._lengths = starts, rows, counts, lengths
        self._distinct = int(distinct.sum())
        self._having = np.diff(np.concatenate(([0], np.cumsum(distinct[rows])))[starts])
        average = float(lengths[distinct].mean()) if self._distinct else 1.0
        stretch = 1 - _LENGTH + _LENGTH * lengths / max(average, 1.0)
        self._gains = counts * (_SATURATION + 1) / (counts + _SATURATION * stretch[rows])

    @classmethod
    def build(cls, entries: Sequence[Entry], distinct: NDArray[np.bool_] | None = None) -> "Lexical":
        """Index `entries`; row i is `entries[i]`. `distinct` are those that are no copies; None: all."""
        postings: dict[str, list[tuple[int, int]]] = {}
        lengths = np.zeros(len(entries), np.float32)
        for row, entry in enumerate(entries):
            counts = _counts(entry)
            lengths[row] = counts.total()
            for term, count in counts.items():
                postings.setdefault(term, []).append((row, count))
        terms = sorted(postings)
        flat = np.array(list(chain.from_iterable(postings[term] for term in terms)), np.int32).reshape(-1, 2)
        starts = np.cumsum([0, *(len(postings[term]) for term in terms)], dtype=np.int64)
        counted = np.ones(len(entries), np.bool_) if distinct is None else distinct
        return cls(terms, starts, flat[:, 0].copy(), flat[:, 1].astype(np.float32), lengths, counted)

    @classmethod
    def load(cls, path: Path, distinct: NDArray[np.bool_]) -> "Lexical":
        """The index that `save` wrote, of so many entries. OSError or ValueError when there is none."""
        with np.load(path, allow_pickle=False) as data:
            text, lengths = data["terms"].tobytes().decode(), data["lengths"]
            if len(lengths) != len(distinct):
                raise ValueError(f"{path}: words of {len(lengths)} entries, and not of {len(distinct)}")
            terms = text.split("\n") if text else []
            return cls(terms, data["starts"], data["rows"], data["counts"], lengths, distinct)

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        terms = np.frombuffer("\n".join(self._terms).encode(), np.uint8)
        with path.open("wb") as file:
            np.savez(
                file, terms=terms, starts=self._starts, rows=self._rows, counts=self._counts, lengths=self._lengths
            )

    def __len__(self) -> int:
        """How many entries are indexed."""
        return len(self._lengths)

    def scores(self, query: str) -> Floats:
        """BM25 of every row, shape (len(self),), as a share of what the query's words could give at most."""
        found = np.zeros(len(self), np.float32)
        best = 0.0
        for term in dict.fromkeys(content_words(query)):
            idf = self._idf(term)
            best += idf * (_SATURATION + 1)
            part = self._span(term)
            found[self._rows[part]] += idf * self._gains[part]
        return found / np.float32(best) if best else found

    def coverage(self, query: str, rows: Sequence[int] | Rows) -> Floats:
        """Which share (0 to 1) of the query's content words each of `rows` holds; rare words weigh more.

        A word in another form counts nearly whole. Without any content word the share is 0.
        """
        held, total = self.held(query, rows)
        return held / np.float32(total) if total else held

    def held(self, query: str, rows: Sequence[int] | Rows) -> tuple[Floats, float]:
        """How much the query's content words weigh that each of `rows` holds, and how much all of them do.

        A word's weight is its rareness (inverse document frequency, natural logarithm).
        """
        asked = np.asarray(rows, np.int32)
        held, total = np.zeros(len(asked), np.float32), 0.0
        for weight, credit in self._credits(query, asked):
            held += weight * credit
            total += weight
        return held, total

    def _credits(self, query: str, rows: Rows) -> Iterator[tuple[float, Floats]]:
        for run in dict.fromkeys(runs(query)):
            if not is_unspaced(run):
                if run not in stop_words():
                    yield self._idf(run), self._word_credit(run, rows)
                continue
            for at, letter in enumerate(run):
                if letter not in stop_words():
                    yield self._idf(letter), self._letter_credit(run, at, rows)

    def _word_credit(self, word: str, rows: Rows) -> Floats:
        credit = self._holds(word, rows)
        if len(word) >= _PREFIX and word.isalpha():
            for other in self._forms(word):
                credit = np.maximum(credit, _LOOSE * self._holds(other, rows))
        return credit

    def _letter_credit(self, run: str, at: int, rows: Rows) -> Floats:
        credit = _PART * self._holds(run[at], rows)
        for pair in (run[max(at - 1, 0) : at + 1], run[at : at + 2]):
            if len(pair) == 2:
                credit = np.maximum(credit, self._holds(pair, rows))
        return credit

    def _forms(self, word: str) -> list[str]:
        prefix = word[:_PREFIX]
        first = bisect_left(self._terms, prefix)
        last = bisect_left(self._terms, prefix + "\U0010ffff", lo=first)
        return [term for term in self._terms[first:last] if _are_forms(word, term)]

    def _holds(self, term: str, rows: Rows) -> Floats:
        listed = self._rows[self._span(term)]
        if not len(listed):
            return np.zeros(len(rows), np.float32)
        at = np.minimum(np.searchsorted(listed, rows), len(listed) - 1)
        held: Floats = (listed[at] == rows).astype(np.float32)
        return held

    def _span(self, term: str) -> slice:
        number = self._number.get(term)
        return slice(0, 0) if number is None else slice(self._starts[number], self._starts[number + 1])

    def _idf(self, term: str) -> float:
        number = self._number.get(term)
        having = 0 if number is None else int(self._having[number])
        return float(np.log1p((self._distinct - having + 0.5) / (having + 0.5)))


def _counts(entry: Entry) -> Counter[str]:
    asked = Counter(chain.from_iterable(words(text) for text in (entry.question, entry.title, *entry.similar)))
    counts = Counter({term: _ASKED_WEIGHT * count for term, count in asked.items()})
    # What a machine wrote in customers' place is no word of the entry: it would seem to hold what it was only asked.
    counts.update(words(" ".join((entry.answer, *entry.tags))))
    return counts


def _are_forms(one: str, other: str) -> bool:
    """Whether two words that begin alike are forms of one: "deliver", "delivery"; "cancel", "cancellation"."""
    shorter, longer = sorted((len(one), len(other)))
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), shorter)
    contained = common == shorter
    return common >= longer * (_CONTAINED_SHARE if contained else _COMMON_SHARE)
