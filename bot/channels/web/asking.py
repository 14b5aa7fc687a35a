"""One question, one answer, at once: for programs that hold the API token and for agents. Remembers nothing."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request

from bot.answering.answer import PastTurn, Question
from bot.channels.web.agents import agent_of, intended
from bot.channels.web.customer import Bearer
from bot.channels.web.schemas import Asking
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired


# A dependency: nothing of a stranger's question is read.
async def _admitted(request: Request, wiring: Wired, token: Bearer) -> None:
    if wiring.api_token and hmac.compare_digest(token.encode("utf-8"), wiring.api_token.encode("utf-8")):
        return
    if await agent_of(request, wiring) is None:
        raise HTTPException(401, "send the API token as Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
    await intended(request.headers.get("x-kefu", ""))


Admitted = Annotated[None, Depends(_admitted)]
router = APIRouter(prefix="/api")


@router.post("/ask")
async def ask(wiring: Wired, admitted: Admitted, asking: Asking) -> Json:
    """The answer to a question, with its scores."""
    history = tuple(PastTurn(past.role, past.text, past.refused) for past in asking.history)
    return (await wiring.ask(Question(asking.text, history, asking.language))).to_json()
