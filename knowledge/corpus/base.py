"""The loaders' contract: one decoded source in, entries out. Knows no format, no file system and no id.

To add a format: write `knowledge/corpus/NAME.py` with a function of type `Loader`, add its suffix to `LOADERS` in
`load.py`, and put a sample into `tests/knowledge/corpus/samples/`: the contract test then runs over it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property

from knowledge.corpus.entry import Entry, Place
from knowledge.errors import CorpusError


class Source:
    """A decoded source: `name` as the owner would write it, `text` with every line end as one newline."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        while (newline := self.text.find("\n", starts[-1])) >= 0:
            starts.append(newline + 1)
        return starts

    def line_at(self, offset: int) -> int:
        """The line, counted from 1, that the character at `offset` stands in."""
        return bisect_right(self._line_starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of the first character of `line`; the length of the text behind the last line."""
        return self._line_starts[line - 1] if line <= len(self._line_starts) else len(self.text)

    def place(self, start: int, end: int) -> Place:
        """The place of the characters from `start` to `end`."""
        return Place(self.name, self.line_at(start), start, end)

    def error(self, line: int, what: str) -> CorpusError:
        """The error that says `what` is wrong in `line`."""
        return CorpusError(f"{self.name}:{line}: {what}")


Loader = Callable[[Source], Iterable[Entry]]
"""Yields the entries in the order of the source. Each has an answer and a place; `id` and `language` stay empty
where the source gives none: `load_sources` fills them in. CorpusError names line and cure."""
