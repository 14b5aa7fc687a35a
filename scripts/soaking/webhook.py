"""T01 to T05: what comes to Telegram's webhook: unasked, thrice, while the server is away, and all at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, TCPConnector
from redis.asyncio import Redis

from bot.channels.telegram.incoming.webhook import PATH
from bot.conversation.base import ConversationUnknown
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Inbox
from bot.delivery.redis import redis_post
from scripts.soaking.forked import fork
from scripts.soaking.ground import Figures, Ground, percentile, until
from scripts.soaking.house import SECRET, TOKEN
from scripts.soaking.scene import START, Scene, free_port, scene, write_evenly
from tests.fakes.telegram import FakeTelegram, Pace, acknowledged_between, latencies
from tests.fakes.telegram.webhook import SECRET as HEADER
from tests.fakes.updates import message

_RATE = 50.0  # updates a second
_DRAINED = 15.0
_ACK = 150.0  # milliseconds
_PATIENCE = 240.0


async def unasked(ground: Ground) -> Figures:
    """1,000 posts with a wrong, a missing or an almost right secret: 401, and not one command for the server."""
    number = ground.size(1000, 100)
    async with scene(ground) as place:
        await place.open("--door", webhook=True)
        url = f"http://127.0.0.1:{place.port}{PATH}"
        before = await _commands(place.server.url)
        start = time.monotonic()
        async with ClientSession(connector=TCPConnector(limit=20)) as client:
            headers = [_wrong(turn) for turn in range(number)]
            posts = (_post(client, url, turn, given) for turn, given in enumerate(headers))
            statuses = Counter(status for status, _ in await asyncio.gather(*posts))
            seconds = time.monotonic() - start
            commands = await _commands(place.server.url) - before
            right, _ = await _post(client, url, number, {HEADER: SECRET})
        writes = await _commands(place.server.url) - before - commands
    figures = {"posts": number, "refused": statuses[401], "statuses": {str(key): n for key, n in statuses.items()}}
    told = {"redis_commands": commands, "right_secret_status": right, "redis_commands_of_a_right_one": writes}
    ok = statuses == {401: number} and commands == 0 and right == 200 and writes > 0
    return {"ok": ok, **figures, **told, "seconds": round(seconds, 2)}


async def tripled(ground: Ground) -> Figures:
    """1,000 updates, each posted three times at the same moment: 1,000 turns, 1,000 answers."""
    chats = range(1, ground.size(1000, 50) + 1)
    async with scene(ground) as place:
        place.telegram.deliver_times(3)
        await place.open(webhook=True)
        start = time.monotonic()
        for chat in chats:
            place.telegram.write("1", chat=chat)
        done = await until(lambda: place.all_heard(chats, 1), _PATIENCE, pause=0.5)
        seconds = time.monotonic() - start
        await asyncio.sleep(1.0)
        found = await place.outcome(chats, 1)
        posts = len(place.telegram.deliveries)
        acks = _acks(place.telegram)
    ok = done and _clean(found) and found["turns"] == len(chats) and posts == 3 * len(chats)
    return {"ok": ok, "posts": posts, **found, **acks, "seconds": round(seconds, 1)}


async def outages(ground: Ground) -> Figures:
    """The server is away twice for 10 s at 50 updates a second: 503, Telegram's own schedule, nothing lost."""
    away = max(2.0, 10.0 * ground.scale)
    chats = range(1, ground.size(75, 15) + 1)
    each = round(_RATE * (1.0 + away + 0.9 * away + away) / len(chats))
    async with scene(ground, FakeTelegram(seed=ground.seed, pace=Pace())) as place:
        await place.open(webhook=True)
        writing = asyncio.create_task(write_evenly(place.telegram, chats, each, _RATE))
        for up in (1.0, 0.9 * away):
            await asyncio.sleep(up)
            place.server.kill()
            await asyncio.sleep(away)
            await asyncio.to_thread(place.server.start)
        healed = time.monotonic()
        await writing
        drained = await until(lambda: not place.telegram.pending, _PATIENCE)
        seconds = time.monotonic() - healed
        done = await until(lambda: place.all_heard(chats, each), _PATIENCE, pause=0.5)
        answered = time.monotonic() - healed
        found = await place.outcome(chats, each)
        statuses = _statuses(place.telegram)
    told = {"server_outages": 2, "outage_seconds": away, "webhook_statuses": statuses, "retry_schedule_scale": 1.0}
    times = {"drained_seconds": round(seconds, 1), "answered_seconds": round(answered, 1)}
    ok = drained and done and _clean(found) and seconds <= _DRAINED and statuses.get("503", 0) > 0
    return {"ok": ok, **found, **told, **times}


async def down(ground: Ground) -> Figures:
    """The server stands still for 5 s, later is killed for 5 s, at 50 updates a second: no 200 in that time."""
    away = max(2.0, 5.0 * ground.scale)
    chats = range(1, 26)
    each = round(_RATE * away / len(chats))
    told: Figures = {"server_outages": 2, "outage_seconds": away}
    async with scene(ground) as place:
        await place.open(webhook=True)
        told["acknowledged_while_stopped"] = await _away(place, chats, each, away, stopped=True)
        more = range(101, 126)
        told["acknowledged_while_killed"] = await _away(place, more, each, away, stopped=False)
        everyone = [*chats, *more]
        done = await until(lambda: place.all_heard(everyone, each), _PATIENCE, pause=0.5)
        found = await place.outcome(everyone, each)
        told["webhook_statuses"] = _statuses(place.telegram)
    false = told["acknowledged_while_stopped"] + told["acknowledged_while_killed"]
    return {"ok": done and _clean(found) and not false, **found, **told}


async def crowd(ground: Ground) -> Figures:
    """100 posts at once while the engine is busy for 5 s an answer, round by round: all acknowledged in 150 ms."""
    houses, rounds, number = ground.size(5, 1), 3, 100
    api = ground.start("api")
    await until(lambda: bool(api.lines()), START)
    taken: list[list[tuple[int, float]]] = []
    lost = 0
    for _ in range(houses):
        found, missing = await _one_crowd(ground, api.lines()[0], rounds, number)
        taken += found
        lost += missing
    rounds *= houses
    times = [1000 * seconds for one in taken for status, seconds in one if status == 200]
    refused = rounds * number - len(times)
    worst = max(percentile([1000 * seconds for _, seconds in one], 0.99) for one in taken)
    acks = {"ack_p50_ms": round(percentile(times, 0.5), 1), "ack_p99_ms": round(percentile(times, 0.99), 1)}
    more = {"ack_max_ms": round(max(times), 1), "worst_round_p99_ms": round(worst, 1)}
    found = {"n": len(times), "rounds": rounds, "at_once": number, "refused": refused, "lost": lost}
    return {"ok": not refused and not lost and acks["ack_p99_ms"] < _ACK, **found, **acks, **more}


async def _one_crowd(ground: Ground, api: str, rounds: int, number: int) -> tuple[list[list[tuple[int, float]]], int]:
    """Rounds at a house of its own, and how many messages were lost. The house is alone in its process."""
    port = free_port()
    with ground.server() as server:
        given = [server.url, api, str(ground.folder), "--webhook", "--port", str(port), "--seconds", "5"]
        house = await asyncio.to_thread(fork, ground, "house", *given)
        conversations = await RedisConversations.connect(server.url)
        try:
            await until(lambda: any("Telegram brings updates" in line for line in house.lines()), START)
            inbox = redis_post(conversations, "telegram", TOKEN.partition(":")[0]).inbox
            taken = await _rounds(inbox, f"http://127.0.0.1:{port}{PATH}", rounds, number)
            return taken, await _lost(conversations, (rounds + 1) * number)
        finally:
            house.kill()
            await conversations.close()


async def _rounds(inbox: Inbox, url: str, rounds: int, number: int) -> list[list[tuple[int, float]]]:
    """Statuses and seconds; the next round comes when the last was read, which the engine is still busy with."""
    taken = []
    async with ClientSession(connector=TCPConnector(limit=0)) as client:
        # Telegram keeps its connections too: the round that opens them, and the server's, is not counted.
        for turn in range(rounds + 1):
            first = 1 + turn * number
            posts = (_post(client, url, first + place, {HEADER: SECRET}) for place in range(number))
            taken.append(list(await asyncio.gather(*posts)))
            await until(lambda: _is_empty(inbox), _PATIENCE, pause=0.2)
            await asyncio.sleep(0.5)
    return taken[1:]


async def _is_empty(inbox: Inbox) -> bool:
    return not await inbox.waiting()


async def _lost(conversations: RedisConversations, number: int) -> int:
    """How many of the customers' messages are not stored."""
    lost = 0
    for chat in range(1, number + 1):
        try:
            lost += not (await conversations.read(f"telegram:{chat}", 1)).turns
        except ConversationUnknown:
            lost += 1
    return lost


async def _away(place: Scene, chats: Sequence[int], each: int, away: float, *, stopped: bool) -> int:
    """How many updates were acknowledged while the server was away."""
    if stopped:
        place.server.pause()
    else:
        place.server.kill()
    start = place.telegram.clock()
    writing = asyncio.create_task(write_evenly(place.telegram, chats, each, _RATE))
    await asyncio.sleep(away)
    await writing
    end = place.telegram.clock()
    if stopped:
        place.server.resume()
    else:
        await asyncio.to_thread(place.server.start)
    await until(lambda: not place.telegram.pending, _PATIENCE)
    return len(acknowledged_between(place.telegram.deliveries, start, end))


async def _post(client: ClientSession, url: str, number: int, headers: dict[str, str]) -> tuple[int, float]:
    update: dict[str, Any] = {"update_id": 1000 + number, "message": message(max(number, 1), "1")}
    start = time.monotonic()
    try:
        async with client.post(url, json=update, headers=headers) as answer:
            await answer.read()
            return answer.status, time.monotonic() - start
    except ClientError:
        return 0, time.monotonic() - start


def _wrong(turn: int) -> dict[str, str]:
    kinds: Iterator[dict[str, str]] = iter(
        (
            {},
            {HEADER: ""},
            {HEADER: SECRET[:-1]},
            {HEADER: f"{SECRET}0"},
            {HEADER: SECRET[1:]},
            {HEADER: SECRET.upper()},
            {HEADER: f"{SECRET[:-1]}6"},
            {HEADER: f"{SECRET}, {SECRET}"},
            {HEADER: f'"{SECRET}"'},
            {"Authorization": f"Bearer {SECRET}"},
        )
    )
    return list(kinds)[turn % 10]


async def _commands(url: str) -> int:
    """So many commands the server has run, those of this look not counted."""
    async with Redis.from_url(url) as client:
        stats: dict[str, Any] = await client.info("commandstats")
    ours = ("cmdstat_info", "cmdstat_hello", "cmdstat_client", "cmdstat_select")
    return sum(int(one["calls"]) for name, one in stats.items() if not name.startswith(ours))


def _statuses(telegram: FakeTelegram) -> dict[str, int]:
    return {str(status): count for status, count in Counter(one.status for one in telegram.deliveries).items()}


def _acks(telegram: FakeTelegram) -> Figures:
    times = [1000 * seconds for seconds in latencies(telegram.deliveries)]
    return {
        "tripled_ack_p50_ms": round(percentile(times, 0.5), 1),
        "tripled_ack_p99_ms": round(percentile(times, 0.99), 1),
    }


def _clean(found: Figures) -> bool:
    wrong = ("lost", "doubled", "out_of_order", "not_sent", "sent_again", "chats_sent_out_of_order")
    return not any(found[name] for name in wrong)
