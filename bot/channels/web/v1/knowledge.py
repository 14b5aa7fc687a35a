"""What the bot knows, for programs: the snapshot in use, its entries, and search. Changes nothing."""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from bot.channels.web.v1.access import KnowledgeReader
from bot.channels.web.v1.paging import Cursor, Limit, cursor_of, page, place_of
from bot.channels.web.v1.schemas import Page
from bot.channels.web.views import Json
from knowledge.retriever import Retriever


def knowledge_router(retriever: Callable[[], Retriever]) -> APIRouter:
    """Routes over the snapshot of what `retriever` gives, another one after a change."""
    router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

    @router.get("/snapshot")
    async def snapshot(caller: KnowledgeReader) -> Json:
        """The snapshot that is answered from."""
        using = retriever()
        return {"id": using.snapshot_id, "language": using.main_language, "entries": len(using.entries)}

    @router.get("/entries", response_model=Page)
    async def entries(caller: KnowledgeReader, limit: Limit = 50, cursor: Cursor = "") -> Json:
        """All entries of one snapshot; 409 when it was replaced between two pages."""
        using = retriever()
        place = place_of(cursor, str, int) or [using.snapshot_id, 0]
        if place[0] != using.snapshot_id:
            raise HTTPException(409, "the knowledge has changed: begin again without a cursor")
        end = max(place[1], 0) + limit
        shown = using.entries[max(place[1], 0) : end]
        more = cursor_of(using.snapshot_id, end) if end < len(using.entries) else None
        return page([entry.to_json() for entry in shown], more)

    @router.get("/search", response_model=Page)
    async def search(
        caller: KnowledgeReader,
        q: Annotated[str, Query(min_length=1, max_length=1_000)],
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> Json:
        """The entries nearest to a text, best first, each with how near it is (a cosine)."""
        (hits,) = await asyncio.to_thread(retriever().retrieve, [q], limit)
        return page([{**hit.entry.to_json(), "score": round(float(hit.score), 4)} for hit in hits], None)

    return router
