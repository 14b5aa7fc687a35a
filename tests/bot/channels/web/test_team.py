"""What the widget is told of the team, what customers say of an answer and of the whole, and who they claim to be."""

from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.web.customer_schemas import LONGEST_COMMENT
from bot.channels.web.team import team_router
from bot.channels.web.visitors import Visitors
from bot.desk.hours import Hours
from tests.bot.channels.web.standin import StandIn
from tests.bot.channels.web.test_acts import ANSWER, answered, turns_of

__all__ = ["answered"]

MONDAYS = Hours((((9 * 60, 17 * 60),), (), (), (), (), (), ()))


async def told(hours: Hours, moment: datetime) -> dict:
    app = FastAPI()
    app.include_router(team_router(hours, lambda: moment))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://kefu") as client:
        return (await client.get("/api/team")).json()


async def test_a_team_that_is_there_needs_no_time() -> None:
    assert await told(MONDAYS, datetime(2026, 11, 23, 10, tzinfo=UTC)) == {
        "there": True,
        "opens": None,
        "files": None,
    }


async def test_a_team_that_is_away_tells_when_it_is_back() -> None:
    away = await told(MONDAYS, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert away == {"there": False, "opens": "2026-11-30T09:00:00Z", "files": None}


async def test_a_comment_and_a_score_are_for_agents_alone(
    client: httpx2.AsyncClient, answered: dict[str, str], reception: StandIn
) -> None:
    said = {"turn": ANSWER, "good": False, "comment": "It is\n about lamps"}
    assert (await client.post("/api/feedback", headers=answered, json=said)).status_code == 200
    scored = await client.post("/api/score", headers=answered, json={"score": 4, "comment": "Quick"})

    assert scored.json() == {"score": 4}
    (state,) = await reception.conversations.recent()
    kept = (await reception.conversations.read(state.id)).turns
    assert [(turn.text, turn.name, turn.note) for turn in kept if turn.note] == [
        ("commented", ANSWER, "It is about lamps"),
        ("scored", "4", "Quick"),
    ]
    assert "Quick" not in str(await turns_of(client, answered))


@pytest.mark.parametrize(
    "body", [{"score": 0}, {"score": 6}, {"score": True}, {"score": 5, "comment": "x" * 501}, {}]
)
async def test_a_score_that_is_none_is_refused(
    client: httpx2.AsyncClient, answered: dict[str, str], body: dict
) -> None:
    assert LONGEST_COMMENT == 500
    assert (await client.post("/api/score", headers=answered, json=body)).status_code == 422


async def test_a_score_needs_a_conversation(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    assert (await client.post("/api/score", headers=visit, json={"score": 5})).status_code == 404


async def test_a_claimed_name_is_shown_to_agents_and_marked(client: httpx2.AsyncClient, reception: StandIn) -> None:
    began = await client.post("/api/conversations", json={"name": " Ada\u202e ", "email": "ada@shop.example"})
    visit = {"Authorization": f"Bearer {began.json()['token']}"}
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "Can I return this?"})

    (state,) = await reception.conversations.recent()
    assert state.name == "Ada · ada@shop.example (unverified)"


def test_a_claimed_name_cannot_be_changed_afterwards() -> None:
    visitors = Visitors("k" * 16)
    token = visitors.begin(claimed="Ada")
    visitor = visitors.visitor(token)

    assert visitor is not None
    assert visitor.name == "Ada"
    assert visitors.visitor(token.replace("~", "~x")) is None
    assert visitors.visitor(token.replace("~", "")) is None
