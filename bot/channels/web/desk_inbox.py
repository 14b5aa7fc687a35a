"""The agents' API for order among many conversations: notes, tags, snoozing, assigning, search. Knows no model."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from bot.channels.web.agents import Agent, Named, intended
from bot.channels.web.desk_schemas import Assigning, Noting, Snoozing, Tagging
from bot.channels.web.views import Json, agent_state
from bot.channels.web.wiring import Wired
from bot.conversation.messages import Turn
from bot.conversation.records import NOTED, holds, words_of

SHOWN = 50
_AROUND = 60  # characters of a text that are shown before what was found

router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


@router.get("/search")
async def search(wiring: Wired, agent: Agent, q: Annotated[str, Query(max_length=200)]) -> Json:
    """Conversations with a turn that holds all words, and that turn's text around the first of them."""
    words = words_of(q)
    found = await wiring.reception.conversations.search(q, SHOWN)
    return {
        "found": [
            {"state": agent_state(each.state), "turn": each.turn.id, "text": _around(each.turn, words)}
            for each in found
            if holds(each.turn, words)
        ]
    }


@changes.post("/conversations/{conversation}/note")
async def note(wiring: Wired, agent: Agent, conversation: Named, noting: Noting) -> Json:
    """Keep a note that agents alone see, once for each turn id."""
    turn = Turn(noting.turn, "event", NOTED, time.time(), agent, note=noting.text)
    state = await wiring.reception.conversations.note(conversation, turn)
    await wiring.staff.audit.note(agent, "noted", conversation)
    return agent_state(state)


@changes.post("/conversations/{conversation}/tags")
async def tag(wiring: Wired, agent: Agent, conversation: Named, tagging: Tagging) -> Json:
    """Put tags on, and take others off."""
    state = await wiring.reception.conversations.tag(conversation, tagging.add, tagging.remove)
    changed = [*(f"+{tag}" for tag in tagging.add), *(f"-{tag}" for tag in tagging.remove)]
    await wiring.staff.audit.note(agent, "tagged", conversation, " ".join(changed))
    return agent_state(state)


@changes.post("/conversations/{conversation}/snooze")
async def snooze(wiring: Wired, agent: Agent, conversation: Named, snoozing: Snoozing) -> Json:
    """Keep it out of sight until then, or until the customer writes."""
    state = await wiring.reception.conversations.snooze(conversation, snoozing.until, agent)
    await wiring.staff.audit.note(agent, "snoozed", conversation, f"{snoozing.until:.0f}" if snoozing.until else "")
    return agent_state(state)


@changes.post("/conversations/{conversation}/assign")
async def assign(wiring: Wired, agent: Agent, conversation: Named, assigning: Assigning) -> Json:
    """Give it to an agent: the bot is silent from then on."""
    state = await wiring.reception.conversations.take_over(conversation, assigning.agent, agent)
    await wiring.staff.audit.note(agent, "assigned", conversation, assigning.agent)
    return agent_state(state)


@changes.post("/conversations/{conversation}/composing", status_code=204)
async def composing(wiring: Wired, agent: Agent, conversation: Named) -> None:
    """Show other agents that this one writes; customers do not see it."""
    # Only what exists: announcing would begin to keep events of any name.
    await wiring.reception.conversations.read(conversation, 1)
    await wiring.reception.conversations.announce(conversation, "composing", {"who": agent})


def _around(turn: Turn, words: tuple[str, ...]) -> str:
    text = turn.note or turn.text
    start = max(0, text.casefold().find(words[0]) - _AROUND)
    return ("…" if start else "") + text[start : start + 4 * _AROUND]
