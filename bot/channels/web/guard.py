"""What every request passes and every response carries: headers, the body's limit, the last-resort error.

Knows no endpoint. Logs where an error came from, never what a customer wrote.
"""

import asyncio
import logging
import traceback
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.refusals import refusal
from bot.channels.web.schemas import LONGEST_BODY

log = logging.getLogger(__name__)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
BODY_SECONDS = 20.0
"""A slow phone needs a few for the longest message; who needs more holds connections."""
SLOWEST = 50_000
"""Bytes a second at which a path that takes more than others may be sent it."""
SECURE_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """Adds HEADERS that the response does not set itself, and turns an unforeseen error into a plain 500."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | (SECURE_HEADERS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:  # the last resort: a person gets an answer, the log one line
            log.error("%s", _told(scope, error))
            log.debug("the error in full", exc_info=error)
            if not started:
                sorry = refusal(scope["path"], 500, "something went wrong here; please try again")
                await sorry(scope, receive, send_guarded)


class BodyLimit:
    """Refuses bodies of more than LONGEST_BODY bytes with 413, announced or not, and with 408 those that come too
    slowly: within `seconds` they must be here. `larger` are paths with a limit of their own, and as
    much more time as a slow line needs for it."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._seconds = seconds
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        size = int(announced) if announced.isdecimal() else 0
        limit = self._larger.get(scope["path"], LONGEST_BODY)
        seconds = self._seconds + max(limit - LONGEST_BODY, 0) / SLOWEST
        await self._app(scope, _limited(receive, size, limit, seconds), send)


class CustomerCors:
    """Lets pages of the allowed origins read the customers' API; the agents' is nobody else's."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self._plain = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-File-Name"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = scope["type"] == "http" and scope["path"].startswith("/api/")
        await (self._shared if shared else self._plain)(scope, receive, send)


def _limited(receive: Receive, announced: int, limit: int, seconds: float) -> Receive:
    received = 0
    deadline: float | None = asyncio.get_running_loop().time() + seconds

    async def receive_in_time() -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            raise HTTPException(408, "the request took too long to arrive", {"Connection": "close"}) from None

    async def receive_limited() -> Message:
        nonlocal received, deadline
        message = await receive_in_time() if announced <= limit else {}
        if not message.get("more_body"):
            deadline = None  # what comes after the body is the end of the connection
        received += len(message.get("body", b""))
        if max(received, announced) > limit:
            reason = f"the request has more than {limit} bytes"
            raise HTTPException(413, reason, {"Connection": "close"})  # the rest need not arrive
        return message

    return receive_limited


def _told(scope: Scope, error: Exception) -> str:
    route = getattr(scope.get("route"), "path", "an unknown route")
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{scope['method']} {route} failed: {type(error).__name__} at {last.filename}:{last.lineno}"
