"""The headers of every operation, whatever it answers: exactly these (T28's table)."""

import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.web.guard import HEADERS
from tests.bot.channels.web.operations import operations_of

TABLE = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
OWN = {"content-length", "content-type", "www-authenticate", "vary", "allow", "retry-after", "set-cookie"}
"""What may stand there besides; names that are exposed share nothing by themselves."""
OWN |= {"access-control-expose-headers"}
SHARED = {"access-control-allow-origin", "access-control-allow-credentials"}


def test_the_table_is_the_door_s() -> None:
    assert {name.lower(): value for name, value in HEADERS.items()} == TABLE


@pytest.mark.parametrize("origin", ["", "https://shop.example", "https://other.example"])
async def test_every_operation_has_exactly_these_headers(
    app: FastAPI, client: httpx2.AsyncClient, origin: str
) -> None:
    odd: dict[str, object] = {}
    sent = {"Origin": origin} if origin else {}
    for each in operations_of(app):
        answer = await client.request(each.method, each.address(), json={}, headers=sent)
        headers = dict(answer.headers)
        missing = {name for name, value in TABLE.items() if headers.get(name) != value}
        foreign = set(headers) - set(TABLE) - OWN - (SHARED if origin == "https://shop.example" else set())
        if missing or foreign:
            odd[str(each)] = (missing, foreign)

    assert odd == {}


async def test_the_desk_is_shared_with_no_other_site(app: FastAPI, client: httpx2.AsyncClient) -> None:
    shared = set()
    for each in operations_of(app):
        answer = await client.request(
            each.method, each.address(), json={}, headers={"Origin": "https://shop.example"}
        )
        if SHARED & set(answer.headers):
            shared.add(each.path.split("/")[1])

    assert shared == {"api"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/api/messages"), ("GET", "/v1/nothing")])
async def test_what_is_not_there_has_them_too(client: httpx2.AsyncClient, method: str, path: str) -> None:
    headers = (await client.request(method, path)).headers

    assert {name: headers.get(name) for name in TABLE} == TABLE
