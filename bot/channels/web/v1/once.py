"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header): the same request twice gets one effect and one reply.

A key belongs to its caller. What failed is not remembered, so that it may be tried again.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, HTTPException, Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired, Wiring

REMEMBERED = 86_400.0
"""Seconds for which a reply is given again."""
WORKING = 60.0
"""Seconds after which a request is tried again whose process may have died."""

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=255, pattern=r"^[\x21-\x7e]*$")]


@dataclass(frozen=True, slots=True)
class Once:
    """One request, which may have come before."""

    wiring: Wiring
    path: str
    body: bytes
    key: str

    async def reply(self, caller: str, make: Callable[[], Awaitable[Json]], status: int = 200) -> Response:
        """What `make` gives; for a key that came before, what it gave then.

        409 while the first request is at work, 422 for a key that another request had.
        """
        if not self.key:
            return JSONResponse(await make(), status)
        registry = self.wiring.staff.registry
        owner = f"{caller}\0{self.key}".encode()
        slot = f"once:{hashlib.sha256(owner).hexdigest()}"
        mark = hashlib.sha256(self.path.encode() + b"\0" + self.body).hexdigest()
        claim = json.dumps([mark])
        if (kept := await registry.hold(slot, claim, WORKING)) is not None:
            return _again(json.loads(kept), mark)
        try:
            made = await make()
        except BaseException:
            await registry.forget(slot)
            raise
        await registry.exchange(slot, claim, json.dumps([mark, status, made]), REMEMBERED)
        return JSONResponse(made, status)

    @property
    def id(self) -> str:
        """A name for what the request makes: the same for the same key, so that even a crash makes it once."""
        return hashlib.sha256(f"{self.path}\0{self.key}".encode()).hexdigest()[:32] if self.key else ""


async def once(wiring: Wired, request: Request, idempotency_key: IdempotencyKey = "") -> Once:
    """The request with its key, if it has one."""
    return Once(wiring, request.url.path, await request.body(), idempotency_key)


def _again(kept: list[object], mark: str) -> Response:
    if kept[0] != mark:
        raise HTTPException(422, "this Idempotency-Key was used for another request")
    if len(kept) == 1:
        raise HTTPException(409, "the first request with this Idempotency-Key is still at work", {"Retry-After": "1"})
    return JSONResponse(kept[2], int(str(kept[1])), {"Idempotency-Replayed": "true"})
