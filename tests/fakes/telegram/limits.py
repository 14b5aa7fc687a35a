"""How much Telegram lets a bot send. Knows chats by number, and no message."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.telegram.ledger import SENDS

Allowed = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Limits:
    """So many messages in so many seconds: of one chat, of one group, of all. A burst is (3, 3.0) for a chat.

    `slack` shortens each window: what left the bot a second apart may arrive a little closer.
    """

    chat: Allowed = (1, 1.0)
    group: Allowed = (20, 60.0)
    everyone: Allowed = (30, 1.0)
    slack: float = 0.02
    methods: frozenset[str] = SENDS


class Windows:
    """Which chats must be left alone, and how much was sent lately."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._until: dict[int, float] = {}
        self._sent: dict[int | None, deque[float]] = defaultdict(deque)

    def bar(self, chat: int, seconds: float) -> None:
        """Whatever is called for `chat` in this time is refused."""
        self._until[chat] = self._clock() + seconds

    def left(self, chat: int | None) -> float:
        """So many seconds `chat` must still be left alone."""
        return 0.0 if chat is None else self._until.get(chat, 0.0) - self._clock()

    def count(self, method: str, chat: int | None) -> int:
        """Count a message; or, when it is one too many, the seconds to wait, which bar the chat."""
        if self.limits is None or chat is None or method not in self.limits.methods:
            return 0
        wait = max(self._wait(key, allowed) for key, allowed in self._rules(self.limits, chat))
        if wait > 0:
            self.bar(chat, math.ceil(wait))
            return math.ceil(wait)
        for key in (chat, None):
            self._sent[key].append(self._clock())
        return 0

    def clear(self) -> None:
        """Forget all, as after a long silence."""
        self._until.clear()
        self._sent.clear()

    def _rules(self, limits: Limits, chat: int) -> list[tuple[int | None, Allowed]]:
        rules: list[tuple[int | None, Allowed]] = [(chat, limits.chat), (None, limits.everyone)]
        return [*rules, (chat, limits.group)] if chat < 0 else rules

    def _wait(self, key: int | None, allowed: Allowed) -> float:
        number, seconds = allowed
        sent, now = self._sent[key], self._clock()
        longest = max(seconds, self.limits.group[1] if self.limits and key is not None else seconds)
        while sent and sent[0] <= now - longest:
            sent.popleft()
        if len(sent) < number:
            return 0.0
        slack = self.limits.slack if self.limits else 0.0
        return max(0.0, sent[-number] + seconds - slack - now)
