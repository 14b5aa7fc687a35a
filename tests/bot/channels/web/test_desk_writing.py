"""Drafts and suggestions put differently, translations both ways, and what is logged of them."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from bot.accounts.base import Role
from bot.channels.web.desk_office import Office
from bot.channels.web.sessions import Invitation, MemorySessions
from tests.bot.channels.web.conftest import begin, until
from tests.bot.channels.web.helpers import ByTable
from tests.bot.channels.web.standin import StandIn

DRAFT = "hey, it costs 39 euro. tell me if thats ok"


@pytest.fixture
async def path(client: httpx2.AsyncClient, reception: StandIn) -> str:
    reception.may_answer.clear()
    visit = await begin(client)
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "我的包裹5月3日寄出了吗？"})
    return f"/desk/api/conversations/{(await reception.conversations.recent())[0].id}"


async def lines(desk: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await desk.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_draft_comes_in_other_words_sentence_by_sentence(
    desk: httpx2.AsyncClient, path: str, writes: ByTable, office: Office
) -> None:
    writes.drafts["it costs 39 euro"] = "The price is €39. Please tell me if that is fine."
    first, last = await lines(desk, path + "/rewrite", {"text": DRAFT, "style": "formal"})

    assert first == {"sentence": "The price is €39."}
    assert last["made"]["text"] == "The price is €39. Please tell me if that is fine."
    (noted,) = await office.book.logged(5)
    assert (noted["act"], noted["style"], noted["agent"], noted["before"]) == ("written", "formal", "Mia", DRAFT)


async def test_a_lost_price_is_named_and_nothing_is_given(
    desk: httpx2.AsyncClient, path: str, writes: ByTable, office: Office
) -> None:
    writes.drafts["it costs 39 euro"] = "Please tell me if the price is fine."
    last = (await lines(desk, path + "/rewrite", {"text": DRAFT, "style": "shorter"}))[-1]

    assert last["made"]["text"] == ""
    assert last["made"]["guarded"]["lost"] == ["39 euro"]
    assert (await office.book.logged(1))[0]["act"] == "withheld"


async def test_a_suggestions_words_must_be_supported_by_its_entries(
    desk: httpx2.AsyncClient, path: str, writes: ByTable
) -> None:
    text = "You can send things back within 30 days of delivery."
    politer = "You can kindly send things back within 30 days of delivery."
    wish = {"text": text, "style": "instruction", "instruction": "politer", "entries": ["returns"]}
    writes.drafts["politer"] = politer
    good = (await lines(desk, path + "/rewrite", wish))[-1]
    writes.drafts["politer"] = "Our bakery paints gates within 30 days of sunshine."
    bad = (await lines(desk, path + "/rewrite", wish))[-1]

    assert good["made"]["text"] == politer
    assert bad["made"]["text"] == ""
    assert bad["made"]["guarded"]["other"] == ["unsupported"]


async def test_a_customers_turn_is_translated_for_the_agent(
    desk: httpx2.AsyncClient, path: str, writes: ByTable
) -> None:
    writes.drafts["包裹"] = "Was my parcel sent on 3 May?"
    last = (await lines(desk, path + "/translate", {"turn": "message-1", "to": "en"}))[-1]

    assert (last["made"]["text"], last["made"]["language"]) == ("Was my parcel sent on 3 May?", "zh")


async def test_a_draft_goes_into_the_customers_language(desk: httpx2.AsyncClient, path: str, writes: ByTable) -> None:
    writes.drafts["on 4 May"] = "您的包裹于5月4日寄出。"
    last = (await lines(desk, path + "/translate", {"text": "Your parcel was sent on 4 May."}))[-1]

    assert (last["made"]["text"], last["made"]["to"]) == ("您的包裹于5月4日寄出。", "zh")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("rewrite", {"text": " ", "style": "formal"}),
        ("rewrite", {"text": "x", "style": "translate"}),
        ("rewrite", {"text": "x", "style": "instruction"}),
        ("rewrite", {"text": "x" * 2001, "style": "formal"}),
        ("translate", {}),
        ("translate", {"turn": "none"}),
        ("translate", {"text": "x", "to": "<script>"}),
    ],
)
async def test_what_cannot_be_written_is_refused(
    desk: httpx2.AsyncClient, path: str, act: str, body: dict[str, Any]
) -> None:
    assert (await desk.post(f"{path}/{act}", json=body)).status_code == 422


async def test_nothing_is_written_for_nobody_or_by_a_viewer(
    desk: httpx2.AsyncClient, path: str, sessions: MemorySessions, writes: ByTable
) -> None:
    nobody = await desk.post("/desk/api/conversations/web:none/rewrite", json={"text": "x", "style": "formal"})
    link = await sessions.invite(Invitation(Role.VIEWER))
    await desk.post("/desk/api/login", json={"token": link, "name": "Vic"})
    answers = [
        await desk.post(path + "/rewrite", json={"text": "x", "style": "formal"}),
        await desk.post(path + "/translate", json={"text": "x"}),
        await desk.post("/desk/api/writings", json={}),
    ]

    assert nobody.status_code == 404
    assert [each.status_code for each in answers] == [403] * 3
    assert writes.prompts == []


async def test_what_an_agent_does_with_it_is_noted(desk: httpx2.AsyncClient, office: Office) -> None:
    given = {"conversation": "web:1", "act": "approved", "style": "shorter", "before": "long", "after": "short"}
    assert (await desk.post("/desk/api/writings", json=given)).status_code == 204

    (noted,) = await office.book.logged(5)
    assert {key: noted[key] for key in given} == given
    assert noted["agent"] == "Mia"


async def test_an_agent_who_leaves_stops_the_model(
    address: str, path: str, sessions: MemorySessions, writes: ByTable
) -> None:
    writes.may_write.clear()
    async with httpx2.AsyncClient(base_url=address, headers={"X-Kefu": "1"}) as away:
        await away.post("/desk/api/login", json={"token": await sessions.invite(), "name": "Mia"})
        asking = asyncio.create_task(away.post(path + "/rewrite", json={"text": DRAFT, "style": "formal"}))

        async def begun() -> bool:
            return bool(writes.prompts)

        await until(begun)
        asking.cancel()
    # The draft ends though it may not write: who waited for it has gone.
    async with asyncio.timeout(5):
        while writes.writing:
            await asyncio.sleep(0.01)
