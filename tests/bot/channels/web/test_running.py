"""A running `kefu serve` before a browser's eyes and under bad input: headers of all that it serves (T28), and no
error of ours whatever is asked of it, with real stores behind it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from redis.asyncio import Redis

from bot.accounts.base import Role
from bot.accounts.staff import staff_of
from bot.accounts.tokens import Scope
from bot.channels.web.pages import PAGES
from bot.channels.web.redis_sessions import RedisSessions
from bot.channels.web.visitors import Visitors
from bot.conversation.valkey import find_binary
from bot.registry.redis import RedisRegistry
from tests.bot.channels.web.elsewhere import Door
from tests.bot.channels.web.gates import KEY, ORIGIN, Gate, gate_of, house_served, served_app
from tests.bot.channels.web.test_fuzz import GUESSING, all_tried, summary
from tests.bot.channels.web.test_headers import OWN, SHARED, TABLE
from tests.fakes.house import KefuHouse
from tests.fakes.servers import RealServer, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
OF_FILES = {"etag", "content-encoding"}
ORIGINS = ["", ORIGIN, "https://other.example"]


@pytest.fixture(scope="module")
def kept() -> Iterator[RealServer]:
    with running(find_binary()) as server:
        yield server


@pytest.fixture(scope="module")
def served(kept: RealServer) -> Iterator[tuple[KefuHouse, str]]:
    with house_served(kept.url) as served:
        yield served


@pytest.fixture
async def gate(
    served: tuple[KefuHouse, str], kept: RealServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gate]:
    house, address = served
    async with gate_of(address, kept.url, await served_app(house, kept.url, monkeypatch)) as gate:
        yield gate


def odd(answer: httpx2.Response, table: dict[str, str], besides: set[str]) -> dict[str, object]:
    """What is missing of the table, or stands there besides what may."""
    headers = dict(answer.headers)
    missing = {name: headers.get(name) for name, value in table.items() if headers.get(name) != value}
    foreign = set(headers) - set(table) - besides
    return {name: value for name, value in (("missing", missing), ("foreign", foreign)) if value}


def page_table(path: str) -> dict[str, str]:
    """The headers of a page or a file of one."""
    table = TABLE | {"cache-control": "no-cache"}
    if not path.endswith((".js", ".css", ".svg")):
        table["content-security-policy"] = POLICY
    if path == "/widget.js" or path.startswith("/widget/"):
        elsewhere = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
        table |= elsewhere | {"cache-control": "public, max-age=300"}
    return table


@pytest.mark.parametrize("origin", ORIGINS)
async def test_every_operation_has_exactly_the_headers_of_the_table(gate: Gate, origin: str) -> None:
    found: dict[str, object] = {}
    besides = OWN | {"date"} | (SHARED if origin == ORIGIN else set())
    async with gate.caller() as client:
        for each in gate.operations:
            answer = await client.request(
                each.method, each.address(), json={}, headers={"Origin": origin} if origin else {}
            )
            if wrong := odd(answer, TABLE, besides):
                found[str(each)] = wrong

    assert found == {}
    assert len(gate.operations) > 60


@pytest.mark.parametrize("origin", ORIGINS)
async def test_every_page_has_exactly_its_own(gate: Gate, origin: str) -> None:
    found: dict[str, object] = {}
    async with gate.caller() as client:
        for path in PAGES:
            answer = await client.get(path, headers={"Origin": origin} if origin else {})
            assert answer.status_code == 200, path
            if wrong := odd(answer, page_table(path), OWN | OF_FILES | {"date"}):
                found[path] = wrong

    assert found == {}


async def test_only_a_listed_site_is_let_near_the_customers_api_and_none_near_the_desk(gate: Gate) -> None:
    shared: dict[str, set[str]] = {}
    async with gate.caller() as client:
        for origin in ORIGINS[1:]:
            asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            for each in gate.operations:
                answer = await client.options(each.address(), headers=asking)
                if answer.headers.get("access-control-allow-origin"):
                    shared.setdefault(origin, set()).add(each.path.split("/")[1])

    assert shared == {ORIGIN: {"api"}}


class _Desk:
    """Sessions and tokens for requests that are made outside of any loop."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def begin(self, name: str, role: Role) -> str:
        async with Redis.from_url(self._url) as client:
            return await RedisSessions(client).begin(name, role)

    async def token(self) -> str:
        async with Redis.from_url(self._url) as client:
            return (await staff_of(RedisRegistry(client), KEY).tokens.create("shop", list(Scope), "Ada"))[0]


def test_no_request_ends_in_an_error_of_ours(
    served: tuple[KefuHouse, str], kept: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, address = served
    app = asyncio.run(served_app(house, kept.url, monkeypatch))
    desk = _Desk(kept.url)
    door = Door(app, address, desk, Visitors(KEY), lambda: asyncio.run(desk.token()))  # type: ignore[arg-type]
    seen = all_tried(door)
    print(summary(seen))  # noqa: T201

    assert {name: statuses for name, statuses in seen.items() if max(statuses) >= 500} == {}
    # Whoever is let in nowhere finds no errors either; nothing of models is here, so nothing can be rewritten.
    assert {name for name, statuses in seen.items() if set(statuses) <= {401, 403}} <= GUESSING
