"""Where a scenario takes place: a real server, processes that can be killed, and how large everything is."""

import asyncio
import contextlib
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversation.valkey import find_binary
from tests.fakes.servers import RealServer, running

ROOT = Path(__file__).parents[2]
Figures = dict[str, Any]
"""What a scenario measured; `ok` tells whether it is as promised."""


@dataclass(slots=True)
class Process:
    """A program of ours; what it wrote is in `log`."""

    command: list[str]
    log: Path
    running: "subprocess.Popen[bytes]"

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; a killed one is waited for."""
        self.running.send_signal(number)
        if number == signal.SIGKILL:
            self.running.wait()

    async def end(self, patience: float) -> tuple[int, float]:
        """Ask it to end: its exit code and the seconds that took; -9 when it had to be killed."""
        clock = asyncio.get_running_loop().time
        start = clock()
        self.running.terminate()
        await until(lambda: self.running.poll() is not None, patience, pause=0.02)
        if self.running.poll() is None:
            self.kill()
        return self.running.wait(), clock() - start

    def lines(self) -> list[str]:
        """What it wrote so far."""
        return self.log.read_text("utf-8", "replace").splitlines()


@dataclass(slots=True)
class Ground:
    """`scale` 1.0 is in full; `kind` is "valkey" (the one that comes along) or "redis" (the machine's own)."""

    kind: str
    scale: float
    seed: int
    folder: Path
    processes: list[Process] = field(default_factory=list)

    def size(self, full: int, least: int = 1) -> int:
        """How many, at this scale."""
        return max(least, round(full * self.scale))

    @property
    def chance(self) -> random.Random:
        """The same row of numbers for every scenario and run."""
        return random.Random(self.seed)

    @contextlib.contextmanager
    def server(self) -> Iterator[RealServer]:
        """An empty server."""
        with running(binary_of(self.kind)) as server:
            yield server

    def start(self, module: str, *arguments: str) -> Process:
        """Run a module of this package in a process of its own."""
        command = [sys.executable, "-m", f"scripts.soaking.{module}", *arguments]
        log = self.folder / f"{module}-{len(self.processes)}.log"
        with log.open("wb") as out:
            running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        process = Process(command, log, running)
        self.processes.append(process)
        return process

    def close(self) -> None:
        """End every process that a scenario left behind."""
        for process in self.processes:
            if process.running.poll() is None:
                process.kill()
        self.processes.clear()


def binary_of(kind: str) -> Path:
    """The server's program. Raises FileNotFoundError."""
    if kind == "valkey":
        return find_binary()
    found = shutil.which("redis-server")
    if found is None:
        raise FileNotFoundError("there is no redis-server on this machine")
    return Path(found)


async def until(
    happened: Callable[[], Awaitable[bool]] | Callable[[], bool], within: float, pause: float = 0.05
) -> bool:
    """Whether it happens within so many seconds."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + within
    while True:
        result = happened()
        if result if isinstance(result, bool) else await result:
            return True
        if clock() > deadline:
            return False
        await asyncio.sleep(pause)


def percentile(values: list[float], share: float) -> float:
    """The value below which so many lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
