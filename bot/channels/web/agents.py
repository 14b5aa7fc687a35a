"""The agents' API: see all conversations, suggest, speak, and say whose they are. Knows no customer's token.

An agent is known by a cookie; viewers may read. Every change needs the header `X-Kefu: 1`, which no other site's page
can send.
"""

import contextlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from starlette.responses import StreamingResponse

from bot.accounts.base import Role
from bot.channels.web.schemas import Nothing, Saying
from bot.channels.web.sessions import Session
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


async def session_of(request: Request, wiring: Wiring) -> Session | None:
    """The session whose cookie came with the request; None when nobody is logged in."""
    secret = request.cookies.get(wiring.cookie, "")
    return await wiring.sessions.find(secret) if secret else None


async def agent_of(request: Request, wiring: Wiring) -> str | None:
    """The name of the agent whose cookie came with the request; None when nobody is logged in."""
    session = await session_of(request, wiring)
    return session.agent if session else None


async def _present(request: Request, wiring: Wired) -> Session:
    session = await session_of(request, wiring)
    if session is None:
        raise HTTPException(401, "log in first: open a new one-time link")
    return session


Present = Annotated[Session, Depends(_present)]
"""The caller's session, whatever their role."""


async def _agent(request: Request, session: Present) -> str:
    needed = Role.VIEWER if request.method in ("GET", "HEAD") else Role.AGENT
    return _with_role(session, needed)


async def _admin(session: Present) -> str:
    return _with_role(session, Role.ADMIN)


def _with_role(session: Session, needed: Role) -> str:
    if not session.role.reaches(needed):
        raise HTTPException(403, f"this needs the role {needed}; yours is {session.role}")
    return session.agent


async def _named(conversation: str) -> str:
    if ":" not in conversation or len(conversation) > LONGEST_NAME or not conversation.isprintable():
        raise HTTPException(404, "there is no such conversation")
    return conversation


Agent = Annotated[str, Depends(_agent)]
"""The caller's name: of anyone to read, of agents and admins to change something."""
Admin = Annotated[str, Depends(_admin)]
"""The caller's name, of admins alone."""
Named = Annotated[str, Depends(_named)]

router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


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
    state = await wiring.reception.take_over(conversation, agent)
    await wiring.staff.audit.note(agent, "taken_over", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/hand_back")
async def hand_back(wiring: Wired, agent: Agent, conversation: Named) -> Json:
    """Let the bot answer again."""
    state = await wiring.reception.hand_back(conversation)
    await wiring.staff.audit.note(agent, "handed_back", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/say")
async def say(wiring: Wired, agent: Agent, conversation: Named, saying: Saying) -> Json:
    """Send the agent's reply, once for each turn id."""
    state = await wiring.reception.say(conversation, agent, saying.text, saying.turn, saying.once)
    await wiring.staff.audit.note(agent, "said", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/resolve")
async def resolve(wiring: Wired, agent: Agent, conversation: Named, nothing: Nothing | None = None) -> Json:
    """End the episode: what the customer writes next is a new matter."""
    state = await wiring.reception.resolve(conversation, agent)
    await wiring.staff.audit.note(agent, "resolved", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/reopen")
async def reopen(wiring: Wired, agent: Agent, conversation: Named, nothing: Nothing | None = None) -> Json:
    """Take a resolution back."""
    state = await wiring.reception.reopen(conversation, agent)
    await wiring.staff.audit.note(agent, "reopened", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/typing", status_code=204)
async def typing(wiring: Wired, agent: Agent, conversation: Named) -> None:
    """Show the customer that the agent writes."""
    # Only what exists: announcing would begin to keep events of any name.
    await wiring.reception.conversations.read(conversation, 1)
    await wiring.reception.conversations.announce(conversation, "typing", {"who": agent})
