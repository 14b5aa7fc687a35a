"""Conversations on a Redis or Valkey server. Knows no key's spelling and no error of the server.

Every act is one script (`lua/`), so it happens as a whole or not at all, whoever else writes at the same time.
"""

import itertools
import json
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Self

from bot.conversation.base import ConversationUnknown, MessageConflict
from bot.conversation.keys import ALL_SHARDS, BELL, Shard, events_of, keys_of
from bot.conversation.marks import clean
from bot.conversation.messages import Claim, Conversation, Event, Found, Message, Reply, State, Turn
from bot.conversation.records import (
    ASSIGNED,
    ATTEMPTS,
    ENGINE_DOWN,
    HANDED_BACK,
    KEPT_EVENTS,
    LEASE,
    MOST_TAGS,
    REOPENED,
    RESOLVED,
    SNOOZED,
    TAKEN_OVER,
    Apology,
    about_text,
    customers_turn,
    decode,
    encode,
    fingerprint,
    giving_up,
    no_words,
    preview,
    read_event,
    read_state,
    read_turn,
    to_bytes,
    turn_fields,
)
from bot.conversation.redis_search import find_words
from bot.conversation.retention import Retention
from bot.conversation.server import Call, Server, Text

_AT_ONCE = 500  # entries of one look into a stream
_SPENT = 3  # what `claim` returns of a conversation that must be given up


class RedisConversations:
    """Implements `Conversations`; made by `connect`. `server` is what other stores of this process may share."""

    def __init__(
        self,
        server: Server,
        *,
        retention: Retention | None = None,
        lease: float = LEASE,
        outbox_channels: Collection[str] = frozenset({"telegram"}),
        apology: Apology = no_words,
    ) -> None:
        self.server = server
        self._apology = apology
        self._outbox_channels = frozenset(outbox_channels)
        kept = retention or Retention()
        self.script_settings = json.dumps(
            {
                "bell": BELL,
                "retention": _milliseconds(kept.conversations),
                "events": _milliseconds(kept.events),
                "dead": _milliseconds(kept.dead_letters),
                "marks": _milliseconds(kept.marks),
                "updates": _milliseconds(kept.updates),
                "lease": _milliseconds(lease),
                "attempts": str(ATTEMPTS),
                "kept": str(KEPT_EVENTS),
            }
        )
        self._shifts = itertools.count()

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        retention: Retention | None = None,
        lease: float = LEASE,
        outbox_channels: Collection[str] = frozenset({"telegram"}),
        apology: Apology = no_words,
    ) -> Self:
        """Conversations at `url` (redis://, rediss:// or unix://); claims last `lease` seconds; turns of bot and
        agents wait for sending in `outbox_channels`; `apology` words what a customer is told whose
        message is given up.

        Raises ConversationsUnavailable, and ConversationsError for data of a newer Kefu.
        """
        server = Server(url)
        try:
            await server.check_schema()
        except BaseException:
            await server.close()
            raise
        return cls(server, retention=retention, lease=lease, outbox_channels=outbox_channels, apology=apology)

    async def accept(self, message: Message) -> bool:
        turn = customers_turn(message)
        told = encode(message.name), encode(message.language), *self.turn_arguments(message.conversation, turn)
        done = await self._act("accept", message.conversation, *told, encode(about_text(message.about)))
        if done < 0:
            raise MessageConflict(f"message id {message.id!r} was used for another text")
        return bool(done)

    async def claim(self, worker: str, wait: float) -> Claim | None:
        async def look() -> Claim | None:
            for shard in await self.filled(lambda shard: shard.ready):
                if claim := await self._claim_of(shard, worker):
                    return claim
            return None

        return await self.server.until("ready", look, wait)

    async def _claim_of(self, shard: Shard, worker: str) -> Claim | None:
        arguments: list[Text] = [self.script_settings, encode(worker), *shard.stems]
        while found := await self.server.run("claim", [shard.ready, shard.fence], arguments):
            if len(found) > _SPENT:
                name, fence, receipt, pending, mark, attempts = found
                return Claim(
                    decode(name), fence, tuple(map(read_turn, pending)), decode(receipt), decode(mark), attempts
                )
            name, receipt, language = map(decode, found)
            told = giving_up(self._apology(language))
            parts = [part for turn in told for part in self.turn_arguments(name, turn)]
            await self._act("give_up", name, receipt, ENGINE_DOWN, len(told), *parts)
        return None

    async def extend(self, claim: Claim) -> Claim | None:
        found = await self._act("extend", claim.conversation, claim.fence)
        if found is None:
            return None
        pending, mark = found
        return replace(claim, pending=tuple(map(read_turn, pending)), mark=decode(mark))

    async def renew(self, claim: Claim) -> bool:
        return bool(await self._act("renew", claim.conversation, claim.fence))

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        parts = {"status": reply.status, "reason": reply.reason, "language": reply.language}
        changes = to_bytes({field: str(value) for field, value in parts.items() if value is not None})
        turns = [part for turn in reply.turns for part in self.turn_arguments(claim.conversation, turn)]
        settled = encode(claim.pending[0].id), len(claim.pending)
        what = changes, int(reply.whole), encode(reply.buried), len(reply.turns), *turns
        return bool(await self._act("commit", claim.conversation, claim.fence, *settled, *what))

    async def release(self, claim: Claim, *, failed: bool = True) -> None:
        await self._act("release", claim.conversation, claim.fence, int(failed))

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        shown = await self._act("publish", claim.conversation, claim.fence, encode(kind), to_bytes(data))
        return bool(shown)

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        await self._act("publish", conversation, "", encode(kind), to_bytes(data))

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        found = await self._act("read", conversation, max(last, 0))
        if found is None:
            raise ConversationUnknown("there is no such conversation")
        state, turns = found
        return Conversation(_state(state), tuple(map(read_turn, turns)))

    async def recent(self, limit: int = 50) -> Sequence[State]:
        calls: list[Call] = [([s.recent], [self.script_settings, limit, s.state_stem]) for s in ALL_SHARDS]
        states = [_state(state) for found in await self.server.run_many("recent", calls) for state in found]
        return sorted(states, key=lambda state: state.updated, reverse=True)[:limit]

    async def take_over(self, conversation: str, agent: str, by: str = "") -> State:
        events = self._event_turn(TAKEN_OVER, agent)
        if by not in ("", agent):
            events += self._event_turn(ASSIGNED, by)
        return _known(await self._act("take_over", conversation, encode(agent), *events))

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        event = self._event_turn(HANDED_BACK)
        return _known(await self._act("hand_back", conversation, int(unless_spoken), *event))

    async def say(self, conversation: str, agent: str, turn: Turn) -> State:
        event = self._event_turn(TAKEN_OVER, agent)
        said = self.turn_arguments(conversation, turn)
        done = await self._act("say", conversation, encode(agent), *event, *said)
        if done == 0:
            raise MessageConflict(f"turn id {turn.id!r} was used for another text")
        return _known(done)

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        event = self._event_turn(RESOLVED, by)
        return _known(await self._act("resolve", conversation, encode(reason), *event))

    async def reopen(self, conversation: str, by: str) -> State:
        return _known(await self._act("reopen", conversation, *self._event_turn(REOPENED, by)))

    async def note(self, conversation: str, turn: Turn) -> State:
        return _known(await self._act("note", conversation, *self.turn_arguments(conversation, turn)))

    async def tag(self, conversation: str, add: Sequence[str], remove: Sequence[str]) -> State:
        return _known(await self._act("tag", conversation, to_bytes(list(add)), to_bytes(list(remove)), MOST_TAGS))

    async def snooze(self, conversation: str, until: float, by: str) -> State:
        event = self._event_turn(SNOOZED, by)
        return _known(await self._act("snooze", conversation, repr(max(until, 0.0)), *event))

    async def search(self, text: str, limit: int = 50) -> Sequence[Found]:
        return await find_words(self.server, self.script_settings, text, limit)

    async def queue(self) -> Sequence[str]:
        calls: list[Call] = [([s.waiting], [self.script_settings, s.state_stem]) for s in ALL_SHARDS]
        waiting = [
            (float(since), decode(name))
            for found in await self.server.run_many("queue", calls)
            for name, since in zip(found[::2], found[1::2], strict=True)
        ]
        return [name for _, name in sorted(waiting)]

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        stream = events_of(conversation)
        mark = decode((await self._tail(stream, "$"))[0]) if after == "$" else clean(after)

        async def look() -> list[Event] | None:
            _, entries = await self._tail(stream, mark)
            return [read_event(entry, fields[1], fields[3]) for entry, fields in entries] or None

        return await self.server.until(f"events:{conversation}", look, wait, always_rung=True) or []

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        streams = [shard.activity for shard in ALL_SHARDS]
        marks = after.split(".")
        if after == "$":
            marks = [decode(mark) for mark, _ in await self._tails([(stream, "$") for stream in streams])]
        elif len(marks) != len(streams):
            marks = ["0"] * len(streams)
        starts = [clean(mark) for mark in marks]

        async def look() -> tuple[str, list[str]] | None:
            tails = await self._tails(list(zip(streams, starts, strict=True)))
            names = dict.fromkeys(decode(fields[1]) for _, entries in tails for _, fields in entries)
            return (".".join(decode(mark) for mark, _ in tails), list(names)) if names else None

        found = await self.server.until("activity", look, wait, always_rung=True)
        return found or (".".join(starts), [])

    async def ping(self) -> None:
        await self.server.ping()

    async def close(self) -> None:
        await self.server.close()

    async def _act(self, name: str, conversation: str, *arguments: Text) -> Any:
        given = [self.script_settings, encode(conversation), *arguments]
        return await self.server.run(name, keys_of(conversation), given)

    async def _tail(self, stream: bytes, mark: str) -> Any:
        return await self.server.run("tail", [stream], [self.script_settings, mark, _AT_ONCE])

    async def _tails(self, streams: Sequence[tuple[bytes, str]]) -> list[Any]:
        calls: list[Call] = [([stream], [self.script_settings, mark, _AT_ONCE]) for stream, mark in streams]
        return await self.server.run_many("tail", calls)

    async def filled(self, stream: Callable[[Shard], bytes]) -> list[Shard]:
        """The shards whose stream holds anything, every time another one first, so that none starves."""
        first = next(self._shifts) % len(ALL_SHARDS)
        shards = [*ALL_SHARDS[first:], *ALL_SHARDS[:first]]
        return list(itertools.compress(shards, await self.server.filled(map(stream, shards))))

    def turn_arguments(self, conversation: str, turn: Turn) -> tuple[Text, ...]:
        """A turn as `append` in `common.lua` takes it."""
        fate = "event" if turn.role == "event" else "said"
        if turn.role in ("bot", "agent") and conversation.partition(":")[0] in self._outbox_channels:
            fate = "send"
        mark = fingerprint(turn.role, turn.text)
        return encode(turn.id), mark, to_bytes(turn_fields(turn)), encode(preview(turn)), fate

    def _event_turn(self, what: str, name: str = "") -> tuple[Text, ...]:
        return self.turn_arguments("", Turn(f"{what}-{uuid.uuid4().hex}", "event", what, time.time(), name))


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


def _state(stored: bytes) -> State:
    return read_state(json.loads(decode(stored)))


def _known(stored: bytes | None) -> State:
    if stored is None:
        raise ConversationUnknown("there is no such conversation")
    return _state(stored)
