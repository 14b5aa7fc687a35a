"""A real Chromium before a really served web door, whose house is a stand-in."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.channels.web.app import create_app
from bot.channels.web.desk_office import Office, desk_routers
from bot.channels.web.files import body_limits, file_routers
from bot.channels.web.identity import Identities
from bot.channels.web.server import serve
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.team import team_router
from bot.channels.web.visitors import Visitors
from bot.conversation.memory import MemoryConversations
from bot.desk.hours import Hours
from bot.files.base import Limits
from bot.files.intake import Intake
from bot.files.memory import MemoryFiles
from tests.bot.channels.web.helpers import ByTable, helpers
from tests.bot.channels.web.office import furnished
from tests.bot.channels.web.standin import StandIn
from tests.bot.channels.web.test_identity import KEY
from tests.browser.neighbour import NEIGHBOUR

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
Result = TypeVar("Result")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="NO BROWSER TESTED: install Debian's package chromium"))


@dataclass
class House:
    """The served web door, on a loop of its own thread."""

    address: str
    standin: StandIn
    sessions: MemorySessions
    loop: asyncio.AbstractEventLoop
    restart: Callable[[], None]
    office: Office
    writes: ByTable

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def call(self, function: Callable[[], object]) -> None:
        """Call a function where the server runs."""
        self.loop.call_soon_threadsafe(function)


class _Serving:
    """Serves an app in the running loop; can be stopped and started on the same port."""

    def __init__(self, standin: StandIn, sessions: MemorySessions, office: Office, knowledge: Path) -> None:
        self._standin, self._sessions, self.office = standin, sessions, office
        self.writes = ByTable()
        self._helpers = helpers(knowledge, standin.conversations, office.book, self.writes)
        self.port = 0
        self.intake = Intake(MemoryFiles(), Limits(), 86_400)
        self.takes_files = True

    async def start(self) -> None:
        async def ready() -> dict[str, str]:
            return {}

        app = create_app(
            self._standin,
            sessions=self._sessions,
            ask=self._standin.ask,
            readiness=ready,
            visitors=Visitors("a secret key of tests", identities=Identities(KEY)),
            ping_seconds=1.0,
            allowed_origins=[NEIGHBOUR.origin],
            body_limits=body_limits(self.intake),
            routers=[
                team_router(Hours(), files=self.intake.limits if self.takes_files else None),
                *file_routers(self.intake),
                *desk_routers(self.office),
                *self._helpers,
            ],
        )
        self._stop, listening = asyncio.Event(), asyncio.Event()
        address: list[str] = []

        def told(where: str) -> None:
            address.append(where)
            listening.set()

        self._task = asyncio.create_task(serve(app, "127.0.0.1", self.port, stop=self._stop, on_listening=told))
        await listening.wait()
        self.port = int(address[0].rpartition(":")[2])

    async def stop(self) -> None:
        self._stop.set()
        await self._task


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    async def furnish() -> tuple[StandIn, _Serving, asyncio.Task[None]]:
        standin, sessions = StandIn(MemoryConversations(), pause=0.1), MemorySessions()
        knowledge = tmp_path / "knowledge"
        serving = _Serving(standin, sessions, furnished(knowledge, standin.conversations), knowledge)
        await serving.start()
        return standin, serving, asyncio.create_task(standin.work())

    async def leave() -> None:
        await serving.stop()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await standin.conversations.close()

    def restart() -> None:
        do(serving.stop())
        do(serving.start())

    standin, serving, working = do(furnish())
    address = f"http://127.0.0.1:{serving.port}"
    yield House(address, standin, serving._sessions, loop, restart, serving.office, serving.writes)
    do(leave())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


# For a module, not for all: while it is open, no asynchronous test of another module can run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Someone at a browser; `complaints` is all that the console or the page's policy objected to."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def person(browser: Browser, house: House) -> Iterator[Callable[..., Person]]:
    """Opens a new person's window; complaints of any window fail the test unless it empties them."""
    people: list[Person] = []

    def enter(path: str = "/", **options: Any) -> Person:
        context = browser.new_context(base_url=house.address, **options)
        page = context.new_page()
        page.set_default_timeout(8000)
        someone = Person(page, context)
        page.on("console", lambda said: someone.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: someone.complaints.append(str(error)))
        people.append(someone)
        page.goto(path)
        return someone

    yield enter
    complaints = [complaint for someone in people for complaint in someone.complaints]
    for someone in people:
        someone.context.close()
    assert not complaints


@pytest.fixture
def agent(person: Callable[..., Person], house: House) -> Callable[..., Person]:
    """Opens the window of an agent who is logged in."""

    def enter(name: str = "Mia", **options: Any) -> Person:
        someone = person(f"/desk/login#{house.do(house.sessions.invite())}", **options)
        someone.page.get_by_label("Your name").fill(name)
        someone.page.get_by_role("button", name="Enter").click()
        # The heading stands in the page itself; the name comes with the script that hears keys.
        expect(someone.page.locator("#me")).to_have_text(name)
        return someone

    return enter
