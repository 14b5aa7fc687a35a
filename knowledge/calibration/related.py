"""Which entries say the same: copies, pieces of one section, translations. Knows vectors; changes nothing.

Who takes an entry away to see whether the bot falls silent has to take these away with it.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import Rows
from knowledge.snapshot.contents import Contents
from knowledge.space import Floats

_COPY, _TRANSLATION = 0.9, 0.3
_TINY = 1e-9


def groups(contents: Contents, rows: Rows) -> list[frozenset[int]]:
    """For each of `rows` (ascending) all rows that say the same as it, itself among them.

    Of two of the `rows` the groups are the same or have nothing in common.
    """
    parents: dict[int, int] = {}
    for one, other in (*_by_text(contents), *_by_meaning(contents, rows)):
        parents[_root(parents, one)] = _root(parents, other)
    members = defaultdict(set)
    for row in {*parents, *rows.tolist()}:
        members[_root(parents, row)].add(row)
    return [frozenset(members[_root(parents, row)]) for row in rows.tolist()]


def _root(parents: dict[int, int], row: int) -> int:
    while parents.setdefault(row, row) != row:
        row = parents[row] = parents[parents[row]]
    return row


def _by_text(contents: Contents) -> Iterator[tuple[int, int]]:
    """Pairs under one heading, and pairs with one answer about one subject."""
    seen: dict[tuple[str, ...], int] = {}
    for row, entry in enumerate(contents.entries):
        answer = (str(contents.subjects.of_rows[row]), entry.answer.casefold())
        headed = (entry.language, entry.title, entry.question)
        for key in (answer, headed) if entry.question else (answer,):
            if key in seen:
                yield seen[key], row
            seen[key] = row


def _by_meaning(contents: Contents, rows: Rows) -> Iterator[tuple[int, int]]:
    """Pairs that are each other's nearest in another language, or nearly equal in the same one."""
    means = _means(contents)
    languages = np.unique([entry.language for entry in contents.entries], return_inverse=True)[1]
    nearest = {row: _nearest(means, languages, row) for row in rows.tolist()}
    for row, found in nearest.items():
        for language, (other, cosine) in found.items():
            if language == languages[row]:
                if cosine >= _COPY:
                    yield row, other
            elif cosine >= _TRANSLATION:
                back = nearest[other] if other in nearest else _nearest(means, languages, other)
                if back[int(languages[row])][0] == row:
                    yield row, other


def _nearest(means: Floats, languages: NDArray[np.int64], row: int) -> dict[int, tuple[int, float]]:
    """In each language the row nearest to `row`, and its cosine."""
    cosines = means @ means[row]
    cosines[row] = -1
    found = {}
    for language in range(int(languages.max()) + 1):
        among = np.flatnonzero(languages == language)
        best = int(among[np.argmax(cosines[among])])
        found[language] = (best, float(cosines[best]))
    return found


def _means(contents: Contents) -> Floats:
    """The direction of each entry, (entries, dimension), without what all in its language have in common."""
    table = contents.table
    vectors = contents.space.read_by_all(contents.store.vectors(table.ids))
    sums = np.zeros((len(contents.entries), vectors.shape[1]), np.float32)
    np.add.at(sums, table.rows, vectors)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _TINY)
    for language in {entry.language for entry in contents.entries}:
        own = np.array([entry.language == language for entry in contents.entries])
        sums[own] -= sums[own].mean(axis=0) * (own.sum() / (own.sum() + 4))
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _TINY)
    return sums
