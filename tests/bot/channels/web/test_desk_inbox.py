"""Notes, tags, snoozing, assigning and search at the desk; and that no customer sees a note."""

import httpx2
import pytest

from bot.channels.web.views import public_conversation, public_event
from bot.conversation.messages import Event, Turn
from bot.conversation.records import NOTED, turn_fields
from bot.desk.history import question_of, unanswered
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.standin import StandIn
from tests.bot.channels.web.test_streams import listening, send, until

QUESTION = {"id": "message-1", "text": "Can I return this?"}
NOTE = {"turn": "note-0001", "text": "Secretly a VIP"}
CONVERSATION = "/desk/api/conversations/{id}"
ACTS = {
    "/note": NOTE,
    "/tags": {"add": ["vip"]},
    "/snooze": {"until": 4_000_000_000},
    "/assign": {"agent": "Noor"},
    "/composing": {},
}


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn) -> str:
    """A conversation in which the bot has not answered yet."""
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json=QUESTION)
    return (await reception.conversations.recent())[0].id


async def test_a_note_is_kept_once_for_colleagues(desk: httpx2.AsyncClient, conversation: str) -> None:
    path = CONVERSATION.format(id=conversation)
    assert (await desk.post(path + "/note", json=NOTE)).status_code == 200
    await desk.post(path + "/note", json=NOTE)
    turns = (await desk.get(path)).json()["turns"]

    notes = [(turn["name"], turn["note"]) for turn in turns if turn["text"] == "noted"]
    assert notes == [("Mia", "Secretly a VIP")]


async def test_no_door_shows_a_customer_a_note(
    desk: httpx2.AsyncClient, client: httpx2.AsyncClient, visit: dict[str, str], conversation: str, reception: StandIn
) -> None:
    await desk.post(CONVERSATION.format(id=conversation) + "/note", json=NOTE)
    shown = await client.get("/api/conversation", headers=visit)
    known = await reception.conversations.read(conversation)
    note = known.turns[-1]

    assert note.note == NOTE["text"]
    assert "Secretly" not in shown.text
    assert "Secretly" not in str(public_conversation(known))
    assert public_event(Event("1-0", "turn", turn_fields(note))) is None
    assert public_event(Event("2-0", "composing", {"who": "Mia"})) is None
    assert "Secretly" not in str(question_of(known, unanswered(known)))


async def test_a_customer_cannot_find_out_that_a_note_was_written(
    desk: httpx2.AsyncClient, client: httpx2.AsyncClient, visit: dict[str, str], conversation: str
) -> None:
    before = (await client.get("/api/conversation", headers=visit)).json()
    await desk.post(CONVERSATION.format(id=conversation) + "/note", json=NOTE)

    assert (await client.get("/api/conversation", headers=visit)).json() == before


async def test_a_customer_s_stream_says_nothing_of_a_note_or_of_who_writes(address: str, reception: StandIn) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        await send(client, visit, "Can I return this?", "message-1")
        async with listening(client, "/api/events", visit) as events:
            await until(events, "turn", "bot")
            name = (await reception.conversations.recent())[0].id
            noted = Turn("note-0001", "event", NOTED, 1.0, "Mia", note="Secretly a VIP")
            await reception.conversations.note(name, noted)
            await reception.conversations.announce(name, "composing", {"who": "Mia"})
            await reception.conversations.say(name, "Mia", Turn("reply-01", "agent", "Hello", 2.0, "Mia"))
            heard = await until(events, "turn", "agent")

    assert "Secretly" not in str(heard)
    assert "composing" not in {event.kind for event in heard}


def test_an_event_with_a_note_is_public_in_no_case() -> None:
    turn = Turn("t-00001", "event", NOTED, 1.0, "Mia", note="Secret")

    assert public_event(Event("1-0", "turn", turn_fields(turn))) is None


async def test_tags_and_snooze_stand_in_the_list(desk: httpx2.AsyncClient, conversation: str) -> None:
    path = CONVERSATION.format(id=conversation)
    await desk.post(path + "/tags", json={"add": [" big   order ", "vip"]})
    await desk.post(path + "/tags", json={"remove": ["vip"]})
    await desk.post(path + "/snooze", json={"until": 4_000_000_000})

    (listed,) = (await desk.get("/desk/api/conversations")).json()["conversations"]
    assert (listed["tags"], listed["snoozed"]) == (["big order"], 4_000_000_000)
    assert listed["since"] > 0


async def test_assigning_gives_it_to_a_colleague(desk: httpx2.AsyncClient, conversation: str) -> None:
    path = CONVERSATION.format(id=conversation)
    assigned = await desk.post(path + "/assign", json={"agent": "Noor"})
    turns = (await desk.get(path)).json()["turns"]

    assert assigned.json()["owner"] == "Noor"
    assert [(turn["text"], turn["name"]) for turn in turns[1:]] == [("assigned", "Mia"), ("taken_over", "Noor")]


async def test_search_finds_what_was_said_and_noted(desk: httpx2.AsyncClient, conversation: str) -> None:
    await desk.post(CONVERSATION.format(id=conversation) + "/note", json=NOTE)
    said = (await desk.get("/desk/api/search", params={"q": "RETURN this"})).json()["found"]
    noted = (await desk.get("/desk/api/search", params={"q": "vip"})).json()["found"]

    assert [(each["state"]["id"], each["text"]) for each in said] == [(conversation, QUESTION["text"])]
    assert [each["text"] for each in noted] == [NOTE["text"]]
    assert (await desk.get("/desk/api/search", params={"q": " "})).json() == {"found": []}


@pytest.mark.parametrize("act", ACTS)
async def test_a_stranger_and_another_site_change_nothing(
    client: httpx2.AsyncClient, desk: httpx2.AsyncClient, reception: StandIn, conversation: str, act: str
) -> None:
    path, before = CONVERSATION.format(id=conversation) + act, await reception.conversations.read(conversation)
    stranger = await client.post(path, headers=CHANGE, json=ACTS[act])
    other = await desk.post(path, headers={"X-Kefu": ""}, json=ACTS[act])

    assert (stranger.status_code, other.status_code) == (401, 403)
    assert await reception.conversations.read(conversation) == before


@pytest.mark.parametrize("act", ACTS)
async def test_an_unknown_conversation_is_not_found(desk: httpx2.AsyncClient, act: str) -> None:
    missing = await desk.post(CONVERSATION.format(id="web:nobody") + act, json=ACTS[act])

    assert (missing.status_code, missing.json()["error"]) == (404, "there is no such conversation")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("/note", {"turn": "note-0001", "text": " "}),
        ("/tags", {"add": ["a" * 41]}),
        ("/tags", {"add": ["\u202e"]}),
        ("/tags", {"add": [str(number) for number in range(21)]}),
        ("/snooze", {"until": -1}),
        ("/snooze", {"until": 1e300}),
        ("/assign", {"agent": "bot"}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    desk: httpx2.AsyncClient, conversation: str, act: str, body: dict
) -> None:
    refused = await desk.post(CONVERSATION.format(id=conversation) + act, json=body)

    assert refused.status_code == 422
    assert refused.json()["error"]
