"""Takes entries, single texts and sentences out of contents, as if they had never been there."""

from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np

from knowledge.corpus.entry import PATH, Entry
from knowledge.embedders.base import Embedder
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
    return Contents.of(entries, part, contents.store.vectors(part.ids), contents.widths)


def shortened(contents: Contents, gone: Mapping[int, str], embedder: Embedder) -> Contents:
    """`contents` without one sentence in each answer at the rows `gone`; what is left of its piece is embedded anew.

    An answer keeps its other sentences: there must be some. What a machine wrote for the entry goes: it may have been
    written for that sentence.
    """
    table = contents.table
    texts, changed = list(table.texts), []
    for row, sentence in gone.items():
        for at in range(int(table.starts[row]), int(table.starts[row + 1])):
            if table.fields[at] == "written":
                texts[at] = ""
            if table.fields[at] == "answer" and (sentence in texts[at] or texts[at] in sentence):
                texts[at] = texts[at].replace(sentence, "").strip() if sentence in texts[at] else ""
                changed.append(at)
    vectors = contents.store.vectors(table.ids).copy()
    told = [at for at in changed if texts[at]]
    if told:
        vectors[told] = embedder.embed_passages([texts[at] for at in told])
    kept = np.array([bool(text) for text in texts])
    part = replace(table, texts=tuple(texts)).part(kept)
    rows = np.unique(table.rows[kept]).tolist()
    entries = [_cut(contents.entries[row], gone.get(row, "")) for row in rows]
    return Contents.of(entries, part, vectors[kept], contents.widths)


def _cut(entry: Entry, sentence: str) -> Entry:
    return replace(entry, answer=entry.answer.replace(sentence, "").strip(), written=()) if sentence else entry


def _less(entry: Entry, texts: Texts) -> Entry:
    if not texts:
        return entry
    path = entry.title.split(PATH)
    titled = not (path[-1].casefold() in texts or entry.heading.casefold() in texts)
    return replace(
        entry,
        question="" if entry.question.strip().casefold() in texts else entry.question,
        similar=tuple(other for other in entry.similar if other.strip().casefold() not in texts),
        written=tuple(other for other in entry.written if other.strip().casefold() not in texts),
        title=entry.title if titled else PATH.join(path[:-1]),
    )
