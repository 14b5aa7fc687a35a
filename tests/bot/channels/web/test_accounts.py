"""Logging in with a password, one's own account, and what each role may do."""

import contextlib
import time
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from bot.accounts.base import Role
from bot.accounts.staff import Staff
from bot.accounts.totp import STEP_SECONDS, code_at
from bot.channels.web.sessions import Invitation, MemorySessions
from tests.bot.channels.web.conftest import CHANGE

PASSWORD = "a password of tests"


@contextlib.asynccontextmanager
async def nobody(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kefu.test", headers=CHANGE) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with nobody(app) as client:
        yield client


@pytest.fixture
async def admin(app: FastAPI, sessions: MemorySessions) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of Ada, who made her account with the first link."""
    async with nobody(app) as client:
        link = await sessions.invite(Invitation(Role.ADMIN))
        body = {"token": link, "name": "Ada", "password": PASSWORD}
        assert (await client.post("/desk/api/login", json=body)).json() == {"name": "Ada", "role": "admin"}
        yield client


async def test_who_made_an_account_by_a_link_comes_back_by_password(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    entered = await stranger.post("/desk/api/session", json={"name": "ada", "password": PASSWORD})
    me = (await stranger.get("/desk/api/me")).json()

    assert entered.json() == {"name": "Ada", "role": "admin"}
    assert (me["role"], me["account"], me["code"]) == ("admin", True, False)


@pytest.mark.parametrize("body", [{"name": "Ada", "password": "wrong"}, {"name": "Tom", "password": PASSWORD}])
async def test_who_has_not_the_password_stays_out(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient, body: dict[str, str]
) -> None:
    refused = await stranger.post("/desk/api/session", json=body)

    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers
    assert (await admin.get("/desk/api/audit")).json()["entries"][0]["what"] == "login_refused"


async def test_guessing_has_to_wait(admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient) -> None:
    tries = [await stranger.post("/desk/api/session", json={"name": "Ada", "password": "wrong"}) for _ in range(11)]

    assert [each.status_code for each in tries] == [401] * 10 + [429]
    assert int(tries[-1].headers["Retry-After"]) > 0


async def test_a_link_does_not_open_what_a_password_protects(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient, sessions: MemorySessions
) -> None:
    link = await sessions.invite()
    refused = await stranger.post("/desk/api/login", json={"token": link, "name": "ＡＤＡ"})
    accepted = await stranger.post("/desk/api/login", json={"token": link, "name": "Mia"})

    assert (refused.status_code, accepted.status_code) == (409, 200)


async def test_an_admin_s_link_gives_an_account_a_new_password_and_ends_its_sessions(
    admin: httpx2.AsyncClient, app: FastAPI, stranger: httpx2.AsyncClient, staff: Staff
) -> None:
    await staff.accounts.create("Mia", Role.VIEWER, PASSWORD)
    await stranger.post("/desk/api/session", json={"name": "Mia", "password": PASSWORD})
    made = await admin.post("/desk/api/invitations", json={"account": "mia"})
    async with nobody(app) as other:
        body = {"token": made.json()["token"], "name": "whoever"}
        bare = await other.post("/desk/api/login", json=body)
        renewed = await other.post("/desk/api/login", json={**body, "password": "another password"})

    assert (bare.status_code, renewed.json()) == (422, {"name": "Mia", "role": "viewer"})
    assert (await stranger.get("/desk/api/me")).status_code == 401
    assert await staff.accounts.log_in("Mia", "another password")
    assert (await admin.post("/desk/api/invitations", json={"account": "nobody"})).status_code == 404


async def test_a_second_factor_is_offered_confirmed_asked_for_and_ended(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    secret = (await admin.post("/desk/api/me/code", json={"password": PASSWORD})).json()["secret"]
    step = int(time.time()) // STEP_SECONDS
    assert (
        await admin.post("/desk/api/me/code/confirm", json={"code": code_at(secret, step - 1)})
    ).status_code == 204
    bare = await stranger.post("/desk/api/session", json={"name": "Ada", "password": PASSWORD})
    login = {"name": "Ada", "password": PASSWORD, "code": code_at(secret, step)}
    right = [await stranger.post("/desk/api/session", json=login) for _ in range(2)]
    ended = {"password": PASSWORD, "code": code_at(secret, step + 1)}

    assert (bare.status_code, bare.json()["needs"]) == (401, "code")
    assert [each.status_code for each in right] == [200, 401]
    assert (await admin.get("/desk/api/me")).json()["code"] is True
    assert (await admin.post("/desk/api/me/code/end", json={"password": PASSWORD})).status_code == 401
    assert (await admin.post("/desk/api/me/code/end", json=ended)).status_code == 204


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    await stranger.post("/desk/api/session", json={"name": "Ada", "password": PASSWORD})
    wrong = await stranger.post("/desk/api/me/password", json={"password": "wrong", "new": "another password"})
    right = await admin.post("/desk/api/me/password", json={"password": PASSWORD, "new": "another password"})

    assert (wrong.status_code, right.status_code) == (401, 204)
    assert (await admin.get("/desk/api/me")).status_code == 200
    assert (await stranger.get("/desk/api/me")).status_code == 401


async def test_sessions_are_listed_and_ended_by_those_who_may(
    admin: httpx2.AsyncClient, desk: httpx2.AsyncClient
) -> None:
    everyone = (await admin.get("/desk/api/sessions")).json()["sessions"]
    own = (await desk.get("/desk/api/sessions")).json()["sessions"]
    ada = next(each["id"] for each in everyone if each["agent"] == "Ada")

    assert ({each["agent"] for each in everyone}, [each["agent"] for each in own]) == ({"Ada", "Mia"}, ["Mia"])
    assert (await desk.delete(f"/desk/api/sessions/{ada}")).status_code == 404
    assert (await admin.delete(f"/desk/api/sessions/{own[0]['id']}")).status_code == 204
    assert (await desk.get("/desk/api/me")).status_code == 401


async def test_another_role_ends_the_sessions_that_had_the_old_one(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient, staff: Staff
) -> None:
    await staff.accounts.create("Mia", Role.ADMIN, PASSWORD)
    await stranger.post("/desk/api/session", json={"name": "Mia", "password": PASSWORD})
    changed = await admin.patch("/desk/api/accounts/Mia", json={"role": "viewer"})

    assert changed.json()["role"] == "viewer"
    assert (await stranger.get("/desk/api/accounts")).status_code == 401


async def test_the_last_admin_cannot_shut_everyone_out(admin: httpx2.AsyncClient) -> None:
    acts = [
        await admin.patch("/desk/api/accounts/Ada", json={"role": "agent"}),
        await admin.patch("/desk/api/accounts/Ada", json={"disabled": True}),
        await admin.delete("/desk/api/accounts/Ada"),
        await admin.delete("/desk/api/accounts/nobody"),
    ]

    assert [each.status_code for each in acts] == [409, 409, 409, 404]


async def test_a_viewer_reads_and_changes_nothing(
    admin: httpx2.AsyncClient, stranger: httpx2.AsyncClient, staff: Staff
) -> None:
    await staff.accounts.create("Vic", Role.VIEWER, PASSWORD)
    await stranger.post("/desk/api/session", json={"name": "Vic", "password": PASSWORD})
    said = await stranger.post("/desk/api/conversations/web:1/say", json={"turn": "agent-turn", "text": "Hello"})

    assert (await stranger.get("/desk/api/conversations")).status_code == 200
    assert (said.status_code, said.json()["error"]) == (403, "this needs the role agent; yours is viewer")


async def test_the_log_tells_who_did_what(admin: httpx2.AsyncClient, desk: httpx2.AsyncClient) -> None:
    made = (await admin.post("/desk/api/tokens", json={"name": "shop", "scopes": ["ask"]})).json()
    await admin.delete(f"/desk/api/tokens/{made['token']['id']}")
    entries = (await admin.get("/desk/api/audit?limit=3")).json()["entries"]
    older = (await admin.get(f"/desk/api/audit?limit=3&before={entries[-1]['number']}")).json()["entries"]

    assert [(each["who"], each["what"]) for each in entries] == [
        ("Ada", "revoked_token"),
        ("Ada", "made_token"),
        ("Mia", "logged_in_by_link"),
    ]
    assert [each["what"] for each in older] == ["logged_in_by_link"]
    assert made["secret"] not in (await admin.get("/desk/api/tokens")).text
    assert (await admin.get("/desk/api/audit/verify")).json() == {"whole": True, "broken": None}
    assert (await desk.get("/desk/api/audit")).status_code == 403
