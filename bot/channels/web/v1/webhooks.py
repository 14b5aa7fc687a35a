"""Webhooks for programs: who is told what, and what could not be told."""

import time
from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Response
from pydantic import Field

from bot.channels.web.schemas import Request
from bot.channels.web.v1.access import WebhookKeeper
from bot.channels.web.v1.conversations import OnceOnly
from bot.channels.web.v1.paging import page
from bot.channels.web.v1.schemas import Page
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired
from bot.webhooks.addresses import AddressRefused, check_url
from bot.webhooks.base import Deliveries, Kind
from bot.webhooks.hooks import Hook, Hooks, HooksFull


class HookWish(Request):
    """An address that is to be told of events; without any, of all."""

    url: Annotated[str, Field(max_length=2_000)]
    events: Annotated[tuple[Kind, ...], Field(max_length=len(Kind))] = ()


def webhooks_router(hooks: Hooks, deliveries: Deliveries, *, private: bool = False) -> APIRouter:
    """Routes over the hooks and their queue; `private` allows addresses of our own network."""
    router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

    @router.get("", response_model=Page)
    async def listed(caller: WebhookKeeper) -> Json:
        """All webhooks, oldest first, without their secrets."""
        return page([_shown(hook) for hook in await hooks.all()], None)

    @router.post("", status_code=201)
    async def create(wiring: Wired, caller: WebhookKeeper, wish: HookWish, once: OnceOnly) -> Response:
        """A new webhook; its secret is told this once. 422 for an address that must not be called."""
        try:
            check_url(wish.url, private=private)
        except AddressRefused as refused:
            raise HTTPException(422, f"url: {refused}") from None

        async def make() -> Json:
            try:
                hook = await hooks.create(wish.url, wish.events, caller)
            except HooksFull as full:
                raise HTTPException(409, str(full)) from None
            await wiring.staff.audit.note(
                f"token:{caller}", "made_webhook", hook.id, urlsplit(hook.url).hostname or ""
            )
            return {**_shown(hook), "secret": hook.secret}

        return await once.reply(caller, make, 201)

    @router.delete("/{name}", status_code=204)
    async def remove(wiring: Wired, caller: WebhookKeeper, name: str) -> None:
        """Tell it nothing any more, not even what waits."""
        if not await hooks.remove(name):
            raise HTTPException(404, "there is no such webhook")
        await wiring.staff.audit.note(f"token:{caller}", "removed_webhook", name)

    _add_dead(router, deliveries)
    return router


def _add_dead(router: APIRouter, deliveries: Deliveries) -> None:
    @router.get("/dead", response_model=Page)
    async def dead(caller: WebhookKeeper) -> Json:
        """The last hundred deliveries that were given up, newest first, with the reason."""
        return page([asdict(each) for each in await deliveries.dead()], None)

    @router.post("/dead/{name}/retry", status_code=202)
    async def retry(caller: WebhookKeeper, name: str, once: OnceOnly) -> Response:
        """Try a delivery that was given up once more."""

        async def revive() -> Json:
            if not await deliveries.revive(name, time.time()):
                raise HTTPException(404, "there is no such delivery")
            return {"id": name}

        return await once.reply(caller, revive, 202)


def _shown(hook: Hook) -> Json:
    return {key: value for key, value in asdict(hook).items() if key != "secret"}
