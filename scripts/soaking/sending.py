"""T18 to T20: what Telegram refuses, how fast it may be sent to, and connections and senders that die in the act."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.conversation.messages import Turn
from bot.delivery.base import UNCONFIRMED
from scripts.soaking.ground import Figures, Ground, percentile, until
from scripts.soaking.scene import Scene, fill_many, scene
from tests.fakes.faults import reset_after_accept, slow, too_many
from tests.fakes.telegram import Call, FakeTelegram, Limits, accepted, inside_windows, rates

_PATIENCE = 240.0
_RATE = 20.0  # messages a second, below what Telegram takes: nothing shall wait but for a reason
_MORTAL = ("--lease", "1.0", "--pace", "0.1")
_SLOWER = 1.1
_JITTER = 0.05  # seconds that two runs differ by on a machine that does other things too


async def refused(ground: Ground) -> Figures:
    """One in five sends gets a 429 for 3 s: 1,000 turns arrive once, none is tried too soon, others don't wait."""
    each = 4
    chats = range(1, ground.size(250, 25) + 1)
    without, _ = await _timed(ground, chats, each, share=0.0)
    within, found = await _timed(ground, chats, each, share=0.2)
    usual, others = percentile(without, 0.95), percentile(within, 0.95)
    limit = max(_SLOWER * usual, usual + _JITTER)
    wrong = ("not_sent", "sent_again", "chats_sent_out_of_order", "calls_inside_windows")
    ok = found["done"] and not any(found[name] for name in wrong) and found["refused_429"] > 0 and others <= limit
    times = {"p95_without_faults_ms": round(1000 * usual, 1), "p95_of_other_chats_ms": round(1000 * others, 1)}
    return {"ok": ok, **found, **times, "other_chats_turns": len(within), "allowed_ms": round(1000 * limit, 1)}


async def paced(ground: Ground) -> Figures:
    """10 answers to a chat, 60 to a group, 2,000 to others: no window of Telegram's is ever overfull."""
    scale = 1.0 if ground.scale >= 1 else 0.1
    windows = {"chat": scale, "group": 60.0 * scale, "everyone": scale}
    limits = Limits((1, windows["chat"]), (20, windows["group"]), (30, windows["everyone"]), slack=0.0)
    letters: dict[int, Sequence[str]] = {chat: ["said"] for chat in range(1, ground.size(2000, 100) + 1)}
    letters[999_001] = [f"chat {number}" for number in range(10)]
    letters[-100_777] = [f"group {number}" for number in range(ground.size(60, 25))]
    number = sum(map(len, letters.values()))
    async with scene(ground, FakeTelegram(seed=ground.seed, limits=limits)) as place:
        await fill_many(place.conversations, letters)
        await place.open("--pace", str(scale))
        done = await until(lambda: len(accepted(place.telegram.ledger)) >= number, _PATIENCE, pause=0.5)
        await asyncio.sleep(1.0)
        calls = accepted(place.telegram.ledger)
        most = rates(calls, **windows)
        too_fast = sum(call.status == 429 for call in place.telegram.ledger)
        wrong = sum(place.telegram.sent(chat) != list(texts) for chat, texts in letters.items())
    seconds = calls[-1].at - calls[0].at if calls else 0.0
    most_told = {"most_in_a_chats_second": most.chat, "most_in_a_groups_minute": most.group}
    told = {**most_told, "most_in_everyones_second": most.everyone, "refused_429": too_fast, "windows_scale": scale}
    ok = done and not wrong and most.chat <= 1 and most.group <= 20 and most.everyone <= 30 and not too_fast
    sent = {"messages": number, "sent": len(calls), "chats_wrong": wrong, "seconds": round(seconds, 1)}
    return {"ok": ok, **sent, **told}


async def cut(ground: Ground) -> Figures:
    """Connections reset after Telegram's acceptance, and kill -9 of the sender there: repeated once, or flagged."""
    resets = await _resets(ground)
    deaths = await _deaths(ground)
    ok = all(one["wrong"] == 0 and one["done"] for one in (resets, deaths))
    both = {name: resets[name] + deaths[name] for name in ("messages", "lost")}
    return {"ok": ok, **both, "kills": deaths["kills"], "resets": resets, "sender_kills": deaths}


async def _timed(ground: Ground, chats: Sequence[int], each: int, share: float) -> tuple[list[float], Figures]:
    """How long turns took in chats that Telegram never refused, and what became of all."""
    async with scene(ground) as place:
        if share:
            place.telegram.fail("sendMessage", too_many(3), share=share)
        await fill_many(place.conversations, {chat: [] for chat in chats})
        for chat in chats:
            await place.conversations.take_over(f"telegram:{chat}", "Mia")
        await place.open()
        await asyncio.sleep(2.0)
        written = await _say_evenly(place, chats, each)
        done = await until(lambda: place.all_heard(chats, each), _PATIENCE, pause=0.5)
        await asyncio.sleep(0.5)
        heard = {chat: place.heard(chat) for chat in chats}
        ledger = list(place.telegram.ledger)
    refused = {call.chat for call in ledger if call.status == 429}
    sends = [call for call in accepted(ledger) if call.chat not in refused]
    taken = [call.at - written[key] for call in sends if (key := _key(call)) in written]
    told = {
        "messages": len(written),
        "not_sent": len(written) - sum(len(set(numbers)) for numbers in heard.values()),
        "sent_again": sum(len(numbers) - len(set(numbers)) for numbers in heard.values()),
        "chats_sent_out_of_order": sum(numbers != sorted(numbers) for numbers in heard.values()),
        "refused_429": sum(call.status == 429 for call in ledger),
    }
    return taken, {**told, "done": done, "calls_inside_windows": len(inside_windows(ledger))}


async def _say_evenly(place: Scene, chats: Sequence[int], each: int) -> dict[str, float]:
    """Agents' turns "1" to `each` in every chat; when each was said, by "chat/number"."""
    said: dict[str, float] = {}
    start = time.monotonic()
    for number in range(1, each + 1):
        for chat in chats:
            said[f"{chat}/{number}"] = place.telegram.clock()
            turn = Turn(str(number), "agent", f"re: {number}", time.time())
            await place.conversations.say(f"telegram:{chat}", "Mia", turn)
            await asyncio.sleep(max(0.0, start + len(said) / _RATE - time.monotonic()))
    return said


def _key(call: Call) -> str:
    """The last message that an answer is for."""
    return f"{call.chat}/{call.text.split()[-1]}" if call.text else ""


async def _resets(ground: Ground) -> Figures:
    half = ground.size(500, 50)
    plain: dict[int, Sequence[str]] = {chat: ["said"] for chat in range(1, half + 1)}
    once: dict[int, Sequence[str]] = {chat: ["said"] for chat in range(10_001, 10_001 + half)}
    async with scene(ground) as place:
        await fill_many(place.conversations, plain)
        await fill_many(place.conversations, once, once=True)
        place.telegram.fail("sendMessage", reset_after_accept(), share=0.05)
        await place.open("--pace", "0.1")
        done = await until(lambda: len(_sent(place)) >= 2 * half, _PATIENCE, pause=0.5)
        done = done and await _emptied(place)
        cuts = sum(not call.told for call in place.telegram.calls("sendMessage"))
        return {"done": done, "cuts": cuts, **await _judged(place, plain, once)}


async def _deaths(ground: Ground) -> Figures:
    kills, some = ground.size(30, 3), 4
    chance = ground.chance
    plain: dict[int, Sequence[str]] = {}
    once: dict[int, Sequence[str]] = {}
    async with scene(ground) as place:
        house = await place.open(*_MORTAL)
        done = True
        for turn in range(kills):
            first = 100 * turn + 1
            news: list[dict[int, Sequence[str]]] = [
                {chat: ["said"] for chat in range(first + start, first + start + some)} for start in (0, 50)
            ]
            plain, once = plain | news[0], once | news[1]
            before, wanted = len(_calls(place)), chance.randint(1, 2 * some)
            # Accepted at once, and told only after the sender has died.
            place.telegram.fail("sendMessage", slow(20.0), times=float("inf"))
            await fill_many(place.conversations, news[0])
            await fill_many(place.conversations, news[1], once=True)
            await until(lambda before=before, wanted=wanted: len(_calls(place)) >= before + wanted, 30.0, pause=0.005)
            house.kill()
            place.telegram.heal()
            house = await place.open(*_MORTAL)
            done = await _emptied(place) and done
        return {"done": done, "kills": kills, **await _judged(place, plain, once)}


async def _judged(place: Scene, plain: Iterable[int], once: Iterable[int]) -> Figures:
    """At least once: none lost, one repeat at most. Once: no repeat; what is unclear is flagged."""
    times = Counter(call.chat for call in accepted(place.telegram.ledger))
    flagged = {chat for chat in [*plain, *once] if await _is_flagged(place, chat)}
    kinds = {
        "lost": sum(not times[chat] and chat not in flagged for chat in [*plain, *once]),
        "plain_not_sent": sum(not times[chat] for chat in plain),
        "plain_more_than_twice": sum(times[chat] > 2 for chat in plain),
        "once_repeated": sum(times[chat] > 1 for chat in once),
    }
    told = {
        "plain_repeated": sum(times[chat] == 2 for chat in plain),
        "once_flagged": sum(chat in flagged for chat in once),
        "once_flagged_and_arrived": sum(chat in flagged and times[chat] == 1 for chat in once),
    }
    unclear = {call.chat for call in _calls(place) if not call.told}
    silent = sum(chat in unclear and chat not in flagged for chat in once)
    number = len(list(plain)) + len(list(once))
    return {
        "messages": number,
        **kinds,
        **told,
        "once_cut_not_flagged": silent,
        "wrong": sum(kinds.values()) + silent,
    }


async def _is_flagged(place: Scene, chat: int) -> bool:
    turns = (await place.conversations.read(f"telegram:{chat}")).turns
    return any(turn.role == "event" and turn.text == UNCONFIRMED for turn in turns)


async def _emptied(place: Scene) -> bool:
    """Whether all turns are settled in time."""
    from bot.conversation.keys import ALL_SHARDS

    async def empty() -> bool:
        return not any([await place.conversations.server.length(shard.outbox("telegram")) for shard in ALL_SHARDS])

    return await until(empty, _PATIENCE, pause=0.5)


def _calls(place: Scene) -> list[Call]:
    return place.telegram.calls("sendMessage")


def _sent(place: Scene) -> set[int | None]:
    return {call.chat for call in accepted(place.telegram.ledger)}
