"""What `kefu bench` runs: real answers through the real server and the real generator. Prints nothing."""

import asyncio
import http.client
import json
import secrets
import statistics
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.answering.answer import Question
from bot.app import House
from knowledge.snapshot.reader import open_current


async def through_the_api(house: House, repeats: int) -> list[float]:
    """Seconds of `repeats` warm answers by POST /api/ask on loopback, one after the other."""
    from bot.doors.web import serve_web

    token = secrets.token_urlsafe(16)
    settings = house.settings.model_copy(update={"port": 0, "host": "127.0.0.1", "api_token": SecretStr(token)})
    stop = asyncio.Event()
    told: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(serve_web(replace(house, settings=settings), stop, told.put_nowait))
    try:
        address = (await asyncio.wait_for(told.get(), 30)).split()[-1]
        return await asyncio.to_thread(_ask_repeatedly, address, token, _questions(house), repeats)
    finally:
        stop.set()
        await serving


def _ask_repeatedly(address: str, token: str, questions: list[str], repeats: int) -> list[float]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    seconds: list[float] = []
    # The first answers warm the caches and are not counted.
    for number in range(-5, repeats):
        body = json.dumps({"text": questions[number % len(questions)]})
        started = time.perf_counter()
        connection.request("POST", "/api/ask", body, headers)
        answer = json.load(connection.getresponse())
        took = time.perf_counter() - started
        if number >= 0 and answer["mode"] == "verbatim":
            seconds.append(took)
    connection.close()
    if not seconds:
        raise RuntimeError("no question was answered verbatim: is this knowledge empty?")
    return seconds


def _questions(house: House) -> list[str]:
    """What the entries themselves ask, at most fifty."""
    entries = open_current(house.brain.knowledge).contents.entries
    return [entry.question for entry in entries if entry.question][:50] or ["?"]


async def generated(house: House, repeats: int) -> list[dict[str, Any]]:
    """Seconds to the first checked sentence and to the whole of composed answers, with the generator free."""
    settings = house.settings.model_copy(update={"compose": "always", "answer_seconds": 60.0})
    answerer = replace(house.brain, settings=settings).answerer()
    questions = _questions(house)
    first, whole, withheld = [], [], 0
    for number in range(-1, repeats):
        answer = await asyncio.to_thread(answerer.answer, Question(questions[number % len(questions)]))
        if number < 0:
            continue  # the first one waits for the model to load
        if answer.mode != "generated":
            withheld += 1
            continue
        first.append(answer.seconds["first_sentence"])
        whole.append(answer.seconds["generate"])
    item = {"work": "generated answer", "n": repeats, "withheld_by_the_check": withheld}
    if first:
        item |= {
            "first_sentence_p50_s": round(statistics.median(first), 2),
            "first_sentence_max_s": round(max(first), 2),
            "whole_p50_s": round(statistics.median(whole), 2),
            "whole_max_s": round(max(whole), 2),
        }
    return [item]
