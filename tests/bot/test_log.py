"""Logs are structured lines, and at the default level they hold no customer's words, whatever goes wrong."""

import asyncio
import http.client
import json
import subprocess
import sys
import urllib.parse
from typing import Any

import pytest

from tests.fakes.faults import too_many
from tests.fakes.house import KefuHouse
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.visitor import Customer, call, eventually

WORD = "Zanzibarquux"
BREAK = f"""
import logging, sys, structlog
from bot import log
log.configure(sys.argv[1], sys.argv[2])
def answer(text):
    try:
        int(text)
    except ValueError as error:
        raise RuntimeError("cannot read " + text) from error
for name, logger in (("ours", structlog.get_logger("ours")), ("theirs", logging.getLogger("theirs"))):
    try:
        answer("{WORD[:4]}" + "{WORD[4:]}")
    except RuntimeError:
        logger.exception("the answer failed")
logging.getLogger("httpx").info("GET /?q={WORD}")
logging.getLogger("theirs").debug("{WORD}")
structlog.get_logger("ours").debug("{WORD}")
"""


def logged(level: str, style: str) -> str:
    """What is logged at `level` of two answers that break, by our logger and by a library's."""
    done = subprocess.run([sys.executable, "-c", BREAK, level, style], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def parsed(log: str) -> list[dict[str, Any]]:
    """The objects of a log of one JSON object a line."""
    lines = [json.loads(line) for line in log.splitlines()]
    for line in lines:
        assert {"event", "level", "logger", "timestamp"} <= set(line)
    return lines


@pytest.mark.parametrize("style", ["json", "console"])
def test_an_error_is_told_by_its_kinds_and_places_without_words(style: str) -> None:
    log = logged("info", style)
    assert WORD not in log
    assert log.count("RuntimeError at <string>:9") == 2
    assert log.count("ValueError at <string>:7") == 2


def test_an_error_of_json_is_one_line() -> None:
    assert [line["event"] for line in parsed(logged("info", "json"))] == ["the answer failed", "the answer failed"]


def test_who_asks_for_debug_gets_the_words() -> None:
    lines = parsed(logged("debug", "json"))
    assert [line["event"] for line in lines[2:]] == [WORD, WORD]
    assert lines[0]["exception"][0]["exc_value"] == f"cannot read {WORD}"


def test_a_pipe_gets_json_when_nothing_is_said() -> None:
    assert len(parsed(logged("info", "auto"))) == 2


def post_raw(address: str, path: str, body: bytes, token: str) -> int:
    """The status that bytes get which need be no JSON."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=30)
    try:
        connection.request(
            "POST", path, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def visit_the_website(address: str, secret: str) -> None:
    """Say the word through every door of the website, rightly and wrongly."""
    customer = Customer(address)
    customer.write(f"Where is my order {WORD}?")
    assert eventually(lambda: len(customer.answers()) == 1, 30)
    wrong = {"id": "message-0001", "text": f"another {WORD}"}
    assert call(f"{address}/api/messages", wrong, customer.token)[0] == 422
    assert call(f"{address}/api/messages", {"id": WORD, "text": 20_000 * WORD}, customer.token)[0] == 413
    assert call(f"{address}/api/messages", {"id": "x", "text": WORD, WORD: WORD}, customer.token)[0] == 422
    assert call(f"{address}/api/messages", wrong, WORD)[0] == 401
    assert post_raw(address, "/api/messages", f'{{"{WORD}'.encode(), customer.token) == 422
    assert post_raw(address, f"/{WORD}?{WORD}", WORD.encode(), WORD) == 404
    assert call(f"{address}/api/handoff", {"id": "message-0002", "text": WORD}, customer.token)[0] == 202
    assert call(f"{address}/api/ask", {"text": WORD}, WORD)[0] == 401
    assert call(f"{address}/api/ask", {"text": WORD, "history": [{"role": "bot", "text": WORD}]}, "token")[0] == 200
    assert call(f"{address}/desk/api/login", {"token": WORD, "name": WORD}, **{"X-Kefu": "1"})[0] == 401
    assert call(f"{address}/desk/api/login", {"token": secret, "name": "Ada"}, **{"X-Kefu": "1"})[0] == 200


async def write_to_telegram(telegram: FakeTelegram) -> None:
    """Say the word to the bot, which cannot always send what it answers."""
    telegram.fail("sendMessage", too_many(1), times=1)
    telegram.write(f"Where is my order {WORD}?")
    telegram.write(f"/start {WORD}", chat=43)
    telegram.write(caption=WORD, photo=[], chat=44)
    telegram.push({"message": {"message_id": WORD, "text": WORD}})
    await telegram.until(lambda: bool(telegram.sent(42)), within=30)


@pytest.mark.server
@pytest.mark.slow
async def test_no_door_of_a_served_house_logs_what_customers_write(informed: KefuHouse) -> None:
    async with FakeTelegram() as telegram:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url, "API_TOKEN": "token"}
        house = informed.serving(**settings)
        serving = await asyncio.to_thread(house.__enter__)
        try:
            await asyncio.to_thread(visit_the_website, serving.address, serving.secret)
            await write_to_telegram(telegram)
        finally:
            await asyncio.to_thread(house.__exit__, None, None, None)
    assert WORD not in serving.logged
    events = [line["event"] for line in parsed(serving.logged)]
    assert events.count("message accepted") >= 3
    assert "answered" in events
