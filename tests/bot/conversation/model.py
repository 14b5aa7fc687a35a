"""What conversations must do, as plainly as it can be said. Knows no store: a store is compared with it.

Turns that a store makes by itself have no id here. Where a store may choose (which conversation is claimed next, of
which the next turn is sent) the model only judges the choice.
"""

from dataclasses import dataclass, field, replace

from bot.conversation.messages import BOT, Claim, Conversation, Message, Reply, Status, Turn
from bot.conversation.records import ATTEMPTS, ENGINE_DOWN, customers_turn
from bot.delivery.base import OPEN, Attempt, Outgoing

LEASE = 60.0


@dataclass(slots=True, eq=False)
class Letter:
    """A turn that must be sent; `sender` has it in hand since `taken_at`."""

    turn: Turn
    sender: str = ""
    taken_at: float = 0.0
    attempts: int = 0
    withdrawn: bool = False
    settled: bool = False
    parts: dict[int, str] = field(default_factory=dict)

    def rank(self, sender: str, now: float) -> int | None:
        """How soon this sender should get it: 0 is first. None: not at all."""
        if self.settled:
            return None
        if self.sender not in ("", sender):
            return 0
        if self.sender == sender:
            return 1 if now - self.taken_at >= LEASE else None
        return 2


@dataclass(slots=True, eq=False)
class Talk:
    """One conversation. `fence` is that of the claim that holds, or 0."""

    name: str
    turns: list[Turn] = field(default_factory=list)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    owner: str = BOT
    status: Status = Status.OPEN
    reason: str = ""
    episode: int = 1
    fence: int = 0
    highest: int = 0
    claimed_at: float = 0.0
    attempts: int = 0
    waiting_since: int = 0

    def append(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.seen[turn.id] = turn.role, turn.text
        if turn.role in ("bot", "agent") and self.name.startswith("telegram:"):
            self.letters.append(Letter(turn))

    def tell(self, what: str, name: str = "") -> None:
        """An event turn of the store's own."""
        self.turns.append(Turn("", "event", what, 0.0, name))

    def settle(self) -> None:
        self.pending.clear()
        self.fence = self.attempts = 0

    def assert_told_by(self, known: Conversation) -> None:
        """What a store has, without what cannot be known of it."""
        assert [seen if turn.id else replace(seen, id="", at=0.0)
                for turn, seen in zip(self.turns, known.turns, strict=True)] == self.turns  # fmt: skip
        told = known.state.owner, known.state.status, known.state.reason, known.state.episode
        assert told == (self.owner, self.status, self.reason, self.episode)


class Model:
    """All conversations. The acts are named like those of the stores, and give what the stores must give."""

    def __init__(self) -> None:
        self.now = 0.0
        self.talks: dict[str, Talk] = {}
        self._changes = 0

    def accept(self, message: Message) -> bool | None:
        """None: a conflict."""
        talk = self.talks.setdefault(message.conversation, Talk(message.conversation))
        if message.id in talk.seen:
            return False if talk.seen[message.id] == ("customer", message.text) else None
        talk.append(customers_turn(message))
        if talk.status is Status.RESOLVED:
            talk.status, talk.reason, talk.episode = Status.OPEN, "", talk.episode + 1
        if talk.owner == BOT:
            talk.pending.append(message.id)
        return True

    def claimable(self) -> list[Talk]:
        free = [t for t in self.talks.values() if not t.fence or self.now - t.claimed_at >= LEASE]
        return [talk for talk in free if talk.pending]

    def exhausted(self) -> list[Talk]:
        """Those that a look for the next claim gives up, if it comes to them."""
        return [talk for talk in self.claimable() if talk.attempts >= 2 * ATTEMPTS]

    def give_up(self, talks: list[Talk]) -> None:
        self._changes += 1
        for talk in talks:
            talk.settle()
            talk.tell("undeliverable")
            talk.reason = ENGINE_DOWN
            self._to(talk, Status.WAITING)

    def claim(self, claim: Claim) -> None:
        talk = self.talks[claim.conversation]
        assert talk in self.claimable()
        assert talk not in self.exhausted()
        assert claim.fence > talk.highest
        talk.fence = talk.highest = claim.fence
        talk.attempts, talk.claimed_at = talk.attempts + 1, self.now
        assert claim.attempts == talk.attempts
        assert [turn.id for turn in claim.pending] == talk.pending

    def holds(self, claim: Claim) -> bool:
        return self.talks[claim.conversation].fence == claim.fence

    def renew(self, claim: Claim) -> bool:
        if self.holds(claim):
            self.talks[claim.conversation].claimed_at = self.now
        return self.holds(claim)

    def release(self, claim: Claim, failed: bool) -> None:
        if self.holds(claim):
            talk = self.talks[claim.conversation]
            talk.fence, talk.attempts = 0, talk.attempts - (0 if failed else 1)

    def commit(self, claim: Claim, reply: Reply) -> bool:
        talk = self.talks[claim.conversation]
        if not self.holds(claim):
            return any(talk.seen.get(turn.id) == (turn.role, turn.text) for turn in reply.turns[:1])
        if reply.whole and len(talk.pending) > len(claim.pending):
            return False
        del talk.pending[: len(claim.pending)]
        talk.fence = talk.attempts = 0
        for turn in reply.turns:
            talk.append(turn)
        talk.reason = talk.reason if reply.reason is None else reply.reason
        self._to(talk, reply.status or talk.status)
        return True

    def take_over(self, name: str, agent: str) -> None:
        talk = self.talks[name]
        talk.settle()
        if talk.owner != agent:
            talk.tell("taken_over", agent)
        talk.owner = agent
        for letter in talk.letters:
            letter.withdrawn |= letter.turn.role == "bot"
        self._to(talk, Status.OPEN)

    def say(self, name: str, agent: str, turn: Turn) -> None:
        if turn.id not in self.talks[name].seen:
            self.take_over(name, agent)
            self.talks[name].append(turn)

    def hand_back(self, name: str) -> None:
        talk = self.talks[name]
        if talk.owner != BOT:
            talk.tell("handed_back")
        talk.owner = BOT
        self._to(talk, Status.OPEN)

    def resolve(self, name: str, by: str, reason: str) -> None:
        talk = self.talks[name]
        if talk.status is Status.RESOLVED:
            return
        talk.settle()
        talk.tell("resolved", by)
        talk.owner, talk.reason = BOT, reason or talk.reason
        self._to(talk, Status.RESOLVED)

    def reopen(self, name: str, by: str) -> None:
        talk = self.talks[name]
        if talk.status is Status.RESOLVED:
            talk.tell("reopened", by)
            self._to(talk, Status.OPEN)

    def note(self, name: str, turn: Turn) -> None:
        if turn.id not in self.talks[name].seen:
            self.talks[name].append(turn)

    def next(self, outgoing: Outgoing | None, sender: str) -> None:
        """What an outbox gave to a sender."""
        if outgoing is None:
            letters = [letter for talk in self.talks.values() for letter in talk.letters]
            assert all(letter.rank(sender, self.now) is None for letter in letters)
            return
        ranked = [(rank, letter) for letter in self.talks[outgoing.conversation].letters
                  if (rank := letter.rank(sender, self.now)) is not None]  # fmt: skip
        letter = min(ranked, key=lambda pair: pair[0])[1]
        assert (outgoing.turn, outgoing.parts) == (letter.turn, letter.parts)
        assert outgoing.attempts == letter.attempts + 1
        letter.sender, letter.taken_at, letter.attempts = sender, self.now, outgoing.attempts

    def letter(self, outgoing: Outgoing) -> Letter:
        [letter] = [each for each in self.talks[outgoing.conversation].letters if each.turn == outgoing.turn]
        return letter

    def attempt(self, outgoing: Outgoing, part: int, sender: str) -> Attempt:
        letter = self.letter(outgoing)
        if letter.settled or letter.sender != sender:
            return Attempt.LOST
        if letter.withdrawn:
            return Attempt.WITHDRAWN
        known = part in letter.parts
        letter.parts.setdefault(part, OPEN)
        return Attempt.AGAIN if known else Attempt.FIRST

    def record(self, outgoing: Outgoing, part: int, message: str) -> None:
        parts = self.letter(outgoing).parts
        parts.pop(part)
        if message:
            parts[part] = message

    def settle(self, outgoing: Outgoing, note: str) -> None:
        letter, talk = self.letter(outgoing), self.talks[outgoing.conversation]
        if note and not letter.settled:
            talk.tell("undelivered", note)
        letter.settled = True

    def _to(self, talk: Talk, status: Status) -> None:
        if status is Status.WAITING and talk.status is not Status.WAITING:
            self._changes += 1
            talk.waiting_since = self._changes
        talk.status = status
