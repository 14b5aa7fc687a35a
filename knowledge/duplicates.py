"""Which entries say the same. Knows texts of entries; knows no vector and no query.

An export often holds an entry many times over. Copies would fill the hits, push everything else out of the prompt,
and make the bot unsure, for they look like rivals. What differs in one word or number is no copy: it may be another
fact. Of copies the two best stand for all: where the same page hangs in two places, either may be the one to name.
"""

import re
import unicodedata
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus.entry import Entry

# Words, numbers whole, and signs such as € ✗ or a minus; punctuation tells nothing apart.
_PUNCTUATION = re.escape(".,;:!?…'\"“”‘’„«»()[]{}/\\|*#~`—–·•。，、；：！？（）【】《》「」『』-")
_TOLD = re.compile(rf"-?\d+(?:[.,:/]\d+)*|[^\W\d_]+|[^\w\s{_PUNCTUATION}]")


Groups = NDArray[np.int64]

MOST = 2
"""So many that say the same are found at most."""


def said(entry: Entry) -> Hashable:
    """Equal for entries that say the same to the same question, about the same subject and in the same language."""
    texts = (entry.title, entry.question, entry.answer)
    return (entry.language, *(_told(text) for text in texts), entry.url)


def copies(entries: Sequence[Entry]) -> Groups:
    """A number for each entry (n,), equal where entries are equal in every text that they are found by."""
    numbers: dict[Hashable, int] = {}
    keys = ((said(entry), *sorted(map(_told, entry.similar))) for entry in entries)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def apart(one: Entry, other: Entry) -> bool:
    """Whether two entries are no pieces of one section. Of those without any heading nothing says that they are."""
    heading = (one.title, one.question)
    return heading != (other.title, other.question) or heading == ("", "")


def without_copies(groups: Groups, admitted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the `admitted` (n,) the first `MOST` of each of the `groups` (n,)."""
    rows = np.flatnonzero(admitted)
    order = rows[np.argsort(groups[rows], kind="stable")]
    _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(starts, counts)
    kept = np.zeros(len(admitted), np.bool_)
    kept[order[place < MOST]] = True
    return kept


def distinct_of(entries: Sequence[Entry]) -> NDArray[np.bool_]:
    """Which of `entries` (n,) are among the first `MOST` of those that are equal in every text."""
    return without_copies(copies(entries), np.ones(len(entries), np.bool_))


def _told(text: str) -> str:
    return " ".join(_TOLD.findall(unicodedata.normalize("NFKC", text).casefold()))
