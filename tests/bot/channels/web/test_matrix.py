"""Who must not pass, tried at every operation that the app's own OpenAPI names: a new one is tried unasked.

All of it twice: within this process, and over TCP at a `kefu serve` of its own with a real server behind it (T27).
"""

import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

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
from bot.conversation.valkey import find_binary
from tests.bot.channels.web.conftest import begin
from tests.bot.channels.web.gates import IDENTITY_KEY, KEY, Gate, gate_of, house_served, served_app
from tests.bot.channels.web.operations import Operation, operations_of
from tests.bot.channels.web.standin import StandIn
from tests.fakes.house import KefuHouse
from tests.fakes.servers import RealServer, running

OPEN = {
    "POST /api/conversations",
    "POST /desk/api/login",
    "POST /desk/api/session",
}
"""Here one becomes someone."""
FOR_ALL = OPEN | {"GET /api/team"}
"""And here one learns what everyone may know."""
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


@pytest.fixture(scope="module")
def kept() -> Iterator[RealServer]:
    """What keeps the served house's data."""
    with running(find_binary()) as server:
        yield server


@pytest.fixture(scope="module")
def served(kept: RealServer) -> Iterator[tuple[KefuHouse, str]]:
    """A house and the address where it is served."""
    with house_served(kept.url) as served:
        yield served


@pytest.fixture
def gate_here(app: FastAPI, reception: StandIn, sessions: MemorySessions, staff: Staff) -> Gate:
    return Gate(operations_of(app), app, "http://kefu.test", sessions, staff, reception.conversations)


@pytest.fixture
async def gate_served(
    served: tuple[KefuHouse, str], kept: RealServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gate]:
    house, address = served
    app = await served_app(house, kept.url, monkeypatch)
    async with gate_of(address, kept.url, app) as gate:
        yield gate


@pytest.fixture(params=["gate_here", pytest.param("gate_served", marks=[pytest.mark.server, pytest.mark.slow])])
def gate(request: pytest.FixtureRequest) -> Gate:
    found: Gate = request.getfixturevalue(request.param)
    return found


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


async def test_the_matrix_covers_every_door(gate: Gate) -> None:
    names = {str(each) for each in gate.operations}

    assert len(names) > 60
    assert names >= OPEN | OF_EVERY_ROLE | OF_ADMINS
    assert {each.door for each in gate.operations} == {"desk", "programs", "customers"}


@pytest.mark.parametrize("stranger", strangers())
async def test_a_stranger_passes_nowhere(gate: Gate, stranger: str) -> None:
    token, conversation = strangers()[stranger], await gate.conversation()
    before = await gate.conversations.read(conversation)
    async with gate.caller(token, token) as client:
        found = await statuses(client, gate.operations, conversation)

    assert others_than(401, found, FOR_ALL) == {}
    assert 401 not in {found[name] for name in OPEN} - {found["POST /desk/api/login"]}
    assert await gate.conversations.read(conversation) == before


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
    gate: Gate, changes: dict[str, object], algorithm: str, key: str
) -> None:
    identity = jwt.encode(_claims(**changes), key, algorithm)

    async with gate.caller() as client:
        assert (await client.post("/api/conversations", json={"identity": identity})).status_code == 401


async def test_another_customer_reaches_nothing_of_this_one_and_is_no_one_else(gate: Gate) -> None:
    conversation = await gate.conversation()
    async with gate.caller() as client:
        other = (await begin(client))["Authorization"].removeprefix("Bearer ")
    before = await gate.conversations.read(conversation)
    async with gate.caller(other, other) as stranger:
        elsewhere = await statuses(stranger, gate.at("desk", "programs"), conversation)
        seen = await stranger.get("/api/conversation")
        await statuses(
            stranger, [each for each in gate.at("customers") if not each.path.endswith("/events")], conversation
        )

    assert others_than(401, elsewhere, FOR_ALL) == {}
    assert seen.json()["turns"] == []
    assert await gate.conversations.read(conversation) == before


async def test_a_link_opens_one_door_once(gate: Gate) -> None:
    link = await gate.sessions.invite(Invitation(Role.ADMIN))
    async with gate.caller() as client:
        seen = [await client.post("/desk/api/login", json={"token": link, "name": "Ada"}) for _ in range(2)]
    async with gate.caller(link, link) as client:
        found = await statuses(client, gate.operations)

    assert [each.status_code for each in seen] == [200, 401]
    assert others_than(401, found, FOR_ALL) == {}


async def test_a_session_that_ended_opens_nothing(gate: Gate) -> None:
    ended = [await gate.sessions.begin("Ada", Role.ADMIN) for _ in range(3)]
    await gate.sessions.end(ended[0])
    await gate.sessions.end_known((await gate.sessions.all())[-1].id)
    await gate.sessions.end_all("Ada")
    for secret in ended:
        async with gate.caller(secret) as client:
            found = await statuses(client, gate.at("desk"))
        assert others_than(401, found, FOR_ALL) == {}


async def test_a_viewer_changes_nothing_but_what_is_their_own(gate: Gate) -> None:
    conversation = await gate.conversation()
    before = await gate.conversations.read(conversation)
    operations = [each for each in gate.at("desk") if each.method != "GET" and str(each) not in OF_EVERY_ROLE]
    async with gate.caller(await gate.sessions.begin("Vic", Role.VIEWER)) as client:
        found = await statuses(client, operations, conversation)

    assert others_than(403, found, FOR_ALL) == {}
    assert await gate.conversations.read(conversation) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
async def test_only_admins_manage(gate: Gate, role: Role) -> None:
    operations = [each for each in gate.operations if str(each) in OF_ADMINS]
    async with gate.caller(await gate.sessions.begin("Tom", role)) as client:
        refused = await statuses(client, operations)
    async with gate.caller(await gate.sessions.begin("Ada", Role.ADMIN)) as client:
        let_in = await statuses(client, operations)

    assert others_than(403, refused) == {}
    assert {401, 403} & set(let_in.values()) == set()


async def test_an_agent_is_no_customer_and_no_program(gate: Gate) -> None:
    async with gate.caller(await gate.sessions.begin("Ada", Role.ADMIN)) as client:
        found = await statuses(client, gate.at("customers", "programs"))

    assert others_than(401, found, {*FOR_ALL, "POST /api/ask"}) == {}


async def test_a_token_passes_where_its_one_scope_leads(gate: Gate) -> None:
    operations = [each for each in gate.at("programs") if each.path != "/api/ask"]
    passed: dict[str, list[Scope]] = {str(each): [] for each in operations}
    for scope in Scope:
        secret, _ = await gate.staff.tokens.create("shop", [scope], "Ada")
        async with gate.caller(token=secret) as client:
            for name, status in (await statuses(client, operations)).items():
                assert status != 401
                passed[name] += [scope] if status != 403 else []

    assert {name: scopes for name, scopes in passed.items() if len(scopes) != 1} == {}


async def test_a_token_that_ended_or_is_for_programs_opens_nothing_else(gate: Gate) -> None:
    revoked, kept = await gate.staff.tokens.create("shop", list(Scope), "Ada")
    await gate.staff.tokens.revoke(kept.id)
    expired, _ = await gate.staff.tokens.create("shop", list(Scope), "Ada", days=-1)
    living, _ = await gate.staff.tokens.create("shop", list(Scope), "Ada")
    for secret, doors in ((revoked, ["programs"]), (expired, ["programs"]), (living, ["desk", "customers"])):
        async with gate.caller(secret, secret) as client:
            found = await statuses(client, gate.at(*doors))
        assert others_than(401, found, FOR_ALL) == {}


async def test_without_the_header_another_site_changes_nothing(gate: Gate) -> None:
    operations = [each for each in gate.at("desk") if each.method != "GET"]
    async with gate.caller(await gate.sessions.begin("Ada", Role.ADMIN)) as client:
        client.headers.pop("X-Kefu")
        found = await statuses(client, operations)

    assert others_than(403, found) == {}


async def test_where_identity_is_required_no_anonymous_customer_passes(
    reception: StandIn, sessions: MemorySessions, staff: Staff
) -> None:
    async def ready() -> dict[str, str]:
        return {}

    required = Visitors(KEY, identities=Identities(IDENTITY_KEY), required=True)
    app = create_app(reception, sessions=sessions, ask=reception.ask, readiness=ready, visitors=required)
    gate = Gate(operations_of(app), app, "http://kefu.test", sessions, staff, reception.conversations)
    async with gate.caller(token=Visitors(KEY).begin()) as client:
        found = await statuses(client, gate.at("customers"))

    assert others_than(401, found) == {}
