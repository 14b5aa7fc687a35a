"""How a record is written as a registry's text, and read again: one way for all. Knows no meaning of any of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")


def pack(record: "DataclassInstance", **more: str) -> str:
    """The record as JSON; `more` stands beside its fields, and is not read with them."""
    return json.dumps({**asdict(record), **more}, ensure_ascii=False)


def unpack(kind: type[Record], text: str | bytes) -> Record:
    """The record that `pack` wrote; what a newer Kefu wrote beside the fields we know is left out."""
    return record_of(kind, json.loads(text))


def record_of(kind: type[Record], data: Mapping[str, Any]) -> Record:
    """The record of what JSON gave. Raises ValueError and TypeError for what is none."""
    hints = _hints(cast(Any, kind))
    return kind(**{name: _as(hints[name], data[name]) for name in hints if name in data})


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _as(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if get_origin(hint) is tuple:
        return tuple(_as(get_args(hint)[0], each) for each in value)
    return value
