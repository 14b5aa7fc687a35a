"""What agents can do at the desk, and who is no agent."""

import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.web.app import create_app
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.standin import RETURNS, StandIn

QUESTION = {"id": "message-1", "text": "Can I return this?"}
CONVERSATION = "/desk/api/conversations/{id}"


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn) -> str:
    """A conversation in which the bot has not answered yet."""
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json=QUESTION)
    return (await reception.conversations.recent())[0].id


async def test_a_link_is_good_for_one_login(client: httpx2.AsyncClient, sessions: MemorySessions) -> None:
    login = {"token": await sessions.invite(), "name": "  Mia \t Park "}
    first = await client.post("/desk/api/login", headers=CHANGE, json=login)
    me = await client.get("/desk/api/me")
    client.cookies.clear()
    again = await client.post("/desk/api/login", headers=CHANGE, json=login)

    assert first.json() == {"name": "Mia Park", "role": "agent"}
    assert me.json()["name"] == "Mia Park"
    assert again.status_code == 401
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("name", ["", "   ", "bot", "BOT", "Kefu", "ｂｏｔ", "a" * 41, "Mia\u202e", "a\x00b"])
async def test_a_name_that_misleads_is_refused_and_the_link_stays_good(
    client: httpx2.AsyncClient, sessions: MemorySessions, name: str
) -> None:
    link = await sessions.invite()
    refused = await client.post("/desk/api/login", headers=CHANGE, json={"token": link, "name": name})
    accepted = await client.post("/desk/api/login", headers=CHANGE, json={"token": link, "name": "Mia"})

    assert refused.status_code == 422
    assert refused.json()["error"].startswith("name: ")
    assert accepted.status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx2.AsyncClient, sessions: MemorySessions
) -> None:
    login = {"token": await sessions.invite(), "name": "Mia"}
    cookie = (await client.post("/desk/api/login", headers=CHANGE, json=login)).headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


async def test_over_https_the_cookie_is_bound_to_this_host(reception: StandIn, sessions: MemorySessions) -> None:
    async def ready() -> dict[str, str]:
        return {}

    app = create_app(
        reception, sessions=sessions, ask=reception.ask, readiness=ready, visitors=Visitors("k" * 16), secure=True
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://kefu.test") as client:
        login = {"token": await sessions.invite(), "name": "Mia"}
        response = await client.post("/desk/api/login", headers=CHANGE, json=login)
        me = await client.get("/desk/api/me")

    assert response.headers["Set-Cookie"].startswith("__Host-")
    assert "Secure" in response.headers["Set-Cookie"].split("; ")
    assert response.headers["Strict-Transport-Security"]
    assert me.status_code == 200


async def test_logging_out_ends_the_session(desk: httpx2.AsyncClient) -> None:
    cookies = dict(desk.cookies)
    assert (await desk.post("/desk/api/logout")).status_code == 204
    for name, value in cookies.items():
        desk.cookies.set(name, value)

    assert (await desk.get("/desk/api/me")).status_code == 401


READS = ["/desk/api/me", "/desk/api/conversations", CONVERSATION, "/desk/api/events"]
CHANGES = [
    CONVERSATION + act for act in ("/suggest", "/take_over", "/hand_back", "/say", "/resolve", "/reopen", "/typing")
]


@pytest.mark.parametrize("path", READS)
async def test_shows_nothing_to_a_stranger(client: httpx2.AsyncClient, conversation: str, path: str) -> None:
    assert (await client.get(path.format(id=conversation))).status_code == 401


@pytest.mark.parametrize("path", CHANGES)
async def test_lets_a_stranger_change_nothing(
    client: httpx2.AsyncClient, reception: StandIn, conversation: str, path: str
) -> None:
    body = {"turn": "agent-turn", "text": "Hello"}
    client.cookies.set("kefu-desk", "guessed")
    refused = await client.post(path.format(id=conversation), headers=CHANGE, json=body)

    assert refused.status_code == 401
    assert (await reception.conversations.read(conversation)).state.owner == "bot"


@pytest.mark.parametrize("path", [*CHANGES, "/desk/api/logout", "/desk/api/login"])
async def test_lets_no_other_site_change_anything(desk: httpx2.AsyncClient, conversation: str, path: str) -> None:
    body = {"turn": "agent-turn", "text": "Hello"}
    refused = await desk.post(path.format(id=conversation), headers={"X-Kefu": ""}, json=body)

    assert refused.status_code == 403
    assert "X-Kefu" in refused.json()["error"]


@pytest.mark.parametrize("name", ["web:unknown", "nothing", "web:" + "a" * 300, "web:%00"])
async def test_an_unknown_conversation_is_not_found(desk: httpx2.AsyncClient, name: str) -> None:
    assert (await desk.get(CONVERSATION.format(id=name))).status_code == 404
    for path in CHANGES[:6]:
        body = {"turn": "agent-turn", "text": "Hello"} if path.endswith("/say") else {}
        missing = await desk.post(path.format(id=name), json=body)
        assert (missing.status_code, missing.json()["error"]) == (404, "there is no such conversation")


async def test_a_customer_s_token_opens_no_desk(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    assert (await client.get("/desk/api/conversations", headers=visit)).status_code == 401


async def test_lists_conversations_with_owner_and_preview(desk: httpx2.AsyncClient, conversation: str) -> None:
    (listed,) = (await desk.get("/desk/api/conversations")).json()["conversations"]

    assert (listed["id"], listed["channel"], listed["owner"]) == (conversation, "web", "bot")
    assert listed["preview"] == QUESTION["text"]


async def test_suggests_with_scores_and_says_nothing_to_the_customer(
    desk: httpx2.AsyncClient, conversation: str
) -> None:
    suggested = await desk.post(CONVERSATION.format(id=conversation) + "/suggest")
    turns = (await desk.get(CONVERSATION.format(id=conversation))).json()["turns"]

    assert suggested.json() == RETURNS.to_json()
    assert [turn["role"] for turn in turns] == ["customer"]


async def test_what_an_agent_says_silences_the_bot(
    desk: httpx2.AsyncClient, client: httpx2.AsyncClient, visit: dict[str, str], conversation: str, reception: StandIn
) -> None:
    path = CONVERSATION.format(id=conversation)
    said = await desk.post(path + "/say", json={"turn": "agent-turn", "text": "Hello, Mia here."})
    again = await desk.post(path + "/say", json={"turn": "agent-turn", "text": "Hello, Mia here."})
    reception.may_answer.set()
    seen = (await client.get("/api/conversation", headers=visit)).json()

    assert said.json()["owner"] == "Mia"
    assert again.status_code == 200
    assert seen["state"]["agent"] == "Mia"
    assert [turn["text"] for turn in seen["turns"] if turn["role"] == "agent"] == ["Hello, Mia here."]


async def test_takes_over_and_hands_back(desk: httpx2.AsyncClient, conversation: str) -> None:
    path = CONVERSATION.format(id=conversation)

    assert (await desk.post(path + "/take_over")).json()["owner"] == "Mia"
    assert (await desk.post(path + "/hand_back")).json()["owner"] == "bot"


@pytest.mark.parametrize("body", [{}, {"turn": "t", "text": "Hello"}, {"turn": "agent-turn", "text": " "}])
async def test_refuses_an_agent_s_empty_reply(desk: httpx2.AsyncClient, conversation: str, body: dict) -> None:
    refused = await desk.post(CONVERSATION.format(id=conversation) + "/say", json=body)

    assert refused.status_code == 422
    assert refused.json()["error"]


async def test_a_new_customer_is_not_an_old_one(app: FastAPI, client: httpx2.AsyncClient) -> None:
    assert await begin(client) != await begin(client)


async def test_writing_to_no_one_leaves_no_trace(desk: httpx2.AsyncClient, reception: StandIn) -> None:
    refused = await desk.post("/desk/api/conversations/web:nobody/typing")

    assert refused.status_code == 404
    assert not await reception.conversations.events("web:nobody", "0", 0)
