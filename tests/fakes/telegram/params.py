"""Reads what a caller sent: JSON, a form, several parts or a query. Knows no method."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.refusal import bad


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


async def params_of(request: web.Request) -> Json:
    """The call's parameters, each as it came. Raises Refusal when the body is no JSON object."""
    if request.content_type == "application/json":
        try:
            return {**request.query, **(await request.json())}
        except (ValueError, TypeError) as error:
            raise bad("can't parse JSON object") from error
    form = await request.post()
    return {**request.query, **{name: _plain(value) for name, value in form.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, FileField):
        with value.file as file:
            return Upload(value.filename, value.content_type, file.read())
    return value


def decoded(params: Json, name: str, default: Any = None) -> Any:
    """A parameter that is JSON inside of a form. Raises Refusal when it is not."""
    value = params.get(name, default)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else default
    except ValueError as error:
        raise bad(f"can't parse {name} JSON object") from error


def whole(params: Json, name: str, default: int = 0) -> int:
    """A parameter that is a whole number. Raises Refusal when it is not."""
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError) as error:
        raise bad(f"parameter {name} must be a number") from error


def truth(params: Json, name: str) -> bool:
    """A parameter that is true or false."""
    return str(params.get(name, "")).lower() in {"true", "1", "yes"}
