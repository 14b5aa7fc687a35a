"""JSON Lines: one object a line, one entry. Knows field names; knows nothing of meaning."""

from collections.abc import Iterator

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry, Place
from knowledge.corpus.records import Record, records


def load(source: Source) -> Iterator[Entry]:
    """An entry a line: `answer` (or `text`) is needed, unknown fields are ignored."""
    return map(_entry, records(source))


def _entry(record: Record) -> Entry:
    answer = record.text("answer", "text")
    if not answer:
        raise record.error("no field 'answer': fill it or remove the line")
    question, title = record.text("question"), record.text("title", "intent")
    return Entry(
        id=record.id(),
        question=question,
        answer=answer,
        similar=record.texts("similar", "utterances"),
        title=title,
        tags=record.texts("tags"),
        language=record.text("language"),
        url=record.text("url") or None,
        place=Place(record.source.name, record.line),
    )
