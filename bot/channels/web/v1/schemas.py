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
