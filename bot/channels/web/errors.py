"""How errors look to whoever asked: a status and `{"error": reason}`. Never repeats what was sent."""

import logging
import math
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.accounts.base import (
    AccountError,
    AccountUnknown,
    CodeNeeded,
    LastAdmin,
    LoginRefused,
    NameTaken,
    PasswordRefused,
    TooManyTries,
)
from bot.channels.base import MessageRefused
from bot.channels.web.sessions import SessionsUnavailable
from bot.conversation.base import ConversationsUnavailable, ConversationUnknown, MessageConflict
from bot.registry.base import RegistryUnavailable

log = logging.getLogger(__name__)
RETRY_SECONDS = 2
Handler = Callable[[Request, Exception], Response]


def add_error_handlers(app: FastAPI) -> None:
    """Give every foreseen error its response."""
    handlers: dict[type[Exception], Handler] = {
        HTTPException: _refused,
        RequestValidationError: _invalid,
        MessageRefused: _unprocessable,
        MessageConflict: _unprocessable,
        ConversationUnknown: _unknown,
        ConversationsUnavailable: _unavailable,
        SessionsUnavailable: _unavailable,
        RegistryUnavailable: _unavailable,
        AccountError: _of_an_account,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _response(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": reason}, status, headers)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(error.status_code, error.detail, dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:] if not isinstance(part, int))
    reason = first["msg"].removeprefix("Value error, ")
    return _response(422, f"{place}: {reason}" if place else reason)


_STATUS: dict[type[Exception], int] = {
    NameTaken: 409,
    LastAdmin: 409,
    AccountUnknown: 404,
    PasswordRefused: 422,
    TooManyTries: 429,
    LoginRefused: 401,
}
"""The first kind that an error of an account is of decides."""


def _of_an_account(request: Request, error: Exception) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
    response = JSONResponse(
        {"error": str(error), **({"needs": "code"} if isinstance(error, CodeNeeded) else {})}, status
    )
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(math.ceil(error.seconds))
    return response


def _unprocessable(request: Request, error: Exception) -> Response:
    return _response(422, str(error))


def _unknown(request: Request, error: Exception) -> Response:
    return _response(404, "there is no such conversation")


def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("refused for now: %s", error)
    return _response(503, "we cannot take this right now; please try again", {"Retry-After": str(RETRY_SECONDS)})
