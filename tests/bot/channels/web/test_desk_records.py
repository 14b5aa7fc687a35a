"""What the desk keeps of agents' doings: saved views, the audit log, who approves, and who reads private notes."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import httpx2
import pytest
from fastapi import FastAPI

from bot.accounts.base import Role
from bot.accounts.saved import EVERYONE, MOST, SavedViews, ViewsFull
from bot.accounts.staff import Staff
from bot.accounts.tokens import Scope
from bot.channels.web.sessions import MemorySessions
from bot.registry.memory import MemoryRegistry
from tests.bot.channels.web.conftest import CHANGE, begin
from tests.bot.channels.web.standin import StandIn

VIEW = {"tab": "mine", "shown": "open", "sort": "waiting", "kinds": {"tag": "vip"}, "search": "lamp"}
Enter = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def conversation(client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn) -> str:
    reception.may_answer.clear()
    await client.post("/api/messages", headers=visit, json={"id": "message-1", "text": "Can I return this?"})
    return (await reception.conversations.recent())[0].id


@pytest.fixture
def enter(app: FastAPI, sessions: MemorySessions) -> Enter:
    async def come(name: str, role: Role = Role.AGENT) -> httpx2.AsyncClient:
        cookies = {"kefu-desk": await sessions.begin(name, role)}
        transport = httpx2.ASGITransport(app=app)
        return httpx2.AsyncClient(transport=transport, base_url="http://kefu.test", headers=CHANGE, cookies=cookies)

    return come


async def names(client: httpx2.AsyncClient) -> list[tuple[str, bool]]:
    found = (await client.get("/desk/api/views")).json()["views"]
    return [(each["name"], each["shared"]) for each in found]


async def test_a_view_is_its_agent_s_and_a_shared_one_everybody_s(enter: Enter) -> None:
    mia, noor, ada = await enter("Mia"), await enter("Noor"), await enter("Ada", Role.ADMIN)
    kept = await mia.post("/desk/api/views", json={"name": "My lamps", "view": VIEW})
    shared = await ada.post("/desk/api/views", json={"name": "Lamps", "view": VIEW, "shared": True})

    assert (kept.status_code, shared.status_code) == (204, 204)
    assert await names(mia) == [("Lamps", True), ("My lamps", False)]
    assert await names(noor) == [("Lamps", True)]
    assert (await mia.get("/desk/api/views")).json()["views"][1]["view"] == VIEW


async def test_shared_views_are_an_admin_s_to_change_and_viewers_keep_none(enter: Enter) -> None:
    mia, vic, ada = await enter("Mia"), await enter("Vic", Role.VIEWER), await enter("Ada", Role.ADMIN)
    await ada.post("/desk/api/views", json={"name": "Lamps", "view": VIEW, "shared": True})
    refused = [
        await mia.post("/desk/api/views", json={"name": "Lamps", "view": VIEW, "shared": True}),
        await mia.delete("/desk/api/views/Lamps?shared=true"),
        await vic.post("/desk/api/views", json={"name": "Lamps", "view": VIEW}),
    ]
    await mia.delete("/desk/api/views/Lamps")

    assert [each.status_code for each in refused] == [403] * 3
    assert await names(vic) == [("Lamps", True)]
    await ada.delete("/desk/api/views/Lamps?shared=true")
    assert await names(vic) == []


@pytest.mark.parametrize("name", ["Lamps/Bulbs", "已解决 50 %", "a?b#c"])
async def test_a_view_is_forgotten_whatever_its_name_holds(enter: Enter, name: str) -> None:
    mia = await enter("Mia")
    await mia.post("/desk/api/views", json={"name": name, "view": VIEW})
    assert await names(mia) == [(name, False)]
    gone = await mia.delete(f"/desk/api/views/{quote(name, safe='')}")

    assert (gone.status_code, await names(mia)) == (204, [])


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"name": "a\u202eb"},
        {"name": "n" * 61},
        {"name": "."},
        {"name": " .. "},
        {"view": {**VIEW, "search": "s" * 201}},
        {"view": {**VIEW, "more": 1}},
        {"view": {**VIEW, "kinds": {str(number): "x" for number in range(11)}}},
    ],
)
async def test_what_is_no_view_is_refused(enter: Enter, change: dict[str, object]) -> None:
    mia = await enter("Mia")
    assert (await mia.post("/desk/api/views", json={"name": "Lamps", "view": VIEW, **change})).status_code == 422


async def test_views_are_replaced_under_their_name_and_so_many() -> None:
    views = SavedViews(MemoryRegistry())
    for number in range(MOST):
        await views.save("Mia", f"view {number}", VIEW)
    await views.save("mia", "view 0", {**VIEW, "tab": "all"})
    await views.save(EVERYONE, "one more", VIEW)

    with pytest.raises(ViewsFull):
        await views.save("Mia", "one more", VIEW)
    assert len(await views.of("Mia")) == MOST + 1


async def test_what_agents_do_is_in_the_audit_log(enter: Enter, conversation: str) -> None:
    mia, ada = await enter("Mia"), await enter("Ada", Role.ADMIN)
    path = f"/desk/api/conversations/{conversation}"
    await mia.post(path + "/tags", json={"add": ["vip", "lamp"], "remove": ["new"]})
    await mia.post(path + "/snooze", json={"until": 4_000_000_000})
    await mia.post(path + "/snooze", json={"until": 0})
    await mia.post(path + "/assign", json={"agent": "Noor"})
    await mia.post(path + "/resolve")
    await mia.post("/desk/api/views", json={"name": "Lamps", "view": VIEW})
    await mia.post("/desk/api/corrections", json={"act": "add", "question": "Do you repair?", "answer": "Yes."})
    told = (await ada.get("/desk/api/audit")).json()["entries"]

    assert [(each["what"], each["detail"]) for each in reversed(told)][:6] == [
        ("tagged", "+vip +lamp -new"),
        ("snoozed", "4000000000"),
        ("snoozed", ""),
        ("assigned", "Noor"),
        ("resolved", ""),
        ("saved_view", ""),
    ]
    assert told[0]["what"] == "proposed_correction"
    assert {each["about"] for each in told[2:]} == {conversation}


async def proposed(client: httpx2.AsyncClient) -> str:
    wanted = {"act": "add", "question": "Do you repair lamps?", "answer": "Yes, bring your lamp."}
    return str((await client.post("/desk/api/corrections", json=wanted)).json()["id"])


async def test_who_is_alone_approves_what_they_proposed(enter: Enter) -> None:
    mia, vic = await enter("Mia"), await enter("Vic", Role.VIEWER)
    approved = await mia.post(f"/desk/api/corrections/{await proposed(mia)}", json={"status": "approved"})

    assert approved.status_code == 200
    assert vic is not mia


async def test_with_a_colleague_another_one_approves_or_an_admin(enter: Enter) -> None:
    mia, noor, ada = await enter("Mia"), await enter("Noor"), await enter("Ada", Role.ADMIN)
    name = await proposed(mia)
    own = await mia.post(f"/desk/api/corrections/{name}", json={"status": "approved"})
    other = await noor.post(f"/desk/api/corrections/{name}", json={"status": "approved"})
    admin = await ada.post(f"/desk/api/corrections/{await proposed(ada)}", json={"status": "approved"})
    back = await mia.post(f"/desk/api/corrections/{await proposed(mia)}", json={"status": "rejected"})

    assert (own.status_code, "another agent or an admin" in own.json()["error"]) == (409, True)
    assert [each.status_code for each in (other, admin, back)] == [200, 200, 200]


async def test_an_account_that_nobody_uses_now_is_a_colleague_too(enter: Enter, staff: Staff) -> None:
    await staff.accounts.create("Noor", Role.AGENT, "a long password of tests")
    mia = await enter("Mia")
    own = await mia.post(f"/desk/api/corrections/{await proposed(mia)}", json={"status": "approved"})

    assert own.status_code == 409


async def test_private_notes_are_read_by_their_own_scope_alone(
    enter: Enter, client: httpx2.AsyncClient, conversation: str, staff: Staff
) -> None:
    mia = await enter("Mia")
    note = {"turn": "note-0001", "text": "Secretly a VIP"}
    await mia.post(f"/desk/api/conversations/{conversation}/note", json=note)
    seen = {}
    for scopes in ([Scope.CONVERSATIONS_READ], [Scope.CONVERSATIONS_READ, Scope.NOTES_READ], [Scope.NOTES_READ]):
        secret, _ = await staff.tokens.create("shop", scopes, "Ada")
        answer = await client.get(
            f"/api/v1/conversations/{conversation}/turns", headers={"Authorization": f"Bearer {secret}"}
        )
        seen[len(scopes), scopes[0]] = (answer.status_code, "Secretly" in answer.text)

    assert seen == {
        (1, Scope.CONVERSATIONS_READ): (200, False),
        (2, Scope.CONVERSATIONS_READ): (200, True),
        (1, Scope.NOTES_READ): (403, False),
    }


async def test_a_customer_has_no_views(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/desk/api/views", headers=await begin(client))).status_code == 401
