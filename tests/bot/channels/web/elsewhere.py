"""Serves the whole web door from a thread of its own, for what must not wait in the server's loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI

from bot.accounts.passwords import Passwords
from bot.accounts.staff import staff_of
from bot.channels.web.app import create_app
from bot.channels.web.desk_office import desk_routers
from bot.channels.web.files import file_routers
from bot.channels.web.limits import Pace
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.v1.chat import chat_router
from bot.channels.web.v1.routes import api_routers
from bot.channels.web.v1.webhooks import webhooks_router
from bot.channels.web.visitors import Visitors
from bot.conversation.memory import MemoryConversations
from bot.files.base import Limits
from bot.files.intake import Intake
from bot.files.memory import MemoryFiles
from bot.registry.memory import MemoryRegistry
from bot.webhooks.hooks import Hooks
from bot.webhooks.memory import MemoryDeliveries
from tests.bot.channels.web.conftest import API_TOKEN, served
from tests.bot.channels.web.office import furnished, retriever_of
from tests.bot.channels.web.standin import StandIn

HASTE = 1_000_000
"""Requests a minute: that there is a limit is not what is tried here, and many come from one."""


@dataclass
class Door:
    app: FastAPI
    address: str
    sessions: MemorySessions
    visitors: Visitors
    token: Callable[[], str] = lambda: API_TOKEN
    """Gives a token for programs, with all scopes."""


@contextlib.contextmanager
def door_elsewhere(folder: Path, *origins: str) -> Iterator[Door]:
    """A served door; pages of `origins` may use it."""
    listening, found = threading.Event(), []

    async def serve() -> None:
        standin, sessions, visitors = (
            StandIn(MemoryConversations()),
            MemorySessions(),
            Visitors("a secret key of tests"),
        )
        app = _app(standin, sessions, visitors, folder, origins)
        working = asyncio.create_task(standin.work())
        stop = asyncio.Event()
        async with served(app) as address:
            found.append((Door(app, address, sessions, visitors), stop))
            listening.set()
            await stop.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await standin.conversations.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = asyncio.run_coroutine_threadsafe(serve(), loop)
    try:
        assert listening.wait(60)
        door, stop = found[0]
        yield door
        loop.call_soon_threadsafe(stop.set)
        serving.result(20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _app(
    standin: StandIn, sessions: MemorySessions, visitors: Visitors, folder: Path, origins: tuple[str, ...]
) -> FastAPI:
    async def ready() -> dict[str, str]:
        return {}

    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    staff = staff_of(MemoryRegistry(), "a secret key of tests", cheap)
    office = furnished(folder, standin.conversations)
    app = create_app(
        standin,
        sessions=sessions,
        ask=standin.ask,
        readiness=ready,
        visitors=visitors,
        api_token=API_TOKEN,
        allowed_origins=origins,
        staff=staff,
        messages_a_minute=HASTE,
        routers=[
            *desk_routers(office),
            *api_routers(retriever_of(folder)),
            webhooks_router(Hooks(staff.registry), MemoryDeliveries()),
            chat_router(standin.aloud),
            *file_routers(Intake(MemoryFiles(), Limits(), 60)),
        ],
    )
    app.state.wiring = replace(app.state.wiring, api_pace=Pace(HASTE))
    return app
