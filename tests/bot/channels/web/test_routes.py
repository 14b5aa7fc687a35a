"""Every route of the customers' and the agents' API, tried by everyone who must not pass."""

import hashlib
import secrets
import time

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from itsdangerous import Signer, TimestampSigner

from bot.channels.web.agents import changes
from bot.channels.web.agents import router as agents
from bot.channels.web.asking import router as asking
from bot.channels.web.customer import router as customer
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.standin import StandIn

KEY = "a secret key of tests"
# Here one becomes someone.
ENTRANCES = {"/api/conversations", "/desk/api/login"}
BODIES = {
    "/api/messages": {"id": "message-x", "text": "Hello"},
    "/api/handoff": {"id": "message-x", "text": "Hello"},
    "/api/feedback": {"turn": "bot-message-1", "good": True},
    "/api/ask": {"text": "Hello"},
    "/say": {"turn": "agent-turn", "text": "Hello"},
}


class SignedLongAgo(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time()) - 31 * 86_400


def made(signer: Signer) -> str:
    return signer.sign(secrets.token_urlsafe(32)).decode()


def strangers() -> dict[str, str]:
    """Tokens that open nothing."""
    kind = {"salt": "kefu.visitor", "digest_method": hashlib.sha256}
    good = made(TimestampSigner(KEY, **kind))
    return {
        "none": "",
        "expired": made(SignedLongAgo(KEY, **kind)),
        "foreign": made(TimestampSigner("another key of tests", **kind)),
        "of another purpose": made(TimestampSigner(KEY, salt="kefu.other", digest_method=hashlib.sha256)),
        "undated": made(Signer(KEY, **kind)),
        "unsigned": good.partition(".")[0],
        "cut": good[:-3],
        "alg none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3ZWI6MSJ9.",
    }


ROUTES = [
    (method, route.path)
    for router in (customer, asking, agents, changes)
    for route in router.routes
    if isinstance(route, APIRoute) and route.path not in ENTRANCES
    for method in sorted(route.methods or ())
]


def body_of(path: str) -> object:
    return next((body for end, body in BODIES.items() if path.endswith(end)), {})


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn) -> str:
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "Can I return this?"})
    return (await reception.conversations.recent())[0].id


def test_no_route_is_forgotten(app: FastAPI) -> None:
    assert len(ROUTES) >= 18
    assert {"/api/stop", "/api/feedback", "/api/end"} <= {path for _, path in ROUTES}
    assert {path.rpartition("/")[2] for _, path in ROUTES} >= {"resolve", "reopen", "say", "take_over"}


@pytest.mark.parametrize("stranger", strangers())
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_stranger_passes_nowhere(
    client: httpx2.AsyncClient, conversation: str, reception: StandIn, method: str, path: str, stranger: str
) -> None:
    token = strangers()[stranger]
    headers = {**CHANGE, **({"Authorization": f"Bearer {token}"} if token else {})}
    client.cookies.set("kefu-desk", token or "guessed")
    before = await reception.conversations.read(conversation)
    address = path.replace("{conversation}", conversation)
    refused = await client.request(method, address, headers=headers, json=body_of(path))

    assert refused.status_code == 401
    assert refused.json()["error"]
    assert await reception.conversations.read(conversation) == before


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[1].startswith("/desk/")])
async def test_a_customer_is_no_agent(
    client: httpx2.AsyncClient, visit: dict[str, str], conversation: str, method: str, path: str
) -> None:
    token = visit["Authorization"].removeprefix("Bearer ")
    client.cookies.set("kefu-desk", token)
    address = path.replace("{conversation}", conversation)
    refused = await client.request(method, address, headers={**CHANGE, **visit}, json=body_of(path))

    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("method", "path"), [route for route in ROUTES if route[1].startswith("/api/") and route[1] != "/api/ask"]
)
async def test_an_agent_s_cookie_speaks_for_no_customer(
    desk: httpx2.AsyncClient, conversation: str, method: str, path: str
) -> None:
    assert (await desk.request(method, path, json=body_of(path))).status_code == 401


async def test_another_visitor_reaches_nothing_of_this_one(
    client: httpx2.AsyncClient, conversation: str, reception: StandIn
) -> None:
    other = await begin(client)
    before = await reception.conversations.read(conversation)
    seen = [await client.get("/api/conversation", headers=other)]
    for path in ("/api/stop", "/api/feedback", "/api/end"):
        seen.append(await client.post(path, headers=other, json=body_of(path)))

    assert [one.status_code for one in seen] == [200, 404, 404, 404]
    assert seen[0].json()["turns"] == []
    assert await reception.conversations.read(conversation) == before
