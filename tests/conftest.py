"""Real servers for tests that need one: on a socket, in a folder of their own, and always ended."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation.valkey import find_binary


class RealServer:
    """A Redis or Valkey server that can be killed and started again with its data."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._socket = folder / "s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._folder), "--save", ""]
        log = ["--logfile", str(self._folder / "log"), "--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen([self._binary, *options, *log], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while self.ask("PING") != "+PONG":
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.01)

    def ask(self, command: str) -> str:
        """The first line of the answer to one command; nothing when there is none."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self._socket))
            connection.sendall(f"{command}\r\n".encode())
            return connection.makefile().readline().strip()
        return ""

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def running(binary: Path) -> Iterator[RealServer]:
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        server = RealServer(binary, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[RealServer]:
    """The Valkey that comes with Kefu."""
    with running(find_binary()) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RealServer]:
    """The machine's own Redis."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("NOT TESTED ON REDIS: there is no redis-server on this machine (apt install redis-server)")
    with running(Path(binary)) as server:
        yield server
