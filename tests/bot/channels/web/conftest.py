import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from bot.accounts.passwords import Passwords
from bot.accounts.staff import Staff, staff_of
from bot.channels.web.app import create_app
from bot.channels.web.desk_office import Office, desk_routers
from bot.channels.web.files import body_limits, file_routers
from bot.channels.web.server import HEADER_SECONDS, serve
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
from tests.bot.channels.web.helpers import ByTable, helpers
from tests.bot.channels.web.office import furnished, retriever_of
from tests.bot.channels.web.standin import StandIn

API_TOKEN = "the-token-of-programs"
CHANGE = {"X-Kefu": "1"}


@pytest.fixture
async def reception() -> AsyncIterator[StandIn]:
    standin = StandIn(MemoryConversations())
    working = asyncio.create_task(standin.work())
    yield standin
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
    await standin.conversations.close()


@pytest.fixture
def sessions() -> MemorySessions:
    return MemorySessions()


@pytest.fixture
def unready() -> dict[str, str]:
    return {}


@pytest.fixture
def visitors() -> Visitors:
    return Visitors("a secret key of tests")


@pytest.fixture
def staff() -> Staff:
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return staff_of(MemoryRegistry(), "a secret key of tests", cheap)


@pytest.fixture
def office(reception: StandIn, tmp_path: Path) -> Office:
    return furnished(tmp_path / "knowledge", reception.conversations)


@pytest.fixture
def writes() -> ByTable:
    """What writes for agents."""
    return ByTable()


@pytest.fixture
def intake() -> Intake:
    """What takes files in."""
    return Intake(MemoryFiles(), Limits(), 86_400)


@pytest.fixture
def app(
    reception: StandIn,
    sessions: MemorySessions,
    visitors: Visitors,
    unready: dict[str, str],
    office: Office,
    staff: Staff,
    writes: ByTable,
    intake: Intake,
    tmp_path: Path,
) -> FastAPI:
    async def readiness() -> dict[str, str]:
        return unready

    return create_app(
        reception,
        sessions=sessions,
        ask=reception.ask,
        readiness=readiness,
        visitors=visitors,
        api_token=API_TOKEN,
        allowed_origins=["https://shop.example"],
        ping_seconds=0.2,
        routers=[
            *desk_routers(office),
            *helpers(tmp_path / "knowledge", reception.conversations, office.book, writes),
            *api_routers(retriever_of(tmp_path / "knowledge")),
            webhooks_router(Hooks(staff.registry), MemoryDeliveries()),
            chat_router(reception.aloud),
            *file_routers(intake),
        ],
        body_limits=body_limits(intake),
        staff=staff,
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kefu.test") as client:
        yield client


@pytest.fixture
async def visit(client: httpx2.AsyncClient) -> dict[str, str]:
    """The headers of a new customer."""
    return await begin(client)


@pytest.fixture
async def desk(app: FastAPI, sessions: MemorySessions) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that is logged in as Mia."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kefu.test", headers=CHANGE) as client:
        login = await client.post("/desk/api/login", json={"token": await sessions.invite(), "name": "Mia"})
        assert login.status_code == 200
        yield client


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the app is really served, for what must stream."""
    async with served(app) as address:
        yield address


@contextlib.asynccontextmanager
async def served(app: FastAPI, header_seconds: float = HEADER_SECONDS) -> AsyncIterator[str]:
    stop, where = asyncio.Event(), asyncio.get_running_loop().create_future()
    working = serve(app, "127.0.0.1", 0, stop=stop, on_listening=where.set_result, header_seconds=header_seconds)
    serving = asyncio.create_task(working)
    try:
        yield await where
    finally:
        stop.set()
        await serving


async def begin(client: httpx2.AsyncClient) -> dict[str, str]:
    begun = await client.post("/api/conversations")
    return {"Authorization": f"Bearer {begun.json()['token']}"}


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that must come true."""
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)
