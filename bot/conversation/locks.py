"""Locks on files that the kernel lets go when their last holder dies. Knows nothing of what they guard."""

import fcntl
import os
from pathlib import Path
from typing import Self


class FileLock:
    """An open file; what it locks is freed when it, and every process that inherited `number`, is closed.

    Raises OSError when the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self) -> bool:
        """Lock it for this holder alone. False: there is another. A shared lock is lost either way."""
        return self._lock(fcntl.LOCK_EX)

    def share(self) -> bool:
        """Lock it together with others who share it. False: someone has it alone."""
        return self._lock(fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go. May be called again."""
        if self.number >= 0:
            os.close(self.number)
            self.number = -1

    def _lock(self, kind: int) -> bool:
        try:
            fcntl.flock(self.number, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
