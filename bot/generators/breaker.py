"""A circuit breaker: after repeated failures a server is left alone for a while. Knows no server.

The pattern: M. Nygard, Release It!, 2nd edition, chapter 5.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

Clock = Callable[[], float]


class Breaker:
    """Closed: all may ask. Open: nobody may, but one probe each `rest` seconds, whatever became of the last one.

    It opens after `failures` in a row within `within` seconds, and closes with the first success.
    """

    def __init__(
        self, failures: int = 3, within: float = 30.0, rest: float = 2.0, clock: Clock = time.monotonic
    ) -> None:
        self._needed = failures
        self._within = within
        self._rest = rest
        self._clock = clock
        self._failed: deque[float] = deque(maxlen=failures)
        self._asked_again = 0.0
        self._open = False
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the server is left alone."""
        return self._open

    def admits(self) -> bool:
        """Whether the caller may ask the server now; while open a True is the probe, given to one caller."""
        with self._lock:
            if not self._open:
                return True
            if self._clock() < self._asked_again:
                return False
            self._asked_again = self._clock() + self._rest
            return True

    def succeeded(self) -> None:
        """The server works: close."""
        with self._lock:
            self._failed.clear()
            self._open = False

    def failed(self) -> None:
        """The server was at fault once more."""
        with self._lock:
            now = self._clock()
            self._failed.append(now)
            if len(self._failed) == self._needed and now - self._failed[0] <= self._within:
                self._open = True
                self._asked_again = now + self._rest
