"""A cluster of one node, and a server that writes down which keys its scripts are given."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.conversation.server import Call, Server, Text
from tests.conftest import RealServer

_ALL_SLOTS = "CLUSTER ADDSLOTSRANGE 0 16383"


class OneNode(RealServer):
    """A server in cluster mode that has all slots; its ports are on loopback."""

    def start(self) -> None:
        port, bus = _free_ports()
        options = {
            "port": port,
            "cluster-port": bus,
            "bind": "127.0.0.1",
            "cluster-enabled": "yes",
            "cluster-config-file": self.folder / "nodes.conf",
            "unixsocket": self._socket,
            "dir": self.folder,
            "logfile": self.folder / "log",
            "save": "",
        }
        given = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen([self._binary, *given], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while self.ask("PING") != "+PONG":
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "the node does not answer"
            time.sleep(0.01)
        assert self.ask(_ALL_SLOTS) == "+OK"
        while self.ask("GET any").startswith("-CLUSTERDOWN"):
            assert time.monotonic() < deadline, "the cluster does not come up"
            time.sleep(0.01)


@contextlib.contextmanager
def one_node(binary: Path | str) -> Iterator[OneNode]:
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        node = OneNode(Path(binary), Path(folder))
        try:
            node.start()
            yield node
        finally:
            node.kill()


def redis_binary() -> str | None:
    return shutil.which("redis-server")


class RecordingServer(Server):
    """Remembers each script that was run, with its keys."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.calls: list[tuple[str, tuple[bytes, ...]]] = []

    async def run(self, name: str, keys: Sequence[bytes], arguments: Sequence[Text]) -> Any:
        self.calls.append((name, tuple(keys)))
        return await super().run(name, keys, arguments)

    async def run_many(self, name: str, calls: Sequence[Call]) -> list[Any]:
        self.calls += [(name, tuple(keys)) for keys, _ in calls]
        return await super().run_many(name, calls)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
