"""Questions that a machine wrote for entries, kept beside the snapshots. Knows no model, no embedder and no server.

`questions.jsonl` in the folder of snapshots is a log: each line is what stands for one entry, and the last line of an
entry holds. A line knows the texts it was written for: when one of them changes, its questions count no more.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.corpus.entry import Entry
from knowledge.journal import append_journal, read_journal

FILE = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Written:
    """What the model `by` wrote at `at` (Unix time) for the `entry` with this id, as it was by its digest `of`.

    `removed` are questions that a person does not want: they shall not come back.
    """

    entry: str
    of: str
    questions: tuple[str, ...]
    by: str
    at: float = 0.0
    removed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "questions": list(self.questions), "removed": list(self.removed)}

    def without(self, text: str) -> "Written":
        """The same with `text` among what was removed. ValueError when it is not among the questions."""
        if text not in self.questions:
            raise ValueError(f"{text!r} is none of the questions of {self.entry}")
        kept = tuple(question for question in self.questions if question != text)
        return replace(self, questions=kept, removed=(*self.removed, text))


def digest(entry: Entry) -> str:
    """What tells the texts of an entry that questions are written for from all others."""
    texts = (entry.language, entry.title, entry.question, entry.answer)
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def read_written(folder: Path) -> dict[str, Written]:
    """What stands for each entry, by its id. CorpusError names a bad line."""
    return {each.entry: each for each in read_journal(folder / FILE, _made, "written questions")}


def _made(fields: dict[str, Any]) -> Written:
    told = {name: tuple(map(str, fields.get(name, ()))) for name in ("questions", "removed")}
    return Written(**{**fields, **told})


def keep_written(folder: Path, written: Written) -> None:
    """Write what stands for an entry now; it is on the disk when this returns."""
    append_journal(folder / FILE, written.to_json())


def with_written(entries: Iterable[Entry], written: Mapping[str, Written]) -> list[Entry]:
    """The entries, each with what was written for it as it stands now, and with nothing else."""
    return [replace(entry, written=_of(entry, written)) for entry in entries]


def _of(entry: Entry, written: Mapping[str, Written]) -> tuple[str, ...]:
    own = written.get(entry.id)
    return own.questions if own and own.of == digest(entry) else ()
