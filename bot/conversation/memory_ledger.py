"""What conversations in memory hold, and how turns and changes are written. Knows no act and no claim's rules."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversation.base import ConversationUnknown
from bot.conversation.memory_timeline import Timeline
from bot.conversation.messages import State, Status, Turn
from bot.conversation.records import TAKEN_OVER, fingerprint, preview, state_fields, turn_fields


@dataclass(slots=True)
class Record:
    """One conversation. `mailbox` are the turns that nobody has answered; `fence` is 0 while no claim holds."""

    state: State
    turns: list[Turn] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    mailbox: list[Turn] = field(default_factory=list)
    fence: int = 0
    attempts: int = 0
    waiting_since: int = 0
    spoken: int = 0
    """The episode in which an agent spoke last."""
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


class Ledger:
    """All records. `ready` maps the conversations with a mailbox to the time from which they may be claimed."""

    def __init__(self, outbox_channels: Collection[str], clock: Callable[[], float]) -> None:
        self._outbox_channels = frozenset(outbox_channels)
        self._clock = clock
        self.records: dict[str, Record] = {}
        self.ready: dict[str, float] = {}
        self.letters: dict[int, Letter] = {}
        self.timeline = Timeline()

    def known(self, conversation: str) -> Record:
        """The record of a conversation. Raises ConversationUnknown."""
        if conversation not in self.records:
            raise ConversationUnknown("there is no such conversation")
        return self.records[conversation]

    def event_turn(self, what: str, name: str = "") -> Turn:
        """A new turn that tells what happened."""
        return Turn(f"{what}-{self.timeline.count + 1}", "event", what, self._clock(), name)

    def append(self, record: Record, turn: Turn) -> None:
        """Store a turn, show it, and queue it for sending where that is needed."""
        record.turns.append(turn)
        record.seen[turn.id] = fingerprint(turn.role, turn.text)
        self.timeline.show(record.state.id, "turn", turn_fields(turn))
        if turn.role != "event":
            # Who waits for an agent still does after a word of the bot.
            since = record.state.since if record.state.status is Status.WAITING else 0.0
            record.state = replace(record.state, preview=preview(turn), since=since)
        if turn.role in ("bot", "agent") and record.state.channel in self._outbox_channels:
            receipt = self.timeline.number()
            self.letters[receipt] = Letter(record.state.id, turn, receipt)

    def change(self, record: Record, before: State | None, **changes: Any) -> State:
        """Note the activity; onlookers hear of the state unless only its preview and times are new."""
        after = replace(record.state, updated=self._clock(), **changes)
        if after.status is Status.RESOLVED:
            after = replace(after, snoozed=0.0, since=0.0)
        elif after.status is Status.WAITING and not after.since:
            after = replace(after, since=after.updated)
        record.state = after
        if after.status is Status.WAITING and (before is None or before.status is not Status.WAITING):
            record.waiting_since = self.timeline.number()
        if (
            before is None
            or replace(before, updated=after.updated, preview=after.preview, since=after.since) != after
        ):
            self.timeline.show(after.id, "state", state_fields(after))
        self.timeline.change(after.id)
        return after

    def settle(self, record: Record) -> None:
        """Settle all pending turns; whoever holds a claim has lost it."""
        record.mailbox.clear()
        record.fence = record.attempts = 0
        self.ready.pop(record.state.id, None)

    def give_to(self, record: Record, agent: str) -> None:
        """Make an agent the owner."""
        self.settle(record)
        if record.state.owner != agent:
            self.append(record, self.event_turn(TAKEN_OVER, agent))
        record.state = replace(record.state, owner=agent, status=Status.OPEN)
        record.taken_at = self.timeline.count

    def withdrawn(self, letter: Letter) -> bool:
        """Whether an agent took the conversation after the bot said this."""
        return letter.turn.role == "bot" and letter.receipt <= self.records[letter.conversation].taken_at

    def waiting(self) -> list[str]:
        """The conversations that wait for an agent, longest first."""
        waiting = [record for record in self.records.values() if record.state.status is Status.WAITING]
        return [record.state.id for record in sorted(waiting, key=lambda record: record.waiting_since)]
