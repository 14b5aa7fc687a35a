"""The customers' API: begin, send, listen, stop, rate, end, ask for a person. Knows no agent's page.

The visitor's token travels in the header `Authorization: Bearer …`, never in an address. Nothing is stored
before the first message.
"""

import math
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from starlette.responses import StreamingResponse

from bot.channels.web.addresses import Act
from bot.channels.web.customer_schemas import Introduction, Judgement, Score, Scored
from bot.channels.web.identity import IdentityRefused
from bot.channels.web.schemas import Accepted, Begun, Nothing, Rated, Sending, Stopping, Telling
from bot.channels.web.views import Json, public_conversation, public_state
from bot.channels.web.visitors import Visitor
from bot.channels.web.wiring import Wired, Wiring
from bot.conversation.messages import About, Message, Turn

RETRY_SECONDS = 15
RATEABLE = 1_000
"""The last turns among which an answer may be rated."""
CUSTOMER = "customer"
"""Who ended a conversation, when it was not an agent."""
COMMENTED, SCORED = "commented", "scored"
"""Event turns: why an answer (`name`) was rated so; how many stars (`name`) a conversation has. `note`: in words."""

_BEARER = {"WWW-Authenticate": "Bearer"}

router = APIRouter(prefix="/api")

# Dependencies are coroutines, even where they wait for nothing: FastAPI sends each other one through a thread.


async def bearer(authorization: Annotated[str, Header()] = "") -> str:
    """The token of the Authorization header, or nothing."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


Bearer = Annotated[str, Depends(bearer)]


async def _visitor(wiring: Wired, token: Bearer) -> Visitor:
    visitor = wiring.visitors.visitor(token)
    if visitor is None:
        raise HTTPException(401, "this conversation is over: begin a new one", _BEARER)
    return visitor


Caller = Annotated[Visitor, Depends(_visitor)]


async def _visit(caller: Caller) -> str:
    return caller.conversation


Visit = Annotated[str, Depends(_visit)]
"""The name of the caller's conversation."""


def _hold_back(seconds: float) -> None:
    if wait := math.ceil(seconds):
        reason = f"that was a lot at once: please wait {wait} seconds"
        raise HTTPException(429, reason, {"Retry-After": str(wait)})


async def _admit_address(wiring: Wiring, act: Act, request: Request) -> None:
    peer = request.client.host if request.client else ""
    # A proxy may add a line of its own to those that came.
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    _hold_back(await wiring.addresses.admit(act, peer, forwarded))


async def _paced(wiring: Wired, request: Request, conversation: Visit) -> str:
    _hold_back(wiring.pace.admit(conversation))
    await _admit_address(wiring, "messages", request)
    return conversation


async def _acting(wiring: Wired, conversation: Visit) -> str:
    # Counted apart: who has written a lot may still stop the answer.
    _hold_back(wiring.pace.admit(f"act {conversation}"))
    return conversation


async def _placed(wiring: Wired, conversation: Visit) -> AsyncIterator[str]:
    if not wiring.places.take(conversation):
        reason = "this conversation is open in too many windows: please close some"
        raise HTTPException(429, reason, {"Retry-After": str(RETRY_SECONDS)})
    try:
        yield conversation
    finally:
        wiring.places.leave(conversation)


Paced = Annotated[str, Depends(_paced)]
"""The same, of a caller who has not sent too much, nor have others at the same address."""
Acting = Annotated[str, Depends(_acting)]
"""The same, of a caller who has not stopped, rated and ended too much."""
# "request": left only when the stream has ended.
Placed = Annotated[str, Depends(_placed, scope="request")]
"""The same, with a place for one more stream."""


@router.post("/conversations", status_code=201)
async def begin(wiring: Wired, request: Request, beginning: Introduction | None = None) -> Begun:
    """A new visitor's token, or an identified customer's; 401 when the identity is refused, or needed.

    429 says in Retry-After when another customer may come from this address.
    """
    said = beginning or Introduction()
    await _admit_address(wiring, "visitors", request)
    try:
        return Begun(token=wiring.visitors.begin(said.identity, said.claimed))
    except IdentityRefused as refused:
        raise HTTPException(401, str(refused), _BEARER) from None


@router.get("/conversation")
async def read(wiring: Wired, conversation: Visit) -> Json:
    """State and turns, as the customer sees them."""
    return public_conversation(await wiring.streams.snapshot(conversation))


@router.post("/messages", status_code=202)
async def send(
    wiring: Wired, caller: Caller, _: Paced, sending: Sending, request: Request, response: Response
) -> Accepted:
    """Store a message: 202 when it is new, 200 when it was stored before, 422 for another text under its id.

    429 says in Retry-After when to go on.
    """
    new = await wiring.reception.receive(_message(caller, sending, request))
    return _accepted(sending, new, response)


@router.post("/handoff", status_code=202)
async def ask_for_person(
    wiring: Wired, caller: Caller, _: Paced, sending: Sending, request: Request, response: Response
) -> Accepted:
    """Store the wish for a person, as `send` does. It reads as a command: its `text` is not kept."""
    new = await wiring.reception.ask_for_person(_message(caller, sending, request))
    return _accepted(sending, new, response)


@router.post("/stop", status_code=202)
async def stop(wiring: Wired, conversation: Acting, nothing: Nothing | None = None) -> Stopping:
    """End the answer in the making; what was said of it stays. 404 before the first message."""
    await wiring.reception.stop(conversation)
    return Stopping()


@router.post("/feedback")
async def rate(wiring: Wired, conversation: Acting, judgement: Judgement) -> Rated:
    """Say whether an answer was helpful, and why: 404 for a turn that is not there, 422 for one that is no answer."""
    known = await wiring.reception.conversations.read(conversation, RATEABLE)
    role = next((turn.role for turn in known.turns if turn.id == judgement.turn), None)
    if role is None:
        raise HTTPException(404, "there is no such turn")
    if role != "bot":
        raise HTTPException(422, "turn: is no answer of the assistant")
    await wiring.reception.rate(conversation, judgement.turn, judgement.good)
    if judgement.comment:
        await _note(wiring, conversation, COMMENTED, judgement.turn, judgement.comment)
    return Rated(turn=judgement.turn)


@router.post("/score")
async def score(wiring: Wired, conversation: Acting, score: Score) -> Scored:
    """Say how the conversation was; the last word stands. 404 before the first message."""
    await _note(wiring, conversation, SCORED, str(score.score), score.comment)
    return Scored(score=score.score)


@router.post("/end")
async def end(wiring: Wired, conversation: Acting, nothing: Nothing | None = None) -> Json:
    """End the conversation; its new state. What is written next begins a new matter. 404 before the first message."""
    return public_state(asdict(await wiring.reception.resolve(conversation, CUSTOMER)))


@router.get("/events")
async def events(
    wiring: Wired, conversation: Placed, last_event_id: Annotated[str, Header()] = ""
) -> StreamingResponse:
    """The conversation's events, from Last-Event-ID on when it is given."""
    return await wiring.streams.for_customer(conversation, last_event_id)


async def _note(wiring: Wiring, conversation: str, what: str, about: str, words: str) -> None:
    event = Turn(f"{what}-{uuid.uuid4().hex}", "event", what, time.time(), about, note=words)
    await wiring.reception.conversations.note(conversation, event)


def about_of(caller: Visitor, telling: Telling, request: Request) -> About:
    """What is told of a caller beside their words."""
    return telling.about(caller.signed, request.headers.get("user-agent", ""))


def _message(caller: Visitor, sending: Sending, request: Request) -> Message:
    about = about_of(caller, sending, request)
    said = sending.id, sending.text, time.time(), caller.name, sending.language
    return Message(caller.conversation, *said, about=about)


def _accepted(sending: Sending, new: bool, response: Response) -> Accepted:
    if not new:
        response.status_code = 200
    return Accepted(turn=sending.id)
