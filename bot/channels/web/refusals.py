"""The shapes of a refusal: `{"error": reason}`, problem details (RFC 9457) under /api/v1, and OpenAI's under /v1.

Knows no error of ours.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

API, OPENAI = "/api/v1/", "/v1/"
PROBLEM = "application/problem+json"


def refusal(
    path: str,
    status: int,
    reason: str,
    headers: Mapping[str, str] | None = None,
    wrong: Sequence[Mapping[str, str]] = (),
) -> JSONResponse:
    """The response to a request of `path` that is refused; `wrong` tells for each bad field its place and why."""
    if path.startswith(API):
        return JSONResponse(problem(status, reason, wrong), status, headers, media_type=PROBLEM)
    if path.startswith(OPENAI):
        kind = "invalid_request_error" if status < 500 else "server_error"
        error = {"message": reason, "type": kind, "param": None, "code": _slug(status)}
        return JSONResponse({"error": error}, status, headers)
    return JSONResponse({"error": reason}, status, headers)


def problem(status: int, reason: str, wrong: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """A problem's details; `type` is one word for each status."""
    told = {
        "type": f"urn:kefu:{_slug(status)}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": reason,
    }
    return {**told, "errors": list(wrong)} if wrong else told


def _slug(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")
