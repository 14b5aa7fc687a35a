"""Files at a running `kefu serve`, over TCP, kept on a real server."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.bot.files.samples import HTML, png
from tests.fakes.house import KefuHouse

pytestmark = pytest.mark.server


def asked(address: str, path: str, token: str = "", body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of an answer; a request with a body is a POST."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        given["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address + path, body, given)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def begun(address: str) -> str:
    token: dict[str, Any] = json.loads(asked(address, "/api/conversations", "", b"")[1])
    return str(token["token"])


def test_a_file_survives_a_restart_and_the_doctor_counts_it(informed: KefuHouse) -> None:
    message = json.dumps({"id": "message-1", "text": "How much is shipping?", "files": ["file-0001"]}).encode()
    with informed.serving(SECRET_KEY="a secret key of tests") as serving:
        mine, other = begun(serving.address), begun(serving.address)
        upload = "/api/files?id=file-0001"
        sent = asked(serving.address, upload, mine, png(9, 9), X_File_Name="lamp.png", Content_Type="image/png")
        refused = asked(serving.address, "/api/files?id=file-0002", mine, HTML, X_File_Name="lamp.png")
        carried = asked(serving.address, "/api/files/messages", mine, message, Content_Type="application/json")
        team = json.loads(asked(serving.address, "/api/team")[1])
    with informed.serving(SECRET_KEY="a secret key of tests") as serving:
        back = asked(serving.address, "/api/files/file-0001", mine)
        stolen = asked(serving.address, "/api/files/file-0001", other)
    told = informed.run("doctor")

    assert (sent[0], refused[0], carried[0]) == (201, 415, 202)
    assert team["files"]["size"] == 10_000_000
    assert back == (200, png(9, 9))
    assert stolen[0] == 404
    assert "1 files, 0.0 of 1000 MB" in " ".join(told.out.split())


def test_where_files_are_switched_off_there_is_no_way_to_send_one(informed: KefuHouse) -> None:
    with informed.serving(FILES="false") as serving:
        token = begun(serving.address)
        sent = asked(serving.address, "/api/files?id=file-0001", token, png(), X_File_Name="lamp.png")
        team = json.loads(asked(serving.address, "/api/team")[1])

    assert sent[0] == 404
    assert team["files"] is None
