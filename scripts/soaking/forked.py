"""Processes that begin at once: they are forked from one that has read all code already. Knows no scenario."""

import importlib
import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from scripts.soaking.ground import Ground

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["scripts.soaking.house", "scripts.soaking.peer", "scripts.soaking.teller"])


@dataclass(slots=True)
class Child:
    """A program of ours; what it wrote is in `log`."""

    process: BaseProcess
    log: Path

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal, if it runs; a killed one is waited for."""
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.join()

    def lines(self) -> list[str]:
        """What it wrote so far."""
        return self.log.read_text("utf-8", "replace").splitlines()


def fork(ground: Ground, module: str, *arguments: str) -> Child:
    """Run a module of this package, which has a `main`, in a process of its own."""
    number = len(list(ground.folder.glob(f"{module}-*.log")))
    log = ground.folder / f"{module}-{number}.log"
    log.touch()
    process = _FORKS.Process(target=_run, args=(module, list(arguments), str(log)), daemon=True)
    process.start()
    return Child(process, log)


def _run(module: str, arguments: list[str], log: str) -> None:
    out = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(out, stream.fileno())
    importlib.import_module(f"scripts.soaking.{module}").main(arguments)
