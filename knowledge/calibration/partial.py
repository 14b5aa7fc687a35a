"""Takes entries and single texts out of contents, as if they had never been there. Embeds nothing anew."""

from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np

from knowledge.corpus.entry import PATH, Entry
from knowledge.snapshot.contents import Contents

Texts = Set[str]
"""Texts as `str.casefold` leaves them."""


def without(contents: Contents, gone: Set[int], held: Mapping[int, Texts]) -> Contents | None:
    """`contents` without the rows `gone`, and without the texts `held` of other rows; None when nothing is left."""
    table = contents.table
    kept = np.array(
        [
            row not in gone and text.casefold() not in held.get(row, ())
            for row, text in zip(table.rows.tolist(), table.texts, strict=True)
        ]
    )
    rows = np.unique(table.rows[kept])
    if not len(rows):
        return None
    entries = [_less(contents.entries[row], held.get(row, frozenset())) for row in rows.tolist()]
    part = table.part(kept)
    return Contents.of(entries, part, contents.store.vectors(part.ids))


def _less(entry: Entry, texts: Texts) -> Entry:
    if not texts:
        return entry
    path = entry.title.split(PATH)
    titled = not (path[-1].casefold() in texts or entry.heading.casefold() in texts)
    return replace(
        entry,
        question="" if entry.question.strip().casefold() in texts else entry.question,
        similar=tuple(other for other in entry.similar if other.strip().casefold() not in texts),
        title=entry.title if titled else PATH.join(path[:-1]),
    )
