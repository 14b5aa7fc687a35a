"""What the API for programs accepts and gives. Knows no HTTP."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool

from bot.channels.web.schemas import AgentName, Asking, Language, Request, Text, TurnId

__all__ = ["Asking"]


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


class Page(BaseModel):
    """One page of a list; `next` is the cursor of the next one."""

    items: list[dict[str, Any]]
    next: str | None


class CustomerAbout(BaseModel):
    """What is told of a customer beside their words: by the site's signed token (`signed`), by the header of the
    browser (`browser`, `system`), and by anybody (all else). All empty where nothing is told."""

    page: str
    title: str
    browser: str
    system: str
    signed: dict[str, str]
    claimed: dict[str, str]


class ConversationState(BaseModel):
    """A conversation's state. Times are Unix seconds, 0 where there is none; `owner` is "bot" or an agent's name."""

    id: str
    channel: str
    owner: str
    status: Literal["open", "waiting", "resolved"]
    reason: str
    language: str
    name: str
    created: float
    updated: float
    preview: str
    episode: int
    tags: list[str]
    snoozed: float
    since: float
    about: CustomerAbout


class Replying(Request):
    """An agent's reply in a conversation: it takes the conversation over."""

    agent: AgentName
    text: Text
    turn: TurnId | Literal[""] = ""
    once: StrictBool = False


class Acting(Request):
    """In whose name something is done."""

    agent: AgentName = "API"


class ForeignTurn(Request):
    """A turn of another help desk's conversation."""

    role: Literal["customer", "agent", "bot"]
    text: Text


class Suggesting(Request):
    """Another help desk's conversation, oldest turn first; the last turn is the customer's."""

    turns: Annotated[tuple[ForeignTurn, ...], Field(min_length=1, max_length=50)]
    language: Language = ""
