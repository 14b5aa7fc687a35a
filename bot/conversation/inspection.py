"""Looks at stored conversations, and at how their server keeps them. Changes nothing, shows nobody's words."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bot.conversation.keys import Shard
from bot.conversation.records import decode, fingerprint, read_state, read_turn
from bot.conversation.schema import STATES, place_of_state

if TYPE_CHECKING:
    from redis.asyncio import Redis

_AT_ONCE = 200  # conversations of one look


@dataclass(slots=True)
class Records:
    """What was read, how many conversations are damaged, and the first of them with its damage."""

    conversations: int = 0
    turns: int = 0
    damaged: int = 0
    first: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """How the server keeps data; with a cure when it must be set otherwise."""

    found: str
    cure: str = ""


async def verify_records(redis: "Redis") -> Records:
    """Read every turn and every state, and hold each turn against its fingerprint. Raises redis-py's errors."""
    records = Records()
    cursor = None
    while cursor != 0:
        cursor, keys = await redis.scan(cursor or 0, match=STATES, count=_AT_ONCE)
        places = [place for key in keys if (place := place_of_state(key))]
        async with redis.pipeline(transaction=False) as pipe:
            for shard, name in places:
                _ask(pipe, shard, name)
            answers = await pipe.execute(raise_on_error=False)
        for number, (_, name) in enumerate(places):
            _judge(records, name, answers[3 * number : 3 * number + 3])
    return records


def _ask(pipe: Any, shard: Shard, name: bytes) -> None:
    state, turns, _, _, seen = (stem + name for stem in shard.stems)
    # In this order: what is added meanwhile has its fingerprint, and what grows too old lacks its turns.
    pipe.lrange(turns, 0, -1)
    pipe.hgetall(seen)
    pipe.hgetall(state)


def _judge(records: Records, name: bytes, answers: list[Any]) -> None:
    turns, _, state = answers
    if state == {}:
        return  # it has grown too old since it was listed
    records.conversations += 1
    records.turns += len(turns) if isinstance(turns, list) else 0
    if damage := _damage(name, *answers):
        records.damaged += 1
        records.first = records.first or f"{name.decode(errors='replace')} ({damage})"


def _damage(name: bytes, turns: Any, seen: Any, state: Any) -> str:
    """What is wrong with one conversation; nothing when it is whole."""
    for answer in (turns, seen, state):
        if isinstance(answer, Exception):
            return "a key is of another kind"
    try:
        known = read_state({decode(field): decode(value) for field, value in state.items()})
    except (ValueError, TypeError):
        return "its state cannot be read"
    if known.id != decode(name):
        return "its state is another's"
    for number, stored in enumerate(turns, start=1):
        try:
            turn = read_turn(stored)
            mark = seen.get(turn.id.encode("utf-8", "surrogatepass"))
            if mark is None or decode(mark) != fingerprint(turn.role, turn.text):
                return f"turn {number} is not what was accepted"
        except (ValueError, TypeError, AttributeError):
            return f"turn {number} cannot be read"
    return ""


async def persistence(redis: "Redis") -> list[Remark]:
    """How the server keeps what it is given, as far as it tells us. Raises redis-py's errors but a refusal."""
    about = await _told(redis.info("persistence"))
    memory = await _told(redis.info("memory"))
    settings = await _told(redis.config_get("append*"))
    remarks = [remark for remark in (_log(about, settings), _written(about), _policy(memory)) if remark]
    return remarks or [Remark("the server does not tell how it keeps data")]


async def _told(asking: Awaitable[Any]) -> dict[str, str]:
    """The answer in texts; nothing when we may not ask."""
    from redis.exceptions import ResponseError

    try:
        answer = await asking
    except ResponseError:  # NOPERM, or a command that a hosted server does not have
        return {}
    return {_text(name): _text(value) for name, value in cast("dict[Any, Any]", answer).items()}


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _log(about: dict[str, str], settings: dict[str, str]) -> Remark | None:
    on = {"1": "yes", "0": "no"}.get(about.get("aof_enabled", ""), settings.get("appendonly"))
    if on is None:
        return None
    if on != "yes":
        return Remark("appendonly is off: a restart loses what came since the last dump", "set appendonly yes")
    lost = {
        "always": "what was accepted survives a crash",
        "everysec": "a crash of its machine may lose the last second or two",
        "no": "a crash of its machine may lose half a minute",
    }
    sync = settings.get("appendfsync", "")
    found = f"appendonly is on, appendfsync {sync}: {lost[sync]}" if sync in lost else "appendonly is on"
    return Remark(found, "set appendfsync everysec or always" if sync == "no" else "")


def _written(about: dict[str, str]) -> Remark | None:
    if about.get("aof_last_write_status", "ok") == "ok":
        return None
    return Remark("the last write to its append-only file failed", "free some of its disk and look into its log")


def _policy(memory: dict[str, str]) -> Remark | None:
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy == "noeviction" or memory.get("maxmemory", "0") == "0":
        return None
    return Remark(
        f"maxmemory-policy is {policy}: a full server drops conversations", "set maxmemory-policy noeviction"
    )
