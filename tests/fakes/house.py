"""The real `kefu` command in a house of its own: home, cache and data lie in one folder. It needs no model."""

import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAQ = """id,question,answer,language
returns,How long do I have to send something back?,You have 30 days to return an item.,en
shipping,How much does shipping cost?,Shipping costs 4.90 euros within Germany.,en
hours,When is the shop open?,The shop is open from 9 to 18 on weekdays.,en
"""
ROOT = Path(__file__).parents[2]
PATIENCE = 30  # seconds; longer than anything here may ever take


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of its standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class KefuHouse:
    """One installation; `program` is the interpreter that has Kefu installed."""

    folder: Path
    program: str = sys.executable

    @property
    def knowledge(self) -> Path:
        """The folder of snapshots."""
        return self.folder / "data" / "knowledge"

    @property
    def current(self) -> Path:
        """The snapshot in use."""
        return self.knowledge / "snapshots" / (self.knowledge / "CURRENT").read_text().strip()

    def write(self, name: str, content: str | bytes = FAQ) -> Path:
        """A file in the working folder."""
        path = self.folder / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | bytes, stdin: str | bytes = b"", shell: str = "", **settings: str) -> Done:
        """Run a command to its end; `settings` are KEFU_ variables, `shell` a line of sh to run before it."""
        command: Sequence[str | bytes] = [self.program, "-m", "bot", *arguments]
        if shell:
            command = ["sh", "-c", f'{shell}; exec "$@"', "sh", *command]
        done = subprocess.run(
            command,
            cwd=self._work(),
            env=self.environment(settings),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def refusal(self, *arguments: str | bytes, stdin: str | bytes = b"", shell: str = "", **settings: str) -> str:
        """The one line that a command says which is refused, and leaves everything on the disk as it was."""
        self._work()
        before = self.listing()
        done = self.run(*arguments, stdin=stdin, shell=shell, **settings)
        assert done.code == 2, done.err
        assert done.out == ""
        lines = [line for line in done.err.splitlines() if not line.startswith("embedding ")]
        assert len(lines) == 1, done.err
        assert lines[0].startswith("kefu: ")
        assert self.listing() == before
        return lines[0].removeprefix("kefu: ")

    def build(self, name: str = "faq.csv", content: str | bytes = FAQ, **settings: str) -> None:
        """Build knowledge and put it into use."""
        self.write(name, content)
        done = self.run("knowledge", "build", name, **settings)
        assert done.code == 0, done.err

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Nothing of the caller's but the path to programs."""
        ours = {
            "CACHE_DIR": str(self.folder / "cache"),
            "DATA_DIR": str(self.folder / "data"),
            "EMBEDDER": "hashing",
            "GENERATE": "false",
        }
        kefu = {f"KEFU_{name}": value for name, value in (ours | dict(settings)).items()}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **kefu}

    def listing(self) -> dict[str, str]:
        """Every path below the house with the digest of what it holds."""
        paths = [path for path in self.folder.rglob("*") if not path.is_socket()]
        return {str(path.relative_to(self.folder)): _digest(path) if path.is_file() else "" for path in paths}

    def serving(self, **settings: str) -> "AbstractContextManager[Serving]":
        """A running `kefu serve` on a free port, ended afterwards whatever happens."""
        return self.serving_by("bot", "serve", **settings)

    @contextmanager
    def serving_by(self, *module: str, **settings: str) -> "Iterator[Serving]":
        """The same, by another module than Kefu's own; it is found where the tests are."""
        log = self.folder / "serve.log"
        tests = {} if module[0] == "bot" else {"PYTHONPATH": str(ROOT)}
        with log.open("ab") as stderr:
            process = subprocess.Popen(
                [self.program, "-m", *module],
                cwd=self._work(),
                env=self.environment({"PORT": "0", "LOG_FORMAT": "json"} | settings) | tests,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        serving = Serving(process, log)
        try:
            # Without the web there is one line: what the process does.
            serving.wait_until_open(lines=3 if "web" in settings.get("ROLES", "web") else 1)
            yield serving
        finally:
            # Gently first: the embedded server ends with its last guest.
            serving.end()

    def _work(self) -> Path:
        work = self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        return work


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Serving:
    """A `kefu serve` that runs."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.told: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end."""
        return self.told[0].split()[-1].rstrip("/")

    @property
    def secret(self) -> str:
        """The secret of the one-time link."""
        return self.told[2].rpartition("#")[2]

    @property
    def logged(self) -> str:
        """All that it wrote to standard error so far."""
        return self._log.read_text("utf-8")

    def wait_until_open(self, lines: int) -> None:
        """Until the addresses and the link were told."""
        while len(self.told) < lines:
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, self.logged
            self.told.append(line)

    def end(self, patience: float = PATIENCE, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait; the exit code. Killed, and TimeoutExpired, when it does not end in time."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(patience)
        finally:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            for line in stdout:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)
