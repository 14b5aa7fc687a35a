"""What the one file that knows redis-py promises of every call: whoever is cancelled ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.conversation.base import ConversationsError
from bot.conversation.server import Server
from tests.conftest import RealServer

pytestmark = pytest.mark.server

_MOST_STEPS = 40  # turns of the loop, more than a call needs that connects first
_STREAM = b"kefu:{k0}:events:nobody"

Act = Callable[[Server], Coroutine[Any, Any, object]]
ACTS: dict[str, Act] = {
    "a script that reads": lambda server: server.run_many("tail", [([_STREAM], ["{}", "0", 1])]),
    "a stream's length": lambda server: server.length(_STREAM),
    "whether streams are filled": lambda server: server.filled([_STREAM]),
    "a sign of life": lambda server: server.ping(),
}


@pytest.mark.parametrize("name", ACTS)
async def test_who_is_cancelled_ends_at_whatever_moment(name: str, valkey_server: RealServer) -> None:
    async def again_and_again(server: Server) -> None:
        while True:
            await ACTS[name](server)
            await asyncio.sleep(0)

    for steps in range(1, _MOST_STEPS):
        valkey_server.ask("SCRIPT FLUSH")
        server = Server(valkey_server.url)
        call = asyncio.create_task(again_and_again(server))
        for _ in range(steps):
            await asyncio.sleep(0)
        call.cancel()
        done, _ = await asyncio.wait({call}, timeout=0.5)
        lost = not done
        while not call.done():  # a lost cancellation must not outlive the test
            call.cancel()
            await asyncio.wait({call}, timeout=0.1)
        await server.close()
        assert not lost, f"cancelled after {steps} turns of the loop, and goes on"


async def test_a_script_that_is_refused_fails_alone_and_shows_no_argument(valkey_server: RealServer) -> None:
    valkey_server.ask("SET kefu:text word")
    server = Server(valkey_server.url)

    refused, read = await asyncio.gather(
        server.run("tail", [b"kefu:text"], ["{}", "a-customers-words", 1]),
        server.run("tail", [_STREAM], ["{}", "0", 1]),
        return_exceptions=True,
    )
    await server.close()

    assert isinstance(refused, ConversationsError)
    assert "a-customers-words" not in str(refused)
    assert read == [b"0", []]
