"""What the web door was handed, and how an endpoint gets at it. Builds nothing itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from bot.accounts.staff import Staff
from bot.answering.answer import Answer, Question
from bot.channels.base import Reception
from bot.channels.web.addresses import Addresses
from bot.channels.web.limits import Pace, Places
from bot.channels.web.sessions import Sessions
from bot.channels.web.streams import Streams
from bot.channels.web.visitors import Visitors

Ask = Callable[[Question], Awaitable[Answer]]
Readiness = Callable[[], Awaitable[Mapping[str, str]]]
"""Gives what is not ready, by name, with the reason in one line; nothing when all is ready."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything that the endpoints use."""

    reception: Reception
    sessions: Sessions
    visitors: Visitors
    streams: Streams
    pace: Pace
    places: Places
    addresses: Addresses
    """What may come from one network address."""
    api_pace: Pace
    """What each token may ask in a minute."""
    ask: Ask
    readiness: Readiness
    api_token: str
    staff: Staff
    sites: tuple[str, ...]
    """The origins whose pages may show the chat."""
    secure: bool
    """Cookies are sent over https only."""

    @property
    def cookie(self) -> str:
        """The name of the agents' cookie; browsers bind `__Host-` to https and to this host."""
        return "__Host-kefu-desk" if self.secure else "kefu-desk"


async def _wiring(request: Request) -> Wiring:
    return cast(Wiring, request.app.state.wiring)


Wired = Annotated[Wiring, Depends(_wiring)]
