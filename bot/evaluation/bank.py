"""Reads a bank: questions with what their answer must and must not hold. Knows the file's shape; asks nothing.

A line is {"id", "turns": [text], "expect"} with, where there is more to tell, "must": [[spelling]], "must_not":
[wording], "accept": [outcome], "kind", "language" and "split". Other fields are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.answering.answer import Outcome
from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import Record, records

OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        "answer": Outcome.ANSWERED,
        "refuse": Outcome.REFUSED,
        "handoff": Outcome.HANDED_OVER,
        "smalltalk": Outcome.SMALLTALK,
    }
)
"""How a bank calls the outcomes."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a customer writes, the last turn being the question, and what is right.

    Each fact of `must` is a tuple of spellings, one of which has to occur. `expected` is the right outcome,
    `accepted` are all that are right, itself among them.
    """

    id: str
    turns: tuple[str, ...]
    expected: Outcome
    accepted: frozenset[Outcome]
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    kind: str = ""
    language: str = ""
    split: str = ""


def read_bank(path: Path) -> list[Case]:
    """The questions of a bank in the order of its lines. CorpusError names place and cure."""
    return [_case(record) for record in records(read_text(path, str(path)))]


def _case(record: Record) -> Case:
    turns = tuple(text for turn in record.lists("turns") for text in turn)
    if not turns:
        raise record.error('no "turns": a line is {"id": …, "turns": ["question"], "expect": "answer"}')
    expected = _outcome(record, record.text("expect"))
    accepted = (_outcome(record, name) for name in record.texts("accept"))
    return Case(
        id=record.id(),
        turns=turns,
        expected=expected,
        accepted=frozenset((expected, *accepted)),
        must=record.lists("must"),
        must_not=record.texts("must_not"),
        kind=record.text("kind"),
        language=record.text("language"),
        split=record.text("split"),
    )


def _outcome(record: Record, name: str) -> Outcome:
    if name not in OUTCOMES:
        raise record.error(f"no outcome is called '{name}': there are {', '.join(OUTCOMES)}")
    return OUTCOMES[name]
