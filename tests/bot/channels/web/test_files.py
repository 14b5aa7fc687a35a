"""Files by HTTP: what is sent, carried by turns, given back, and what is refused."""

from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from fastapi import FastAPI

from bot.accounts.base import Role
from bot.channels.web.guard import SLOWEST, BodyLimit
from bot.channels.web.sessions import MemorySessions
from bot.conversation.messages import Attachment, Message
from bot.files.base import Limits
from bot.files.intake import Intake
from bot.files.memory import MemoryFiles
from tests.bot.channels.web.conftest import API_TOKEN, CHANGE, begin
from tests.bot.channels.web.standin import StandIn
from tests.bot.files.samples import HTML, SVG, archive, nested, png, word

FILE = "file-0001"


async def upload(
    client: httpx2.AsyncClient, headers: dict[str, str], data: bytes, name: str = "lamp.png", key: str = FILE
) -> httpx2.Response:
    return await client.post(f"/api/files?id={key}", headers={**headers, "X-File-Name": quote(name)}, content=data)


async def carried(
    client: httpx2.AsyncClient, headers: dict[str, str], text: str = "", turn: str = "message-1", *files: str
) -> httpx2.Response:
    message = {"id": turn, "text": text, "files": list(files or [FILE])}
    return await client.post("/api/files/messages", headers=headers, json=message)


async def turns(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    return (await client.get("/api/conversation", headers=headers)).json()["turns"]


async def test_a_picture_is_sent_and_comes_back_as_a_download(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    sent = await upload(client, visit, png(), "Lämpchen 灯.png")
    accepted = await carried(client, visit, "This one is broken.")
    back = await client.get(f"/api/files/{FILE}", headers=visit)

    assert sent.status_code == 201
    assert sent.json() == {"file": FILE, "name": "Lämpchen 灯.png", "mime": "image/png", "size": len(png())}
    assert (accepted.status_code, accepted.json()) == (202, {"accepted": True, "turn": "message-1"})
    (turn, *_) = await turns(client, visit)
    assert (turn["text"], turn["attachments"]) == (
        "This one is broken.",
        [{"kind": "photo", "name": "Lämpchen 灯.png", "ref": FILE, "mime": "image/png", "size": len(png())}],
    )
    assert (back.status_code, back.content) == (200, png())


async def test_a_download_is_opened_by_no_browser(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    await upload(client, visit, png(), 'a";filename=evil.html\r\n.png')
    headers = (await client.get(f"/api/files/{FILE}", headers=visit)).headers

    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a_%3Bfilename%3Devil.html.png"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-type"] == "image/png"


async def test_a_text_claims_no_type_that_a_browser_shows(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    await upload(client, visit, b"only words", "page.html")
    back = await client.get(f"/api/files/{FILE}", headers=visit)

    assert back.headers["content-type"] == "application/octet-stream"
    assert "page.html.txt" in back.headers["content-disposition"]


@pytest.mark.parametrize(
    ("data", "name", "status", "why"),
    [
        (b"", "a.png", 422, "empty"),
        (HTML, "a.png", 415, "type"),
        (SVG, "a.svg", 415, "type"),
        (SVG, "a.png", 415, "type"),
        (png() + HTML, "a.png", 422, "mixed"),
        (png(1_000_000_000), "a.png", 422, "pixels"),
        (archive({"zeros": b"\0" * 20_000_000}), "a.zip", 422, "archive"),
        (nested(3), "a.zip", 422, "archive"),
        (archive({f"{number}": b"" for number in range(10_000)}), "a.zip", 422, "archive"),
        (archive({"../../up": b"x"}), "a.zip", 422, "archive"),
    ],
)
async def test_a_refusal_says_why_in_a_word_and_a_sentence(
    client: httpx2.AsyncClient, visit: dict[str, str], data: bytes, name: str, status: int, why: str
) -> None:
    refused = await upload(client, visit, data, name)

    assert (refused.status_code, refused.json()["why"]) == (status, why)
    assert refused.json()["error"].endswith(".")
    assert (await client.get(f"/api/files/{FILE}", headers=visit)).status_code == 404


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("ann\u202egnp.exe", "anngnp.exe.png"),
        ("a\x00b.png", "ab.png"),
        ("n" * 5_000, "n" * 96 + ".png"),
        ("%2e%2e/%00", "_00.png"),
    ],
)
async def test_a_name_is_cleaned(client: httpx2.AsyncClient, visit: dict[str, str], name: str, shown: str) -> None:
    assert (await upload(client, visit, png(), name)).json()["name"] == shown


async def test_a_name_that_is_no_utf8_is_still_a_name(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    headers = {**visit, "X-File-Name": "%ff%fe.png"}
    kept = await client.post(f"/api/files?id={FILE}", headers=headers, content=png())

    assert kept.json()["name"] == "\ufffd\ufffd.png"


async def test_too_large_is_told_before_it_is_read_when_its_length_is_said(
    client: httpx2.AsyncClient, visit: dict[str, str], intake: Intake
) -> None:
    refused = await upload(client, visit, b"x" * (intake.limits.size + 1), "a.txt")

    assert (refused.status_code, refused.json()["why"]) == (413, "too_large")


async def test_too_large_without_a_length_is_cut_off_over_tcp(
    address: str, client: httpx2.AsyncClient, intake: Intake
) -> None:
    headers = await begin(client)
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 5 * intake.limits.size:
            sent += 65_536
            yield b"x" * 65_536

    status = 0
    async with httpx2.AsyncClient(base_url=address, headers=headers) as caller:
        try:
            status = (await caller.post(f"/api/files?id={FILE}", content=endless())).status_code
        except httpx2.TransportError:
            status = 413  # the server hung up before all was sent

    assert status == 413
    assert sent < 3 * intake.limits.size
    assert (await client.get(f"/api/files/{FILE}", headers=headers)).status_code == 404


async def test_another_visitor_finds_nothing_and_carries_nothing(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    await upload(client, visit, png())
    other = await begin(client)

    assert (await client.get(f"/api/files/{FILE}", headers=other)).status_code == 404
    taken = await carried(client, other)
    assert (taken.status_code, taken.json()["why"]) == (422, "unknown")
    assert await turns(client, other) == []


async def test_the_same_file_twice_is_one_and_another_under_its_id_is_refused(
    client: httpx2.AsyncClient, visit: dict[str, str], intake: Intake
) -> None:
    first, again = [await upload(client, visit, png()) for _ in range(2)]
    other = await upload(client, visit, word())

    assert first.json() == again.json()
    assert (again.status_code, other.status_code) == (201, 422)
    assert (await intake.files.usage()).files == 1


async def test_a_message_with_files_is_stored_once(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    await upload(client, visit, png())
    statuses = [(await carried(client, visit)).status_code for _ in range(2)]

    assert statuses == [202, 202]
    assert [turn["id"] for turn in await turns(client, visit) if turn["role"] == "customer"] == ["message-1"]


@pytest.mark.parametrize(
    "change", [{"files": []}, {"files": [FILE] * 6}, {"files": ["no"]}, {"text": "\x00"}, {"text": "a" * 4_001}]
)
async def test_what_no_message_may_be_is_refused(
    client: httpx2.AsyncClient, visit: dict[str, str], change: dict[str, Any]
) -> None:
    await upload(client, visit, png())
    message = {"id": "message-1", "text": "", "files": [FILE], **change}

    assert (await client.post("/api/files/messages", headers=visit, json=message)).status_code == 422


async def test_uploads_keep_the_pace_of_messages(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    seen = [(await upload(client, visit, png(), key=f"file-{number:04}")).status_code for number in range(25)]

    assert seen[:20] == [201] * 20
    assert set(seen[20:]) == {429}


async def test_one_visitor_fills_no_more_than_their_part(client: httpx2.AsyncClient, visit: dict[str, str]) -> None:
    big = b"words " * 1_600_000
    seen = [(await upload(client, visit, big, "a.txt", f"file-{number:04}")) for number in range(6)]

    assert [each.status_code for each in seen] == [201] * 5 + [422]
    assert seen[-1].json()["why"] == "quota"


async def test_an_agent_sends_files_and_sees_the_customer_s(
    client: httpx2.AsyncClient, visit: dict[str, str], desk: httpx2.AsyncClient, reception: StandIn
) -> None:
    await upload(client, visit, png())
    await carried(client, visit, "Look")
    name = (await reception.conversations.recent())[0].id
    seen = await desk.get(f"/desk/api/conversations/{name}/files/{FILE}")
    sent = await desk.post(
        f"/desk/api/files?conversation={name}&id=file-0002", content=word(), headers={"X-File-Name": "offer.docx"}
    )
    reply = {"turn": "reply-001", "text": "", "files": ["file-0002"]}
    said = await desk.post(f"/desk/api/conversations/{name}/say/files", json=reply)

    assert (seen.status_code, seen.content) == (200, png())
    assert (sent.status_code, said.status_code, said.json()["owner"]) == (201, 200, "Mia")
    (turn,) = [turn for turn in await turns(client, visit) if turn["role"] == "agent"]
    assert turn["attachments"][0]["name"] == "offer.docx"
    assert (await client.get("/api/files/file-0002", headers=visit)).content == word()


async def test_programs_read_files_by_their_scope(
    client: httpx2.AsyncClient, visit: dict[str, str], reception: StandIn
) -> None:
    await upload(client, visit, png())
    await carried(client, visit)
    name = (await reception.conversations.recent())[0].id
    program = {"Authorization": f"Bearer {API_TOKEN}"}

    assert (await client.get(f"/api/v1/conversations/{name}/files/{FILE}", headers=program)).content == png()


async def test_files_go_to_the_website_s_customers_alone(desk: httpx2.AsyncClient, reception: StandIn) -> None:
    await reception.receive(Message("telegram:1", "message-1", "hello", 0.0, attachments=(Attachment("photo", "x"),)))
    refused = await desk.post(f"/desk/api/files?conversation=telegram:1&id={FILE}", content=png())
    reply = {"turn": "reply-001", "files": [FILE]}

    assert refused.status_code == 422
    assert (await desk.post("/desk/api/conversations/telegram:1/say/files", json=reply)).status_code == 422
    assert (await desk.post(f"/desk/api/files?conversation=web:none&id={FILE}", content=png())).status_code == 404


async def test_a_viewer_reads_files_and_sends_none(
    app: FastAPI, client: httpx2.AsyncClient, visit: dict[str, str], sessions: MemorySessions, reception: StandIn
) -> None:
    await upload(client, visit, png())
    await carried(client, visit)
    name = (await reception.conversations.recent())[0].id
    cookies = {"kefu-desk": await sessions.begin("Vic", Role.VIEWER)}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://kefu.test", headers=CHANGE, cookies=cookies
    ) as viewer:
        seen = await viewer.get(f"/desk/api/conversations/{name}/files/{FILE}")
        sent = await viewer.post(f"/desk/api/files?conversation={name}&id=file-0002", content=png())
        reply = {"turn": "reply-001", "files": [FILE]}
        said = await viewer.post(f"/desk/api/conversations/{name}/say/files", json=reply)

    assert (seen.status_code, sent.status_code, said.status_code) == (200, 403, 403)


async def test_what_is_not_kept_any_more_is_said_to_be_gone(
    client: httpx2.AsyncClient, visit: dict[str, str]
) -> None:
    missing = await client.get("/api/files/file-9999", headers=visit)

    assert missing.status_code == 404
    assert "not kept" in missing.json()["error"]


async def test_too_many_at_once_are_asked_to_wait() -> None:
    intake = Intake(MemoryFiles(), Limits(), 60)
    intake._coming.update(object() for _ in range(32))

    async def nothing() -> Any:
        yield b""

    with pytest.raises(Exception, match="try again"):
        await intake.take("web:mine", FILE, "a.png", nothing(), "")


def test_a_slow_line_has_time_for_the_largest_file() -> None:
    assert Limits().size / SLOWEST >= 200
    assert BodyLimit
