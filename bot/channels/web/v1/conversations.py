"""Conversations for programs: list, read, reply as an agent, hand back, resolve."""

import uuid
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from bot.channels.web.agents import Named
from bot.channels.web.v1.access import ConversationReader, ConversationWriter, NotesToo
from bot.channels.web.v1.once import Once, once
from bot.channels.web.v1.paging import Cursor, Limit, cursor_of, page, place_of
from bot.channels.web.v1.schemas import Acting, ConversationState, Page, Replying
from bot.channels.web.views import Json, agent_state
from bot.channels.web.wiring import Wired, Wiring
from bot.conversation.records import NOTED

REACH = 1_000
"""Conversations that can be paged through, the most recently active ones; and turns of one conversation."""
OnceOnly = Annotated[Once, Depends(once)]
Filter = Literal["open", "waiting", "resolved", ""]

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])


@router.get("", response_model=Page)
async def listed(
    wiring: Wired,
    caller: ConversationReader,
    status: Annotated[Filter, Query()] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Json:
    """The most recently active conversations, newest first."""
    after = place_of(cursor, float, str)
    states = sorted(await wiring.reception.conversations.recent(REACH), key=lambda each: (-each.updated, each.id))
    states = [each for each in states if not status or each.status == status]
    if after:
        states = [each for each in states if (-each.updated, each.id) > (-after[0], after[1])]
    shown = states[:limit]
    more = cursor_of(float(shown[-1].updated), shown[-1].id) if len(states) > limit else None
    return page([agent_state(each) for each in shown], more)


@router.get("/{conversation}", response_model=ConversationState)
async def state(wiring: Wired, caller: ConversationReader, conversation: Named) -> Json:
    """A conversation's state, with what is told of its customer."""
    return agent_state((await wiring.reception.conversations.read(conversation, 1)).state)


@router.get("/{conversation}/turns", response_model=Page)
async def turns(
    wiring: Wired,
    caller: ConversationReader,
    notes: NotesToo,
    conversation: Named,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Json:
    """Turns, oldest first, with all that the bot knew; agents' private notes with the scope `notes:read` alone."""
    found = (await wiring.reception.conversations.read(conversation, REACH)).turns
    known = [turn for turn in found if notes or (turn.role, turn.text) != ("event", NOTED)]
    if after := place_of(cursor, str):
        known = known[[turn.id for turn in known].index(after[0]) + 1 if _has(known, after[0]) else 0 :]
    shown = known[:limit]
    return page([asdict(turn) for turn in shown], cursor_of(shown[-1].id) if len(known) > limit else None)


@router.post("/{conversation}/replies", status_code=201)
async def reply(
    wiring: Wired, caller: ConversationWriter, conversation: Named, replying: Replying, once: OnceOnly
) -> Response:
    """Send an agent's reply, which takes the conversation over; its state, and the turn's id."""
    turn = replying.turn or once.id or uuid.uuid4().hex

    async def send() -> Json:
        said = await wiring.reception.say(conversation, replying.agent, replying.text, turn, replying.once)
        await _note(wiring, caller, replying.agent, "said", conversation)
        return {"turn": turn, "state": agent_state(said)}

    return await once.reply(caller, send, 201)


@router.post("/{conversation}/hand_back")
async def hand_back(
    wiring: Wired, caller: ConversationWriter, conversation: Named, once: OnceOnly, acting: Acting | None = None
) -> Response:
    """Let the bot answer again."""

    async def give() -> Json:
        changed = await wiring.reception.hand_back(conversation)
        await _note(wiring, caller, (acting or Acting()).agent, "handed_back", conversation)
        return agent_state(changed)

    return await once.reply(caller, give)


@router.post("/{conversation}/resolve")
async def resolve(
    wiring: Wired, caller: ConversationWriter, conversation: Named, once: OnceOnly, acting: Acting | None = None
) -> Response:
    """End the episode."""

    async def end() -> Json:
        changed = await wiring.reception.resolve(conversation, (acting or Acting()).agent)
        await _note(wiring, caller, (acting or Acting()).agent, "resolved", conversation)
        return agent_state(changed)

    return await once.reply(caller, end)


async def _note(wiring: Wiring, caller: str, agent: str, what: str, conversation: str) -> None:
    await wiring.staff.audit.note(f"token:{caller}", what, conversation, agent)


def _has(turns: list, name: str) -> bool:  # type: ignore[type-arg]
    return any(turn.id == name for turn in turns)
