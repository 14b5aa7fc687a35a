"""Pages by cursor: each page names where the next begins. A cursor is opaque, and one that is none is refused."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import HTTPException, Query

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str, Query(max_length=500)]


def cursor_of(*place: Any) -> str:
    """The cursor of a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: type) -> list[Any] | None:
    """The place that a cursor names; None for no cursor, 422 for what is none."""
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, list) or len(place) != len(kinds):
        raise HTTPException(422, "cursor: is none of ours")
    if not all(type(each) is kind for each, kind in zip(place, kinds, strict=True)):
        raise HTTPException(422, "cursor: is none of ours")
    return place


def page(items: Sequence[Any], next_cursor: str | None) -> dict[str, Any]:
    """One page; `next` is None on the last one."""
    return {"items": list(items), "next": next_cursor}
