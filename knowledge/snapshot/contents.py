"""Everything a search needs, in memory and in files: entries, their views, vectors and words. Knows no embedder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus.entry import Entry
from knowledge.duplicates import distinct_of
from knowledge.embedders.base import Vectors
from knowledge.errors import SnapshotError
from knowledge.lexical import Lexical, Rows
from knowledge.snapshot.layout import ENTRIES, LEXICAL, VECTORS, VIEWS
from knowledge.space import Floats, Space
from knowledge.stores.base import Ids, Store
from knowledge.stores.faiss import FaissStore
from knowledge.subjects import Subjects
from knowledge.views import vector_id, views

_FIELDS = ("question", "similar", "title", "answer", "written")
_ASKED = frozenset({"question", "similar", "title", "written"})
CENTRED_FROM = 3
"""So many questions of an entry have a centre that tells something."""


@dataclass(frozen=True, slots=True)
class ViewTable:
    """The views of all entries, in the order of the entries: view i has the vector `ids[i]`.

    `rows` (n,) are positions in the list of entries; the views of entry r are those from starts[r] to starts[r + 1].
    `by_id` sorts the table by the vectors' ids. `asked` (n,) are questions and titles, and no part of an answer.
    """

    ids: Ids
    rows: Rows
    fields: tuple[str, ...]
    texts: tuple[str, ...]
    starts: NDArray[np.int64]
    by_id: NDArray[np.int64]
    asked: NDArray[np.bool_]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "ViewTable":
        """The views of `entries`. SnapshotError when two of them would share a vector's id."""
        found = [(row, view) for row, entry in enumerate(entries) for view in views(entry)]
        ids = np.array([vector_id(entries[row].id, view) for row, view in found], np.int64)
        if len(np.unique(ids)) != len(ids):
            raise SnapshotError("two texts got the same vector id; change the id of an entry")
        rows = np.array([row for row, _ in found], np.int32)
        fields, texts = tuple(view.field for _, view in found), tuple(view.text for _, view in found)
        return cls(ids, rows, fields, texts, _starts(rows, len(entries)), _by_id(ids), _asked(fields))

    def part(self, kept: NDArray[np.bool_]) -> "ViewTable":
        """The views that are `kept` (n,), of the entries that keep one: those are counted anew."""
        ids, remaining = self.ids[kept], np.unique(self.rows[kept])
        rows = np.searchsorted(remaining, self.rows[kept]).astype(np.int32)
        places = np.flatnonzero(kept).tolist()
        fields, texts = tuple(self.fields[at] for at in places), tuple(self.texts[at] for at in places)
        return ViewTable(ids, rows, fields, texts, _starts(rows, len(remaining)), _by_id(ids), _asked(fields))

    @classmethod
    def load(cls, path: Path, entries: int) -> "ViewTable":
        """The table that `save` wrote, for so many entries."""
        with np.load(path, allow_pickle=False) as data:
            texts = tuple(json.loads(data["texts"].tobytes()))
            fields = tuple(_FIELDS[code] for code in data["fields"].tolist())
            ids, rows = data["ids"], data["rows"]
        return cls(ids, rows, fields, texts, _starts(rows, entries), _by_id(ids), _asked(fields))

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        texts = np.frombuffer(json.dumps(self.texts, ensure_ascii=False).encode(), np.uint8)
        codes = np.array([_FIELDS.index(field) for field in self.fields], np.uint8)
        with path.open("wb") as file:
            np.savez(file, ids=self.ids, rows=self.rows, fields=codes, texts=texts)

    def positions(self, ids: Ids) -> NDArray[np.int64]:
        """Where in the table the views with these vector ids stand. All of them must be there."""
        found: NDArray[np.int64] = self.by_id[np.searchsorted(self.ids, ids, sorter=self.by_id)]
        return found

    def of_rows(self, rows: Rows) -> NDArray[np.int64]:
        """The positions of all views of the entries at `rows`, entry by entry."""
        spans = [np.arange(self.starts[row], self.starts[row + 1]) for row in rows.tolist()]
        return np.concatenate(spans) if spans else np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is searched.

    `lengths` (views, parts) are those of the vectors in `space`; `centres` (entries, parts) the lengths of the sums
    of the unit vectors of what is asked there, 0 where an entry has too few questions to have a centre;
    `centred_share` is how many have one. `widths` are the numbers of each embedder in a vector, none where it is not
    known. `distinct` (entries,) are all but the third and further ones that are equal in every text: copies tell
    nothing of the rest.
    """

    entries: tuple[Entry, ...]
    table: ViewTable
    store: Store
    lexical: Lexical
    subjects: Subjects
    space: Space
    lengths: Floats
    centres: Floats
    centred_share: float
    widths: tuple[int, ...]
    distinct: NDArray[np.bool_]

    @classmethod
    def of(
        cls, entries: Sequence[Entry], table: ViewTable, vectors: Vectors, widths: tuple[int, ...] = ()
    ) -> "Contents":
        """The contents with `vectors` (len(table.ids), dimension) in the order of the table."""
        store = FaissStore(vectors.shape[1])
        store.add(table.ids, vectors)
        distinct = distinct_of(entries)
        return cls._of(tuple(entries), table, store, Lexical.build(entries, distinct), vectors, widths, distinct)

    @classmethod
    def load(cls, folder: Path, widths: tuple[int, ...] = ()) -> "Contents":
        """What `save` wrote. OSError, ValueError or KeyError when it is not whole."""
        with (folder / ENTRIES).open(encoding="utf-8") as lines:
            entries = tuple(Entry.from_json(json.loads(line)) for line in lines)
        table = ViewTable.load(folder / VIEWS, len(entries))
        distinct = distinct_of(entries)
        store, lexical = FaissStore.load(folder / VECTORS), Lexical.load(folder / LEXICAL, distinct)
        if not np.array_equal(np.sort(table.ids), store.ids()):
            raise ValueError(f"{folder}: entries, texts and vectors do not belong together")
        if sum(widths) not in {0, store.dimension}:
            raise ValueError(f"{folder}: vectors of {store.dimension} numbers, and not of {sum(widths)}")
        return cls._of(entries, table, store, lexical, store.vectors(table.ids), widths, distinct)

    @classmethod
    def _of(
        cls,
        entries: tuple[Entry, ...],
        table: ViewTable,
        store: Store,
        lexical: Lexical,
        vectors: Vectors,
        widths: tuple[int, ...],
        distinct: NDArray[np.bool_],
    ) -> "Contents":
        asked, own = table.asked, distinct[table.rows]
        space = Space.of(vectors[own], table.rows[own], asked[own], widths)
        moved = space.moved(vectors)
        lengths = space.lengths(moved)
        sums = np.zeros((len(entries), vectors.shape[1]), np.float32)
        np.add.at(sums, table.rows[asked], space.units(moved[asked], lengths[asked]))
        count = np.bincount(table.rows[asked], minlength=len(entries))
        read = np.zeros((len(entries), lengths.shape[1]))
        np.add.at(read, table.rows[asked], lengths[asked] > 0)
        # As long as if each embedder read all that is asked: the cosines are summed over all of it.
        wholes = space.lengths(sums) * (count[:, None] / np.maximum(read, 1))
        centres = np.where(count[:, None] >= CENTRED_FROM, wholes, 0).astype(np.float32)
        share = np.count_nonzero(centres[distinct].any(axis=1)) / max(int(distinct.sum()), 1)
        subjects = Subjects(entries)
        return cls(entries, table, store, lexical, subjects, space, lengths, centres, share, widths, distinct)

    def save(self, folder: Path) -> None:
        """Write everything into files of the existing `folder`."""
        with (folder / ENTRIES).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(entry.to_record(), ensure_ascii=False) + "\n" for entry in self.entries)
        self.table.save(folder / VIEWS)
        self.store.save(folder / VECTORS)
        self.lexical.save(folder / LEXICAL)


def _starts(rows: Rows, entries: int) -> NDArray[np.int64]:
    return np.searchsorted(rows, np.arange(entries + 1)).astype(np.int64)


def _asked(fields: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([field in _ASKED for field in fields], bool)


def _by_id(ids: Ids) -> NDArray[np.int64]:
    return np.argsort(ids).astype(np.int64)
