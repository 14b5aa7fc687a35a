"""A real HTTP server on the loopback, in aiohttp, that breaks the OpenAI chat interface in every way there is."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Manners = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""How one request is answered."""

TEXT = ["You can return goods ", "within 30 days. ", "Return shipping ", "costs 4.90 €. "]


@dataclass
class FaultyChat:
    """Answers the next requests by `plan`, one after the other, and all later ones by `always`."""

    always: Manners
    plan: list[Manners] = field(default_factory=list)
    url: str = ""
    asked: int = 0
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when a client has closed its connection before the end."""

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        manners = self.plan.pop(0) if self.plan else self.always
        try:
            return await manners(request)
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise


def event(text: str, **more: Any) -> bytes:
    """One chunk of a completion."""
    return f"data: {json.dumps({'choices': [{'delta': {'content': text}, **more}]})}\n\n".encode()


async def begin(request: web.Request, content_type: str = "text/event-stream") -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": content_type})
    await response.prepare(request)
    return response


async def well(request: web.Request) -> web.StreamResponse:
    return await sending(*map(event, TEXT), b"data: [DONE]\n\n")(request)


def sending(*chunks: bytes, content_type: str = "text/event-stream") -> Manners:
    """These bytes, then the regular end of the response."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await begin(request, content_type)
        for chunk in chunks:
            await response.write(chunk)
        await response.write_eof()
        return response

    return answer


def tearing(*chunks: bytes) -> Manners:
    """These bytes, then the connection breaks."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await begin(request)
        for chunk in chunks:
            await response.write(chunk)
        assert request.transport is not None
        request.transport.abort()
        return response

    return answer


def repeating(chunk: bytes, *first: bytes, pause: float = 0.01) -> Manners:
    """The first bytes, then `chunk` for ever."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await begin(request)
        for each in first:
            await response.write(each)
        while True:
            await response.write(chunk)
            await asyncio.sleep(pause)

    return answer


def status(code: int, **headers: str) -> Manners:
    """A refusal."""

    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"error": {"message": "no"}}, status=code, headers=named)

    return answer


async def hanging(request: web.Request) -> web.StreamResponse:
    """Accepts and says nothing."""
    await asyncio.sleep(3600)
    raise AssertionError("unreachable")


async def _models(request: web.Request) -> web.Response:
    asleep = {"id": "asleep", "status": {"value": "unloaded"}}
    return web.json_response({"data": [asleep, {"id": "a-model", "max_model_len": 2048}]})


async def _started(server: FaultyChat, port: int) -> web.AppRunner:
    app = web.Application()
    app.router.add_get("/v1/models", _models)
    app.router.add_post("/v1/chat/completions", server.chat)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    return runner


@contextlib.contextmanager
def faulty_chat(always: Manners = well, port: int = 0) -> Iterator[FaultyChat]:
    """The server, listening until the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = FaultyChat(always)
    runner = asyncio.run_coroutine_threadsafe(_started(server, port), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
