"""The agents' API for words put differently: rewrites of drafts, translations both ways, suggestions as one asks.

Sends nothing to anyone. What was made, withheld, taken or thrown away is logged as suggestions are.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import Field
from starlette.responses import StreamingResponse

from bot.answering.engine import EngineClosed
from bot.answering.wording import LONGEST, Style, Wish, Wording
from bot.channels.web.agents import Agent, Named, intended
from bot.channels.web.desk_book import Book
from bot.channels.web.desk_schemas import ConversationName, EntryId
from bot.channels.web.schemas import Request, TurnId
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired
from bot.desk.writing import NothingWrites, Writing, customers_language, translation

_TURNS = 200
_LANGUAGE = r"^([a-z]{2,3}(-[A-Za-z]{2,8})?)?$"

Draft = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S")]


class Rewriting(Request):
    """An agent's draft, or a suggestion's text with the `entries` that it rests on, and what shall become of it."""

    text: Draft
    style: Literal["shorter", "friendlier", "formal", "spelling", "instruction"]
    instruction: Annotated[str, Field(max_length=200)] = ""
    entries: Annotated[tuple[EntryId, ...], Field(max_length=20)] = ()


class Translating(Request):
    """A draft for the customer, or the id of a `turn` of theirs; an empty `to` is the customer's own language."""

    text: Annotated[str, Field(max_length=LONGEST)] = ""
    turn: TurnId | Literal[""] = ""
    to: Annotated[str, Field(pattern=_LANGUAGE)] = ""


class Judged(Request):
    """What an agent did with words that were offered."""

    conversation: ConversationName
    act: Literal["approved", "discarded"]
    style: Style
    before: Annotated[str, Field(max_length=LONGEST)] = ""
    after: Annotated[str, Field(max_length=4_000)] = ""


def writing_routers(writing: Writing, book: Book) -> list[APIRouter]:
    """All routes that have something written; `book` logs what became of it."""
    changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])

    def streamed(agent: str, conversation: str, wish: Wish, entries: tuple[str, ...] = ()) -> StreamingResponse:
        lines = _lines(writing, book, {"agent": agent, "conversation": conversation}, wish, entries)
        return StreamingResponse(lines, media_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"})

    @changes.post("/conversations/{conversation}/rewrite")
    async def rewrite(wiring: Wired, agent: Agent, conversation: Named, wanted: Rewriting) -> StreamingResponse:
        """A draft in other words, one JSON object a line: each sentence, then what was made or why it is not."""
        await wiring.reception.conversations.read(conversation, 1)
        if wanted.style == "instruction" and not wanted.instruction.strip():
            raise HTTPException(422, "instruction: must not be empty")
        wish = Wish(wanted.text.strip(), Style(wanted.style), instruction=wanted.instruction)
        return streamed(agent, conversation, wish, wanted.entries)

    @changes.post("/conversations/{conversation}/translate")
    async def translate(wiring: Wired, agent: Agent, conversation: Named, wanted: Translating) -> StreamingResponse:
        """A machine translation of a draft or of a customer's turn, in the same lines."""
        known = await wiring.reception.conversations.read(conversation, _TURNS)
        text = wanted.text.strip()
        if wanted.turn:
            own = [turn.text for turn in known.turns if turn.id == wanted.turn and turn.role == "customer"]
            text = (own or [""])[0].strip()[:LONGEST]
        if not text:
            raise HTTPException(422, "text: must not be empty, unless a turn of the customer is named")
        return streamed(agent, conversation, translation(text, wanted.to or customers_language(known)))

    @changes.post("/writings", status_code=204)
    async def judged(wiring: Wired, agent: Agent, given: Judged) -> None:
        """Note what became of words that were offered."""
        await book.log({"at": time.time(), "agent": agent, **given.model_dump(mode="json")})

    return [changes]


async def _lines(
    writing: Writing, book: Book, about: Json, wish: Wish, entries: tuple[str, ...]
) -> AsyncIterator[str]:
    shown: asyncio.Queue[str | None] = asyncio.Queue()
    making = asyncio.ensure_future(writing.write(wish, shown.put_nowait, entries))
    making.add_done_callback(lambda _: shown.put_nowait(None))
    try:
        while (sentence := await shown.get()) is not None:
            yield _line({"sentence": sentence})
        made = await making
        act = "written" if made.text else "withheld"
        told = {"style": str(wish.style), "before": wish.text, "after": made.text, "instruction": wish.instruction}
        await book.log({"at": time.time(), **about, "act": act, **told, "model": made.model})
        yield _line({"made": _shown(made, wish)})
    except (NothingWrites, EngineClosed) as error:
        yield _line({"error": str(error)})
    finally:
        making.cancel()


def _shown(made: Wording, wish: Wish) -> Json:
    return {**asdict(replace(made, seconds=round(made.seconds, 2))), "to": wish.language}


def _line(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False) + "\n"
