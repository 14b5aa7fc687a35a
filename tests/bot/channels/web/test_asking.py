"""One question, one answer: for the token's holder and for agents."""

import httpx2
import pytest

from bot.answering.answer import PastTurn, Question
from tests.bot.channels.web.conftest import API_TOKEN
from tests.bot.channels.web.standin import RETURNS, StandIn

TOKEN = {"Authorization": f"Bearer {API_TOKEN}"}


async def test_answers_the_token_s_holder(client: httpx2.AsyncClient, reception: StandIn) -> None:
    history = [{"role": "customer", "text": "Hello"}, {"role": "bot", "text": "No idea.", "refused": True}]
    body = {"text": "Can I return this?", "history": history, "language": "en"}
    answered = await client.post("/api/ask", headers=TOKEN, json=body)

    assert answered.json() == RETURNS.to_json()
    past = (PastTurn("customer", "Hello"), PastTurn("bot", "No idea.", refused=True))
    assert reception.asked == [Question("Can I return this?", past, "en")]


async def test_answers_an_agent(desk: httpx2.AsyncClient) -> None:
    assert (await desk.post("/api/ask", json={"text": "Can I return this?"})).status_code == 200


async def test_answers_no_other_site_in_an_agent_s_name(desk: httpx2.AsyncClient) -> None:
    refused = await desk.post("/api/ask", headers={"X-Kefu": ""}, json={"text": "Can I return this?"})

    assert refused.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", API_TOKEN + "x", API_TOKEN[:-1]])
async def test_answers_no_stranger(client: httpx2.AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    refused = await client.post("/api/ask", headers=headers, json={"text": "Can I return this?"})

    assert refused.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "Hi", "history": [{"role": "event", "text": "taken_over"}]},
        {"text": "Hi", "history": [{"role": "bot", "text": "x"}] * 51},
    ],
)
async def test_refuses_what_is_no_question(client: httpx2.AsyncClient, body: dict) -> None:
    assert (await client.post("/api/ask", headers=TOKEN, json=body)).status_code == 422
