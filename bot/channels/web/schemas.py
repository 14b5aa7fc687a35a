"""What the API accepts, and the shape of what it sends. Knows no HTTP.

Text that reaches a conversation has no NUL, no half of a surrogate pair (pydantic refuses those) and at most
LONGEST_TEXT characters.
"""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from bot.channels.web.about import LONGEST_TITLE, attributes_of, page_of, shortened
from bot.channels.web.browsers import browser_of
from bot.channels.web.identity import LONGEST_TOKEN
from bot.conversation.messages import About

LONGEST_TEXT = 4_000
"""Characters of one message; a model reads far fewer, Telegram sends no more than about as many."""
LONGEST_BODY = 32_768
"""Bytes of one request: LONGEST_TEXT characters fit in, whatever the script."""
RESERVED_NAMES = frozenset({"bot", "kefu"})


def _said(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _agent_name(name: str) -> str:
    name = " ".join(name.split())
    if not name.isprintable() or not name:
        raise ValueError("must be a name that can be shown")
    if unicodedata.normalize("NFKC", name).casefold() in RESERVED_NAMES:
        raise ValueError("is the bot's own name; choose another")
    return name


def _page(told: object) -> str:
    return page_of(_worded(told))


def _title(told: object) -> str:
    return shortened(_worded(told), LONGEST_TITLE)


def _worded(told: object) -> str:
    if not isinstance(told, str):
        raise ValueError("must be a text")
    return told


def _attributes(told: object) -> dict[str, str]:
    if not isinstance(told, Mapping):
        raise ValueError("must be an object")
    return attributes_of(told)


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_said)]
TurnId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
Language = Annotated[str, Field(pattern=r"^([a-z]{2})?$")]
AgentName = Annotated[str, Field(max_length=40), AfterValidator(_agent_name)]


class Request(BaseModel):
    """A request's body: fields that nobody asked for are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Telling(Request):
    """What a customer's page tells besides: claimed, shown to agents alone, believed by nobody.

    It is cut to size, and what is no address, no text and no number is left out; only another kind of JSON is
    refused.
    """

    # Before the types are looked at: half of a surrogate pair, where a page has cut a text, is no reason to refuse.
    page: Annotated[str, BeforeValidator(_page)] = ""
    title: Annotated[str, BeforeValidator(_title)] = ""
    attributes: Annotated[dict[str, str], BeforeValidator(_attributes)] = Field(default_factory=dict)

    def about(self, signed: Mapping[str, str], browser: str) -> About:
        """The same with what the site has `signed` and what the header of the `browser` tells."""
        return About(self.page, self.title, *browser_of(browser), dict(signed), self.attributes)


class Sending(Telling):
    """A customer's message; `id` is made by the sender and stays the same when it is sent again."""

    id: TurnId
    text: Text
    language: Language = ""


class Beginning(Request):
    """How a visit begins: `identity` is a JWT in which the site's server says who the customer is."""

    identity: Annotated[str, Field(max_length=LONGEST_TOKEN)] = ""


class Nothing(Request):
    """The body of an act that needs none."""


class Rating(Request):
    """Whether an answer was helpful; `turn` is the answer's id."""

    turn: TurnId
    good: StrictBool


class Saying(Request):
    """An agent's reply; `turn` is made by the agent's page and stays the same when it is sent again.

    `once`: rather lost than repeated, when a crash leaves open whether it arrived.
    """

    turn: TurnId
    text: Text
    once: StrictBool = False


class Past(Request):
    """An earlier turn of a question's conversation."""

    role: Literal["customer", "agent", "bot"]
    text: Text
    refused: bool = False


class Asking(Request):
    """A question with the turns before it, oldest first."""

    text: Text
    history: Annotated[tuple[Past, ...], Field(max_length=50)] = ()
    language: Language = ""


class Begun(BaseModel):
    """A new visitor's token."""

    token: str


class Accepted(BaseModel):
    """A message that is stored and will be answered; `turn` is its id in the conversation."""

    accepted: Literal[True] = True
    turn: str


class Stopping(BaseModel):
    """The answer in the making will end; a turn tells when it has."""

    stopping: Literal[True] = True


class Rated(BaseModel):
    """A rating that is stored."""

    rated: Literal[True] = True
    turn: str
