"""Files by HTTP: a customer and the agents send them to each other. Knows no kind of file and no store.

A file comes as a request's whole body, under an id that its sender made; then a turn carries it. It is given back
as a download that no browser opens or guesses about, to its own visitor and to agents.
"""

import time
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from pydantic import Field, model_validator
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels.web.agents import Agent, Named, intended
from bot.channels.web.customer import Caller, Paced, Visit, about_of
from bot.channels.web.schemas import LONGEST_TEXT, Accepted, Language, Sending, Telling, TurnId
from bot.channels.web.schemas import Request as Body
from bot.channels.web.v1.access import ConversationReader
from bot.channels.web.views import Json, agent_state
from bot.channels.web.wiring import Wired
from bot.conversation.messages import Message
from bot.files.base import FileConflict, FileRefused, FilesUnavailable, Stored, Why
from bot.files.intake import Intake

AT_ONCE = 5
"""Files of one turn."""
ROOM = 1_000_000
"""Bytes more than a file may have: so it is the file that is refused, with its reason, and not the request."""
CUSTOMERS, DESK = "/api/files", "/desk/api/files"
_WEB = "web"
_STATUS = {Why.TOO_LARGE: 413, Why.TYPE: 415, Why.FULL: 507, Why.BUSY: 503}
# What is too large need not arrive.
_WITH = {Why.BUSY: {"Retry-After": "5"}, Why.TOO_LARGE: {"Connection": "close"}}
_BYTES = {
    "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
FileId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
NewId = Annotated[str, Query(alias="id", pattern=r"^[0-9A-Za-z_-]{8,64}$")]
FileName = Annotated[str, Header(max_length=60_000, alias="X-File-Name", description="In percent-encoded UTF-8.")]
Length = Annotated[str, Header(alias="Content-Length", include_in_schema=False)]


class _Carrying(Body):
    """A turn's words, if any, and the ids of its files."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    files: Annotated[tuple[TurnId, ...], Field(min_length=1, max_length=AT_ONCE)]

    @model_validator(mode="after")
    def _words_that_may_be_said(self) -> "_Carrying":
        if self.text:
            Sending(id="only-checked", text=self.text)
        return self


class SendingFiles(_Carrying, Telling):
    """A customer's message with files; `id` is made by the sender and stays the same when it is sent again."""

    id: TurnId
    language: Language = ""


class SayingFiles(_Carrying):
    """An agent's reply with files; `turn` is made by the agent's page and stays the same when it is sent again."""

    turn: TurnId


def file_routers(intake: Intake) -> list[APIRouter]:
    """All routes of files."""
    return [_customers(intake), *_agents(intake), _programs(intake)]


def body_limits(intake: Intake) -> dict[str, int]:
    """How many bytes their paths take."""
    return dict.fromkeys((CUSTOMERS, DESK), intake.limits.size + ROOM)


def _customers(intake: Intake) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.post("/files", status_code=201, openapi_extra=_BYTES)
    async def upload(
        request: Request, visit: Paced, key: NewId, name: FileName = "", length: Length = "0"
    ) -> Response:
        """Keep a file for an hour, until a message carries it: what is known of it.

        An error's `why` is a word that tells why a file is refused.
        """
        return await _answered(_taken(intake, visit, key, name, length, request))

    @router.post("/files/messages", status_code=202)
    async def send(wiring: Wired, request: Request, caller: Caller, _: Paced, sending: SendingFiles) -> Response:
        """Store a message that carries files, as `/api/messages` does."""

        async def accept() -> Json:
            carried = await intake.attach(caller.conversation, sending.files)
            said = sending.id, sending.text, time.time(), caller.name, sending.language, carried
            message = Message(caller.conversation, *said, about_of(caller, sending, request))
            await wiring.reception.receive(message)
            return Accepted(turn=sending.id).model_dump()

        return await _answered(accept(), 202)

    @router.get("/files/{file}", response_class=Response)
    async def download(visit: Visit, file: FileId) -> Response:
        """A file of the caller's own conversation."""
        return await _download(intake, visit, file)

    return router


def _agents(intake: Intake) -> list[APIRouter]:
    router = APIRouter(prefix="/desk/api")
    changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])

    @changes.post("/files", status_code=201, openapi_extra=_BYTES)
    async def upload(
        wiring: Wired, request: Request, agent: Agent, conversation: Named, key: NewId, name: FileName = "",
        length: Length = "0",
    ) -> Response:  # fmt: skip
        """Keep a file for an hour, until a reply carries it."""
        await _on_the_website(wiring, conversation)
        return await _answered(_taken(intake, conversation, key, name, length, request, agent))

    @changes.post("/conversations/{conversation}/say/files")
    async def say(wiring: Wired, agent: Agent, conversation: Named, saying: SayingFiles) -> Response:
        """Send the agent's reply with files, once for each turn id."""

        async def said() -> Json:
            await _on_the_website(wiring, conversation)
            carried = await intake.attach(conversation, saying.files)
            state = await wiring.reception.say(conversation, agent, saying.text, saying.turn, attachments=carried)
            await wiring.staff.audit.note(agent, "sent_files", conversation)
            return agent_state(state)

        return await _answered(said(), 200)

    @router.get("/conversations/{conversation}/files/{file}", response_class=Response)
    async def download(agent: Agent, conversation: Named, file: FileId) -> Response:
        """A file of a conversation."""
        return await _download(intake, conversation, file)

    return [router, changes]


def _programs(intake: Intake) -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])

    @router.get("/{conversation}/files/{file}", response_class=Response)
    async def download(caller: ConversationReader, conversation: Named, file: FileId) -> Response:
        """A file that a turn carries, by its `ref`."""
        return await _download(intake, conversation, file)

    return router


async def _on_the_website(wiring: Wired, conversation: str) -> None:
    state = (await wiring.reception.conversations.read(conversation, 0)).state
    if state.channel != _WEB:
        raise HTTPException(422, "files can be sent to the website's customers alone")


async def _taken(
    intake: Intake, conversation: str, key: str, name: str, length: str, request: Request, by: str = ""
) -> Json:
    if length.isdecimal() and int(length) > intake.limits.size:
        raise FileRefused(Why.TOO_LARGE)
    return _told(await intake.take(conversation, key, unquote(name, errors="replace"), request.stream(), by))


def _told(file: Stored) -> Json:
    return {"file": file.id, "name": file.name, "mime": file.mime, "size": file.size}


async def _answered(work: Awaitable[Json], status: int = 201) -> Response:
    try:
        return JSONResponse(await work, status)
    except FileRefused as refused:
        told = {"error": str(refused), "why": refused.why}
        return JSONResponse(told, _STATUS.get(refused.why, 422), _WITH.get(refused.why))
    except FileConflict as conflict:
        raise HTTPException(422, str(conflict)) from None
    except FilesUnavailable:
        raise _away() from None


async def _download(intake: Intake, conversation: str, file: str) -> Response:
    try:
        found = await intake.files.find(conversation, file)
        if found is None:
            raise HTTPException(404, "there is no such file, or it is not kept any more")
        pieces = intake.files.read(conversation, file)
        first = await anext(pieces, b"")
    except FilesUnavailable:
        raise _away() from None
    named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    headers: dict[str, str] = {**_HEADERS, "Content-Disposition": named, "Content-Length": str(found.size)}
    return StreamingResponse(_rest(first, pieces), media_type=_media(found), headers=headers)


async def _rest(first: bytes, pieces: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def _media(file: Stored) -> str:
    """Texts may be of any encoding: none is claimed."""
    return "application/octet-stream" if file.mime.startswith("text/") else file.mime


def _away() -> HTTPException:
    return HTTPException(503, "we cannot take this right now; please try again", {"Retry-After": "2"})
