"""Summaries, readings and moods through the desk's API."""

import httpx2
import pytest

from bot.accounts.base import Role
from bot.channels.web.sessions import Invitation, MemorySessions
from tests.bot.channels.web.conftest import begin
from tests.bot.channels.web.standin import StandIn


@pytest.fixture
async def name(client: httpx2.AsyncClient, reception: StandIn) -> str:
    reception.may_answer.clear()
    message = {"id": "message-1", "text": "This is ridiculous! Where is my order PW-20931?"}
    await client.post("/api/messages", headers=await begin(client), json=message)
    return (await reception.conversations.recent())[0].id


async def test_a_viewer_may_read_summary_readings_and_moods(
    desk: httpx2.AsyncClient, name: str, sessions: MemorySessions
) -> None:
    link = await sessions.invite(Invitation(Role.VIEWER))
    await desk.post("/desk/api/login", json={"token": link, "name": "Vic"})
    path = f"/desk/api/conversations/{name}"
    summary = (await desk.get(path + "/summary")).json()
    readings = (await desk.get(path + "/readings")).json()
    moods = (await desk.get("/desk/api/moods")).json()

    assert (summary["named"], summary["mood"], summary["last"]) == (["PW-20931"], "upset", "message-1")
    assert summary["open"] == ["Where is my order PW-20931?"]
    assert readings == {"turns": {"message-1": {"language": "en", "mood": "upset"}}}
    assert moods == {"moods": {name: "upset"}}


@pytest.mark.parametrize("act", ["summary", "readings"])
async def test_there_is_nothing_to_read_of_nobody(desk: httpx2.AsyncClient, act: str) -> None:
    assert (await desk.get(f"/desk/api/conversations/web:none/{act}")).status_code == 404
