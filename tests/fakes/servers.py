"""Real Redis and Valkey servers on a socket, in a folder of their own, that can be killed. Knows no test."""

import contextlib
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


class RealServer:
    """A Redis or Valkey server that can be killed and started again with its data."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self.folder = folder
        self._socket = folder / "s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self.folder), "--save", ""]
        log = ["--logfile", str(self.folder / "log"), "--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen([self._binary, *options, *log], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while self.ask("PING") != "+PONG":
            assert self._process.poll() is None, (self.folder / "log").read_text()
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

    def pause(self) -> None:
        """Let it stand still, as a machine does that swaps."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def running(binary: Path) -> Iterator[RealServer]:
    """A server that is ended afterwards whatever happens."""
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        server = RealServer(binary, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()
