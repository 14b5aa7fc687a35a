"""Which questions may be asked next: those of entries that were found beside what was told. Generates nothing."""

from collections.abc import Iterator, Sequence

from bot.answering.answer import CUSTOMER, Question, Source
from bot.answering.decide import Finding
from knowledge.corpus.entry import Entry

MOST = 3
_NEIGHBOUR = 0.5
"""Of closeness: 1 is as near as the question of one entry comes to another entry."""


def questions_next(
    question: Question, language: str, findings: Sequence[Finding], told: Sequence[Source]
) -> tuple[str, ...]:
    """At most MOST questions of the knowledge in this language, the nearest first.

    None of them was asked in this conversation, or is that of an entry which is `told` of.
    """
    known = {source.id for source in told}
    entries = {hit.entry.id: hit.entry for finding in findings for hit in finding.hits}
    tags = {tag for id_ in known & entries.keys() for tag in entries[id_].tags}
    asked = [question.text, *(turn.text for turn in question.history if turn.role == CUSTOMER)]
    said = {_plain(text) for text in asked} | {_plain(entries[id_].question) for id_ in known & entries.keys()}
    found: dict[str, str] = {}
    for entry in _near(findings, tags):
        words = _plain(entry.question)
        if words and entry.language in {"", language} and entry.id not in known and words not in said:
            found.setdefault(words, entry.question)
    return tuple(found.values())[:MOST]


def _near(findings: Sequence[Finding], tags: set[str]) -> Iterator[Entry]:
    for finding in findings:
        for hit in finding.hits:
            if hit.closeness >= _NEIGHBOUR or (hit.closeness >= 0 and tags & set(hit.entry.tags)):
                yield hit.entry


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
