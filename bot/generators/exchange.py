"""One request over HTTP, read by a thread of its own, so that whoever waits can leave at any moment. Knows no chat.

Time is kept by who waits and not by the socket: a server that trickles bytes does not stretch it.
"""

import contextlib
import http.client
import queue
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 1 << 14
_CHUNKS_AHEAD = 64
# How long a caller that waits may take to notice that it is no longer wanted.
_NOTICE_SECONDS = 0.05

Check = Callable[[], None]
"""Called while waiting; raises to leave."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server. `connect` is how long opening a connection may take, in seconds."""

    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    connect: float = 2.0


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a response."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""


class ConnectionFailed(Exception):
    """The server cannot be reached, or broke off."""


class Exchange:
    """A request on its way. Use as a context manager: leaving it closes the connection, whatever is going on."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._came: queue.Queue[Head | bytes | ConnectionFailed] = queue.Queue(_CHUNKS_AHEAD)
        self._socket: socket.socket | None = None
        self._left = threading.Event()
        threading.Thread(target=self._read, name="remote", daemon=True).start()

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def head(self, until: float, check: Check) -> Head:
        """The response's beginning. `until` is in `time.monotonic()` seconds; TimeoutError, ConnectionFailed."""
        came = self._next(until, check)
        assert isinstance(came, Head)
        return came

    def chunk(self, until: float, check: Check) -> bytes:
        """The next bytes, none at the end. TimeoutError, ConnectionFailed."""
        came = self._next(until, check)
        assert isinstance(came, bytes)
        return came

    def _next(self, until: float, check: Check) -> Head | bytes:
        while True:
            check()
            left = until - time.monotonic()
            try:
                came = self._came.get(timeout=max(0.0, min(left, _NOTICE_SECONDS)))
            except queue.Empty:
                if left <= 0:
                    raise TimeoutError from None
                continue
            if isinstance(came, ConnectionFailed):
                raise came
            return came

    def _read(self) -> None:
        """What the thread does: all that comes is laid into the queue, an error last."""
        try:
            for came in self._response():
                self._lay(came)
        # The caller has torn the connection away, or the server has: it is told where it still listens.
        except Exception as error:
            self._lay(ConnectionFailed(f"{type(error).__name__}: {error}"))

    def _response(self) -> Iterator[Head | bytes]:
        with contextlib.closing(_connection(self._request)) as connection:
            connection.connect()
            self._socket = connection.sock
            # From here on the waiting caller keeps the time.
            self._socket.settimeout(None)
            if self._left.is_set():
                return
            parts = urlsplit(self._request.url)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            method = "GET" if self._request.body is None else "POST"
            connection.request(method, path, self._request.body, dict(self._request.headers))
            with connection.getresponse() as response:
                yield Head(response.status, {name.lower(): value for name, value in response.getheaders()})
                while chunk := response.read1(_CHUNK):
                    yield chunk
                yield b""

    def _lay(self, came: Head | bytes | ConnectionFailed) -> None:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._came.put(came, timeout=_NOTICE_SECONDS)
                return


def _connection(request: Request) -> http.client.HTTPConnection:
    """A connection that is not open yet; through the environment's proxy, where there is one for the server."""
    parts = urlsplit(request.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    host = parts.hostname or ""
    proxy = "" if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(parts.scheme, "")
    if not proxy:
        return kind(host, parts.port, timeout=request.connect)
    through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    connection = kind(through.hostname or "", through.port, timeout=request.connect)
    connection.set_tunnel(host, parts.port)
    return connection
