"""Runs the web door: a listening socket and a server that stops in time. Knows no route."""

import asyncio
import errno
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from bot.channels.base import ChannelError

HEADER_SECONDS = 10.0
"""How long a connection may go without a complete request's head; who is slower only holds it."""
GRACE_SECONDS = 4
"""How long open requests may take to end; streams end at once."""


class PortUnavailable(ChannelError):
    """The address cannot be listened on; its text says why and what to do, in one line."""


class _Server(uvicorn.Server):
    """Tells the streams to end before it waits for their connections; may leave the signals to the caller."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event, signals: bool) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._signals = signals

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        with super().capture_signals() if self._signals else nullcontext():
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


def listen_on(host: str, port: int) -> socket.socket:
    """A socket that is bound already, so that a taken port is known before anything else starts.

    Port 0 takes a free one. Raises PortUnavailable.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            # Bound is not taken: only listening finds a program that waits on the same port.
            listener.listen(1024)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise PortUnavailable(_refusal(host, port, error)) from error
    return listener


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    *,
    stop: asyncio.Event | None = None,
    on_listening: Callable[[str], None] | None = None,
    header_seconds: float = HEADER_SECONDS,
) -> None:
    """Serve until SIGINT or SIGTERM, or until `stop` is set when the caller minds the signals itself.

    Open streams end at once, other requests have GRACE_SECONDS. `on_listening` gets the address, such as
    "http://127.0.0.1:8080", as soon as connections are taken. Connections that ask nothing for `header_seconds`
    are closed. Raises PortUnavailable.
    """
    listener = listen_on(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=_patient(header_seconds),
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, app.state.stopping, signals=stop is None)
    if on_listening is not None:
        on_listening(address_of(listener))
    watching = asyncio.create_task(_exit_when(stop, server)) if stop is not None else None
    try:
        await server.serve([listener])
    finally:
        if watching is not None:
            watching.cancel()


def address_of(listener: socket.socket) -> str:
    """Where a browser finds the listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _patient(seconds: float) -> type[H11Protocol]:
    # Not uvicorn's other parser: httptools reads headers without end and requests without a host.
    class Patient(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._look_later()

        def connection_lost(self, exc: Exception | None) -> None:
            self._watch.cancel()
            super().connection_lost(exc)

        def _look_later(self) -> None:
            self._watch = self.loop.call_later(seconds, self._hang_up_on_silence, self.cycle)

        def _hang_up_on_silence(self, before: RequestResponseCycle | None) -> None:
            if self.cycle is before and (before is None or before.response_complete):
                self.transport.close()
            else:
                self._look_later()

    return Patient


async def _exit_when(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken: stop the other program or set KEFU_PORT"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights: set KEFU_PORT to 1024 or more"
    return f"cannot listen on {host}:{port}: {error.strerror or error}: set KEFU_HOST and KEFU_PORT"
