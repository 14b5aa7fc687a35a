"""JSON Lines: one object a line, one entry. Knows field names and types; knows nothing of meaning."""

import json
from collections.abc import Iterator
from typing import Any

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry, Place

_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def load(source: Source) -> Iterator[Entry]:
    """An entry a line: `answer` (or `text`) is needed, unknown fields are ignored."""
    for line, text in enumerate(source.text.split("\n"), start=1):
        if text.strip():
            yield _entry(_Record(source, line, _object(source, line, text)))


class _Record:
    """One object of the file; every access checks the type and can name the place."""

    def __init__(self, source: Source, line: int, data: dict[str, Any]) -> None:
        self.source = source
        self.line = line
        self._data = data

    def text(self, *names: str) -> str:
        """The first of these fields that holds something, or an empty string."""
        for name in names:
            value = self._data.get(name)
            if value is not None and not isinstance(value, str):
                raise self.source.error(self.line, f"'{name}' is {_kind(value)}, not a text")
            if value and value.strip():
                return value.strip()
        return ""

    def texts(self, *names: str) -> tuple[str, ...]:
        """All texts of these fields, each a list of texts or one text."""
        found: list[str] = []
        for name in names:
            value = self._data.get(name)
            values = [] if value is None else [value] if isinstance(value, str) else value
            if not isinstance(values, list):
                raise self.source.error(self.line, f"'{name}' is {_kind(value)}, not a list of texts")
            for item in values:
                if not isinstance(item, str):
                    raise self.source.error(self.line, f"'{name}' holds {_kind(item)} among its texts")
                found.append(item.strip())
        return tuple(dict.fromkeys(filter(None, found)))

    def id(self) -> str:
        """The id, also where it is written as a whole number."""
        value = self._data.get("id")
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text("id")


def _entry(record: _Record) -> Entry:
    answer = record.text("answer", "text")
    if not answer:
        raise record.source.error(record.line, "no field 'answer': fill it or remove the line")
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


def _object(source: Source, line: int, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise source.error(line, f"bad JSON at column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise source.error(line, f"bad JSON: {str(error).splitlines()[0]}") from error
    if not isinstance(data, dict):
        raise source.error(line, f"{_kind(data)} where an object {{…}} is needed")
    return data


def _kind(value: object) -> str:
    return "nothing" if value is None else _KINDS.get(type(value), "something unknown")
