"""What happens in a conversation while its answer is made. Knows no answer."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.conversation.base import Conversations, ConversationsError
from bot.conversation.messages import BOT, Claim, Event

_WAIT = 30.0  # seconds of one look
_PAUSE = 1.0  # seconds after a look that failed


class News(Enum):
    """What makes an answer in the making pointless."""

    MORE = auto()
    """The customer has written more."""
    STOP = auto()
    """The customer wants no more of it."""
    TAKEN = auto()
    """An agent has the conversation."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Messages belong together when less than `quiet` seconds lie between them; for `longest` seconds at most they
    are waited for."""

    quiet: float = 1.0
    longest: float = 4.0


async def gathered(conversations: Conversations, claim: Claim, burst: Burst) -> tuple[Claim | None, bool]:
    """The claim, with what else the customer wrote in the same breath, and whether they want no answer to it.

    None: the claim was lost. What was written after a stop is another question, and not in the claim.
    """
    if burst.quiet <= 0:
        return claim, False
    known = {turn.id for turn in claim.pending}
    clock = asyncio.get_running_loop().time
    end = clock() + burst.longest
    mark, quiet = claim.mark, clock() + burst.quiet
    while (wait := min(quiet, end) - clock()) > 0:
        for event in await conversations.events(claim.conversation, mark, wait):
            mark = event.id
            news = _read(event)
            if news is News.MORE:
                quiet = clock() + burst.quiet
                known.add(event.data["id"])
            elif news is News.STOP:
                return _without_later(await conversations.extend(claim), known), True
            elif news is not None:
                return await conversations.extend(claim), False
    return await conversations.extend(claim), False


def _without_later(claim: Claim | None, known: Collection[str]) -> Claim | None:
    if claim is None:
        return None
    return replace(claim, pending=tuple(turn for turn in claim.pending if turn.id in known))


async def news_of(conversations: Conversations, claim: Claim, *, more: bool) -> News:
    """The first news after the claim was read; of `more` messages only when that is wanted. Never gives up."""
    mark = claim.mark
    while True:
        events: Sequence[Event] = ()
        try:
            events = await conversations.events(claim.conversation, mark, _WAIT)
        except ConversationsError:
            await asyncio.sleep(_PAUSE)
        for event in events:
            mark = event.id
            news = _read(event)
            if news is not None and (more or news is not News.MORE):
                return news


def _read(event: Event) -> News | None:
    if event.kind == "turn" and event.data.get("role") == "customer":
        return News.MORE
    if event.kind == "stop":
        return News.STOP
    if event.kind == "state" and event.data.get("owner") != BOT:
        return News.TAKEN
    return None
