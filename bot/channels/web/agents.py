"""The agents' API: log in, see all conversations, suggest, speak, and say whose they are. Knows no customer's token.

An agent is known by a cookie. Every change needs the header `X-Kefu: 1`, which no other site's page can send.
"""

import contextlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from starlette.responses import StreamingResponse

from bot.channels.web.schemas import Login, Nothing, Saying
from bot.channels.web.sessions import LONGEST_SECONDS
from bot.channels.web.views import Json, agent_conversation, agent_state, placed_state
from bot.channels.web.wiring import Wired, Wiring
from bot.conversation.base import ConversationUnknown

SHOWN = 100
"""Conversations of a list, besides those that wait."""
LONGEST_NAME = 200
"""Characters of a conversation's name: "channel:address"."""


async def intended(x_kefu: Annotated[str, Header()] = "") -> None:
    """Refuse a change that another site's page may have caused."""
    if x_kefu != "1":
        raise HTTPException(403, "the header X-Kefu: 1 is missing")


async def agent_of(request: Request, wiring: Wiring) -> str | None:
    """The name of the agent whose cookie came with the request; None when nobody is logged in."""
    secret = request.cookies.get(wiring.cookie, "")
    session = await wiring.sessions.find(secret) if secret else None
    return session.agent if session else None


async def _agent(request: Request, wiring: Wired) -> str:
    agent = await agent_of(request, wiring)
    if agent is None:
        raise HTTPException(401, "log in first: open a new one-time link")
    return agent


async def _named(conversation: str) -> str:
    if ":" not in conversation or len(conversation) > LONGEST_NAME or not conversation.isprintable():
        raise HTTPException(404, "there is no such conversation")
    return conversation


Agent = Annotated[str, Depends(_agent)]
Named = Annotated[str, Depends(_named)]

router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


@changes.post("/login")
async def log_in(wiring: Wired, login: Login, response: Response) -> Json:
    """Use a one-time link up and begin a session."""
    if not await wiring.sessions.redeem(login.token):
        raise HTTPException(401, "this link was used before or is too old: make a new one")
    secret = await wiring.sessions.begin(login.name)
    response.set_cookie(
        wiring.cookie,
        secret,
        max_age=int(LONGEST_SECONDS),
        path="/",
        secure=wiring.secure,
        httponly=True,
        samesite="strict",
    )
    return {"name": login.name}


@changes.post("/logout", status_code=204)
async def log_out(wiring: Wired, request: Request, agent: Agent, response: Response) -> None:
    """End the session."""
    await wiring.sessions.end(request.cookies[wiring.cookie])
    response.delete_cookie(wiring.cookie, path="/", secure=wiring.secure, httponly=True, samesite="strict")


@router.get("/me")
async def me(agent: Agent) -> Json:
    """Who is logged in."""
    return {"name": agent}


@router.get("/conversations")
async def conversations(wiring: Wired, agent: Agent) -> Json:
    """The most recently active conversations, newest first, and those that wait; `queue` names the latter in order.

    `place` is a waiting one's place in the queue, else null.
    """
    store = wiring.reception.conversations
    # The queue first: who begins to wait in between is told by the next activity.
    queue = await store.queue()
    states = list(await store.recent(SHOWN))
    shown = {state.id for state in states}
    for name in [name for name in queue[:SHOWN] if name not in shown]:
        with contextlib.suppress(ConversationUnknown):
            states.append((await store.read(name, 1)).state)
    return {"conversations": [placed_state(state, queue) for state in states], "queue": queue}


@router.get("/conversations/{conversation}")
async def conversation(wiring: Wired, agent: Agent, conversation: Named) -> Json:
    """State, with the place in the queue, and turns with all that the bot knew."""
    store = wiring.reception.conversations
    found = await store.read(conversation)
    return {**agent_conversation(found), "state": placed_state(found.state, await store.queue())}


@router.get("/events")
async def events(
    wiring: Wired, request: Request, agent: Agent, conversation: str = "", after: str = "", activity: str = ""
) -> StreamingResponse:
    """What changes anywhere, and all events of one conversation when it is given."""
    name = await _named(conversation) if conversation else ""

    async def allowed() -> bool:
        return await agent_of(request, wiring) is not None

    return await wiring.streams.for_agent(name, after, activity, allowed)


@changes.post("/conversations/{conversation}/suggest")
async def suggest(wiring: Wired, agent: Agent, conversation: Named) -> Json:
    """What the bot would answer now."""
    return (await wiring.reception.suggest(conversation)).to_json()


@changes.post("/conversations/{conversation}/take_over")
async def take_over(wiring: Wired, agent: Agent, conversation: Named) -> Json:
    """Silence the bot: the conversation is the agent's."""
    return agent_state(await wiring.reception.take_over(conversation, agent))


@changes.post("/conversations/{conversation}/hand_back")
async def hand_back(wiring: Wired, agent: Agent, conversation: Named) -> Json:
    """Let the bot answer again."""
    return agent_state(await wiring.reception.hand_back(conversation))


@changes.post("/conversations/{conversation}/say")
async def say(wiring: Wired, agent: Agent, conversation: Named, saying: Saying) -> Json:
    """Send the agent's reply, once for each turn id."""
    return agent_state(await wiring.reception.say(conversation, agent, saying.text, saying.turn, saying.once))


@changes.post("/conversations/{conversation}/resolve")
async def resolve(wiring: Wired, agent: Agent, conversation: Named, nothing: Nothing | None = None) -> Json:
    """End the episode: what the customer writes next is a new matter."""
    return agent_state(await wiring.reception.resolve(conversation, agent))


@changes.post("/conversations/{conversation}/reopen")
async def reopen(wiring: Wired, agent: Agent, conversation: Named, nothing: Nothing | None = None) -> Json:
    """Take a resolution back."""
    return agent_state(await wiring.reception.reopen(conversation, agent))


@changes.post("/conversations/{conversation}/typing", status_code=204)
async def typing(wiring: Wired, agent: Agent, conversation: Named) -> None:
    """Show the customer that the agent writes."""
    # Only what exists: announcing would begin to keep events of any name.
    await wiring.reception.conversations.read(conversation, 1)
    await wiring.reception.conversations.announce(conversation, "typing", {"who": agent})
