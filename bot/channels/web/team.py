"""Whether people are there and which files they take: what is told before anyone wrote. Knows no conversation."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bot.desk.hours import Hours
from bot.files.base import Limits


class Taken(BaseModel):
    """Which files may be sent: bytes of one at most, and their endings."""

    size: int
    types: tuple[str, ...]


class Team(BaseModel):
    """`opens` is when a team that is away is back: None while it is there, and when nobody knows.

    `files` is None where none may be sent.
    """

    there: bool
    opens: datetime | None = None
    files: Taken | None = None


def _now() -> datetime:
    return datetime.now(UTC)


def team_router(hours: Hours, clock: Callable[[], datetime] = _now, files: Limits | None = None) -> APIRouter:
    """The route `/api/team`; `clock` gives the time with its zone, `files` is what is taken of them."""
    taken = Taken(size=files.size, types=tuple(sorted(files.kinds))) if files else None
    router = APIRouter(prefix="/api")

    async def team() -> Team:
        """Whether the team is there, by the opening hours, and which files may be sent."""
        now = clock()
        there = hours.open_at(now)
        return Team(there=there, opens=None if there else hours.opens_next(now), files=taken)

    router.add_api_route("/team", team, methods=["GET"])
    return router
