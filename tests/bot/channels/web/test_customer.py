"""What a customer's widget can ask of the API, and what it is refused."""

import httpx2
import pytest

from bot.channels.web.identity import Identities
from bot.channels.web.schemas import LONGEST_BODY, LONGEST_TEXT
from bot.channels.web.visitors import Visitors
from bot.conversation.base import ConversationsUnavailable
from tests.bot.channels.web.conftest import begin, until
from tests.bot.channels.web.standin import RETURNS, StandIn
from tests.bot.channels.web.test_identity import KEY, signed

ID = "0b0e6a52-6c1f-4a0d-9a39-5f3f1e2d4c5b"


def message(text: str = "Can I return this?", turn: str = ID) -> dict[str, str]:
    return {"id": turn, "text": text}


async def test_stores_nothing_before_the_first_message(client: httpx2.AsyncClient, reception: StandIn) -> None:
    visit = await begin(client)
    empty = await client.get("/api/conversation", headers=visit)

    assert empty.json() == {"state": {"status": "open", "agent": None}, "turns": []}
    assert not await reception.conversations.recent()


async def test_accepts_a_message_once(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    first = await client.post("/api/messages", headers=visit, json=message())
    again = await client.post("/api/messages", headers=visit, json=message())

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json() == {"accepted": True, "turn": ID}


async def test_refuses_another_text_under_a_known_id(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    await client.post("/api/messages", headers=visit, json=message())
    other = await client.post("/api/messages", headers=visit, json=message("Something else"))

    assert other.status_code == 422
    assert other.json()["error"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b'{"id": "12345678", "text": "   "}', 422, "text: must not be empty"),
        (b'{"id": "12345678", "text": "a\\u0000b"}', 422, "text: must not contain NUL characters"),
        (b'{"id": "12345678", "text": "\\ud800"}', 422, "text: "),
        (b'{"id": "12345678", "text": 7}', 422, "text: "),
        (b'{"id": "12345678"}', 422, "text: "),
        (b'{"id": "1", "text": "hello"}', 422, "id: "),
        (b'{"id": "../../../etc", "text": "hello"}', 422, "id: "),
        (b'{"id": "12345678", "text": "hello", "conversation": "web:1"}', 422, "conversation: "),
        (b'{"id": "12345678", "text": "hello", "language": "english"}', 422, "language: "),
        (b'{"id": "12345678", "text": "refuse me"}', 422, "the message is of a kind"),
        (b'{"id": "12345678", "text": ', 422, ""),
        (b"\xff\xfe", 422, ""),
        (b"[]", 422, ""),
    ],
)
async def test_refuses_what_is_no_message(
    client: httpx2.AsyncClient, visit: dict[str, str], body: bytes, status: int, reason: str
) -> None:
    headers = {**visit, "Content-Type": "application/json"}
    refused = await client.post("/api/messages", headers=headers, content=body)

    assert refused.status_code == status
    assert refused.json()["error"].startswith(reason)
    assert refused.json()["error"]


async def test_takes_the_longest_message_and_refuses_a_longer_one(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    longest = await client.post("/api/messages", headers=visit, json=message("客" * LONGEST_TEXT))
    longer = await client.post("/api/messages", headers=visit, json=message("a" * (LONGEST_TEXT + 1), "another-id"))
    far_longer = await client.post("/api/messages", headers=visit, json=message("a" * 20_000, "another-id"))

    assert longest.status_code == 202
    assert longer.status_code == far_longer.status_code == 422
    assert str(LONGEST_TEXT) in longer.json()["error"]


async def test_refuses_a_body_over_the_limit(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    refused = await client.post("/api/messages", headers=visit, json=message("a" * LONGEST_BODY))

    assert refused.status_code == 413
    assert str(LONGEST_BODY) in refused.json()["error"]


async def test_refuses_a_body_over_the_limit_that_hides_its_length(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    async def pieces():
        for _ in range(40):
            yield b"a" * 1024

    headers = {**visit, "Content-Type": "application/json"}
    refused = await client.post("/api/messages", headers=headers, content=pieces())

    assert refused.status_code == 413


async def test_never_repeats_what_was_sent(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    refused = await client.post("/api/messages", headers=visit, json={"id": "my secret", "text": ["my secret"]})

    assert refused.status_code == 422
    assert "secret" not in refused.text


@pytest.mark.parametrize("path", ["/api/conversation", "/api/events"])
@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c", "ünsinn"])
async def test_shows_nothing_to_a_stranger(client: httpx2.AsyncClient, path: str, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    refused = await client.get(path, headers=headers)

    assert refused.status_code == 401
    assert refused.json()["error"]


async def test_takes_no_token_from_the_address(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    token = visit["Authorization"].removeprefix("Bearer ")

    assert (await client.get("/api/conversation", params={"token": token})).status_code == 401


async def test_refuses_a_token_with_one_other_character(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    token = visit["Authorization"]
    forged = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]

    assert (await client.get("/api/conversation", headers={"Authorization": forged})).status_code == 401


async def test_asks_for_the_token_before_it_reads_the_message(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/messages", json={})).status_code == 401


async def test_a_customer_sees_no_one_else_s_turns(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    await client.post("/api/messages", headers=visit, json=message())
    other = await client.get("/api/conversation", headers=await begin(client))

    assert other.json()["turns"] == []


async def test_shows_the_answer_with_numbered_sources_and_nothing_else(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    await client.post("/api/messages", headers=visit, json=message())
    turns: list[dict] = []

    async def answered_now() -> bool:
        turns[:] = (await client.get("/api/conversation", headers=visit)).json()["turns"]
        return len(turns) == 2

    await until(answered_now)
    asked, answered = turns

    assert set(asked) == {"id", "role", "text", "at", "attachments"}
    assert set(answered) == {*asked, "name", "outcome", "sentences", "sources", "related"}
    assert answered["text"] == RETURNS.text
    assert answered["sentences"] == [
        {"text": "You can send things back within 30 days.", "sources": [1]},
        {"text": "Shipping back is free.", "sources": [2]},
    ]
    assert answered["sources"] == [
        {"number": 1, "title": "How long can I return an item?", "url": "https://shop.example/help/returns"},
        {"number": 2, "title": "Who pays for return shipping?", "url": None},
    ]


async def test_a_wish_for_a_person_reaches_the_agents(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn
) -> None:
    asked = await client.post("/api/handoff", headers=visit, json=message("Talk to a person"))

    async def waiting() -> bool:
        states = await reception.conversations.recent()
        return bool(states) and states[0].status == "waiting"

    await until(waiting)
    shown = await client.get("/api/conversation", headers=visit)

    assert asked.status_code == 202
    assert shown.json()["state"] == {"status": "waiting", "agent": None}


async def test_says_when_to_come_again(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    reception.trouble = ConversationsUnavailable("the server does not answer")
    refused = await client.post("/api/messages", headers=visit, json=message())

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert [record.exc_info for record in caplog.records if record.levelname != "DEBUG"] == [None]


async def test_an_unforeseen_error_is_one_line_without_the_customer_s_words(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    reception.trouble = RuntimeError("broke on: my secret")
    failed = await client.post("/api/messages", headers=visit, json=message("my secret"))

    assert failed.status_code == 500
    assert "secret" not in failed.text + caplog.text
    assert "POST /api/messages failed: RuntimeError at" in caplog.text
    assert failed.headers["X-Content-Type-Options"] == "nosniff"


class TestIdentified:
    """Customers whom the site's server vouches for."""

    @pytest.fixture
    def visitors(self) -> Visitors:
        return Visitors("a secret key of tests", identities=Identities(KEY))

    async def test_agents_see_the_name_and_the_customer_finds_all_again(
        self, client: httpx2.AsyncClient, reception: StandIn
    ) -> None:
        for turn in ("first-message", "second-message"):
            begun = await client.post("/api/conversations", json={"identity": signed(name="Ada")})
            visit = {"Authorization": f"Bearer {begun.json()['token']}"}
            assert (await client.post("/api/messages", headers=visit, json=message(turn=turn))).status_code == 202

        [state] = await reception.conversations.recent()
        assert state.name == "Ada"
        read = await client.get("/api/conversation", headers=visit)
        assert [turn["id"] for turn in read.json()["turns"] if turn["role"] == "customer"] == [
            "first-message",
            "second-message",
        ]

    @pytest.mark.parametrize("identity", [signed(key="x" * 32), signed(aud="shop"), "a.b.c", "x"])
    async def test_a_bad_identity_begins_nothing(self, client: httpx2.AsyncClient, identity: str) -> None:
        refused = await client.post("/api/conversations", json={"identity": identity})

        assert refused.status_code == 401
        assert refused.json() == {"error": "the identity is not valid"}


class TestRequired:
    """Where nobody may write whom the site does not know."""

    @pytest.fixture
    def visitors(self) -> Visitors:
        return Visitors("a secret key of tests", identities=Identities(KEY), required=True)

    async def test_strangers_are_told_to_log_in(self, client: httpx2.AsyncClient) -> None:
        refused = await client.post("/api/conversations")
        stranger = {"Authorization": f"Bearer {Visitors('a secret key of tests').begin()}"}
        read = await client.get("/api/conversation", headers=stranger)

        assert (refused.status_code, refused.json()) == (401, {"error": "please log in first"})
        assert read.status_code == 401
