"""Lines of JSON as records whose fields are checked. Knows types and places; knows no field's meaning."""

import json
from collections.abc import Iterator
from typing import Any

from knowledge.corpus.base import Source
from knowledge.errors import CorpusError

_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Record:
    """One object of the file; every access checks the type and can name the place."""

    def __init__(self, source: Source, line: int, data: dict[str, Any]) -> None:
        self.source = source
        self.line = line
        self._data = data

    def has(self, name: str) -> bool:
        """Whether the field is there and holds something."""
        return self._data.get(name) is not None

    def error(self, what: str) -> CorpusError:
        """The error that says `what` is wrong in this line."""
        return self.source.error(self.line, what)

    def text(self, *names: str) -> str:
        """The first of these fields that holds something, or an empty string."""
        for name in names:
            value = self._data.get(name)
            if value is not None and not isinstance(value, str):
                raise self.error(f"'{name}' is {_kind(value)}, not a text")
            if value and value.strip():
                return value.strip()
        return ""

    def number(self, name: str) -> int:
        """The whole number in this field."""
        value = self._data.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(f"'{name}' is {_kind(value)}, not a whole number")
        return value

    def flag(self, name: str) -> bool:
        """Whether this field is true; it may be missing."""
        value = self._data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.error(f"'{name}' is {_kind(value)}, not true or false")
        return bool(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """All texts of these fields, each a list of texts or one text."""
        found: list[str] = []
        for name in names:
            value = self._data.get(name)
            values = [] if value is None else [value] if isinstance(value, str) else value
            if not isinstance(values, list):
                raise self.error(f"'{name}' is {_kind(value)}, not a list of texts")
            for item in values:
                if not isinstance(item, str):
                    raise self.error(f"'{name}' holds {_kind(item)} among its texts")
                found.append(item.strip())
        return tuple(dict.fromkeys(filter(None, found)))

    def lists(self, name: str) -> tuple[tuple[str, ...], ...]:
        """The lists of texts in this field, in their order; a text among them is a list of one."""
        value = self._data.get(name)
        values = [] if value is None else value
        if not isinstance(values, list):
            raise self.error(f"'{name}' is {_kind(value)}, not a list")
        lists = [[item] if isinstance(item, str) else item for item in values]
        for item in lists:
            if not isinstance(item, list) or not all(isinstance(text, str) and text.strip() for text in item):
                raise self.error(f"'{name}' holds something else than texts and lists of texts")
        return tuple(map(tuple, lists))

    def id(self) -> str:
        """The id, also where it is written as a whole number."""
        value = self._data.get("id")
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text("id")

    def records(self, name: str) -> "list[Record]":
        """The objects of the list in this field."""
        value = self._data.get(name)
        values = [] if value is None else value
        if not isinstance(values, list):
            raise self.error(f"'{name}' is {_kind(value)}, not a list of objects")
        for item in values:
            if not isinstance(item, dict):
                raise self.error(f"'{name}' holds {_kind(item)} among its objects")
        return [Record(self.source, self.line, item) for item in values]


def records(source: Source) -> Iterator[Record]:
    """A record a line; empty lines are passed over. CorpusError names the line that holds no object."""
    for line, text in enumerate(source.text.split("\n"), start=1):
        if text.strip():
            yield Record(source, line, _object(source, line, text))


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
