"""What people changed in the knowledge by hand, kept beside its snapshots. Knows no embedder and no server.

`corrections.jsonl` in the folder of snapshots is a log: each line is one correction as it stood at that time, and
the last line of an id holds. Approved ones are part of every build; so a build from the sources forgets none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from knowledge.corpus.entry import Entry, Place
from knowledge.journal import append_journal, read_journal

FILE = "corrections.jsonl"

Act = Literal["add", "replace", "exclude"]
Status = Literal["pending", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One change: an entry that is new, another answer for an entry, or an entry that shall not be.

    `entry` is the id of what is changed, or that the new one gets; `at` is Unix time; `why` is for people; `by` has
    proposed it, `reviewer` has judged it.
    """

    id: str
    act: Act
    entry: str
    answer: str = ""
    question: str = ""
    language: str = ""
    why: str = ""
    by: str = ""
    at: float = 0.0
    status: Status = "pending"
    reviewer: str = ""
    tags: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "tags": list(self.tags)}


def read_corrections(folder: Path) -> list[Correction]:
    """All corrections as they stand now, in the order in which they were proposed. CorpusError names a bad line."""
    kept = {each.id: each for each in read_journal(folder / FILE, _made, "correction")}
    return list(kept.values())


def _made(fields: dict[str, Any]) -> Correction:
    return Correction(**{**fields, "tags": tuple(fields.get("tags", ()))})


def keep_correction(folder: Path, correction: Correction) -> None:
    """Write how a correction stands now; it is on the disk when this returns."""
    append_journal(folder / FILE, correction.to_json())


def judged(correction: Correction, status: Status, reviewer: str) -> Correction:
    """The correction after a review."""
    return replace(correction, status=status, reviewer=reviewer)


def corrected(entries: Sequence[Entry], corrections: Iterable[Correction]) -> list[Entry]:
    """The entries after all approved corrections, in their order; applying them twice changes nothing more."""
    known = {entry.id: entry for entry in entries}
    for correction in corrections:
        if correction.status != "approved":
            continue
        if correction.act == "exclude":
            known.pop(correction.entry, None)
        elif correction.act == "add":
            known[correction.entry] = _new(correction)
        elif correction.entry in known:
            known[correction.entry] = replace(known[correction.entry], answer=correction.answer)
    return list(known.values())


def _new(correction: Correction) -> Entry:
    return Entry(
        id=correction.entry,
        question=correction.question,
        answer=correction.answer,
        tags=correction.tags,
        language=correction.language,
        place=Place(FILE, 0),
    )
