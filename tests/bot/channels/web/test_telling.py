"""What a customer's page and site tell beside the words: where it is shown, where never, and what attacks become."""

import json
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from bot.accounts.staff import Staff
from bot.accounts.tokens import Scope
from bot.channels.web.identity import Identities
from bot.channels.web.schemas import LONGEST_BODY
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from bot.conversation.messages import About, Message
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.operations import operations_of
from tests.bot.channels.web.standin import StandIn
from tests.bot.channels.web.test_identity import KEY, signed
from tests.bot.files.samples import png

SECRET = "canary-7f3a"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"}
TOLD = {
    "page": f"https://shop.example/bikes/{SECRET}?item=7#top",
    "title": f"Bikes {SECRET}",
    "attributes": {"plan": "platinum", "cart": 2, SECRET: SECRET},
}
ABOUT = {
    "page": f"https://shop.example/bikes/{SECRET}?item",
    "title": f"Bikes {SECRET}",
    "browser": "Firefox",
    "system": "Android",
    "signed": {"plan": "gold", "email": "ada@mail.example"},
    "claimed": {"plan": "platinum", "cart": "2", SECRET: SECRET},
}
NOTHING = {"page": "", "title": "", "browser": "", "system": "", "signed": {}, "claimed": {}}


@pytest.fixture
def visitors() -> Visitors:
    return Visitors("a secret key of tests", identities=Identities(KEY))


@pytest.fixture
async def ada(client: httpx2.AsyncClient) -> dict[str, str]:
    """The headers of a customer of whom the site has signed a plan and an address."""
    identity = signed(name="Ada", plan="gold", email="ada@mail.example")
    begun = await client.post("/api/conversations", json={"identity": identity})
    return {"Authorization": f"Bearer {begun.json()['token']}", **FIREFOX}


@pytest.fixture
async def told(client: httpx2.AsyncClient, ada: dict[str, str], reception: StandIn) -> str:
    """The conversation in which Ada has written from a page."""
    sent = await client.post("/api/messages", headers=ada, json=sending(**TOLD))
    assert sent.status_code == 202
    return (await reception.conversations.recent())[0].id


async def program(staff: Staff, *scopes: Scope) -> dict[str, str]:
    """The headers of a program with some scopes."""
    secret, _ = await staff.tokens.create("shop", scopes, "Ada")
    return {"Authorization": f"Bearer {secret}"}


def sending(number: int = 1, **told: object) -> dict[str, Any]:
    return {"id": f"message-{number}", "text": "Can I return this?", **told}


async def about(reception: StandIn) -> About:
    return (await reception.conversations.recent())[0].about


class TestShown:
    async def test_agents_see_all_of_it_and_what_is_signed_apart(self, desk: httpx2.AsyncClient, told: str) -> None:
        read = await desk.get(f"/desk/api/conversations/{told}")
        listed = await desk.get("/desk/api/conversations")

        assert read.json()["state"]["about"] == ABOUT
        assert listed.json()["conversations"][0]["about"] == ABOUT

    async def test_programs_see_it_that_may_read_conversations(
        self, client: httpx2.AsyncClient, told: str, staff: Staff
    ) -> None:
        path = f"/api/v1/conversations/{told}"
        reader, *others = Scope.CONVERSATIONS_READ, *(each for each in Scope if each != Scope.CONVERSATIONS_READ)
        read = await client.get(path, headers=await program(staff, reader))
        refused = [await client.get(path, headers=await program(staff, scope)) for scope in others]

        assert read.json()["about"] == ABOUT
        assert {each.status_code for each in refused} == {403}
        assert SECRET not in "".join(each.text for each in refused)

    async def test_the_description_for_programs_names_every_part(
        self, client: httpx2.AsyncClient, told: str, staff: Staff
    ) -> None:
        described = (await client.get("/api/v1/openapi.json")).json()["components"]["schemas"]
        headers = await program(staff, Scope.CONVERSATIONS_READ)
        listed = (await client.get("/api/v1/conversations", headers=headers)).json()["items"][0]

        assert set(described["ConversationState"]["properties"]) == set(listed)
        assert set(described["CustomerAbout"]["properties"]) == set(ABOUT)

    async def test_a_conversation_by_another_door_has_nothing_of_it(
        self, client: httpx2.AsyncClient, reception: StandIn, staff: Staff
    ) -> None:
        await reception.conversations.accept(Message("telegram:42", "message-1", "Hello", 1.0))
        headers = await program(staff, Scope.CONVERSATIONS_READ)
        read = await client.get("/api/v1/conversations/telegram:42", headers=headers)

        assert read.json()["about"] == NOTHING

    async def test_the_desk_knows_to_whose_pages_it_may_link(self, desk: httpx2.AsyncClient) -> None:
        assert (await desk.get("/desk/api/me")).json()["sites"] == ["https://shop.example"]

    async def test_a_wish_for_a_person_and_files_tell_it_too(
        self, client: httpx2.AsyncClient, ada: dict[str, str], reception: StandIn
    ) -> None:
        await client.post("/api/handoff", headers=ada, json=sending(1, title="One"))
        assert (await about(reception)).title == "One"
        kept = await client.post("/api/files?id=file-0001", headers=ada, content=png())
        await client.post(
            "/api/files/messages", headers=ada, json={**sending(2, title="Two"), "files": [kept.json()["file"]]}
        )

        assert (await about(reception)).title == "Two"
        assert (await about(reception)).signed == ABOUT["signed"]

    async def test_where_they_are_now_is_what_counts(
        self, client: httpx2.AsyncClient, ada: dict[str, str], told: str, reception: StandIn
    ) -> None:
        await client.post("/api/messages", headers=ada, json=sending(2, page="https://shop.example/help"))

        assert await about(reception) == About(
            "https://shop.example/help", "", "Firefox", "Android", {"plan": "gold", "email": "ada@mail.example"}
        )


class TestNeverShown:
    async def test_customers_see_nothing_of_it(
        self, client: httpx2.AsyncClient, ada: dict[str, str], told: str, address: str
    ) -> None:
        seen = [
            await client.get("/api/conversation", headers=ada),
            await client.post("/api/messages", headers=ada, json=sending(2, **TOLD)),
            await client.post("/api/end", headers=ada),
        ]
        async with (
            httpx2.AsyncClient(base_url=address, headers={**ada, "Last-Event-ID": "0"}) as reader,
            reader.stream("GET", "/api/events") as stream,
        ):
            lines = stream.aiter_lines()
            heard = ""
            while '"resolved"' not in heard:
                heard += await anext(lines)

        assert [each.status_code for each in seen] == [200, 202, 200]
        assert '"agent"' in heard
        for text in (heard, *(each.text for each in seen)):
            assert SECRET not in text
            assert "gold" not in text
            assert "Firefox" not in text

    async def test_no_operation_tells_it_to_customers_or_to_whom_is_let_in_nowhere(
        self, app: FastAPI, client: httpx2.AsyncClient, ada: dict[str, str], told: str, sessions: MemorySessions
    ) -> None:
        token = ada["Authorization"].removeprefix("Bearer ")
        others = {
            "nobody": {},
            "another": await begin(client),
            "Ada": ada,
            "Ada's token as a cookie": {"Cookie": f"kefu-desk={token}"},
        }
        agent = {"Cookie": f"kefu-desk={await sessions.begin('Mia')}"}
        seen = dict.fromkeys((*others, "an agent"), 0)
        for name, headers in {**others, "an agent": agent}.items():
            for each in operations_of(app):
                if each.path.endswith("/events"):
                    continue  # they never end; above they are read
                answer = await client.request(each.method, each.address(told), headers={**headers, **CHANGE}, json={})
                seen[name] += SECRET in answer.text or "gold" in answer.text

        assert len(operations_of(app)) > 60
        assert seen.pop("an agent") > 3
        assert seen == dict.fromkeys(others, 0)

    async def test_it_stands_in_no_turn_and_is_found_by_no_search(self, desk: httpx2.AsyncClient, told: str) -> None:
        read = (await desk.get(f"/desk/api/conversations/{told}")).json()
        found = (await desk.get("/desk/api/search", params={"q": SECRET})).json()["found"]

        assert SECRET not in json.dumps(read["turns"])
        assert found == []

    async def test_nobody_signs_what_they_claim(
        self, client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn
    ) -> None:
        refused = await client.post("/api/messages", headers=visit, json=sending(1, signed={"plan": "gold"}))
        nested = await client.post(
            "/api/messages", headers=visit, json=sending(2, attributes={"signed": {"plan": "gold"}, "plan": "gold"})
        )

        assert (refused.status_code, nested.status_code) == (422, 202)
        assert (await about(reception)).signed == {}
        assert (await about(reception)).claimed == {"plan": "gold"}

    async def test_it_is_not_told_when_a_visit_begins(self, client: httpx2.AsyncClient) -> None:
        assert (await client.post("/api/conversations", json={"page": TOLD["page"]})).status_code == 422


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


MANY = b",".join(b'"%d":1' % number for number in range(3_000))


class TestAttacks:
    @pytest.mark.parametrize(
        "part",
        [
            b'"attributes": []',
            b'"attributes": "plan"',
            b'"attributes": null',
            b'"attributes": 7',
            b'"title": ["Bikes"]',
            b'"title": {"a": 1}',
            b'"page": 7',
            b'"page": null',
            b'"pages": "https://shop.example/"',
            b'"browser": "Netscape"',
            b'"attributes": ' + nested(5_000),
            b'"attributes": {"n": ' + b"9" * 6_000 + b"}",
        ],
    )
    async def test_another_kind_of_json_is_refused_with_a_reason(
        self, client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, part: bytes
    ) -> None:
        body = b'{"id": "message-1", "text": "Hello", ' + part + b"}"
        refused = await client.post(
            "/api/messages", headers={**visit, "Content-Type": "application/json"}, content=body
        )

        assert refused.status_code in (400, 422)
        assert refused.json()["error"]
        assert await reception.conversations.recent() == []

    @pytest.mark.parametrize(
        "body", [sending(title="B" * 1_000_000), sending(attributes={str(n): n for n in range(10_000)})]
    )
    async def test_what_is_far_too_large_is_refused_as_any_body(
        self, client: httpx2.AsyncClient, visit: dict[str, str], body: dict[str, Any]
    ) -> None:
        refused = await client.post("/api/messages", headers=visit, json=body)

        assert refused.status_code == 413
        assert str(LONGEST_BODY) in refused.json()["error"]

    @pytest.mark.parametrize(
        ("part", "kept"),
        [
            (b'"title": "' + b"B" * 20_000 + b'"', About(title="B" * 199 + "…")),
            (b'"title": "a\\u0000b\\u202ec\\ud83d"', About(title="a b c")),
            (b'"title": "<script>alert(1)</script>"', About(title="<script>alert(1)</script>")),
            (b'"page": "javascript:alert(1)"', About()),
            (b'"page": "https://shop.example/\\ud800"', About("https://shop.example/%3F")),
            (b'"page": "https://shop.example/' + b"a" * 20_000 + b'"', About(f"https://shop.example/{'a' * 478}…")),
            (b'"attributes": {"a": {"b": 1}, "c": [1], "d": null, "e": "f"}', About(claimed={"e": "f"})),
            (b'"attributes": {"\\ud800": "\\ud800", "a\\u202e": "\\u2066b\\u0000"}', About(claimed={"a": "b"})),
            (b'"attributes": {"a": NaN, "b": 1e999}', About(claimed={"a": "nan", "b": "inf"})),
            (b'"attributes": {"a": 1, "a": 2}', About(claimed={"a": "2"})),
            (b'"attributes": ' + nested(100), About()),
            (b'"attributes": {' + MANY + b"}", About(claimed={str(number): "1" for number in range(20)})),
        ],
    )  # fmt: skip
    async def test_what_is_too_much_is_cut_and_the_message_arrives(
        self, client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, part: bytes, kept: About
    ) -> None:
        body = b'{"id": "message-1", "text": "Hello", ' + part + b"}"
        sent = await client.post("/api/messages", headers={**visit, "Content-Type": "application/json"}, content=body)

        assert sent.status_code == 202
        assert await about(reception) == kept

    async def test_a_header_of_any_size_does_no_harm(
        self, client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn
    ) -> None:
        headers = {**visit, "User-Agent": ("(" * 10_000 + "Firefox").encode() + b"\xff\xfe"}
        sent = await client.post("/api/messages", headers=headers, json=sending())

        assert sent.status_code == 202
        assert (await about(reception)).browser == ""
