"""T24, T25, T26, T29: the website's door while connections break, pages close and the server restarts."""

import asyncio
import re
import time
from collections.abc import Sequence

from bot.conversation.base import Conversations
from bot.conversation.messages import Turn
from scripts.soaking.browsing import Visitor, visitors
from scripts.soaking.forked import Child
from scripts.soaking.ground import Figures, Ground, percentile, until
from scripts.soaking.scene import free_port, scene

_FIRST = {"id": "message-1", "text": "1"}
_TOLD = re.compile(r"Kefu answers on (http://[\d.:]+)/")
_ENDED = re.compile(r"^([\d.]+) end ", re.M)


def _address(house: Child) -> str:
    return _TOLD.findall("\n".join(house.lines()))[-1]


async def streams(ground: Ground) -> Figures:
    """100 answers of 20 sentences each, streamed, and 200 cuts at any moment."""
    count = ground.size(100, 10)
    chance = ground.chance
    async with scene(ground) as place:
        house = await place.open("--seconds", "3", "--sentences", "20", "--threads", str(count))
        over = asyncio.Event()
        async with visitors(_address(house), count) as everyone:
            cuts = [[chance.uniform(0.05, 1.2) for _ in range(2)] for _ in everyone]
            listening = [
                asyncio.create_task(each.listen(cut, over)) for each, cut in zip(everyone, cuts, strict=True)
            ]
            await until(lambda: all(each.opened for each in everyone), 60)
            await asyncio.gather(*(each.post("/api/messages", _FIRST) for each in everyone))
            done = await until(lambda: all(_has_answer(each) for each in everyone), 60)
            await until(lambda: all(each.opened > 2 for each in everyone), 10)
            over.set()
            missing = sum([await _missing(place.conversations, each) for each in everyone])
            fetched = [(await each.turns())[-1]["text"] for each in everyone]
            heard = [_answer(each) for each in everyone]
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
    differing = sum(one != other for one, other in zip(fetched, heard, strict=True))
    repeated = sum(each.repeated for each in everyone)
    return {
        "ok": done and missing == repeated == differing == 0,
        "answers": count,
        "cuts": sum(each.opened - 1 for each in everyone),
        "streams_opened": sum(each.opened for each in everyone),
        "ids_missing": missing,
        "ids_repeated": repeated,
        "texts_that_differ": differing,
    }


def _has_answer(visitor: Visitor) -> bool:
    return any(kind == "turn" and data.get("role") == "bot" for _, kind, data in visitor.events)


def _answer(visitor: Visitor) -> str:
    """The sentences that were heard, as the page shows them; they must be the turn's text."""
    said = [data["text"] for _, kind, data in visitor.events if kind == "sentence"]
    turn = [data["text"] for _, kind, data in visitor.events if kind == "turn" and data["role"] == "bot"]
    return turn[0] if turn == [" ".join(said)] else f"turns {turn}, sentences {said}"


async def _missing(conversations: Conversations, visitor: Visitor) -> int:
    """Sentences and the bot's turns that the store showed and the visitor did not hear."""
    shown = await conversations.events(visitor.name, "0", 0)
    wanted = {e.id for e in shown if e.kind == "sentence" or (e.kind == "turn" and e.data["role"] == "bot")}
    return len(wanted - visitor.seen)


async def repeats(ground: Ground) -> Figures:
    """The same message 5 times at once, and its id again with another text."""
    count = ground.size(100, 10)
    async with scene(ground) as place:
        house = await place.open()
        async with visitors(_address(house), count) as everyone:
            unequal = wrong = 0
            for each in everyone:
                answers = await asyncio.gather(*(each.post("/api/messages", _FIRST) for _ in range(5)))
                unequal += len({str(said) for _, said in answers}) != 1
                unequal += sorted(status for status, _ in answers) != [200] * 4 + [202]
                status, _ = await each.post("/api/messages", {"id": "message-1", "text": "2"})
                wrong += status != 422
            asked = [[turn["role"] for turn in await each.turns()].count("customer") for each in everyone]
    doubled = sum(number - 1 for number in asked)
    return {
        "ok": not unequal and not wrong and not doubled,
        "messages": count,
        "doubled": doubled,
        "unequal_responses": unequal,
        "other_text_not_refused": wrong,
    }


async def closed(ground: Ground) -> Figures:
    """A page that closes while its answer is made finds it on return; a stop frees the engine's only place."""
    rounds = ground.size(20, 3)
    async with scene(ground) as place:
        house = await place.open("--seconds", "0.5", "--threads", "4")
        async with visitors(_address(house), rounds) as everyone:
            for each in everyone:
                await each.post("/api/messages", _FIRST)
            answered = await until(lambda: _all_answered(everyone), 30, pause=0.3)
        house.kill()
        slow = await place.open("--seconds", "30", "--sentences", "60", "--threads", "1", "--loud")
        async with visitors(_address(slow), rounds) as everyone:
            freed = [await _stopped(each, slow) for each in everyone]
            kept = [[turn["role"] for turn in await each.turns()] for each in everyone]
    partial = sum(roles == ["customer", "bot", "event"] for roles in kept)
    return {
        "ok": answered and partial == rounds and max(freed) <= 1.0,
        "closed_pages": rounds,
        "answers_found_on_return": rounds if answered else 0,
        "stops": rounds,
        "answers_kept_in_part": partial,
        "seconds_until_the_place_is_free_p50": round(percentile(freed, 0.5), 3),
        "seconds_until_the_place_is_free_max": round(max(freed), 3),
    }


async def _all_answered(everyone: Sequence[Visitor]) -> bool:
    return all([any(turn["role"] == "bot" for turn in await each.turns()) for each in everyone])


async def _stopped(visitor: Visitor, house: Child) -> float:
    """Ask, stop after two sentences; the seconds from then until the engine is free."""
    before = len(_ENDED.findall("\n".join(house.lines())))
    await visitor.post("/api/messages", _FIRST)
    over = asyncio.Event()
    listening = asyncio.create_task(visitor.listen([], over))
    await until(lambda: sum(kind == "sentence" for _, kind, _ in visitor.events) >= 2, 20)
    start = time.monotonic()
    await visitor.post("/api/stop", {})
    await until(lambda: len(_ENDED.findall("\n".join(house.lines()))) > before, 20, pause=0.005)
    ended = float(_ENDED.findall("\n".join(house.lines()))[-1])
    await until(lambda: _has_answer(visitor), 5)
    over.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return max(0.0, ended - start)


async def restart(ground: Ground) -> Figures:
    """SIGTERM with 500 open streams, and a new process on the same port while agents go on speaking."""
    count = ground.size(500, 50)
    async with scene(ground) as place:
        port = str(free_port())
        house = await place.open("--port", port)
        over = asyncio.Event()
        async with visitors(_address(house), count) as everyone:
            for start in range(0, count, 50):
                group = everyone[start : start + 50]
                await asyncio.gather(*(each.post("/api/messages", _FIRST) for each in group))
            listening = [asyncio.create_task(each.listen([], over)) for each in everyone]
            await until(lambda: all(each.opened for each in everyone), 60)
            began = time.monotonic()
            house.kill(15)
            await until(lambda: not house.process.is_alive(), 20, pause=0.01)
            ended = time.monotonic() - began
            for each in everyone:
                said = Turn("while-away", "agent", "Still here.", time.time(), "Kim")
                await place.conversations.say(each.name, "Kim", said)
            await place.open("--port", port)
            opened = time.monotonic()
            await until(lambda: all(each.opened > 1 for each in everyone), 30, pause=0.02)
            back = time.monotonic() - opened
            await until(lambda: all(_heard_agent(each) for each in everyone), 10)
            missing = sum(not _heard_agent(each) for each in everyone)
            over.set()
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            code = house.process.exitcode
    return {
        "ok": code == 0 and ended <= 5 and back <= 3 and missing == 0,
        "streams": count,
        "exit_code": code,
        "exit_seconds": round(ended, 2),
        "all_back_seconds": round(back, 2),
        "events_missing": missing,
    }


def _heard_agent(visitor: Visitor) -> bool:
    return any(kind == "turn" and data["id"] == "while-away" for _, kind, data in visitor.events)
