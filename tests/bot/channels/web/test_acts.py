"""What customers do besides writing: stop an answer, rate one, end the conversation."""

import asyncio

import httpx2
import pytest

from bot.channels.web.schemas import LONGEST_BODY
from bot.conversation.messages import Attachment, Message, Turn
from tests.bot.channels.web.conftest import begin, until
from tests.bot.channels.web.standin import RETURNS, StandIn

QUESTION = {"id": "message-1", "text": "Can I return this?"}
ANSWER = "bot-message-1"
ACTS = {"/api/stop": {}, "/api/feedback": {"turn": ANSWER, "good": True}, "/api/end": {}}


async def turns_of(client: httpx2.AsyncClient, visit: dict[str, str]) -> list[dict]:
    return (await client.get("/api/conversation", headers=visit)).json()["turns"]


@pytest.fixture
async def answered(client: httpx2.AsyncClient, visit: dict[str, str]) -> dict[str, str]:
    """The headers of a customer who was answered."""
    await client.post("/api/messages", headers=visit, json=QUESTION)

    async def has_answer() -> bool:
        return len(await turns_of(client, visit)) == 2

    await until(has_answer)
    return visit


async def test_a_stopped_answer_keeps_what_was_said(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn
) -> None:
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json=QUESTION)
    (state,) = await reception.conversations.recent()

    async def all_said() -> bool:
        kinds = [event.kind for event in await reception.conversations.events(state.id, "0", 0)]
        return kinds.count("sentence") == 2

    await until(all_said)
    stopped = await client.post("/api/stop", headers=visit)

    async def told() -> bool:
        return (await turns_of(client, visit))[-1]["text"] == "stopped"

    await until(told)
    asked, said, event = await turns_of(client, visit)
    assert (stopped.status_code, stopped.json()) == (202, {"stopping": True})
    assert (asked["id"], said["text"]) == ("message-1", RETURNS.text)
    assert set(event) == {"id", "role", "text", "at", "name"}


async def test_stopping_what_is_not_being_made_changes_nothing(
    client: httpx2.AsyncClient, answered: dict[str, str]
) -> None:
    before = await turns_of(client, answered)
    stopped = [await client.post("/api/stop", headers=answered, json={}) for _ in range(2)]

    assert [one.status_code for one in stopped] == [202, 202]
    assert await turns_of(client, answered) == before


async def test_a_rating_is_for_agents_to_see(
    client: httpx2.AsyncClient, desk: httpx2.AsyncClient, answered: dict[str, str], reception: StandIn
) -> None:
    before = await turns_of(client, answered)
    rated = await client.post("/api/feedback", headers=answered, json={"turn": ANSWER, "good": False})
    again = await client.post("/api/feedback", headers=answered, json={"turn": ANSWER, "good": False})
    (state,) = await reception.conversations.recent()
    seen = (await desk.get(f"/desk/api/conversations/{state.id}")).json()["turns"]

    assert (rated.status_code, rated.json()) == (200, {"rated": True, "turn": ANSWER})
    assert again.json() == rated.json()
    assert [turn["text"] for turn in seen if turn["role"] == "event"] == ["rated_down"]
    assert await turns_of(client, answered) == before


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"turn": "turn-of-another", "good": True}, 404, "there is no such turn"),
        ({"turn": "message-1", "good": True}, 422, "turn: is no answer"),
        ({"turn": ANSWER}, 422, "good: "),
        ({"turn": ANSWER, "good": "yes"}, 422, "good: "),
        ({"turn": "..", "good": True}, 422, "turn: "),
        ({"turn": ANSWER, "good": True, "more": 1}, 422, "more: "),
        ([], 422, ""),
    ],
)
async def test_refuses_to_rate_what_is_no_answer(
    client: httpx2.AsyncClient, answered: dict[str, str], body: object, status: int, reason: str
) -> None:
    refused = await client.post("/api/feedback", headers=answered, json=body)

    assert refused.status_code == status
    assert refused.json()["error"].startswith(reason)
    assert refused.json()["error"]


async def test_nobody_rates_another_s_answers(client: httpx2.AsyncClient, answered: dict[str, str]) -> None:
    other = await begin(client)
    await client.post("/api/messages", headers=other, json={"id": "message-9", "text": "Hello"})
    refused = await client.post("/api/feedback", headers=other, json={"turn": ANSWER, "good": True})

    assert refused.status_code == 404


async def test_an_ended_conversation_begins_anew_with_the_next_message(
    client: httpx2.AsyncClient, answered: dict[str, str], reception: StandIn
) -> None:
    ended = await client.post("/api/end", headers=answered)
    again = await client.post("/api/end", headers=answered)
    last = (await turns_of(client, answered))[-1]
    await client.post("/api/messages", headers=answered, json={"id": "message-2", "text": "One more return?"})

    assert ended.json() == again.json() == {"status": "resolved", "agent": None}
    assert (last["role"], last["text"], last["name"]) == ("event", "resolved", "")
    (state,) = await reception.conversations.recent()
    assert (state.status, state.episode) == ("open", 2)


@pytest.mark.parametrize("path", ACTS)
async def test_before_the_first_message_there_is_nothing_to_act_on(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, path: str
) -> None:
    refused = await client.post(path, headers=visit, json=ACTS[path])

    assert (refused.status_code, refused.json()) == (404, {"error": "there is no such conversation"})
    assert not await reception.conversations.recent()


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("token", [None, "nonsense", "forged"])
async def test_a_stranger_does_nothing(
    client: httpx2.AsyncClient, answered: dict[str, str], path: str, token: str | None
) -> None:
    before = await turns_of(client, answered)
    mine = answered["Authorization"]
    # Not the last letter: two bits of it tell nothing.
    forged = f"{mine[:-9]}{'A' if mine[-9] != 'A' else 'B'}{mine[-8:]}"
    tokens = {None: {}, "nonsense": {"Authorization": "Bearer x"}, "forged": {"Authorization": forged}}
    refused = await client.post(path, headers=tokens[token], json=ACTS[path])

    assert refused.status_code == 401
    assert refused.json()["error"]
    assert await turns_of(client, answered) == before


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"turn": ', 422), (b"\xff\xfe", 422), (b"[]", 422), (b'{"more": 1}', 422), (b" " * (LONGEST_BODY + 1), 413)],
    ids=["half", "no text", "list", "a field too many", "too long"],
)
async def test_a_body_that_is_none_is_refused(
    client: httpx2.AsyncClient, answered: dict[str, str], path: str, body: bytes, status: int
) -> None:
    headers = {**answered, "Content-Type": "application/json"}
    refused = await client.post(path, headers=headers, content=body)

    assert refused.status_code == status
    assert refused.json()["error"]
    assert len(await turns_of(client, answered)) == 2


async def test_who_has_written_too_much_may_still_stop(client: httpx2.AsyncClient, answered: dict[str, str]) -> None:
    for number in range(19):
        await client.post("/api/messages", headers=answered, json={"id": f"message-x{number:02}", "text": "return"})
    paced = await client.post("/api/messages", headers=answered, json={"id": "message-y1", "text": "return"})
    acts = [(await client.post("/api/stop", headers=answered)).status_code for _ in range(21)]

    assert paced.status_code == 429
    assert acts == [202] * 20 + [429]


@pytest.mark.parametrize("path", ["/api/messages", "/api/handoff"])
async def test_one_message_sent_five_times_at_once_is_one_turn(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn, path: str
) -> None:
    reception.may_answer.clear()
    sent = await asyncio.gather(*(client.post(path, headers=visit, json=QUESTION) for _ in range(5)))

    assert sorted(one.status_code for one in sent) == [200, 200, 200, 200, 202]
    assert [one.json() for one in sent] == [{"accepted": True, "turn": "message-1"}] * 5
    assert [turn["id"] for turn in await turns_of(client, visit)] == ["message-1"]


@pytest.mark.parametrize("paths", [("/api/messages", "/api/handoff"), ("/api/handoff", "/api/messages")])
async def test_an_id_is_not_used_again_for_something_else(
    client: httpx2.AsyncClient, visit: dict[str, str], paths: tuple[str, str]
) -> None:
    first, other = [await client.post(path, headers=visit, json=QUESTION) for path in paths]

    assert (first.status_code, other.status_code) == (202, 422)
    assert other.json()["error"]


async def test_customers_see_only_what_is_theirs(
    client: httpx2.AsyncClient, answered: dict[str, str], reception: StandIn
) -> None:
    (state,) = await reception.conversations.recent()
    attached = (Attachment("photo", "its-ref-1", "lamp.jpg", "image/jpeg", 9),)
    await reception.receive(Message(state.id, "message-2", "", 0.0, attachments=attached))
    for what in ("undelivered", "unconfirmed", "rated_up", "edited", "withdrawn", "undeliverable", "blocked"):
        await reception.note(state.id, what, "about-it", "Mia")
    await reception.take_over(state.id, "Mia")
    await reception.hand_back(state.id)
    await reception.resolve(state.id, "Mia")
    await reception.reopen(state.id, "Mia")
    turns = await turns_of(client, answered)
    happened = [(turn["text"], turn["name"]) for turn in turns if turn["role"] == "event"]

    assert happened == [("taken_over", "Mia"), ("handed_back", ""), ("resolved", ""), ("reopened", "")]
    (photo,) = [turn for turn in turns if turn["id"] == "message-2"]
    told = {"kind": "photo", "name": "lamp.jpg", "ref": "its-ref-1", "mime": "image/jpeg", "size": 9}
    assert photo["attachments"] == [told]


async def test_agents_see_what_was_attached_and_where_it_waits(desk: httpx2.AsyncClient, reception: StandIn) -> None:
    names = [f"web:{number}" for number in range(3)]
    for name in names:
        attached = (Attachment("voice", "ref", "", "audio/ogg", 7),)
        await reception.receive(Message(name, "message-1", "/human", 0.0, attachments=attached))

        async def waits(count: int = names.index(name) + 1) -> bool:
            return len(await reception.conversations.queue()) == count

        await until(waits)
    await reception.resolve(names[0], "Mia")
    listed = (await desk.get("/desk/api/conversations")).json()
    places = {each["id"]: each["place"] for each in listed["conversations"]}
    shown = (await desk.get(f"/desk/api/conversations/{names[2]}")).json()

    assert places == {names[0]: None, names[1]: 1, names[2]: 2}
    assert listed["queue"] == names[1:]
    assert (shown["state"]["place"], shown["state"]["episode"]) == (2, 1)
    voice = {"kind": "voice", "ref": "ref", "name": "", "mime": "audio/ogg", "size": 7}
    assert shown["turns"][0]["attachments"] == [voice]


async def test_an_old_conversation_that_waits_is_listed(desk: httpx2.AsyncClient, reception: StandIn) -> None:
    await reception.receive(Message("web:old", "message-1", "/human", 0.0))

    async def waits() -> bool:
        return list(await reception.conversations.queue()) == ["web:old"]

    await until(waits)
    for number in range(101):
        await reception.conversations.accept(Message(f"web:{number}", "message-1", "Hello", 0.0))
    listed = (await desk.get("/desk/api/conversations")).json()

    assert len(listed["conversations"]) == 101
    assert [each["place"] for each in listed["conversations"] if each["id"] == "web:old"] == [1]


async def test_an_agent_resolves_and_reopens(
    desk: httpx2.AsyncClient, client: httpx2.AsyncClient, answered: dict[str, str], reception: StandIn
) -> None:
    (state,) = await reception.conversations.recent()
    path = f"/desk/api/conversations/{state.id}"
    resolved = await desk.post(f"{path}/resolve")
    reopened = await desk.post(f"{path}/reopen", json={})
    said = await desk.post(f"{path}/say", json={"turn": "agent-turn", "text": "Your refund is sent.", "once": True})
    unsure = await desk.post(f"{path}/say", json={"turn": "agent-turn2", "text": "Hello", "once": "perhaps"})
    turns = (await reception.conversations.read(state.id)).turns

    assert (resolved.json()["status"], reopened.json()["status"]) == ("resolved", "open")
    assert said.status_code == 200
    assert unsure.status_code == 422
    last: Turn = turns[-1]
    assert (last.text, last.once) == ("Your refund is sent.", True)
