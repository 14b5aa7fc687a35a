"""How much may come from one network address, and who is believed about where a request comes from."""

import contextlib
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from bot.channels.web.addresses import Addresses, Most, Origins
from bot.channels.web.app import create_app
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from bot.registry.base import Registry
from bot.registry.memory import MemoryRegistry
from bot.registry.redis import RedisRegistry
from bot.settings import Settings
from tests.bot.channels.web.conftest import begin, served
from tests.bot.channels.web.standin import StandIn
from tests.conftest import RealServer

STRANGER, OTHER = "93.184.216.34", "93.184.216.35"
PROXY = ("10.0.0.0/8", "127.0.0.0/8")


def door(reception: StandIn, registry: Registry, most: Most, *trusted: str) -> FastAPI:
    async def ready() -> dict[str, str]:
        return {}

    return create_app(
        reception,
        sessions=MemorySessions(),
        ask=reception.ask,
        readiness=ready,
        visitors=Visitors("a secret key of tests"),
        allowed_origins=["https://shop.example"],
        addresses=Addresses(registry, most, Origins(trusted)),
    )


@contextlib.asynccontextmanager
async def coming_from(app: FastAPI, address: str) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app, client=(address, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://kefu.test") as client:
        yield client


async def send(client: httpx2.AsyncClient, visit: dict[str, str], turn: str) -> httpx2.Response:
    return await client.post("/api/messages", headers=visit, json={"id": turn, "text": "May I return it?"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        (STRANGER, "", STRANGER),
        (STRANGER, "198.51.100.1", STRANGER),
        ("10.0.0.7", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("10.0.0.7", "198.51.100.1:50123", "198.51.100.1"),
        ("10.0.0.7", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("10.0.0.7", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("10.0.0.7", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.7", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "unknown, 10.0.0.9", "10.0.0.9"),
        ("10.0.0.7", "198.51.100.1, <script>", "10.0.0.7"),
        ("", "198.51.100.1", ""),
        ("a socket's path", "198.51.100.1", ""),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: str, found: str) -> None:
    assert Origins(PROXY).of(peer, forwarded) == found


def test_an_undeclared_proxy_holds_nobody_back_and_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    origins = Origins()
    found = [origins.of("172.18.0.1", "198.51.100.1") for _ in range(3)]

    assert found == ["", "", ""]
    assert [record.message for record in caplog.records if "KEFU_TRUSTED_PROXIES" in record.message] == [
        "requests come through 172.18.0.1: set KEFU_TRUSTED_PROXIES, or no address is held back"
    ]
    assert origins.of("127.0.0.1", "") == ""
    assert origins.of("172.18.0.9", "") == "172.18.0.9"


async def test_new_customers_of_one_address_are_counted(reception: StandIn) -> None:
    app = door(reception, MemoryRegistry(), Most(visitors=2))
    async with coming_from(app, STRANGER) as flood, coming_from(app, OTHER) as other:
        page = {"Origin": "https://shop.example"}
        begun = [await flood.post("/api/conversations", headers=page) for _ in range(4)]
        spared = await other.post("/api/conversations")

    assert [one.status_code for one in begun] == [201, 201, 429, 429]
    assert 0 < int(begun[2].headers["Retry-After"]) <= 600
    assert "Retry-After" in begun[2].headers["Access-Control-Expose-Headers"]
    assert "please wait" in begun[2].json()["error"]
    assert spared.status_code == 201


async def test_messages_of_one_address_are_counted_under_all_its_names(reception: StandIn) -> None:
    app = door(reception, MemoryRegistry(), Most(messages=2))
    async with coming_from(app, STRANGER) as flood, coming_from(app, OTHER) as other:
        sent = [await send(flood, await begin(flood), f"message-{n}") for n in range(3)]
        wish = await flood.post(
            "/api/handoff", headers=await begin(flood), json={"id": "message-9", "text": "A person"}
        )
        spared = await send(other, await begin(other), "message-1")

    assert [one.status_code for one in (*sent, wish)] == [202, 202, 429, 429]
    assert 0 < int(sent[2].headers["Retry-After"]) <= 60
    assert spared.status_code == 202


async def test_who_was_held_back_may_go_on_when_told() -> None:
    now = 1_000_000_020.0
    registry = MemoryRegistry(lambda: now)
    addresses = Addresses(registry, Most(messages=1), clock=lambda: now)
    assert await addresses.admit("messages", STRANGER, "") == 0
    wait = await addresses.admit("messages", STRANGER, "")
    assert 0 < wait <= 60
    now += wait
    assert await addresses.admit("messages", STRANGER, "") == 0


async def test_zero_is_no_limit() -> None:
    addresses = Addresses(MemoryRegistry(), Most(0, 0))
    assert [await addresses.admit("visitors", STRANGER, "") for _ in range(100)] == [0.0] * 100


@pytest.mark.server
async def test_processes_on_one_server_count_together(reception: StandIn, valkey_server: RealServer) -> None:
    clients = [Redis.from_url(valkey_server.url) for _ in range(2)]
    await clients[0].flushall()
    apps = [door(reception, RedisRegistry(redis), Most(visitors=3), "127.0.0.0/8") for redis in clients]
    async with served(apps[0]) as one, served(apps[1]) as two, httpx2.AsyncClient() as client:
        named = {"X-Forwarded-For": f"9.9.9.9, {STRANGER}"}
        begun = [
            (await client.post(f"{address}/api/conversations", headers=named)).status_code
            for address in (one, two, one, two, one)
        ]
        other = await client.post(f"{one}/api/conversations", headers={"X-Forwarded-For": OTHER})

    assert begun == [201, 201, 201, 429, 429]
    assert other.status_code == 201
    for redis in clients:
        await redis.aclose()


@pytest.mark.server
async def test_without_its_server_an_address_is_not_held_back(valkey_server: RealServer) -> None:
    redis = Redis.from_url("unix:///nowhere/at/all")
    addresses = Addresses(RedisRegistry(redis), Most(visitors=1))
    assert [await addresses.admit("visitors", STRANGER, "") for _ in range(3)] == [0.0, 0.0, 0.0]
    await redis.aclose()


def test_the_settings_name_proxies_and_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_TRUSTED_PROXIES", '["10.0.0.0/8", "2001:db8::1"]')
    monkeypatch.setenv("KEFU_ADDRESS_VISITORS", "0")
    settings = Settings(_env_file=None)
    assert settings.trusted_proxies == ["10.0.0.0/8", "2001:db8::1/128"]
    assert (settings.address_visitors, settings.address_messages) == (0, 240)


@pytest.mark.parametrize("wrong", ['["nginx"]', '["10.0.0.1/8"]', "10.0.0.0/8"])
def test_what_is_no_network_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("KEFU_TRUSTED_PROXIES", wrong)
    with pytest.raises(ValueError, match=r"such as .*10\.0\.0\.0/8"):
        Settings(_env_file=None)
