"""`Entry`: one piece of knowledge, and the place it came from. Knows no file format."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

PATH = " › "
"""Between the headings of a title, outermost first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in its source.

    `source` is the path as the owner would write it (relative to the folder that was walked); `line` counts
    from 1. `start` and `end` are character offsets into the decoded source, `end` exclusive; both are None
    where a format has no running text (a table's row).
    """

    source: str
    line: int
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of knowledge: what is asked, and what is true about it.

    `question` may be empty (a passage of a help page has only a title); `answer` never is.
    `language` is an ISO 639-1 code, `url` is None or where a customer may read on.
    By what a machine has `written` in customers' place it is found as well; nobody is shown that as the entry's.
    """

    id: str
    answer: str
    question: str = ""
    similar: tuple[str, ...] = ()
    title: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    url: str | None = None
    place: Place = field(default_factory=lambda: Place("", 0))
    written: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What a person would call the entry: its innermost headings, else its question, else its first words.

        The outermost of three or more names the whole document and tells its entries not apart.
        """
        path = self.title.split(PATH)
        return PATH.join(path[-2:] if len(path) > 2 else path[-1:]) or self.question or self.answer[:60]

    def to_json(self) -> dict[str, Any]:
        """The entry as plain JSON types, without what was `written` for it: as it may be shown."""
        place = self.place
        return {
            "id": self.id,
            "question": self.question,
            "answer": self.answer,
            "similar": list(self.similar),
            "title": self.title,
            "tags": list(self.tags),
            "language": self.language,
            "url": self.url,
            "place": {"source": place.source, "line": place.line, "start": place.start, "end": place.end},
        }

    def to_record(self) -> dict[str, Any]:
        """The whole entry as plain JSON types; `from_json` is its inverse."""
        return self.to_json() | ({"written": list(self.written)} if self.written else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Entry":
        """The entry that `to_json` or `to_record` wrote."""
        return cls(
            id=data["id"],
            question=data["question"],
            answer=data["answer"],
            similar=tuple(data["similar"]),
            title=data["title"],
            tags=tuple(data["tags"]),
            language=data["language"],
            url=data["url"],
            place=Place(**data["place"]),
            written=tuple(data.get("written", ())),
        )


def derived_id(source: str, text: str) -> str:
    """A stable id for an entry whose source names none: the same source and text give the same id."""
    return hashlib.sha256(f"{source}\0{text}".encode()).hexdigest()[:12]
