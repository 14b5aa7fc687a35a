"""Conversations in this process's memory: for tests and demonstrations. Knows no server, and forgets at its end.

Keeps the whole contract except for one sentence: nothing is ever removed for its age.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversation.base import ConversationUnknown, MessageConflict
from bot.conversation.memory_timeline import CHANGED, Timeline
from bot.conversation.messages import BOT, Claim, Conversation, Event, Message, Reply, State, Status, Turn
from bot.conversation.records import (
    ATTEMPTS,
    ENGINE_DOWN,
    HANDED_BACK,
    LEASE,
    REOPENED,
    RESOLVED,
    TAKEN_OVER,
    UNDELIVERABLE,
    customers_turn,
    fingerprint,
    preview,
    state_fields,
    turn_fields,
)


@dataclass(slots=True)
class _Record:
    state: State
    turns: list[Turn] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    mailbox: list[Turn] = field(default_factory=list)
    fence: int = 0
    attempts: int = 0
    waiting_since: int = 0
    taken_at: int = -1
    """The timeline's number when an agent took the conversation."""


@dataclass(slots=True)
class Letter:
    """A turn in the outbox. `receipt` grows; `owner` is the sender who has it in hand until `free_at`."""

    conversation: str
    turn: Turn
    receipt: int
    owner: str = ""
    free_at: float = 0.0
    attempts: int = 0
    parts: dict[int, str] = field(default_factory=dict)


class MemoryConversations:
    """Implements `Conversations`. `clock` gives Unix seconds; `lease` is how many a claim lasts.

    `letters` are the turns that channels must send, by their receipts; `dead` is what was given up.
    """

    def __init__(
        self,
        *,
        lease: float = LEASE,
        outbox_channels: Collection[str] = frozenset({"telegram"}),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lease = lease
        self._outbox_channels = frozenset(outbox_channels)
        self.clock = clock
        self._records: dict[str, _Record] = {}
        self._ready: dict[str, float] = {}  # conversation → when it may be claimed
        self.letters: dict[int, Letter] = {}
        self.dead: list[tuple[str, str]] = []
        self.timeline = Timeline()

    async def accept(self, message: Message) -> bool:
        record = self._records.get(message.conversation)
        mark = fingerprint("customer", message.text)
        if record is not None and message.id in record.seen:
            if record.seen[message.id] != mark:
                raise MessageConflict(f"message id {message.id!r} was used for another text")
            return False
        if record is None:
            record = _Record(State(message.conversation, created=self.clock()))
            self._records[message.conversation] = record
        before = record.state if record.turns else None
        turn = customers_turn(message)
        self._append(record, turn)
        if record.state.status is Status.RESOLVED:
            episode = record.state.episode + 1
            record.state = replace(record.state, status=Status.OPEN, reason="", episode=episode)
        self._change(
            record,
            before,
            name=message.name or record.state.name,
            language=record.state.language or message.language,
        )
        if record.state.owner == BOT:
            record.mailbox.append(turn)
            self._ready.setdefault(message.conversation, 0.0)
        return True

    async def claim(self, worker: str, wait: float) -> Claim | None:
        return await self.timeline.bell.until(CHANGED, self._next_claim, wait)

    async def extend(self, claim: Claim) -> Claim | None:
        if not self._holds(claim):
            return None
        return replace(claim, pending=tuple(self._records[claim.conversation].mailbox), mark=self.timeline.mark)

    async def renew(self, claim: Claim) -> bool:
        if not self._holds(claim):
            return False
        self._ready[claim.conversation] = self.clock() + self.lease
        return True

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        record = self._records.get(claim.conversation)
        if record is None:
            return False
        if not self._holds(claim):
            # A worker that did not hear of its success asks again.
            return bool(reply.turns) and reply.turns[0].id in record.seen
        if reply.whole and len(record.mailbox) > len(claim.pending):
            return False
        if reply.buried:
            self.dead.extend((claim.conversation, reply.buried) for _ in claim.pending)
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
            self.timeline.bell.ring(CHANGED)

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        if not self._holds(claim):
            return False
        self.timeline.show(claim.conversation, kind, data)
        return True

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        self.timeline.show(conversation, kind, data)

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

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        record = self._known(conversation)
        before = record.state
        if before.status is Status.RESOLVED:
            return before
        self._settle(record)
        self._append(record, self._event_turn(RESOLVED, by))
        return self._change(record, before, owner=BOT, status=Status.RESOLVED, reason=reason or before.reason)

    async def reopen(self, conversation: str, by: str) -> State:
        record = self._known(conversation)
        before = record.state
        if before.status is not Status.RESOLVED:
            return before
        self._append(record, self._event_turn(REOPENED, by))
        return self._change(record, before, status=Status.OPEN)

    async def note(self, conversation: str, turn: Turn) -> State:
        record = self._known(conversation)
        if turn.id in record.seen:
            return record.state
        before = record.state
        self._append(record, turn)
        return self._change(record, before)

    async def queue(self) -> Sequence[str]:
        waiting = [record for record in self._records.values() if record.state.status is Status.WAITING]
        return [record.state.id for record in sorted(waiting, key=lambda record: record.waiting_since)]

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        return await self.timeline.events(conversation, after, wait)

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        return await self.timeline.activity(after, wait)

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
        now = self.clock()
        for name in [name for name, free_at in self._ready.items() if free_at <= now]:
            record = self._records[name]
            if record.attempts >= 2 * ATTEMPTS:
                self._give_up(record)
                continue
            record.attempts += 1
            record.fence = self.timeline.number()
            self._ready[name] = now + self.lease
            pending = tuple(record.mailbox)
            return Claim(name, record.fence, pending, mark=self.timeline.mark, attempts=record.attempts)
        return None

    def _give_up(self, record: _Record) -> None:
        self.dead.extend((record.state.id, ENGINE_DOWN) for _ in record.mailbox)
        self._settle(record)
        before = record.state
        self._append(record, self._event_turn(UNDELIVERABLE))
        self._change(record, before, status=Status.WAITING, reason=ENGINE_DOWN)

    def _give_to(self, record: _Record, agent: str) -> None:
        self._settle(record)
        if record.state.owner != agent:
            self._append(record, self._event_turn(TAKEN_OVER, agent))
        record.state = replace(record.state, owner=agent, status=Status.OPEN)
        record.taken_at = self.timeline.count

    def _settle(self, record: _Record) -> None:
        record.mailbox.clear()
        record.fence = record.attempts = 0
        self._ready.pop(record.state.id, None)

    def _event_turn(self, what: str, name: str = "") -> Turn:
        return Turn(f"{what}-{self.timeline.count + 1}", "event", what, self.clock(), name)

    def _append(self, record: _Record, turn: Turn) -> None:
        record.turns.append(turn)
        record.seen[turn.id] = fingerprint(turn.role, turn.text)
        self.timeline.show(record.state.id, "turn", turn_fields(turn))
        if turn.role != "event":
            record.state = replace(record.state, preview=preview(turn.text))
        if turn.role in ("bot", "agent") and record.state.channel in self._outbox_channels:
            receipt = self.timeline.number()
            self.letters[receipt] = Letter(record.state.id, turn, receipt)

    def _change(self, record: _Record, before: State | None, **changes: Any) -> State:
        """Note the activity; onlookers hear of the state unless only its preview and time are new."""
        after = replace(record.state, updated=self.clock(), **changes)
        record.state = after
        if after.status is Status.WAITING and (before is None or before.status is not Status.WAITING):
            record.waiting_since = self.timeline.number()
        if before is None or replace(before, updated=after.updated, preview=after.preview) != after:
            self.timeline.show(after.id, "state", state_fields(after))
        self.timeline.change(after.id)
        return after

    def withdrawn(self, letter: Letter) -> bool:
        """Whether an agent took the conversation after the bot said this."""
        taken = self._records[letter.conversation].taken_at
        return letter.turn.role == "bot" and letter.receipt <= taken
