"""How errors look to whoever asked: status and reason, in the shape of `refusals`. Never repeats what was sent."""

import logging
import math
from collections.abc import Callable
from typing import Any

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
from bot.channels.web.refusals import refusal
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


def _response(request: Request, status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return refusal(request.url.path, status, reason, headers)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(request, error.status_code, error.detail, dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [_told(each) for each in error.errors()]
    place, reason = wrong[0]["place"], wrong[0]["reason"]
    return refusal(request.url.path, 422, f"{place}: {reason}" if place else reason, wrong=wrong)


def _told(error: dict[str, Any]) -> dict[str, str]:
    place = ".".join(str(part) for part in error["loc"][1:] if not isinstance(part, int))
    return {"place": place, "reason": error["msg"].removeprefix("Value error, ")}


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
    return _response(request, 422, str(error))


def _unknown(request: Request, error: Exception) -> Response:
    return _response(request, 404, "there is no such conversation")


def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("refused for now: %s", error)
    return _response(
        request, 503, "we cannot take this right now; please try again", {"Retry-After": str(RETRY_SECONDS)}
    )
