from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest
from fastapi import FastAPI

from bot.accounts.staff import Staff
from bot.accounts.tokens import Scope
from tests.bot.channels.web.conftest import begin
from tests.bot.channels.web.standin import StandIn

Program = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
def program(staff: Staff) -> Program:
    """Gives the headers of a program with some scopes."""

    async def headers(*scopes: Scope) -> dict[str, str]:
        secret, _ = await staff.tokens.create("shop", scopes, "Ada")
        return {"Authorization": f"Bearer {secret}"}

    return headers


@pytest.fixture
async def api(app: FastAPI, program: Program) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that may do everything."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://kefu.test", headers=await program(*Scope)
    ) as client:
        yield client


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, reception: StandIn) -> str:
    """A conversation in which the bot has not answered yet."""
    reception.may_answer.clear()
    visit = await begin(client)
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "Can I return this?"})
    return (await reception.conversations.recent())[0].id
