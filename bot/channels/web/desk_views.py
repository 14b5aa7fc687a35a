"""The agents' API for saved views of the inbox. Knows no store."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import AfterValidator, Field, StrictBool

from bot.accounts.base import Role
from bot.accounts.saved import EVERYONE, SavedViews, ViewsFull
from bot.channels.web.agents import Agent, Present, intended
from bot.channels.web.schemas import Request
from bot.channels.web.sessions import Session
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired


def _shown(text: str) -> str:
    text = " ".join(text.split())
    if not text or not text.isprintable():
        raise ValueError("must be words that can be shown")
    if not text.strip("."):
        raise ValueError("must be more than dots")  # an address that ends in them leads elsewhere
    return text


Word = Annotated[str, Field(max_length=20)]
ViewName = Annotated[str, Field(max_length=60), AfterValidator(_shown)]


class View(Request):
    """What the inbox shows: whose, in which state, in which order, of which kinds, and what is searched for."""

    tab: Word
    shown: Word
    sort: Word
    kinds: Annotated[dict[Word, Annotated[str, Field(max_length=200)]], Field(max_length=10, default_factory=dict)]
    search: Annotated[str, Field(max_length=200)] = ""


class Saving(Request):
    """A view under a name; a shared one is everybody's, and an admin's to save."""

    name: ViewName
    view: View
    shared: StrictBool = False


router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


@router.get("/views")
async def views(wiring: Wired, agent: Agent) -> Json:
    """The shared views, then the caller's own."""
    return {"views": [asdict(each) for each in await SavedViews(wiring.staff.registry).of(agent)]}


@changes.post("/views", status_code=204)
async def save(wiring: Wired, agent: Agent, session: Present, saving: Saving) -> None:
    """Keep a view, in place of what had its name."""
    whose = _whose(session, saving.shared)
    try:
        await SavedViews(wiring.staff.registry).save(whose, saving.name, saving.view.model_dump())
    except ViewsFull as error:
        raise HTTPException(409, str(error)) from None
    await wiring.staff.audit.note(agent, "saved_view", saving.name, "shared" if saving.shared else "")


@changes.delete("/views/{name:path}", status_code=204)  # a name may hold a slash
async def drop(
    wiring: Wired, agent: Agent, session: Present, name: Annotated[str, Path(max_length=60)], shared: bool = False
) -> None:
    """Forget a view, if it is there."""
    if await SavedViews(wiring.staff.registry).drop(_whose(session, shared), name):
        await wiring.staff.audit.note(agent, "dropped_view", name, "shared" if shared else "")


def _whose(session: Session, shared: bool) -> str:
    if not shared:
        return session.agent
    if not session.role.reaches(Role.ADMIN):
        raise HTTPException(403, "shared views are an admin's to change")
    return EVERYONE
