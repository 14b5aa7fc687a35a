"""Which entries may be found: by their tags and their language. Knows entries and their rows; ranks nothing.

A filter holds inside the search, before anything is counted out: ten entries are found among those that it admits,
however many others are nearer, and nothing of the others reaches whoever searches.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus.entry import Entry
from knowledge.duplicates import Groups, without_copies
from knowledge.snapshot.contents import Contents
from knowledge.stores.base import Among

INTERNAL = ("internal", "内部")
"""Tags of entries that are for the agents' eyes alone."""


def _alike(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words if word.strip())


@dataclass(frozen=True, slots=True)
class Filter:
    """Admits entries with any of the `tags`, none of the tags `without`, and in one of the `languages`.

    An empty set restricts nothing. Tags are the same in any case; languages are ISO 639-1 codes.
    """

    tags: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tags: Iterable[str] = (), without: Iterable[str] = (), languages: Iterable[str] = ()) -> "Filter":
        """A filter by tags and languages as a person writes them."""
        return cls(_alike(tags), _alike(without), _alike(languages))

    def admits(self, entry: Entry) -> bool:
        """Whether the entry may be found."""
        tags = _alike(entry.tags)
        if self.tags and tags.isdisjoint(self.tags):
            return False
        return tags.isdisjoint(self.without) and (not self.languages or entry.language.casefold() in self.languages)


EVERYTHING = Filter()
"""Admits every entry."""

FOR_CUSTOMERS = Filter.of(without=INTERNAL)
"""Admits what is not for the agents' eyes alone."""


@dataclass(frozen=True, eq=False)
class Admitted:
    """What a filter admits of some contents, without copies: `rows` (entries,), and their vectors' ids."""

    rows: NDArray[np.bool_]
    vectors: Among

    @classmethod
    def of(cls, contents: Contents, groups: Groups, within: Filter) -> "Admitted | None":
        """What `within` admits, and of each of the `groups` of copies a few; None for all."""
        rows = without_copies(groups, np.array([within.admits(entry) for entry in contents.entries], np.bool_))
        if rows.all():
            return None
        return cls(rows, Among(np.sort(contents.table.ids[rows[contents.table.rows]])))
