"""Serves the element by which other help desks show a suggestion. Reads its file once, from the package."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from bot.channels.web.pages import STATIC, open_page

# Other sites' pages load it; a module needs their leave to be read.
_SHARED = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
}


def element_router() -> APIRouter:
    """The route of /suggest.js. Raises FileNotFoundError when the package lacks it."""
    page = open_page(STATIC / "suggest.js")
    shared = replace(page, headers={**page.headers, **_SHARED})
    router = APIRouter()

    async def show(request: Request) -> Response:
        return shared.answer(request)

    router.add_api_route("/suggest.js", show, methods=["GET", "HEAD"])
    return router
