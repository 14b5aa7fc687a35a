"""A channel's post in this process's memory, beside conversations in memory: for tests and demonstrations."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.memory import MemoryConversations
from bot.conversation.memory_ledger import Letter
from bot.conversation.memory_timeline import CHANGED
from bot.conversation.messages import Turn
from bot.delivery.base import FULL, OPEN, UNDELIVERED, Attempt, Outgoing, Parcel, Post


def memory_post(conversations: MemoryConversations, channel: str) -> Post:
    """The post of a channel beside the conversations that it carries."""
    return Post(
        MemoryInbox(conversations),
        MemoryOutbox(conversations, channel),
        MemoryLeases(conversations.clock),
        MemoryNotebook(conversations.clock),
    )


class MemoryOutbox:
    """Implements `Outbox`."""

    def __init__(self, conversations: MemoryConversations, channel: str) -> None:
        self._conversations = conversations
        self._channel = channel

    async def next(self, sender: str, wait: float) -> Outgoing | None:
        async def look() -> Outgoing | None:
            now = self._conversations.clock()
            ours = [letter for letter in self._conversations.letters.values() if self._is_ours(letter)]
            # What another sender had in hand comes first, then what was not settled in time, then the new.
            another = [letter for letter in ours if letter.owner not in ("", sender)]
            late = [letter for letter in ours if letter.owner == sender and letter.free_at <= now]
            new = [letter for letter in ours if not letter.owner]
            for letter in [*another, *late, *new][:1]:
                letter.owner, letter.free_at = sender, now + self._conversations.lease
                letter.attempts += 1
                parts = dict(letter.parts)
                return Outgoing(letter.conversation, letter.turn, str(letter.receipt), letter.attempts, parts)
            return None

        return await self._conversations.timeline.bell.until(CHANGED, look, wait)

    async def attempt(self, outgoing: Outgoing, part: int, sender: str) -> Attempt:
        letter = self._conversations.letters.get(int(outgoing.receipt))
        if letter is None or letter.owner != sender:
            return Attempt.LOST
        if self._conversations.withdrawn(letter):
            return Attempt.WITHDRAWN
        if part in letter.parts:
            return Attempt.AGAIN
        letter.parts[part] = OPEN
        return Attempt.FIRST

    async def record(self, outgoing: Outgoing, part: int, message: str) -> None:
        letter = self._conversations.letters.get(int(outgoing.receipt))
        if letter is None:
            return
        letter.parts.pop(part, None)
        if message:
            letter.parts[part] = message

    async def settle(self, outgoing: Outgoing, note: str = "", event: str = UNDELIVERED) -> None:
        letter = self._conversations.letters.pop(int(outgoing.receipt), None)
        if letter is None or not note:
            return
        self._conversations.dead.append((letter.conversation, note))
        told = Turn(f"{letter.turn.id}-{event}", "event", event, self._conversations.clock(), note)
        await self._conversations.note(letter.conversation, told)

    def _is_ours(self, letter: Letter) -> bool:
        return letter.conversation.partition(":")[0] == self._channel


class MemoryInbox:
    """Implements `Inbox`; `full` updates may wait, and `dead` is what was buried, with the reasons."""

    def __init__(self, conversations: MemoryConversations, full: int = FULL) -> None:
        self._full = full
        self._bell = conversations.timeline.bell
        self._parcels: deque[Parcel] = deque()
        self._seen: set[str] = set()
        self._count = 0
        self.dead: list[tuple[str, str]] = []

    async def put(self, name: str, raw: bytes) -> bool:
        if name in self._seen:
            return False
        if len(self._parcels) >= self._full:
            raise ConversationsUnavailable(f"{self._full:,} updates wait already")
        self._seen.add(name)
        self._count += 1
        self._parcels.append(Parcel(name, raw, str(self._count), attempts=0))
        self._bell.ring(CHANGED)
        return True

    async def next(self, done: Parcel | None, wait: float) -> Parcel | None:
        if done is not None:
            self._remove(done)

        async def look() -> Parcel | None:
            if not self._parcels:
                return None
            self._parcels[0] = replace(self._parcels[0], attempts=self._parcels[0].attempts + 1)
            return self._parcels[0]

        return await self._bell.until(CHANGED, look, wait)

    async def bury(self, parcel: Parcel, reason: str) -> None:
        if self._remove(parcel):
            self.dead.append((parcel.name, reason))

    async def waiting(self) -> int:
        return len(self._parcels)

    def _remove(self, parcel: Parcel) -> bool:
        """Whether it was there."""
        is_there = bool(self._parcels) and self._parcels[0].receipt == parcel.receipt
        if is_there:
            self._parcels.popleft()
        return is_there


class MemoryLeases:
    """Implements `Leases`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}

    async def hold(self, name: str, holder: str, seconds: float) -> bool:
        other, until = self._held.get(name, (holder, 0.0))
        if other != holder and until > self._clock():
            return False
        self._held[name] = holder, self._clock() + seconds
        return True

    async def let_go(self, name: str, holder: str) -> None:
        if self._held.get(name, ("", 0.0))[0] == holder:
            del self._held[name]


class MemoryNotebook:
    """Implements `Notebook`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._notes: dict[str, tuple[str, float]] = {}

    async def read(self, name: str) -> str:
        value, until = self._notes.get(name, ("", 0.0))
        return value if until > self._clock() else ""

    async def write(self, name: str, value: str, seconds: float) -> None:
        self._notes[name] = value, self._clock() + seconds

    async def erase(self, name: str) -> None:
        self._notes.pop(name, None)
