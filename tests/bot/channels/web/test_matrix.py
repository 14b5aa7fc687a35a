"""Who must not pass, tried at every operation that the app's own OpenAPI names: a new one is tried unasked."""

import contextlib
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Mapping

import httpx2
import jwt
import pytest
from fastapi import FastAPI
from itsdangerous import Signer, TimestampSigner

from bot.accounts.base import Role
from bot.accounts.staff import Staff
from bot.accounts.tokens import Scope
from bot.channels.web.app import create_app
from bot.channels.web.identity import AUDIENCE, Identities
from bot.channels.web.sessions import Invitation, MemorySessions
from bot.channels.web.visitors import Visitors
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.operations import Operation, operations_of
from tests.bot.channels.web.standin import StandIn

KEY = "a secret key of tests"
IDENTITY_KEY = "an identity key of tests, 32 long"
OPEN = {
    "POST /api/conversations",
    "POST /desk/api/login",
    "POST /desk/api/session",
}
"""Here one becomes someone, or learns what everyone may know."""
OF_EVERY_ROLE = {
    "POST /desk/api/logout",
    "DELETE /desk/api/sessions/{name}",
    "POST /desk/api/me/password",
    "POST /desk/api/me/code",
    "POST /desk/api/me/code/confirm",
    "POST /desk/api/me/code/end",
    "POST /desk/api/me/sessions/end",
}
"""Changes of one's own account."""
OF_ADMINS = {
    "GET /desk/api/accounts",
    "PATCH /desk/api/accounts/{name}",
    "DELETE /desk/api/accounts/{name}",
    "POST /desk/api/invitations",
    "GET /desk/api/tokens",
    "POST /desk/api/tokens",
    "DELETE /desk/api/tokens/{name}",
    "GET /desk/api/audit",
    "GET /desk/api/audit/verify",
}


class SignedLongAgo(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time()) - 31 * 86_400


def _made(signer: Signer) -> str:
    return signer.sign(secrets.token_urlsafe(32)).decode()


def _claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    return {"sub": "customer-7", "aud": AUDIENCE, "iat": now, "exp": now + 600, **changes}


def strangers() -> dict[str, str]:
    """Tokens that open nothing."""
    kind = {"salt": "kefu.visitor", "digest_method": hashlib.sha256}
    good = _made(TimestampSigner(KEY, **kind))
    return {
        "none": "",
        "expired": _made(SignedLongAgo(KEY, **kind)),
        "forged": _made(TimestampSigner("another key of tests", **kind)),
        "of another purpose": _made(TimestampSigner(KEY, salt="kefu.other", digest_method=hashlib.sha256)),
        "undated": _made(Signer(KEY, **kind)),
        "unsigned": good.partition(".")[0],
        "cut": good[:-3],
        "alg none": jwt.encode(_claims(), "", "none"),
        "wrong aud": jwt.encode(_claims(aud="another"), IDENTITY_KEY, "HS256"),
        "an identity": jwt.encode(_claims(), IDENTITY_KEY, "HS256"),
        "of the API, guessed": "kefu_" + secrets.token_urlsafe(32),
    }


@pytest.fixture
def visitors() -> Visitors:
    return Visitors(KEY, identities=Identities(IDENTITY_KEY))


@contextlib.asynccontextmanager
async def caller(app: FastAPI, cookie: str = "", token: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    headers = {**CHANGE, **({"Authorization": f"Bearer {token}"} if token else {})}
    cookies = {"kefu-desk": cookie} if cookie else {}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://kefu.test", headers=headers, cookies=cookies
    ) as client:
        yield client


async def statuses(
    client: httpx2.AsyncClient, operations: Iterable[Operation], conversation: str = "web:nobody"
) -> dict[str, int]:
    """What each operation answers."""
    found = {}
    for each in operations:
        answer = await client.request(each.method, each.address(conversation), json={})
        found[str(each)] = answer.status_code
    return found


def others_than(status: int, found: Mapping[str, int], but: Iterable[str] = ()) -> dict[str, int]:
    return {name: seen for name, seen in found.items() if seen != status and name not in set(but)}


def at(app: FastAPI, *doors: str) -> list[Operation]:
    return [each for each in operations_of(app) if each.door in doors]


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, reception: StandIn) -> str:
    reception.may_answer.clear()
    visit = await begin(client)
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "Can I return this?"})
    return (await reception.conversations.recent())[0].id


def test_the_matrix_covers_every_door(app: FastAPI) -> None:
    names = {str(each) for each in operations_of(app)}

    assert len(names) > 60
    assert names >= OPEN | OF_EVERY_ROLE | OF_ADMINS
    assert {each.door for each in operations_of(app)} == {"desk", "programs", "customers"}


@pytest.mark.parametrize("stranger", strangers())
async def test_a_stranger_passes_nowhere(app: FastAPI, conversation: str, reception: StandIn, stranger: str) -> None:
    token = strangers()[stranger]
    before = await reception.conversations.read(conversation)
    async with caller(app, token, token) as client:
        found = await statuses(client, operations_of(app), conversation)

    assert others_than(401, found, OPEN) == {}
    assert 401 not in {found[name] for name in OPEN} - {found["POST /desk/api/login"]}
    assert await reception.conversations.read(conversation) == before


@pytest.mark.parametrize(
    ("changes", "algorithm", "key"),
    [
        ({"aud": "another"}, "HS256", IDENTITY_KEY),
        ({"exp": int(time.time()) - 600}, "HS256", IDENTITY_KEY),
        ({"exp": int(time.time()) + 86_400}, "HS256", IDENTITY_KEY),
        ({}, "HS256", "another identity key, also 32 long"),
        ({}, "HS512", IDENTITY_KEY * 2),
        ({}, "none", ""),
    ],
)
async def test_a_wrong_identity_begins_nothing(
    client: httpx2.AsyncClient, changes: dict[str, object], algorithm: str, key: str
) -> None:
    identity = jwt.encode(_claims(**changes), key, algorithm)

    assert (await client.post("/api/conversations", json={"identity": identity})).status_code == 401


async def test_another_customer_reaches_nothing_of_this_one_and_is_no_one_else(
    app: FastAPI, client: httpx2.AsyncClient, conversation: str, reception: StandIn
) -> None:
    other = (await begin(client))["Authorization"].removeprefix("Bearer ")
    before = await reception.conversations.read(conversation)
    async with caller(app, other, other) as stranger:
        elsewhere = await statuses(stranger, at(app, "desk", "programs"), conversation)
        seen = await stranger.get("/api/conversation")
        await statuses(
            stranger, [each for each in at(app, "customers") if not each.path.endswith("/events")], conversation
        )

    assert others_than(401, elsewhere, OPEN) == {}
    assert seen.json()["turns"] == []
    assert await reception.conversations.read(conversation) == before


async def test_a_link_opens_one_door_once(app: FastAPI, sessions: MemorySessions) -> None:
    link = await sessions.invite(Invitation(Role.ADMIN))
    async with caller(app) as client:
        seen = [await client.post("/desk/api/login", json={"token": link, "name": "Ada"}) for _ in range(2)]
    async with caller(app, link, link) as client:
        found = await statuses(client, operations_of(app))

    assert [each.status_code for each in seen] == [200, 401]
    assert others_than(401, found, OPEN) == {}


async def test_a_session_that_ended_opens_nothing(app: FastAPI, sessions: MemorySessions, staff: Staff) -> None:
    ended = [await sessions.begin("Ada", Role.ADMIN) for _ in range(3)]
    await sessions.end(ended[0])
    await sessions.end_known((await sessions.all())[-1].id)
    await sessions.end_all("Ada")
    for secret in ended:
        async with caller(app, secret) as client:
            found = await statuses(client, at(app, "desk"))
        assert others_than(401, found, OPEN) == {}


async def test_a_viewer_changes_nothing_but_what_is_their_own(
    app: FastAPI, sessions: MemorySessions, conversation: str, reception: StandIn
) -> None:
    before = await reception.conversations.read(conversation)
    operations = [each for each in at(app, "desk") if each.method != "GET" and str(each) not in OF_EVERY_ROLE]
    async with caller(app, await sessions.begin("Vic", Role.VIEWER)) as client:
        found = await statuses(client, operations, conversation)

    assert others_than(403, found, OPEN) == {}
    assert await reception.conversations.read(conversation) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
async def test_only_admins_manage(app: FastAPI, sessions: MemorySessions, role: Role) -> None:
    operations = [each for each in operations_of(app) if str(each) in OF_ADMINS]
    async with caller(app, await sessions.begin("Tom", role)) as client:
        refused = await statuses(client, operations)
    async with caller(app, await sessions.begin("Ada", Role.ADMIN)) as client:
        let_in = await statuses(client, operations)

    assert others_than(403, refused) == {}
    assert {401, 403} & set(let_in.values()) == set()


async def test_an_agent_is_no_customer_and_no_program(app: FastAPI, sessions: MemorySessions) -> None:
    async with caller(app, await sessions.begin("Ada", Role.ADMIN)) as client:
        found = await statuses(client, at(app, "customers", "programs"))

    assert others_than(401, found, {*OPEN, "POST /api/ask"}) == {}


async def test_a_token_passes_where_its_one_scope_leads(app: FastAPI, staff: Staff) -> None:
    operations = [each for each in at(app, "programs") if each.path != "/api/ask"]
    passed: dict[str, list[Scope]] = {str(each): [] for each in operations}
    for scope in Scope:
        secret, _ = await staff.tokens.create("shop", [scope], "Ada")
        async with caller(app, token=secret) as client:
            for name, status in (await statuses(client, operations)).items():
                assert status != 401
                passed[name] += [scope] if status != 403 else []

    assert {name: scopes for name, scopes in passed.items() if len(scopes) != 1} == {}


async def test_a_token_that_ended_or_is_for_programs_opens_nothing_else(app: FastAPI, staff: Staff) -> None:
    revoked, kept = await staff.tokens.create("shop", list(Scope), "Ada")
    await staff.tokens.revoke(kept.id)
    expired, _ = await staff.tokens.create("shop", list(Scope), "Ada", days=-1)
    living, _ = await staff.tokens.create("shop", list(Scope), "Ada")
    for secret, doors in ((revoked, ["programs"]), (expired, ["programs"]), (living, ["desk", "customers"])):
        async with caller(app, secret, secret) as client:
            found = await statuses(client, at(app, *doors))
        assert others_than(401, found, OPEN) == {}


async def test_without_the_header_another_site_changes_nothing(app: FastAPI, sessions: MemorySessions) -> None:
    operations = [each for each in at(app, "desk") if each.method != "GET"]
    async with caller(app, await sessions.begin("Ada", Role.ADMIN)) as client:
        client.headers.pop("X-Kefu")
        found = await statuses(client, operations)

    assert others_than(403, found) == {}


async def test_where_identity_is_required_no_anonymous_customer_passes(
    reception: StandIn, sessions: MemorySessions
) -> None:
    async def ready() -> dict[str, str]:
        return {}

    required = Visitors(KEY, identities=Identities(IDENTITY_KEY), required=True)
    app = create_app(reception, sessions=sessions, ask=reception.ask, readiness=ready, visitors=required)
    anonymous = Visitors(KEY).begin()
    async with caller(app, token=anonymous) as client:
        found = await statuses(client, at(app, "customers"))

    assert others_than(401, found) == {}
