"""Pages, health and the headers that every response carries."""

import gzip
from pathlib import Path

import httpx2
import pytest

from bot.channels.web.app import create_app
from bot.channels.web.guard import HEADERS
from bot.channels.web.pages import PAGES, STATIC
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from tests.bot.channels.web.standin import StandIn

SHOP = "https://shop.example"


@pytest.mark.parametrize("address", PAGES)
async def test_sends_each_page_plain_packed_and_not_twice(client: httpx2.AsyncClient, address: str) -> None:
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    packed = await client.get(address, headers={"Accept-Encoding": "gzip"})
    known = await client.get(address, headers={"If-None-Match": plain.headers["ETag"]})
    head = await client.head(address)

    assert plain.status_code == head.status_code == 200
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.content == packed.content == (STATIC / PAGES[address]).read_bytes()
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("address", [*PAGES, "/healthz", "/readyz", "/desk/api/me", "/api/conversation", "/nowhere"])
async def test_every_response_carries_the_headers(client: httpx2.AsyncClient, address: str) -> None:
    headers = (await client.get(address)).headers

    assert set(HEADERS) <= {name.title().replace("Csp", "CSP") for name in headers} | {"X-Frame-Options"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "server" not in headers


async def test_only_the_widget_may_be_loaded_by_other_sites(client: httpx2.AsyncClient) -> None:
    shared = [
        address
        for address in PAGES
        if (await client.get(address)).headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    ]

    assert shared == [address for address in PAGES if address.startswith("/widget")]


@pytest.mark.parametrize("name", [name for name in PAGES.values() if name.endswith(".html")])
def test_no_page_has_scripts_or_styles_in_it(name: str) -> None:
    text = (STATIC / name).read_text()

    assert "<style" not in text
    assert " style=" not in text
    assert all(" src=" in tag for tag in text.split("<script")[1:])


def test_the_widget_is_small() -> None:
    def size(path: Path) -> int:
        return len(gzip.compress(path.read_bytes(), mtime=0))

    launcher, chat = STATIC / "widget.js", STATIC / "widget" / "main.js"
    languages = [path for path in (STATIC / "widget").glob("*.js") if len(path.stem) == 2]
    assert len(languages) == 5
    assert size(launcher) <= 1_024
    assert size(chat) <= 18_500
    assert size(chat) + max(size(path) for path in languages) <= 20_000
    assert max(size(path) for path in languages) <= 1_150


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/desk/api/unknown", "/../bot/settings.py"])
async def test_there_is_nothing_else_to_find(client: httpx2.AsyncClient, path: str) -> None:
    missing = await client.get(path)

    assert missing.status_code == 404
    assert missing.json()["error"]


async def test_a_wrong_method_is_told(client: httpx2.AsyncClient) -> None:
    refused = await client.delete("/api/messages")

    assert refused.status_code == 405
    assert refused.json()["error"]


async def test_is_alive_and_ready(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"alive": True}
    assert (await client.get("/readyz")).json() == {"ready": True, "reasons": {}}


async def test_tells_what_is_not_ready(client: httpx2.AsyncClient, unready: dict[str, str]) -> None:
    unready["redis"] = "does not answer"
    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "reasons": {"redis": "does not answer"}}
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("origin", "path", "allowed"),
    [
        (SHOP, "/api/messages", True),
        ("https://shop.example.evil.test", "/api/messages", False),
        ("http://shop.example", "/api/messages", False),
        ("null", "/api/messages", False),
        (SHOP, "/desk/api/conversations", False),
        (SHOP, "/desk/api/login", False),
    ],
)
async def test_only_the_named_sites_reach_the_customers_api(
    client: httpx2.AsyncClient, origin: str, path: str, allowed: bool
) -> None:
    wish = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    asked = await client.options(path, headers=wish)
    read = await client.get(path, headers={"Origin": origin})

    assert asked.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert read.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert "Access-Control-Allow-Credentials" not in read.headers


@pytest.mark.parametrize("origin", ["*", "shop.example", "https://shop.example/", "https://shop.example/help", ""])
def test_refuses_an_origin_that_is_none(reception: StandIn, origin: str) -> None:
    async def ready() -> dict[str, str]:
        return {}

    with pytest.raises(ValueError, match="KEFU_ALLOWED_ORIGINS"):
        create_app(
            reception,
            sessions=MemorySessions(),
            ask=reception.ask,
            readiness=ready,
            visitors=Visitors("k" * 16),
            allowed_origins=[origin],
        )
