"""What a customer and what an agent may see of a conversation, as JSON. Reads no store.

A customer never sees scores, confidence, snapshots, models, reasons or an entry's id: sources are numbered. Of what
happened they see only the words of PUBLIC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.conversation.messages import BOT, Conversation, Event, State
from bot.conversation.records import HANDED_BACK, HANDED_OVER, REOPENED, RESOLVED, STOPPED, TAKEN_OVER

Json = dict[str, Any]

PUBLIC = frozenset({HANDED_OVER, TAKEN_OVER, HANDED_BACK, RESOLVED, REOPENED, STOPPED})
"""Event turns that customers see; all others are for agents."""
_NAMED = frozenset({TAKEN_OVER})
_OF_A_FILE = ("kind", "name", "ref", "mime", "size")
# A signal to the worker; what becomes of it is told by a turn.
_SILENT = frozenset({"stop"})


def agent_state(state: State) -> Json:
    """All of a conversation's state."""
    return {**asdict(state), "channel": state.channel}


def placed_state(state: State, queue: Sequence[str]) -> Json:
    """The same with its place in the queue, from 1; None when it does not wait."""
    place = queue.index(state.id) + 1 if state.id in queue else None
    return {**agent_state(state), "place": place}


def agent_event(event: Event) -> Json | None:
    """An event's data as agents see it; None for what is shown to nobody."""
    if event.kind == "state":
        return {**event.data, "channel": event.data["id"].partition(":")[0]}
    if event.kind == "turn":
        return {"note": "", **event.data}
    return None if event.kind in _SILENT else event.data


def agent_conversation(conversation: Conversation) -> Json:
    """All of a conversation."""
    return {
        "state": agent_state(conversation.state),
        "turns": [asdict(turn) for turn in conversation.turns],
    }


def public_conversation(conversation: Conversation) -> Json:
    """A conversation as its customer sees it."""
    return {
        "state": public_state(asdict(conversation.state)),
        "turns": [shown for turn in conversation.turns if (shown := public_turn(asdict(turn)))],
    }


def public_state(state: Mapping[str, Any]) -> Json:
    """Whether a person is needed or there, and how that person is called."""
    owner = state.get("owner", BOT)
    return {"status": str(state.get("status", "open")), "agent": None if owner == BOT else owner}


def public_turn(turn: Mapping[str, Any]) -> Json | None:
    """A turn as its customer sees it, or None. An agent's name is shown; the customer's own is left out."""
    shown = {key: turn[key] for key in ("id", "role", "text", "at")}
    if turn["role"] == "event":
        name = turn.get("name", "") if turn["text"] in _NAMED else ""
        return {**shown, "name": name} if turn["text"] in PUBLIC else None
    shown["attachments"] = [{key: each[key] for key in _OF_A_FILE} for each in turn.get("attachments", ())]
    if turn["role"] != "customer":
        shown["name"] = turn.get("name", "")
    answer = turn.get("answer")
    return {**shown, **_public_answer(answer)} if answer else shown


def public_event(event: Event) -> Json | None:
    """An event's data as the customer sees it; None for a kind that is not for customers."""
    match event.kind:
        case "turn":
            return public_turn(event.data)
        case "state":
            return public_state(event.data)
        case "sentence":
            data = event.data
            return {"turn": data["turn"], "text": data["text"], "sources": _listed(data.get("sources", ()))}
        case "typing" | "withdrawn":
            return {key: event.data[key] for key in ("turn", "who") if key in event.data}
    return None


def _public_answer(answer: Mapping[str, Any]) -> Json:
    sources = _listed(answer.get("sources", ()))
    numbers = {source["id"]: number for number, source in enumerate(answer.get("sources", ()), 1)}
    sentences = [
        {"text": said["text"], "sources": [numbers[entry] for entry in said["sources"] if entry in numbers]}
        for said in answer.get("sentences", ())
    ]
    outcome, related = answer.get("outcome", ""), list(answer.get("related", ()))
    return {"outcome": outcome, "sentences": sentences, "sources": sources, "related": related}


def _listed(sources: Any) -> list[Json]:
    """Sources with numbers from 1; those of which only the id is known are left out."""
    known = (source for source in sources if isinstance(source, Mapping))
    return [
        {"number": number, "title": source.get("title", ""), "url": source.get("url")}
        for number, source in enumerate(known, 1)
    ]
