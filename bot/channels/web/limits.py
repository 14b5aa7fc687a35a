"""How much one visitor may ask of the door. Counts in this process alone, and knows no HTTP and no conversation.

Whoever comes under ever new names is not held back here: that is for the proxy before it, which sees addresses.
"""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable

MESSAGES_A_MINUTE = 20
"""More than anyone types, fewer than a flood."""
STREAMS = 10
"""Windows that one visitor may have open at once."""


class Pace:
    """Admits `most` acts of each visitor within any `seconds`; `clock` gives seconds and never goes back."""

    def __init__(
        self, most: int = MESSAGES_A_MINUTE, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._acts: OrderedDict[str, deque[float]] = OrderedDict()

    def admit(self, visitor: str) -> float:
        """0 when the visitor may act now, which is counted; else the seconds until then."""
        now = self._clock()
        self._forget(now - self._seconds)
        acts = self._acts.setdefault(visitor, deque())
        while acts and acts[0] <= now - self._seconds:
            acts.popleft()
        if len(acts) >= self._most:
            return acts[0] + self._seconds - now
        acts.append(now)
        self._acts.move_to_end(visitor)
        return 0.0

    def _forget(self, before: float) -> None:
        """Let go of visitors who have been quiet: the first are those whose last act is the oldest."""
        while self._acts and (last := next(iter(self._acts.values()))) and last[-1] <= before:
            self._acts.popitem(last=False)


class Places:
    """Lets each visitor hold at most `most` streams open."""

    def __init__(self, most: int = STREAMS) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(self, visitor: str) -> bool:
        """Take a place, which must be left again. False: all are taken."""
        if self._taken[visitor] >= self._most:
            return False
        self._taken[visitor] += 1
        return True

    def leave(self, visitor: str) -> None:
        """Give a place back."""
        self._taken[visitor] -= 1
        if not self._taken[visitor]:
            del self._taken[visitor]
