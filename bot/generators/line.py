"""A bounded line of jobs before one worker. Knows no model."""

import threading
from collections import deque
from typing import Generic, TypeVar

from bot.generators.base import GenerationFailed, GeneratorBusy

Job = TypeVar("Job")


class Line(Generic[Job]):
    """First come, first served; at most `places` wait. A job that leaves frees its place at once."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def join(self, job: Job) -> None:
        """Stand at the end; raises GeneratorBusy when the line is full."""
        with self._changed:
            if self._closed:
                raise GenerationFailed("the generator is closed")
            if len(self._waiting) >= self._places:
                raise GeneratorBusy(f"{self._places} drafts are waiting already")
            self._waiting.append(job)
            self._changed.notify()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    def leave(self, job: Job) -> None:
        """Give up one's place, if one still has it."""
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)

    def take(self) -> Job | None:
        """Wait for the first job; None once the line is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            return None if self._closed else self._waiting.popleft()

    def close(self) -> list[Job]:
        """Let nobody in any more; the jobs that still waited."""
        with self._changed:
            self._closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        return left
