"""The agents' API for what helps them answer: suggestions with evidence, past cases, canned answers, corrections.

Knows no store of any of them: an `Office` is handed in.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import Response, StreamingResponse

from bot.accounts.base import Role, key_of
from bot.answering.answer import Answer, Sentence
from bot.channels.web import desk_inbox, desk_views
from bot.channels.web.agents import Agent, Named, Present, intended
from bot.channels.web.desk_book import Book, BookFull, Canned
from bot.channels.web.desk_schemas import CannedAnswer, Correcting, Judging, Using, Wanting
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired, Wiring
from bot.conversation.base import ConversationsError
from bot.desk import correcting
from bot.desk.cases import Cases
from bot.desk.correcting import CorrectionRefused
from bot.desk.history import unanswered
from bot.desk.library import Evidence, Library
from knowledge.corrections import Correction
from knowledge.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class Office:
    """What the desk works with beside conversations."""

    book: Book
    library: Library
    cases: Cases
    correcting: correcting.Correcting
    by_two: bool = True
    """Whether a correction is approved by another one than who proposed it, or by an admin, once there is another."""


def desk_routers(office: Office) -> list[APIRouter]:
    """All routes of the desk that `agents` does not have."""
    router = APIRouter(prefix="/desk/api")
    changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])
    _add_suggestions(router, changes, office)
    _add_canned(router, changes, office.book)
    _add_corrections(router, changes, office)
    return [desk_inbox.router, desk_inbox.changes, desk_views.router, desk_views.changes, router, changes]


def _add_suggestions(router: APIRouter, changes: APIRouter, office: Office) -> None:
    @changes.post("/conversations/{conversation}/suggestion")
    async def suggestion(wiring: Wired, agent: Agent, conversation: Named, wanting: Wanting) -> StreamingResponse:
        """What the bot would answer now, one JSON object a line: each sentence, then the answer with its evidence."""
        await wiring.reception.conversations.read(conversation, 1)
        lines = _suggested(wiring, office, conversation, wanting.words.strip())
        return StreamingResponse(lines, media_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"})

    @router.get("/conversations/{conversation}/cases")
    async def cases(wiring: Wired, agent: Agent, conversation: Named) -> Json:
        """Past questions that are like the customer's, and how agents replied."""
        known = await wiring.reception.conversations.read(conversation, 20)
        asked = "\n".join(turn.text for turn in unanswered(known) if not turn.text.startswith("/"))
        found = await office.cases.similar(asked, conversation) if asked.strip() else []
        return {"cases": [{**asdict(each.case), "score": round(each.score, 4)} for each in found]}

    @changes.post("/suggestions", status_code=204)
    async def used(wiring: Wired, agent: Agent, using: Using) -> None:
        """Note what became of a suggestion."""
        await office.book.log({"at": time.time(), "agent": agent, **using.model_dump()})


async def _suggested(wiring: Wiring, office: Office, conversation: str, words: str) -> AsyncIterator[str]:
    passed: asyncio.Queue[Sentence | None] = asyncio.Queue()
    asking = asyncio.ensure_future(wiring.reception.suggest(conversation, passed.put_nowait, words))
    asking.add_done_callback(lambda _: passed.put_nowait(None))
    try:
        while (sentence := await passed.get()) is not None:
            yield _line({"sentence": sentence.text})
        answer = await asking
        evidence = await office.library.evidence([source.id for source in answer.sources], _said(answer))
        yield _line({"answer": answer.to_json(), "evidence": [_shown(each) for each in evidence]})
    except (ConversationsError, KnowledgeError) as error:
        yield _line({"error": str(error)})
    finally:
        asking.cancel()


def _said(answer: Answer) -> list[tuple[str, tuple[str, ...]]]:
    return [(sentence.text, sentence.sources) for sentence in answer.sentences]


def _shown(evidence: Evidence) -> Json:
    entry = evidence.entry
    return {
        "id": entry.id,
        "title": entry.heading,
        "question": entry.question,
        "text": entry.answer,
        "spans": [asdict(span) for span in evidence.spans],
    }


def _line(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False) + "\n"


def _add_canned(router: APIRouter, changes: APIRouter, book: Book) -> None:
    @router.get("/canned")
    async def canned(wiring: Wired, agent: Agent) -> Json:
        """All canned answers and macros, by name."""
        return {"canned": [asdict(each) for each in await book.canned()]}

    @changes.post("/canned", status_code=204)
    async def keep(wiring: Wired, agent: Agent, answer: CannedAnswer) -> None:
        """Keep one, in place of what had its name."""
        try:
            await book.keep(Canned(answer.name, answer.text, answer.tags, answer.resolve))
        except BookFull as error:
            raise HTTPException(409, str(error)) from error
        await wiring.staff.audit.note(agent, "kept_canned", answer.name)

    @changes.delete("/canned/{name}", status_code=204)
    async def drop(wiring: Wired, agent: Agent, name: str) -> None:
        """Forget one."""
        await book.drop(name)
        await wiring.staff.audit.note(agent, "dropped_canned", name[:40])


def _add_corrections(router: APIRouter, changes: APIRouter, office: Office) -> None:
    @router.get("/entries")
    async def entries(wiring: Wired, agent: Agent, q: str = "") -> Json:
        """The entries nearest to a text, with how near they are."""
        near = await office.library.nearest(q[:1_000]) if q.strip() else []
        return {"entries": [{**each.entry.to_json(), "score": round(each.score, 4)} for each in near]}

    @router.get("/calibration.svg", response_class=Response)
    async def calibration(wiring: Wired, agent: Agent) -> Response:
        """How sure is sure enough, drawn: the wrong share of the answers against the share of questions answered."""
        if not (curve := office.library.curve()):
            raise HTTPException(404, "the knowledge was not calibrated: kefu calibrate does it")
        return Response(curve, media_type="image/svg+xml")

    @router.get("/corrections")
    async def listed(wiring: Wired, agent: Agent) -> Json:
        """All corrections as they stand, the last proposed first."""
        return {"corrections": [each.to_json() for each in await office.correcting.listed()]}

    @changes.post("/corrections")
    async def propose(wiring: Wired, agent: Agent, wanted: Correcting) -> Json:
        """Propose a change of the knowledge; it holds when it is approved."""
        if wanted.act != "exclude" and not wanted.answer.strip():
            raise HTTPException(422, "answer: must not be empty")
        proposal = correcting.new_correction(by=agent, **wanted.model_dump())
        kept = await _refusing(office.correcting.propose(proposal))
        await wiring.staff.audit.note(agent, "proposed_correction", kept["id"])
        return kept

    @changes.post("/corrections/{name}")
    async def judge(wiring: Wired, agent: Agent, session: Present, name: str, judging: Judging) -> Json:
        """Approve or reject; what is approved is what the bot knows within seconds.

        409 for an agent's own proposal while somebody else could approve it.
        """
        if judging.status == "approved" and office.by_two and not session.role.reaches(Role.ADMIN):
            own = agent in [each.by for each in await office.correcting.listed() if each.id == name]
            if own and await _colleagues(wiring, agent):
                raise HTTPException(409, "another agent or an admin must approve what you proposed")
        kept = await _refusing(office.correcting.judge(name, judging.status, agent))
        await wiring.staff.audit.note(agent, f"{judging.status}_correction", name)
        return kept


async def _colleagues(wiring: Wiring, agent: str) -> bool:
    """Whether somebody else may write here: with an account, or by a link."""
    accounts = [each for each in await wiring.staff.accounts.all() if not each.disabled]
    people = [(each.name, each.role) for each in accounts]
    people += [(each.agent, each.role) for each in await wiring.sessions.all()]
    return any(key_of(name) != key_of(agent) and role.reaches(Role.AGENT) for name, role in people)


async def _refusing(work: Awaitable[Correction]) -> Json:
    try:
        return (await work).to_json()
    except CorrectionRefused as error:
        raise HTTPException(409, str(error)) from error
    except KnowledgeError as error:
        raise HTTPException(503, str(error)) from error
