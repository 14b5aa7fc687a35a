"""Suggestions with evidence, past cases, canned answers and corrections at the desk."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from bot.channels.web.desk_office import Office
from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.confidence import Weights
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.builder import build
from tests.bot.channels.web.office import RETURNS as ENTRY
from tests.bot.channels.web.standin import RETURNS, StandIn

QUESTION = {"id": "message-1", "text": "Can I return this?"}
CONVERSATION = "/desk/api/conversations/{id}"
CANNED = {"name": "hello", "text": "Hello {name}, {agent} here.", "tags": ["greeted"], "resolve": True}


@pytest.fixture
async def path(client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn) -> str:
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json=QUESTION)
    return CONVERSATION.format(id=(await reception.conversations.recent())[0].id)


async def test_a_suggestion_comes_sentence_by_sentence_then_with_its_evidence(
    desk: httpx2.AsyncClient, path: str
) -> None:
    lines = [json.loads(line) for line in (await desk.post(path + "/suggestion", json={})).text.splitlines()]

    assert [line["sentence"] for line in lines[:-1]] == [sentence.text for sentence in RETURNS.sentences]
    assert lines[-1]["answer"] == RETURNS.to_json()
    returns, postage = lines[-1]["evidence"]
    (span,) = returns["spans"]
    assert returns["text"][span["start"] : span["end"]] == "You can send things back within 30 days of delivery."
    assert (span["sentence"], postage["spans"][0]["sentence"]) == (0, 1)


async def test_an_agent_may_ask_in_other_words(desk: httpx2.AsyncClient, path: str) -> None:
    (line,) = (await desk.post(path + "/suggestion", json={"words": "something else"})).text.splitlines()

    assert json.loads(line)["answer"]["outcome"] == "refused"


async def test_nothing_is_suggested_to_nobody(desk: httpx2.AsyncClient) -> None:
    assert (await desk.post(CONVERSATION.format(id="web:none") + "/suggestion", json={})).status_code == 404


async def test_what_becomes_of_a_suggestion_is_noted(desk: httpx2.AsyncClient, office: Office) -> None:
    used = {"conversation": "web:1", "act": "edited", "text": "Yes, within 30 days.", "answer": RETURNS.to_json()}
    assert (await desk.post("/desk/api/suggestions", json=used)).status_code == 204

    (noted,) = await office.book.logged(10)
    assert {key: noted[key] for key in used} == used
    assert noted["agent"] == "Mia"


async def test_canned_answers_are_shared_and_replaced_by_name(desk: httpx2.AsyncClient) -> None:
    await desk.post("/desk/api/canned", json={**CANNED, "text": "old"})
    await desk.post("/desk/api/canned", json=CANNED)
    kept = (await desk.get("/desk/api/canned")).json()["canned"]
    await desk.delete("/desk/api/canned/hello")

    assert kept == [CANNED]
    assert (await desk.get("/desk/api/canned")).json() == {"canned": []}


@pytest.mark.parametrize("bad", [{"name": "two words"}, {"name": ""}, {"text": " "}, {"tags": [""]}])
async def test_a_canned_answer_that_cannot_be_used_is_refused(desk: httpx2.AsyncClient, bad: dict) -> None:
    assert (await desk.post("/desk/api/canned", json={**CANNED, **bad})).status_code == 422


async def test_a_past_case_is_shown_beside_a_question_like_it(
    desk: httpx2.AsyncClient, client: httpx2.AsyncClient, path: str, reception: StandIn
) -> None:
    other = {"Authorization": f"Bearer {(await client.post('/api/conversations')).json()['token']}"}
    asked = {"id": "message-2", "text": "Can I return this lamp?"}
    await client.post("/api/messages", headers=other, json=asked)
    (name,) = {s.id for s in await reception.conversations.recent()} - {path.rpartition("/")[2]}
    there = CONVERSATION.format(id=name)
    await desk.post(there + "/say", json={"turn": "agent-turn", "text": "Of course, within 30 days."})
    before = (await desk.get(path + "/cases")).json()["cases"]
    await desk.post(there + "/resolve", json={})

    (case,) = (await desk.get(path + "/cases")).json()["cases"]
    assert before == []
    assert (case["question"], case["reply"], case["by"]) == (asked["text"], "Of course, within 30 days.", "Mia")


async def test_the_nearest_entries_come_before_a_new_one(desk: httpx2.AsyncClient) -> None:
    found = (await desk.get("/desk/api/entries", params={"q": "How long can I return an item"})).json()["entries"]

    assert found[0]["id"] == ENTRY.id
    assert found[0]["answer"] == ENTRY.answer


async def test_what_is_approved_is_known_at_once_and_what_is_only_proposed_is_not(desk: httpx2.AsyncClient) -> None:
    async def answers() -> list[str]:
        found = await desk.get("/desk/api/entries", params={"q": "Do you repair lamps?"})
        return [entry["answer"] for entry in found.json()["entries"]]

    wanted = {"act": "add", "question": "Do you repair lamps?", "answer": "Yes, bring your lamp."}
    proposed = (await desk.post("/desk/api/corrections", json=wanted)).json()
    before = await answers()
    judged = await desk.post(f"/desk/api/corrections/{proposed['id']}", json={"status": "approved"})
    again = await desk.post(f"/desk/api/corrections/{proposed['id']}", json={"status": "rejected"})

    assert "Yes, bring your lamp." not in before
    assert judged.json()["reviewer"] == "Mia"
    assert (await answers())[0] == "Yes, bring your lamp."
    assert (again.status_code, again.json()["error"]) == (409, "it was approved already, by Mia")
    assert [each["status"] for each in (await desk.get("/desk/api/corrections")).json()["corrections"]] == [
        "approved"
    ]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"act": "replace", "entry": "gone", "answer": "x"}, 409),
        ({"act": "exclude", "entry": "gone"}, 409),
        ({"act": "add", "question": "q", "answer": " "}, 422),
        ({"act": "burn"}, 422),
    ],
)
async def test_what_cannot_be_corrected_is_refused(desk: httpx2.AsyncClient, wanted: dict, status: int) -> None:
    assert (await desk.post("/desk/api/corrections", json=wanted)).status_code == status


async def test_strangers_see_nothing_of_it(client: httpx2.AsyncClient, path: str) -> None:
    paths = (
        path + "/cases",
        "/desk/api/canned",
        "/desk/api/entries?q=a",
        "/desk/api/corrections",
        "/desk/api/search?q=a",
    )
    answers = await asyncio.gather(*(client.get(each) for each in paths))

    assert [answer.status_code for answer in answers] == [401] * len(paths)


async def test_how_sure_the_bot_must_be_is_drawn_where_it_was_found_out(
    desk: httpx2.AsyncClient, tmp_path: Path
) -> None:
    none = await desk.get("/desk/api/calibration.svg")
    found = Calibration(Weights(), 0.6, 0.05, Verdict.KEPT, None)
    build([ENTRY], [], HashingEmbedder(), tmp_path / "knowledge", calibrate=lambda *_: found)
    drawn = await desk.get("/desk/api/calibration.svg")

    assert (none.status_code, drawn.status_code) == (404, 200)
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "At most 5.0% of the answers wrong" in drawn.text
