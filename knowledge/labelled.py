"""Reads labelled questions and the knowledge that they are asked of. Knows the shapes of their files; asks nothing.

A line of knowledge is an entry in one of these shapes, a line of queries a question:

    {id, intent, title, utterances[]}                    an intent; its title stands for the answer
    {id, question, answer[, entity | title | domain]}    a question with its answer, and whom it is about
    {id, text[, title]} or {id, title, answer}           a passage
    {id, text, label}                                    a question; `label` is an intent, or "oos" (unknown)
    {id, query, gold[][, context[{role, text}]]}         a question; `gold` are ids of entries, none: unknown

Questions with a `bot` are asked of the entries of that bot alone. Questions that name an intent are asked within
their `domain` where every one of them has one that the knowledge has too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus.entry import Entry, Place
from knowledge.corpus.load import tidied
from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import Record, records

UNKNOWN = "oos"
"""The label of questions that no entry answers."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """What was said before a question; `role` is "customer", or that of whoever answers."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `gold` are the ids of the entries that answer it; without any, none does.

    `kind` tells what sort of an unknown it is, `group` which questions belong together (those about one document).
    """

    id: str
    text: str
    gold: frozenset[str]
    context: tuple[PastTurn, ...] = ()
    kind: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """Entries, and the questions that are asked of them alone."""

    name: str
    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]


def read_labelled(knowledge: Path, queries: Path) -> list[Ward]:
    """The questions of the file `queries` beside the entries of the file `knowledge` that they are asked of.

    CorpusError names place and cure.
    """
    known = list(records(read_text(knowledge, str(knowledge))))
    asked = list(records(read_text(queries, str(queries))))
    field = _ward_field(known, asked)
    # By their lines: an entry of which nothing can be read is left out.
    entries = {entry.place.line: entry for entry in tidied(map(_entry, known), str(knowledge))}
    wards = []
    for name, questions in _grouped(asked, field).items():
        lines = [record for record in known if not field or record.text(field) == name]
        members = [(record, entries[record.line]) for record in lines if record.line in entries]
        if not members:
            raise questions[0].error(f"no line of {knowledge} has the {field} '{name}'")
        found = _Golds(members, knowledge)
        wards.append(Ward(name, found.entries, tuple(_query(record, found) for record in questions)))
    return wards


class _Golds:
    """What labels and ids mean among some entries."""

    def __init__(self, members: Sequence[tuple[Record, Entry]], path: Path) -> None:
        self.entries = tuple(entry for _, entry in members)
        self._ids = {entry.id for entry in self.entries}
        self._path = path
        self._by_intent: defaultdict[str, set[str]] = defaultdict(set)
        for record, entry in members:
            self._by_intent[record.text("intent") or entry.title].add(entry.id)

    def of(self, record: Record) -> frozenset[str]:
        """The ids of the entries that answer; CorpusError where the line names what is not there."""
        if record.has("label"):
            label = record.text("label")
            if label != UNKNOWN and label not in self._by_intent:
                raise record.error(f"no line of {self._path} has the intent '{label}' (unknown is '{UNKNOWN}')")
            return frozenset() if label == UNKNOWN else frozenset(self._by_intent[label])
        if not record.has("gold"):
            raise record.error("neither 'label' nor 'gold': one of them tells which entry answers")
        gold = frozenset(record.texts("gold"))
        if missing := gold - self._ids:
            raise record.error(f"no line of {self._path} has the id '{min(missing)}'")
        return gold


def _ward_field(known: Sequence[Record], asked: Sequence[Record]) -> str:
    """The field by which entries and questions belong together, or "" where all belong to all."""
    if all(record.text("bot") for record in (*known, *asked)):
        return "bot"
    domains = {record.text("domain") for record in known}
    intents = all(record.text("intent") for record in known) and all(record.has("label") for record in asked)
    return "domain" if "" not in domains and intents and all(r.text("domain") in domains for r in asked) else ""


def _grouped(asked: Sequence[Record], field: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in asked:
        groups.setdefault(record.text(field) if field else "", []).append(record)
    return groups


def _entry(record: Record) -> Entry:
    similar = record.texts("utterances", "similar")
    question = record.text("question")
    title = record.text("entity", "title", "intent", "domain")
    answer = record.text("answer", "text") or (title if similar else "")
    if not answer and not record.has("answer") and not record.has("text"):
        raise record.error("no 'answer', 'text' or 'utterances': an entry needs one of them")
    if not question and similar:
        question, *rest = similar
        similar = tuple(rest)
    place = Place(record.source.name, record.line)
    return Entry(record.id(), answer, question, similar, title, language=record.text("language"), place=place)


def _query(record: Record, golds: _Golds) -> Query:
    text = record.text("query", "text")
    if not text:
        raise record.error("no 'query' or 'text': a question needs one of them")
    context = tuple(PastTurn(turn.text("role"), turn.text("text")) for turn in record.records("context"))
    kind, group = record.text("oos_kind"), record.text("doc")
    return Query(record.id() or str(record.line), text, golds.of(record), context, kind, group)
