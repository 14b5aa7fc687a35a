"""Conversations in this process's memory: for tests and demonstrations. Knows no server, and forgets at its end.

Keeps the whole contract except for one sentence: nothing is ever removed for its age.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.base import MessageConflict
from bot.conversation.memory_ledger import Ledger, Record
from bot.conversation.memory_timeline import CHANGED
from bot.conversation.messages import BOT, Claim, Conversation, Event, Found, Message, Reply, State, Status, Turn
from bot.conversation.records import (
    ASSIGNED,
    ATTEMPTS,
    ENGINE_DOWN,
    HANDED_BACK,
    LEASE,
    REOPENED,
    RESOLVED,
    SEARCHED,
    SEARCHED_TURNS,
    SNOOZED,
    Apology,
    customers_turn,
    fingerprint,
    giving_up,
    holds,
    no_words,
    with_tags,
    words_of,
)


class MemoryConversations:
    """Implements `Conversations`. `clock` gives Unix seconds; `lease` is how many a claim lasts.

    `letters` are the turns that channels must send, by their receipts, `withdrawn` tells which of them an agent has
    silenced, and `dead` is what was given up; `apology` words what its customer is told.
    """

    def __init__(
        self,
        *,
        lease: float = LEASE,
        outbox_channels: Collection[str] = frozenset({"telegram"}),
        clock: Callable[[], float] = time.time,
        apology: Apology = no_words,
    ) -> None:
        self.lease = lease
        self._apology = apology
        self.clock = clock
        self._ledger = Ledger(outbox_channels, clock)
        self.letters = self._ledger.letters
        self.timeline = self._ledger.timeline
        self.withdrawn = self._ledger.withdrawn
        self.dead: list[tuple[str, str]] = []

    async def accept(self, message: Message) -> bool:
        record = self._ledger.records.get(message.conversation)
        mark = fingerprint("customer", message.text)
        if record is not None and message.id in record.seen:
            if record.seen[message.id] != mark:
                raise MessageConflict(f"message id {message.id!r} was used for another text")
            return False
        if record is None:
            record = Record(State(message.conversation, created=self.clock()))
            self._ledger.records[message.conversation] = record
        before = record.state if record.turns else None
        turn, since = customers_turn(message), record.state.since
        self._ledger.append(record, turn)
        if record.state.status is Status.RESOLVED:
            episode = record.state.episode + 1
            record.state = replace(record.state, status=Status.OPEN, reason="", episode=episode)
        self._ledger.change(
            record,
            before,
            name=message.name or record.state.name,
            language=record.state.language or message.language,
            since=since or self.clock(),
            snoozed=0.0,
            about=message.about or record.state.about,
        )
        if record.state.owner == BOT:
            record.mailbox.append(turn)
            self._ledger.ready.setdefault(message.conversation, 0.0)
        return True

    async def claim(self, worker: str, wait: float) -> Claim | None:
        return await self.timeline.bell.until(CHANGED, self._next_claim, wait)

    async def extend(self, claim: Claim) -> Claim | None:
        if not self._holds(claim):
            return None
        return replace(
            claim, pending=tuple(self._ledger.records[claim.conversation].mailbox), mark=self.timeline.mark
        )

    async def renew(self, claim: Claim) -> bool:
        if not self._holds(claim):
            return False
        self._ledger.ready[claim.conversation] = self.clock() + self.lease
        return True

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        record = self._ledger.records.get(claim.conversation)
        if record is None:
            return False
        if not self._holds(claim):
            # A worker that did not hear of its success asks again.
            first = reply.turns[0] if reply.turns else None
            return first is not None and record.seen.get(first.id) == fingerprint(first.role, first.text)
        if reply.whole and len(record.mailbox) > len(claim.pending):
            return False
        if reply.buried:
            self.dead.extend((claim.conversation, reply.buried) for _ in claim.pending)
        del record.mailbox[: len(claim.pending)]
        record.fence = record.attempts = 0
        self._ledger.ready.pop(claim.conversation, None)
        if record.mailbox:
            self._ledger.ready[claim.conversation] = 0.0
        before = record.state
        for turn in reply.turns:
            self._ledger.append(record, turn)
        self._ledger.change(
            record,
            before,
            status=before.status if reply.status is None else reply.status,
            reason=before.reason if reply.reason is None else reply.reason,
            language=before.language if reply.language is None else reply.language,
        )
        return True

    async def release(self, claim: Claim, *, failed: bool = True) -> None:
        if self._holds(claim):
            record = self._ledger.records[claim.conversation]
            record.attempts -= 0 if failed else 1
            record.fence = 0
            del self._ledger.ready[claim.conversation]
            self._ledger.ready[claim.conversation] = 0.0
            self.timeline.bell.ring(CHANGED)

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        if not self._holds(claim):
            return False
        self.timeline.show(claim.conversation, kind, data)
        return True

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        self.timeline.show(conversation, kind, data)

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        record = self._ledger.known(conversation)
        return Conversation(record.state, tuple(record.turns[-last:] if last > 0 else ()))

    async def recent(self, limit: int = 50) -> Sequence[State]:
        states = [record.state for record in self._ledger.records.values()]
        return sorted(states, key=lambda state: state.updated, reverse=True)[:limit]

    async def take_over(self, conversation: str, agent: str, by: str = "") -> State:
        record = self._ledger.known(conversation)
        before = record.state
        if by not in ("", agent) and before.owner != agent:
            self._ledger.append(record, self._ledger.event_turn(ASSIGNED, by))
        self._ledger.give_to(record, agent)
        return self._ledger.change(record, before)

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        record = self._ledger.known(conversation)
        before = record.state
        if before.owner != BOT and unless_spoken and record.spoken == before.episode:
            return before
        if before.owner != BOT:
            self._ledger.append(record, self._ledger.event_turn(HANDED_BACK))
        return self._ledger.change(record, before, owner=BOT, status=Status.OPEN, snoozed=0.0, since=0.0)

    async def say(self, conversation: str, agent: str, turn: Turn) -> State:
        record = self._ledger.known(conversation)
        if turn.id in record.seen:
            if record.seen[turn.id] != fingerprint(turn.role, turn.text):
                raise MessageConflict(f"turn id {turn.id!r} was used for another text")
            return record.state
        before = record.state
        self._ledger.give_to(record, agent)
        self._ledger.append(record, turn)
        record.spoken = record.state.episode
        return self._ledger.change(record, before)

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        record = self._ledger.known(conversation)
        before = record.state
        if before.status is Status.RESOLVED:
            return before
        self._ledger.settle(record)
        self._ledger.append(record, self._ledger.event_turn(RESOLVED, by))
        return self._ledger.change(record, before, owner=BOT, status=Status.RESOLVED, reason=reason or before.reason)

    async def reopen(self, conversation: str, by: str) -> State:
        record = self._ledger.known(conversation)
        before = record.state
        if before.status is not Status.RESOLVED:
            return before
        self._ledger.append(record, self._ledger.event_turn(REOPENED, by))
        return self._ledger.change(record, before, status=Status.OPEN)

    async def note(self, conversation: str, turn: Turn) -> State:
        record = self._ledger.known(conversation)
        if turn.id in record.seen:
            return record.state
        before = record.state
        self._ledger.append(record, turn)
        return self._ledger.change(record, before)

    async def tag(self, conversation: str, add: Sequence[str], remove: Sequence[str]) -> State:
        record = self._ledger.known(conversation)
        before, tags = record.state, with_tags(record.state.tags, add, remove)
        return before if tags == before.tags else self._ledger.change(record, before, tags=tags)

    async def snooze(self, conversation: str, until: float, by: str) -> State:
        record = self._ledger.known(conversation)
        before, until = record.state, max(until, 0.0)
        if before.status is Status.RESOLVED or before.snoozed == until:
            return before
        if until:
            self._ledger.append(record, self._ledger.event_turn(SNOOZED, by))
        return self._ledger.change(record, before, snoozed=until)

    async def search(self, text: str, limit: int = 50) -> Sequence[Found]:
        words, found = words_of(text), []
        for state in await self.recent(SEARCHED) if words else ():
            turns = self._ledger.records[state.id].turns[-SEARCHED_TURNS:]
            found += [Found(state, turn) for turn in reversed(turns) if holds(turn, words)][:1]
        return found[:limit]

    async def queue(self) -> Sequence[str]:
        return self._ledger.waiting()

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        return await self.timeline.events(conversation, after, wait)

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        return await self.timeline.activity(after, wait)

    async def ping(self) -> None:
        """Memory always answers."""

    async def close(self) -> None:
        """There is no connection to let go of."""

    def _holds(self, claim: Claim) -> bool:
        record = self._ledger.records.get(claim.conversation)
        return record is not None and record.fence == claim.fence

    async def _next_claim(self) -> Claim | None:
        now = self.clock()
        for name in [name for name, free_at in self._ledger.ready.items() if free_at <= now]:
            record = self._ledger.records[name]
            if record.attempts >= 2 * ATTEMPTS:
                self._give_up(record)
                continue
            record.attempts += 1
            record.fence = self.timeline.number()
            self._ledger.ready[name] = now + self.lease
            pending = tuple(record.mailbox)
            return Claim(name, record.fence, pending, mark=self.timeline.mark, attempts=record.attempts)
        return None

    def _give_up(self, record: Record) -> None:
        self.dead.extend((record.state.id, ENGINE_DOWN) for _ in record.mailbox)
        self._ledger.settle(record)
        before = record.state
        for turn in giving_up(self._apology(record.state.language), self.clock()):
            self._ledger.append(record, turn)
        self._ledger.change(record, before, status=Status.WAITING, reason=ENGINE_DOWN)
