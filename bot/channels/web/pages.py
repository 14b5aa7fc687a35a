"""The pages, the widget and the health checks. Reads its files once, from the package."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from bot.channels.web.wiring import Wired

STATIC = Path(__file__).parents[2] / "web" / "static"
PAGES = {
    "/": "shop.html",
    "/shop.css": "shop.css",
    "/widget.js": "widget.js",
    "/desk": "desk.html",
    "/desk/login": "login.html",
    "/desk/desk.css": "desk.css",
    "/icon.svg": "icon.svg",
} | {
    f"/{folder}/{path.name}": f"{folder}/{path.name}"
    for folder in ("desk", "widget")
    for path in sorted((STATIC / folder).glob("*.js"))
}
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)


@dataclass(frozen=True, slots=True)
class Page:
    """A file as it is sent: plain and packed, with the tag that tells versions apart."""

    body: bytes
    packed: bytes
    tag: str
    headers: dict[str, str]

    def answer(self, request: Request) -> Response:
        """The file, or 304 when the browser has this version."""
        headers = {**self.headers, "ETag": self.tag, "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers={**headers, "Content-Encoding": "gzip"})
        return Response(self.body, headers=headers)


def open_page(path: Path) -> Page:
    """Read a file that is to be sent."""
    body = path.read_bytes()
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    headers = {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-cache"}
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = _POLICY
    if path.name == "widget.js" or path.parent.name == "widget":
        # Other sites' pages load it, the launcher on every page they have; a module needs their leave to be read.
        headers |= {
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "public, max-age=300",
        }
    return Page(body, gzip.compress(body, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:20]}"', headers)


def pages_router() -> APIRouter:
    """Routes of all pages. Raises FileNotFoundError when the package lacks one."""
    router = APIRouter()
    for address, name in PAGES.items():
        router.add_api_route(address, _endpoint(open_page(STATIC / name)), methods=["GET", "HEAD"])
    router.add_api_route("/healthz", _alive, methods=["GET", "HEAD"])
    router.add_api_route("/readyz", _ready, methods=["GET", "HEAD"])
    return router


def _endpoint(page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def show(request: Request) -> Response:
        return page.answer(request)

    return show


async def _alive() -> dict[str, bool]:
    return {"alive": True}


async def _ready(wiring: Wired) -> JSONResponse:
    reasons = dict(await wiring.readiness())
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)
