"""Which questions that were written for an entry lead back to it (doc2query--). Knows vectors and words; no model.

A question that finds another entry first would bring that one's customers here. So each is asked of the knowledge as
people wrote it, and kept if its entry, or one that says the same, comes first (as in Promptagator: Dai et al., 2022).
"""

from collections.abc import Sequence

from knowledge.calibration.partial import without
from knowledge.confidence import rivals
from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder
from knowledge.filters import Filter
from knowledge.hits import Finder
from knowledge.snapshot.reader import Snapshot
from knowledge.words import content_words


class RoundTrip:
    """Asks the entries of one snapshot, as if nothing had been written for any of them."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Look questions up with `embedder`. EmbedderMismatch when the snapshot was built with another one."""
        snapshot.require(embedder)
        contents = snapshot.contents
        written = {
            row: frozenset(text.strip().casefold() for text in entry.written)
            for row, entry in enumerate(contents.entries)
            if entry.written
        }
        own = without(contents, frozenset(), written) if written else contents
        assert own  # every entry keeps its answer
        self._finder = Finder(own, snapshot.manifest.background, embedder)

    def leading(self, entry: Entry, texts: Sequence[str]) -> list[str]:
        """Those of `texts` that find `entry` first among all in its language, and that say something new each."""
        fresh = new_ones(texts, (entry.question, *entry.similar, entry.title))
        found = self._finder.find(fresh, 1, within=Filter.of(languages=[entry.language]))
        return [text for text, hits in zip(fresh, found, strict=True) if hits and _says(hits[0].entry, entry)]


def new_ones(texts: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those of `texts` that say what none of the `known` and none before them says, in whatever order of words."""
    seen, fresh = {_content(text) for text in known}, []
    for text in texts:
        if (content := _content(text)) and content not in seen:
            seen.add(content)
            fresh.append(text)
    return tuple(fresh)


def _content(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def _says(found: Entry, entry: Entry) -> bool:
    return found.id == entry.id or not rivals(found, entry)
