"""Whom or what several entries are about together: a hotel, a document. Knows titles and words; no vector.

A title that several entries bear (of a path its outermost part) is their subject. Who asks "is there parking?" has
named the subject before, so that earlier turns tell which of many like entries is meant.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus.entry import PATH, Entry
from knowledge.words import content_words, words

NONE = -1
"""The subject of an entry that stands for itself."""


class Subjects:
    """The subjects of a list of entries. Immutable: may be read from several threads."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Find what `entries` have in common; row i is `entries[i]`. One subject for all tells nothing."""
        titles = [entry.title.split(PATH)[0] for entry in entries]
        names = sorted(title for title, count in Counter(titles).items() if title and 1 < count < len(entries))
        number = {name: i for i, name in enumerate(names)}
        self.of_rows = np.array([number.get(title, NONE) for title in titles], np.int32)
        self._weights = _weights(names)
        order = np.argsort(self.of_rows, kind="stable")
        starts = np.searchsorted(self.of_rows[order], np.arange(len(names) + 1))
        self._members = [order[starts[i] : starts[i + 1]] for i in range(len(names))]

    def __len__(self) -> int:
        """How many subjects there are."""
        return len(self._members)

    def rows(self, subject: int) -> NDArray[np.int64]:
        """The rows of the entries about a subject."""
        return self._members[subject]

    def named(self, turns: Sequence[str]) -> NDArray[np.float64]:
        """The largest share (0 to 1) of each subject's name that one turn holds, rare words weighing more."""
        most = np.zeros(len(self))
        for turn in turns:
            held = np.zeros(len(self))
            for word in set(words(turn)):
                for subject, weight in self._weights.get(word, ()):
                    held[subject] += weight
            most = np.maximum(most, held)
        return most


def _weights(names: Sequence[str]) -> dict[str, list[tuple[int, float]]]:
    """For each word the subjects that bear it, with the word's share of the name."""
    contents = [list(dict.fromkeys(content_words(name))) for name in names]
    having = Counter(word for content in contents for word in content)
    rarity = {word: float(np.log1p((len(names) - n + 0.5) / (n + 0.5))) for word, n in having.items()}
    weights: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for subject, content in enumerate(contents):
        total = sum(rarity[word] for word in content)
        for word in content:
            weights[word].append((subject, rarity[word] / total))
    return dict(weights)
