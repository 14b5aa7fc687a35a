"""Conversations in this process's memory: for tests and demonstrations. Knows no server, and forgets at its end.

Keeps the whole contract except for one sentence: nothing is ever removed for its age.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversation.base import (
    BOT,
    Claim,
    Conversation,
    ConversationUnknown,
    Event,
    Message,
    MessageConflict,
    Outgoing,
    Reply,
    State,
    Status,
    Turn,
)
from bot.conversation.bell import Bell
from bot.conversation.marks import later, position
from bot.conversation.records import (
    ATTEMPTS,
    ENGINE_DOWN,
    HANDED_BACK,
    KEPT_EVENTS,
    TAKEN_OVER,
    UNDELIVERABLE,
    fingerprint,
    preview,
    state_fields,
    turn_fields,
)

# Seconds after which a waiting reader looks again: a lease that ends rings no bell.
_PAUSE = 0.05
_CHANGED = "changed"


@dataclass(slots=True)
class _Record:
    state: State
    turns: list[Turn] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    mailbox: list[Turn] = field(default_factory=list)
    fence: int = 0
    attempts: int = 0


@dataclass(slots=True)
class _Letter:
    outgoing: Outgoing
    free_at: float = 0.0


class MemoryConversations:
    """Implements `Conversations`. `clock` gives Unix seconds; `lease` is how many a claim lasts."""

    def __init__(
        self,
        *,
        lease: float = 30.0,
        outbox_channels: Collection[str] = frozenset({"telegram"}),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lease = lease
        self._outbox_channels = frozenset(outbox_channels)
        self._clock = clock
        self._records: dict[str, _Record] = {}
        self._ready: dict[str, float] = {}  # conversation → when it may be claimed
        self._events: dict[str, deque[Event]] = {}
        self._activity: deque[tuple[int, str]] = deque(maxlen=KEPT_EVENTS)
        self._outbox: dict[str, _Letter] = {}
        self._count = 0
        self._bell = Bell(_PAUSE)

    async def accept(self, message: Message) -> bool:
        record = self._records.get(message.conversation)
        mark = fingerprint("customer", message.text)
        if record is not None and message.id in record.seen:
            if record.seen[message.id] != mark:
                raise MessageConflict(f"message id {message.id!r} was used for another text")
            return False
        if record is None:
            record = _Record(State(message.conversation, created=self._clock()))
            self._records[message.conversation] = record
        before = record.state if record.turns else None
        turn = Turn(message.id, "customer", message.text, message.at, message.name)
        self._append(record, turn)
        reopened = Status.OPEN if record.state.status is Status.RESOLVED else record.state.status
        self._change(
            record,
            before,
            status=reopened,
            name=message.name or record.state.name,
            language=record.state.language or message.language,
        )
        if record.state.owner == BOT:
            record.mailbox.append(turn)
            self._ready.setdefault(message.conversation, 0.0)
        return True

    async def claim(self, worker: str, wait: float) -> Claim | None:
        return await self._bell.until(_CHANGED, self._next_claim, wait)

    async def renew(self, claim: Claim) -> bool:
        if not self._holds(claim):
            return False
        self._ready[claim.conversation] = self._clock() + self._lease
        return True

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        record = self._records.get(claim.conversation)
        if record is None:
            return False
        if not self._holds(claim):
            # A worker that did not hear of its success asks again.
            return bool(reply.turns) and reply.turns[0].id in record.seen
        del record.mailbox[: len(claim.pending)]
        record.fence = record.attempts = 0
        self._ready.pop(claim.conversation, None)
        if record.mailbox:
            self._ready[claim.conversation] = 0.0
        before = record.state
        for turn in reply.turns:
            self._append(record, turn)
        self._change(
            record,
            before,
            status=before.status if reply.status is None else reply.status,
            reason=before.reason if reply.reason is None else reply.reason,
            language=before.language if reply.language is None else reply.language,
        )
        return True

    async def release(self, claim: Claim) -> None:
        if self._holds(claim):
            self._records[claim.conversation].fence = 0
            del self._ready[claim.conversation]
            self._ready[claim.conversation] = 0.0
            self._bell.ring(_CHANGED)

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        if not self._holds(claim):
            return False
        self._show(claim.conversation, kind, data)
        return True

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        self._show(conversation, kind, data)

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        record = self._known(conversation)
        return Conversation(record.state, tuple(record.turns[-last:] if last > 0 else ()))

    async def recent(self, limit: int = 50) -> Sequence[State]:
        states = [record.state for record in self._records.values()]
        return sorted(states, key=lambda state: state.updated, reverse=True)[:limit]

    async def take_over(self, conversation: str, agent: str) -> State:
        record = self._known(conversation)
        before = record.state
        self._give_to(record, agent)
        return self._change(record, before)

    async def hand_back(self, conversation: str) -> State:
        record = self._known(conversation)
        before = record.state
        if before.owner != BOT:
            self._append(record, self._event_turn(HANDED_BACK))
        return self._change(record, before, owner=BOT, status=Status.OPEN)

    async def say(self, conversation: str, agent: str, turn: Turn) -> State:
        record = self._known(conversation)
        if turn.id in record.seen:
            return record.state
        before = record.state
        self._give_to(record, agent)
        self._append(record, turn)
        return self._change(record, before)

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        if after == "$":
            after = str(self._count)

        async def look() -> list[Event] | None:
            kept = self._events.get(conversation, ())
            return [event for event in kept if later(event.id, after)] or None

        return await self._bell.until(_CHANGED, look, wait) or []

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        start = self._count if after == "$" else position(after)[0]

        async def look() -> tuple[str, list[str]] | None:
            changed = [(number, name) for number, name in self._activity if number > start]
            return (str(changed[-1][0]), list(dict.fromkeys(name for _, name in changed))) if changed else None

        return await self._bell.until(_CHANGED, look, wait) or (str(start), [])

    async def outgoing(self, channel: str, sender: str, wait: float) -> Outgoing | None:
        async def look() -> Outgoing | None:
            now = self._clock()
            for letter in self._outbox.values():
                if letter.free_at <= now and letter.outgoing.conversation.partition(":")[0] == channel:
                    letter.free_at = now + self._lease
                    attempts = letter.outgoing.attempts + 1
                    letter.outgoing = replace(letter.outgoing, attempts=attempts)
                    return letter.outgoing
            return None

        return await self._bell.until(_CHANGED, look, wait)

    async def sent(self, outgoing: Outgoing, note: str = "") -> None:
        self._outbox.pop(outgoing.receipt, None)

    async def ping(self) -> None:
        """Memory always answers."""

    async def close(self) -> None:
        """There is no connection to let go of."""

    def _known(self, conversation: str) -> _Record:
        if conversation not in self._records:
            raise ConversationUnknown("there is no such conversation")
        return self._records[conversation]

    def _holds(self, claim: Claim) -> bool:
        record = self._records.get(claim.conversation)
        return record is not None and record.fence == claim.fence

    async def _next_claim(self) -> Claim | None:
        now = self._clock()
        for name in [name for name, free_at in self._ready.items() if free_at <= now]:
            record = self._records[name]
            if record.attempts >= ATTEMPTS:
                self._give_up(record)
                continue
            record.attempts += 1
            self._count += 1
            record.fence = self._count
            self._ready[name] = now + self._lease
            return Claim(name, record.fence, tuple(record.mailbox))
        return None

    def _give_up(self, record: _Record) -> None:
        self._settle(record)
        before = record.state
        self._append(record, self._event_turn(UNDELIVERABLE))
        self._change(record, before, status=Status.WAITING, reason=ENGINE_DOWN)

    def _give_to(self, record: _Record, agent: str) -> None:
        self._settle(record)
        if record.state.owner != agent:
            self._append(record, self._event_turn(TAKEN_OVER, agent))
        record.state = replace(record.state, owner=agent, status=Status.OPEN)

    def _settle(self, record: _Record) -> None:
        record.mailbox.clear()
        record.fence = record.attempts = 0
        self._ready.pop(record.state.id, None)

    def _event_turn(self, what: str, name: str = "") -> Turn:
        return Turn(f"{what}-{self._count + 1}", "event", what, self._clock(), name)

    def _append(self, record: _Record, turn: Turn) -> None:
        record.turns.append(turn)
        record.seen[turn.id] = fingerprint(turn.role, turn.text)
        self._show(record.state.id, "turn", turn_fields(turn))
        if turn.role != "event":
            record.state = replace(record.state, preview=preview(turn.text))
        if turn.role in ("bot", "agent") and record.state.channel in self._outbox_channels:
            receipt = str(self._count)
            self._outbox[receipt] = _Letter(Outgoing(record.state.id, turn, receipt, attempts=0))

    def _change(self, record: _Record, before: State | None, **changes: Any) -> State:
        """Note the activity; onlookers hear of the state unless only its preview and time are new."""
        after = replace(record.state, updated=self._clock(), **changes)
        record.state = after
        if before is None or replace(before, updated=after.updated, preview=after.preview) != after:
            self._show(after.id, "state", state_fields(after))
        self._count += 1
        self._activity.append((self._count, after.id))
        self._bell.ring(_CHANGED)
        return after

    def _show(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        self._count += 1
        kept = self._events.setdefault(conversation, deque(maxlen=KEPT_EVENTS))
        kept.append(Event(f"{self._count}-0", kind, data))
        self._bell.ring(_CHANGED)
