"""The API for programs: what it gives, page by page, and how it refuses."""

import asyncio

import httpx2
import pytest

from bot.accounts.staff import Staff
from bot.accounts.tokens import Scope
from bot.conversation.messages import Message
from tests.bot.channels.web.conftest import API_TOKEN
from tests.bot.channels.web.standin import RETURNS, StandIn
from tests.bot.channels.web.v1.conftest import Program

BASE = "/api/v1/conversations"


async def test_a_question_is_answered(api: httpx2.AsyncClient) -> None:
    assert (await api.post("/api/v1/ask", json={"text": "Can I return this?"})).json() == RETURNS.to_json()


async def test_the_owner_s_token_has_every_scope(client: httpx2.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {API_TOKEN}"}

    assert (await client.get(BASE, headers=headers)).status_code == 200


async def test_a_token_does_only_what_it_is_for(client: httpx2.AsyncClient, program: Program) -> None:
    headers = await program(Scope.ASK)
    refused = await client.get(BASE, headers=headers)

    assert (await client.post("/api/v1/ask", headers=headers, json={"text": "Hello"})).status_code == 200
    assert refused.status_code == 403
    assert 'scope="conversations:read"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("body", [{}, {"text": "x" * 4001}], ids=["empty", "long"])
async def test_a_refusal_is_a_problem(api: httpx2.AsyncClient, body: dict[str, str]) -> None:
    refused = await api.post("/api/v1/ask", json=body)
    told = refused.json()

    assert refused.headers["Content-Type"] == "application/problem+json"
    assert told["status"] == refused.status_code == 422
    assert told["type"].startswith("urn:kefu:unprocessable-")
    assert told["errors"][0]["place"] == "text"


async def test_an_unknown_address_and_conversation_are_problems(api: httpx2.AsyncClient) -> None:
    refused = [await api.get("/api/v1/nothing"), await api.get(f"{BASE}/web:nobody"), await api.get(f"{BASE}/odd")]

    assert [each.json()["type"] for each in refused] == ["urn:kefu:not-found"] * 3


async def test_pages_hold_every_conversation_once(api: httpx2.AsyncClient, reception: StandIn) -> None:
    for number in range(7):
        await reception.conversations.accept(Message(f"web:{number}", "message-1", "Hello", 1_700_000_000.0 + number))
    found, cursor = [], ""
    while cursor is not None:
        page = (await api.get(BASE, params={"limit": 3, "cursor": cursor})).json()
        found += [state["id"] for state in page["items"]]
        cursor = page["next"]

    assert sorted(found) == [f"web:{number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["!", "bm9uZQ", "W10", "WzEsMl0", "W3sibmFtZSI6MX0sIDJd"])
async def test_a_foreign_cursor_is_refused(api: httpx2.AsyncClient, cursor: str) -> None:
    assert (await api.get(BASE, params={"cursor": cursor})).status_code == 422


async def test_turns_come_page_by_page(api: httpx2.AsyncClient, conversation: str) -> None:
    await api.post(f"{BASE}/{conversation}/replies", json={"agent": "Mia", "text": "Hello"})
    first = (await api.get(f"{BASE}/{conversation}/turns?limit=1")).json()
    rest = (await api.get(f"{BASE}/{conversation}/turns", params={"cursor": first["next"]})).json()

    assert [turn["role"] for turn in first["items"] + rest["items"]] == ["customer", "event", "agent"]
    assert rest["next"] is None


async def test_a_program_replies_hands_back_and_resolves_and_the_log_tells(
    api: httpx2.AsyncClient, conversation: str, staff: Staff
) -> None:
    said = await api.post(f"{BASE}/{conversation}/replies", json={"agent": "Mia", "text": "Hello"})
    back = await api.post(f"{BASE}/{conversation}/hand_back")
    done = await api.post(f"{BASE}/{conversation}/resolve", json={"agent": "Mia"})

    assert (said.status_code, said.json()["state"]["owner"]) == (201, "Mia")
    assert (back.json()["owner"], done.json()["status"]) == ("bot", "resolved")
    assert [each.what for each in await staff.audit.latest(3)] == ["resolved", "handed_back", "said"]


async def test_the_same_key_makes_one_reply(
    api: httpx2.AsyncClient, conversation: str, reception: StandIn, program: Program
) -> None:
    key = {"Idempotency-Key": "a-key-of-tests"}
    body = {"agent": "Mia", "text": "Hello"}
    path = f"{BASE}/{conversation}/replies"
    first = await api.post(path, headers=key, json=body)
    second = await api.post(path, headers=key, json=body)
    other = await api.post(path, headers=key, json={**body, "text": "Bye"})
    turns = (await reception.conversations.read(conversation)).turns

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert [turn.text for turn in turns if turn.role == "agent"] == ["Hello"]


async def test_the_same_key_at_the_same_moment_makes_one_reply(
    api: httpx2.AsyncClient, conversation: str, reception: StandIn
) -> None:
    key, body = {"Idempotency-Key": "k"}, {"agent": "Mia", "text": "Hello"}
    path = f"{BASE}/{conversation}/replies"
    seen = await asyncio.gather(*(api.post(path, headers=key, json=body) for _ in range(5)))
    turns = (await reception.conversations.read(conversation)).turns

    assert {each.status_code for each in seen} <= {201, 409}
    assert len([turn for turn in turns if turn.role == "agent"]) == 1


async def test_what_failed_may_be_tried_again_under_its_key(api: httpx2.AsyncClient, reception: StandIn) -> None:
    key, body = {"Idempotency-Key": "k"}, {"agent": "Mia", "text": "Hello"}
    missing = await api.post(f"{BASE}/web:1/replies", headers=key, json=body)
    await reception.conversations.accept(Message("web:1", "message-1", "Hello", 1_700_000_000.0))
    there = await api.post(f"{BASE}/web:1/replies", headers=key, json=body)

    assert (missing.status_code, there.status_code) == (404, 201)


async def test_a_key_is_its_caller_s_own(
    api: httpx2.AsyncClient, client: httpx2.AsyncClient, program: Program
) -> None:
    key, body = {"Idempotency-Key": "k"}, {"text": "Can I return this?"}
    await api.post("/api/v1/ask", headers=key, json=body)
    other = await client.post("/api/v1/ask", headers={**key, **await program(Scope.ASK)}, json=body)

    assert "Idempotency-Replayed" not in other.headers


async def test_the_knowledge_is_read_and_searched(api: httpx2.AsyncClient) -> None:
    snapshot = (await api.get("/api/v1/knowledge/snapshot")).json()
    first = (await api.get("/api/v1/knowledge/entries?limit=2")).json()
    rest = (await api.get("/api/v1/knowledge/entries", params={"cursor": first["next"]})).json()
    found = (await api.get("/api/v1/knowledge/search", params={"q": "return an item", "limit": 1})).json()["items"]

    assert snapshot["entries"] == 3
    assert {entry["id"] for entry in first["items"] + rest["items"]} == {"returns", "postage", "hours"}
    assert [entry["id"] for entry in found] == ["returns"]


async def test_another_desk_s_conversation_gets_a_suggestion_with_its_evidence(
    api: httpx2.AsyncClient, reception: StandIn
) -> None:
    turns = [
        {"role": "customer", "text": "Hello"},
        {"role": "agent", "text": "Hello, how can I help?"},
        {"role": "customer", "text": "It does not fit."},
        {"role": "customer", "text": "Can I return it?"},
    ]
    suggested = (await api.post("/api/v1/suggestions", json={"turns": turns})).json()
    asked = reception.asked[-1]

    assert suggested["answer"] == RETURNS.to_json()
    assert suggested["evidence"][0]["spans"][0]["sentence"] == 0
    assert (asked.text, len(asked.history), asked.for_agent) == ("It does not fit.\nCan I return it?", 2, True)


async def test_there_is_nothing_to_suggest_after_an_agent_s_turn(api: httpx2.AsyncClient) -> None:
    turns = [{"role": "customer", "text": "Hello"}, {"role": "agent", "text": "Hello"}]

    assert (await api.post("/api/v1/suggestions", json={"turns": turns})).status_code == 422


async def test_pages_of_allowed_origins_may_call(client: httpx2.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    allowed = await client.options("/api/v1/suggestions", headers={**asked, "Origin": "https://shop.example"})
    refused = await client.options("/api/v1/suggestions", headers={**asked, "Origin": "https://other.example"})

    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_the_description_covers_the_api_and_nothing_else(client: httpx2.AsyncClient) -> None:
    described = (await client.get("/api/v1/openapi.json")).json()

    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/ask", "/api/v1/suggestions", f"{BASE}/{{conversation}}/replies"} <= set(described["paths"])
    assert all(path.startswith(("/api/v1/", "/v1/")) for path in described["paths"])
