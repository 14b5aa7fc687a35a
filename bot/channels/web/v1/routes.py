"""All routes of the API for programs, and their description (OpenAPI)."""

import functools
from collections.abc import Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi

from bot.channels.web.refusals import PROBLEM
from bot.channels.web.v1 import conversations
from bot.channels.web.v1.answers import answers_router
from bot.channels.web.v1.element import element_router
from bot.channels.web.v1.knowledge import knowledge_router
from bot.channels.web.v1.schemas import Problem
from bot.channels.web.views import Json
from bot.desk.library import Library
from knowledge.retriever import Retriever

VERSION = "1"
PUBLIC = ("/api/v1/", "/v1/")
"""Beginnings of the paths that are described."""


def api_routers(retriever: Callable[[], Retriever]) -> list[APIRouter]:
    """The API over the snapshot of what `retriever` gives."""
    description = APIRouter()
    description.add_api_route("/api/v1/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    return [
        description,
        element_router(),
        conversations.router,
        knowledge_router(retriever),
        answers_router(Library(retriever)),
    ]


async def openapi(request: Request) -> Json:
    """The OpenAPI description of the API for programs; it tells nothing of this installation."""
    return _described(request.app)


@functools.lru_cache(maxsize=4)
def _described(app: FastAPI) -> Json:
    routes = [route for route in app.routes if getattr(route, "path", "").startswith(PUBLIC)]
    whole = get_openapi(title="Kefu", version=VERSION, routes=routes)
    refused = {
        "description": "Refused: problem details (RFC 9457)",
        "content": {PROBLEM: {"schema": Problem.model_json_schema()}},
    }
    paths = {
        path: {method: {**act, "responses": {**_own(act), "4XX": refused}} for method, act in acts.items()}
        for path, acts in whole["paths"].items()
    }
    return {**whole, "paths": paths}


def _own(act: Json) -> Json:
    return {status: told for status, told in act["responses"].items() if status != "422"}
