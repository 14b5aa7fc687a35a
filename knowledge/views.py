"""The texts by which an entry can be found, and the id of each one's vector. Knows no embedder and no store."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.corpus.entry import Entry
from knowledge.corpus.split import split
from knowledge.words import stop_words, words

# An answer is cut into pieces of at most so many characters: each then speaks of one thing, and is read whole.
_LONG = 400
_LONG_UNSPACED = 160
_UNSPACED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class View:
    """One text of an entry: its "question", a "similar" one, its "title", a piece of its "answer", or what was
    "written" for it; `ordinal` counts within such a `field`."""

    field: str
    ordinal: int
    text: str


def views(entry: Entry) -> list[View]:
    """All texts that `entry` is embedded by; the same entry always gives the same list, without repeated texts."""
    found: list[View] = []
    seen: set[str] = set()
    for view in _candidates(entry):
        if view.text and view.text.casefold() not in seen:
            seen.add(view.text.casefold())
            found.append(view)
    return found


def vector_id(entry_id: str, view: View) -> int:
    """A 63-bit number for a view's vector: the same in every build, whatever else the knowledge holds."""
    digest = hashlib.sha256(f"{entry_id}\0{view.field}\0{view.ordinal}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _candidates(entry: Entry) -> Iterator[View]:
    yield View("question", 0, entry.question.strip())
    for ordinal, text in enumerate(entry.similar):
        yield View("similar", ordinal, text.strip())
    if entry.title and _tells_more(entry.heading, entry.question):
        yield View("title", 0, entry.heading.strip())
    for ordinal, piece in enumerate(split(entry.answer, _limit(entry.answer))):
        yield View("answer", ordinal, piece.text)
    for ordinal, text in enumerate(entry.written):
        yield View("written", ordinal, text.strip())


def _tells_more(heading: str, question: str) -> bool:
    asked = set(words(question))
    return any(word not in asked and word not in stop_words() for word in words(heading))


def _limit(text: str) -> int:
    unspaced = sum(letter >= "\u2e80" for letter in text)
    return _LONG_UNSPACED if unspaced > _UNSPACED_SHARE * len(text) else _LONG
