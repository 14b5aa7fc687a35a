"""What the desk's API accepts beside replies. Knows no HTTP."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool

from bot.channels.web.schemas import AgentName, Language, Request, Text, TurnId
from bot.conversation.records import MOST_TAGS

LATEST = 4_102_444_800.0
"""Unix seconds of the year 2100: nothing is snoozed for longer."""


def _tag(text: str) -> str:
    text = " ".join(text.split())
    if not text or not text.isprintable():
        raise ValueError("must be words that can be shown")
    return text


Tag = Annotated[str, Field(max_length=40), AfterValidator(_tag)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=MOST_TAGS)]
Shortcut = Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]
EntryId = Annotated[str, Field(min_length=1, max_length=200)]
ConversationName = Annotated[str, Field(pattern=r"^[^\s:]+:.+$", max_length=200)]


class Noting(Request):
    """A private note; `turn` is made by the agent's page and stays the same when it is sent again."""

    turn: TurnId
    text: Text


class Tagging(Request):
    """Tags to put on and to take off."""

    add: Tags = ()
    remove: Tags = ()


class Snoozing(Request):
    """Until when (Unix seconds); 0 ends it."""

    until: Annotated[float, Field(ge=0, le=LATEST, allow_inf_nan=False)]


class Assigning(Request):
    """Who shall answer."""

    agent: AgentName


class Wanting(Request):
    """How to suggest: to the agent's `words` instead of the customer's, if any."""

    words: Annotated[str, Field(max_length=1_000)] = ""


class CannedAnswer(Request):
    """A canned answer, or a macro."""

    name: Shortcut
    text: Text
    tags: Tags = ()
    resolve: StrictBool = False


class Using(Request):
    """What an agent did with a suggestion; `answer` is the suggestion, `text` what was sent, or asked instead."""

    conversation: ConversationName
    act: Literal["shown", "inserted", "edited", "sent", "regenerated", "dismissed"]
    text: Annotated[str, Field(max_length=4_000)] = ""
    answer: dict[str, Any] = Field(default_factory=dict)


class Correcting(Request):
    """A change of the knowledge that an agent proposes."""

    act: Literal["add", "replace", "exclude"]
    entry: Annotated[str, Field(max_length=200)] = ""
    question: Annotated[str, Field(max_length=1_000)] = ""
    answer: Annotated[str, Field(max_length=4_000)] = ""
    language: Language = ""
    why: Annotated[str, Field(max_length=400)] = ""


class Judging(Request):
    """What the review of a proposal says."""

    status: Literal["approved", "rejected"]
