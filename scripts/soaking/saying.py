"""T21 to T23: chats that are gone or have moved, texts of every kind, and answers that grow and are stopped."""

import asyncio
import itertools
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.channels.telegram.outgoing.markup import Marked
from bot.channels.telegram.outgoing.wording import parts_of
from bot.conversation.messages import Turn
from scripts.soaking.ground import Figures, Ground, percentile, until
from scripts.soaking.scene import START, Scene, answer_many, fill_many, scene
from scripts.soaking.texts import generated, visible
from tests.fakes.faults import Fault
from tests.fakes.telegram import Refusal, accepted
from tests.fakes.telegram.markup import formatted, units

_PATIENCE = 120.0
_LONGEST = 4096
_TWO_STEPS = 0.5  # seconds; a small model on two cores makes a token in 0.1 to 0.25


async def gone(ground: Ground) -> Figures:
    """Blocked, unknown and moved chats: one more call at most each, noted for agents; who moved is answered."""
    number = ground.size(20, 5)
    blocked, unknown = range(1, number + 1), range(101, 101 + number)
    moved = {-(1000 + turn): -(1_000_000 + turn) for turn in range(number)}
    said = ["first", "second", "third"]
    async with scene(ground) as place:
        place.telegram.chats.blocked |= set(blocked)
        place.telegram.chats.unknown |= set(unknown)
        place.telegram.chats.moved |= moved
        await fill_many(place.conversations, dict.fromkeys([*blocked, *unknown, *moved], said))
        await place.open("--pace", "0.1")
        arrived = await until(lambda: all(place.telegram.sent(chat) == said for chat in moved.values()), _PATIENCE)
        marked = await until(lambda: _all_marked(place, [*blocked, *unknown], len(said)), _PATIENCE, pause=0.2)
        resolved = [(await place.conversations.read(f"telegram:{chat}", 1)).state.status for chat in blocked]
        answered = await _answers_moved(place, moved)
        calls = Counter(call.chat for call in place.telegram.calls("sendMessage"))
    most = {
        "most_calls_to_blocked": max(calls[chat] for chat in blocked),
        "most_calls_to_unknown": max(calls[chat] for chat in unknown),
        "most_calls_to_moved": max(calls[chat] for chat in moved),
    }
    blocked_resolved = resolved.count("resolved") == number
    ok = arrived and marked and blocked_resolved and answered == number and max(most.values()) <= 2
    told = {"undelivered_noted": marked, "blocked_resolved": blocked_resolved, "moved_got_all": arrived}
    return {"ok": ok, "chats": 3 * number, **most, **told, "moved_answered": answered}


async def texts(ground: Ground) -> Figures:
    """2,000 texts up to 20,000 characters of any kind, with broken markup; a share of them also over the wire."""
    number, sent = ground.size(2000, 100), ground.size(100, 20)
    chance = ground.chance
    counts: Counter[str] = Counter()
    for _ in range(number):
        counts.update(_judge_text(generated(chance, 20_000)))
    wire = await _over_the_wire(ground, [generated(chance, 6000) for _ in range(sent)])
    wrong = {name: counts[name] for name in ("too_long", "entities_refused", "empty_parts", "texts_changed")}
    ok = not any(wrong.values()) and wire["not_arrived"] == 0 and wire["refused_for_entities"] > 0
    told = {
        "texts": number,
        "parts": counts["parts"],
        "entities": counts["entities"],
        "characters": counts["characters"],
    }
    return {"ok": ok, **told, **wrong, "sent_texts": sent, **wire}


async def growing(ground: Ground) -> Figures:
    """Answers that grow for 6 s: a frame a second at most, the message itself always, and Stop ends the making."""
    chats = range(1, ground.size(40, 8) + 1)
    stopped = [chat for chat in chats if chat % 2]
    begun: dict[int, float] = {}
    async with scene(ground) as place:
        options = ["--seconds", "6", "--sentences", "6", "--threads", "8", "--loud"]
        house = await place.open(*options)
        for start in range(0, len(chats), 8):  # as many as there are threads, so that none waits
            group = chats[start : start + 8]
            for chat in group:
                place.telegram.write(str(chat), chat=chat)
            await asyncio.gather(*(_stop(place, chat, begun) for chat in group if chat in stopped))
            await until(lambda group=group: all(place.telegram.sent(chat) for chat in group), 30.0)
        ends = _ends(house.lines())
        frames = defaultdict(list)
        for frame in place.telegram.drafts.frames:
            frames[frame.chat].append(frame.at)
        finals = {chat: place.telegram.sent(chat) for chat in chats}
        kept = [await _is_kept(place, chat, finals[chat]) for chat in stopped]
    gaps = [after - before for times in frames.values() for before, after in itertools.pairwise(times)]
    times = [1000 * (ends[chat] - at) for chat, at in begun.items() if chat in ends]
    whole = sum(finals[chat] == [_whole(chat)] for chat in chats if chat not in stopped)
    lone = sum(len(texts) != 1 for texts in finals.values())
    shown = {
        "frames": sum(map(len, frames.values())),
        "least_seconds_between_frames": round(min(gaps, default=0.0), 2),
    }
    stops = {"stop_p50_ms": round(percentile(times, 0.5), 1), "stop_max_ms": round(max(times, default=0.0), 1)}
    told = {
        "answers": len(chats),
        "stopped": len(times),
        "kept_partial": sum(kept),
        "whole": whole,
        "not_one_message": lone,
    }
    right = len(times) == len(stopped) == sum(kept) and whole == len(chats) - len(stopped) and not lone
    return {
        "ok": right and min(gaps, default=0.0) >= 0.98 and max(times) <= 1000 * _TWO_STEPS,
        **told,
        **shown,
        **stops,
    }


async def _all_marked(place: Scene, chats: Sequence[int], number: int) -> bool:
    for chat in chats:
        turns = (await place.conversations.read(f"telegram:{chat}")).turns
        if sum(turn.role == "event" and turn.text == "undelivered" for turn in turns) < number:
            return False
    return True


async def _answers_moved(place: Scene, moved: dict[int, int]) -> int:
    """How many groups are answered at their new place, in their old conversation."""
    for old, new in moved.items():
        await place.conversations.hand_back(f"telegram:{old}")
        place.telegram.write("1", chat=new, mention=True)
    await until(lambda: all("re: 1" in place.telegram.chats.shown(new) for new in moved.values()), 30.0, pause=0.2)
    answered = 0
    for old, new in moved.items():
        turns = (await place.conversations.read(f"telegram:{old}")).turns
        answered += "re: 1" in place.telegram.chats.shown(new) and any(turn.text == "re: 1" for turn in turns)
    return answered


def _parts(source: str) -> list[Marked]:
    return parts_of(Turn("1", "bot", source, 0.0))


def _judge_text(source: str) -> Counter[str]:
    parts = _parts(source)
    counts = Counter({"parts": len(parts), "characters": len(source)})
    for part in parts:
        entities = [entity.model_dump(exclude_none=True, mode="json") for entity in part.entities]
        counts["entities"] += len(entities)
        counts["too_long"] += units(part.text) > _LONGEST
        counts["empty_parts"] += not part.text.strip()
        try:
            formatted({"text": part.text, "entities": json.dumps(entities)})
        except Refusal:
            counts["entities_refused"] += 1
    # What names a code's language is no text: Telegram shows it above the code.
    languages = {entity.language for part in parts for entity in part.entities if entity.language}
    named = {number for language in languages for number in visible(language)}
    said = [number for number in visible(source) if number not in named]
    counts["texts_changed"] = said != visible("".join(part.text for part in parts))
    return counts


async def _over_the_wire(ground: Ground, sources: Sequence[str]) -> Figures:
    """Every text through a house; Telegram takes the entities of one in five sends for broken."""
    chats = dict(enumerate(sources, 1))
    wanted = {chat: [part.text for part in _parts(source)] for chat, source in chats.items()}
    async with scene(ground) as place:
        for chat in [chat for chat, source in chats.items() if _parts(source)[0].entities][::5]:
            place.telegram.fail("sendMessage", Fault(400, "Bad Request: can't parse entities"), chat=chat)
        await answer_many(place.conversations, chats)
        await place.open("--pace", "0.05")

        def arrived(chat: int) -> bool:
            return place.telegram.sent(chat) == wanted[chat]

        await until(lambda: all(map(arrived, chats)), 60.0, pause=0.5)
        calls = place.telegram.calls("sendMessage")
        refused = [call for call in calls if call.status == 400]
        plain = sum(not call.params.get("entities") for call in accepted(calls))
        undone = [chat for chat in chats if not arrived(chat)]
    told = {"refused_for_entities": len(refused), "sent_plain": plain}
    return {"not_arrived": len(undone), **told, "most_parts": max(len(place.telegram.sent(chat)) for chat in chats)}


async def _stop(place: Scene, chat: int, begun: dict[int, float]) -> None:
    """Press Stop at the second frame, and some time more."""
    drafts = place.telegram.drafts
    if await until(lambda: sum(frame.chat == chat for frame in drafts.frames) >= 2, START, pause=0.02):
        await asyncio.sleep(random.Random(chat).random() * 0.9)
        begun[chat] = place.telegram.clock()
        place.telegram.stop_generation(chat)


def _ends(lines: Sequence[str]) -> dict[int, float]:
    """When the making of each answer ended; all processes of a machine share the clock."""
    told = [line.split() for line in lines if " end " in line and not line.startswith("{")]
    return {int(words[2]): float(words[0]) for words in told if len(words) == 3}


def _whole(chat: int) -> str:
    return " ".join([f"re: {chat}", *(f"{number}." for number in range(1, 6))])


async def _is_kept(place: Scene, chat: int, sent: Sequence[str]) -> bool:
    """Whether what the customer had read when they stopped it stands in Telegram and in the store."""
    turns = (await place.conversations.read(f"telegram:{chat}")).turns
    said = [turn.text for turn in turns if turn.role == "bot"]
    was_stopped = any(turn.role == "event" and turn.text == "stopped" for turn in turns)
    return was_stopped and list(sent) == said and _whole(chat).startswith(said[0]) and said[0] != _whole(chat)
