"""Puts the web door together. Builds nothing that was not handed in, and reads no setting."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from bot.accounts.staff import Staff, staff_of
from bot.channels.base import Reception
from bot.channels.web import accounts, agents, asking, customer, managing
from bot.channels.web.addresses import Addresses
from bot.channels.web.errors import add_error_handlers
from bot.channels.web.guard import BodyLimit, CustomerCors, Guard
from bot.channels.web.limits import MESSAGES_A_MINUTE, STREAMS, Pace, Places
from bot.channels.web.pages import pages_router
from bot.channels.web.sessions import Sessions
from bot.channels.web.streams import PING_SECONDS, Streams
from bot.channels.web.visitors import Visitors
from bot.channels.web.wiring import Ask, Readiness, Wiring
from bot.registry.memory import MemoryRegistry

REQUESTS_A_MINUTE = 600
"""Of one token of the API for programs."""


def create_app(
    reception: Reception,
    *,
    sessions: Sessions,
    ask: Ask,
    readiness: Readiness,
    visitors: Visitors,
    api_token: str = "",
    allowed_origins: Sequence[str] = (),
    secure: bool = False,
    ping_seconds: float = PING_SECONDS,
    messages_a_minute: int = MESSAGES_A_MINUTE,
    streams: int = STREAMS,
    routers: Sequence[APIRouter] = (),
    body_limits: Mapping[str, int] | None = None,
    staff: Staff | None = None,
    addresses: Addresses | None = None,
) -> FastAPI:
    """The web door as an ASGI application; `app.state.stopping` (an asyncio.Event) ends its streams.

    `visitors` knows customers by their tokens, `secure` says that the public address is https, without an `api_token`
    only agents may use `/api/ask`. `messages_a_minute` and `streams` are what one visitor may send and hold open;
    each process counts for itself, `addresses` counts what comes from one network address. `routers` are other doors'
    that are reached by HTTP too, and `body_limits` the bytes that their paths take. Without a `staff` accounts live
    and die with this process.
    Raises ValueError for an origin that is none.
    """
    stopping = asyncio.Event()
    guards = _guards(secure, allowed_origins, body_limits)
    app = FastAPI(title="Kefu", openapi_url=None, redirect_slashes=False, middleware=guards)
    app.state.stopping = stopping
    app.state.wiring = Wiring(
        reception=reception,
        sessions=sessions,
        visitors=visitors,
        streams=Streams(reception.conversations, stopping, ping_seconds),
        pace=Pace(messages_a_minute),
        places=Places(streams),
        addresses=addresses or Addresses(MemoryRegistry()),
        api_pace=Pace(REQUESTS_A_MINUTE),
        ask=ask,
        readiness=readiness,
        api_token=api_token,
        staff=staff or staff_of(MemoryRegistry(), secrets.token_urlsafe(32)),
        sites=tuple(allowed_origins),
        secure=secure,
    )
    add_error_handlers(app)
    _add_routes(app, routers)
    return app


def _guards(secure: bool, origins: Sequence[str], body_limits: Mapping[str, int] | None) -> list[Middleware]:
    for origin in origins:
        _check_origin(origin)
    return [
        Middleware(Guard, secure=secure),
        Middleware(CustomerCors, origins=list(origins)),
        Middleware(BodyLimit, larger=body_limits),
    ]


def _add_routes(app: FastAPI, others: Sequence[APIRouter]) -> None:
    own = [customer.router, asking.router]
    own += [router for part in (agents, accounts, managing) for router in (part.router, part.changes)]
    for router in (*own, *others, pages_router()):
        # Not `include_router`: it builds every route a second time, at the first request, which takes half a second.
        app.router.routes.extend(router.routes)


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin:
        raise ValueError(f"KEFU_ALLOWED_ORIGINS: {origin!r} is no origin such as https://shop.example")
