"""Whether people are there: what the widget tells before anyone has written. Knows no conversation."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bot.desk.hours import Hours


class Team(BaseModel):
    """`opens` is when a team that is away is back: None while it is there, and when nobody knows."""

    there: bool
    opens: datetime | None = None


def _now() -> datetime:
    return datetime.now(UTC)


def team_router(hours: Hours, clock: Callable[[], datetime] = _now) -> APIRouter:
    """The route `/api/team`; `clock` gives the time with its zone."""
    router = APIRouter(prefix="/api")

    async def team() -> Team:
        """Whether the team is there, by the opening hours."""
        now = clock()
        there = hours.open_at(now)
        return Team(there=there, opens=None if there else hours.opens_next(now))

    router.add_api_route("/team", team, methods=["GET"])
    return router
