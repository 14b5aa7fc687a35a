"""Starting and stopping the web door."""

import asyncio
import signal
import socket
import subprocess
import sys
import textwrap

import httpx2
import pytest
from fastapi import FastAPI

from bot.channels.web.server import PortUnavailable, address_of, listen_on, serve
from tests.bot.channels.web.conftest import begin, served


def test_a_taken_port_is_told_in_one_line() -> None:
    with listen_on("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailable) as caught:
            listen_on("127.0.0.1", port)

    assert str(caught.value) == f"port {port} on 127.0.0.1 is taken: stop the other program or set KEFU_PORT"


def test_an_address_that_is_not_ours_is_told_in_one_line() -> None:
    with pytest.raises(PortUnavailable, match=r"cannot listen on 203\.0\.113\.1:8080: .*set KEFU_HOST"):
        listen_on("203.0.113.1", 8080)


def test_a_port_can_be_used_again_at_once() -> None:
    with listen_on("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            first.accept()[0].close()
    with listen_on("127.0.0.1", port) as second:
        assert address_of(second) == f"http://127.0.0.1:{port}"


async def test_tells_its_address_and_serves(app: FastAPI) -> None:
    async with served(app) as address, httpx2.AsyncClient() as client:
        assert address.startswith("http://127.0.0.1:")
        assert (await client.get(f"{address}/healthz")).json() == {"alive": True}


async def test_a_taken_port_stops_the_start(app: FastAPI) -> None:
    with listen_on("127.0.0.1", 0) as taken, pytest.raises(PortUnavailable):
        await serve(app, "127.0.0.1", taken.getsockname()[1], stop=asyncio.Event())


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(sent: signal.Signals) -> None:
    program = """
        import asyncio
        from fastapi import FastAPI
        from bot.channels.web.server import serve
        app = FastAPI()
        app.state.stopping = asyncio.Event()
        asyncio.run(serve(app, "127.0.0.1", 0, on_listening=lambda address: print(address, flush=True)))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        for _ in range(200):
            try:
                httpx2.get(f"{address}/healthz")
                break
            except httpx2.TransportError:
                continue
        process.send_signal(sent)
        assert process.wait(timeout=8) in (0, -sent, 1, 130)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: kefu"])
async def test_who_never_says_what_they_want_is_hung_up_on(app: FastAPI, said: bytes) -> None:
    async with served(app, header_seconds=0.05) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(said)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_who_listens_is_not_hung_up_on(app: FastAPI) -> None:
    async with served(app, header_seconds=0.05) as address, httpx2.AsyncClient(base_url=address) as client:
        visit = await begin(client)
        async with client.stream("GET", "/api/events", headers=visit) as stream:
            pings = 0
            async for line in stream.aiter_lines():
                pings += line.startswith(": ping")
                if pings == 2:
                    return
    raise AssertionError("the stream was cut")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: kefu\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: kefu\r\nX: " + b"a" * 100_000,
    ],
    ids=["no host", "two lengths", "an endless header"],
)
async def test_refuses_a_request_that_is_none(app: FastAPI, head: bytes) -> None:
    async with served(app) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(head)
        async with asyncio.timeout(5):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        writer.close()
