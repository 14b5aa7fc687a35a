"""A Bot API server on the loopback that behaves, and misbehaves, like Telegram's. Knows nothing of Kefu.

Tests put updates in (`write`, `push`), order faults (`fail`) and judge by the ledger, which holds every call with
its time, its parameters and what it was answered, in the order of the answers.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.fakes.faults import Fault, too_many

Json = dict[str, Any]
LONGEST = 4096
BOT_ID = 700001
TOKEN = f"{BOT_ID}:AAFakeTokenForTheLoopbackServer00000"
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when (monotonic seconds), what, to which chat, and the status that it was answered with."""

    at: float
    method: str
    params: Json
    status: int = 0

    @property
    def chat(self) -> int | None:
        """The chat it was for."""
        return int(self.params["chat_id"]) if "chat_id" in self.params else None

    @property
    def text(self) -> str:
        """The text it carried."""
        return str(self.params.get("text", ""))


class Refusal(Exception):
    """The API says no."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters or {}


class FakeTelegram:
    """`async with FakeTelegram() as telegram:` serves on an ephemeral port of the loopback, at `telegram.url`."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self.ledger: list[Call] = []
        self.commands: dict[str, list[Json]] = {}
        self._updates: list[Json] = []
        self._allowed: set[str] = set()
        self._poll = 0
        self._changed = asyncio.Event()
        self._faults: dict[str, list[Fault]] = {}
        self._windows: dict[int, float] = {}
        self._update_ids = itertools.count(100001)
        self._message_ids = itertools.count(1)
        self._methods: dict[str, Callable[[Json], Any]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "sendchataction": lambda params: self._chat(params) and True,
            "setmycommands": self._set_my_commands,
            "deletewebhook": lambda params: True,
            "getwebhookinfo": self._get_webhook_info,
            "answercallbackquery": lambda params: True,
        }

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._tell_change()
        await self._runner.cleanup()

    # What a test puts in.

    def write(self, text: str | None = None, *, chat: int = 42, language: str = "en", **fields: Any) -> Json:
        """A customer writes in a private chat, or in a group when `chat` is negative; the update is returned."""
        place = {"id": chat, "type": "private", "first_name": "Ada"}
        if chat < 0:
            place = {"id": chat, "type": "supergroup", "title": "Everyone"}
        message: Json = {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": place,
            "from": {"id": abs(chat), "is_bot": False, "first_name": "Ada", "language_code": language},
        }
        if text is not None:
            message["text"] = text
        return self.push({"message": message | fields})

    def push(self, update: Json, *, anyway: bool = False) -> Json:
        """Queue an update as it is; it gets the next update id unless it has one.

        A kind that was not allowed by the last poll is dropped, unless `anyway`: so come those of before.
        """
        update = {"update_id": next(self._update_ids)} | update
        if anyway or not self._allowed or update.keys() & self._allowed:
            self._updates.append(update)
            self._tell_change()
        return update

    def fail(self, method: str, fault: Fault, *, chat: int | None = None, times: float | None = None) -> None:
        """Let the next calls of `method` (for `chat`, if given) go wrong."""
        fault.chat = chat
        fault.times = times or fault.times
        self._faults.setdefault(method.lower(), []).append(fault)

    def heal(self) -> None:
        """No ordered fault is left."""
        self._faults.clear()
        self._windows.clear()

    # What a test reads.

    @property
    def pending(self) -> list[int]:
        """The ids of updates that were not confirmed."""
        return [update["update_id"] for update in self._updates]

    def calls(self, method: str, chat: int | None = None) -> list[Call]:
        """The ledger's calls of one method, and of one chat if given."""
        wanted = [call for call in self.ledger if call.method == method.lower()]
        return [call for call in wanted if chat is None or call.chat == chat]

    def sent(self, chat: int | None = None) -> list[str]:
        """The texts that were accepted, in order."""
        return [call.text for call in self.calls("sendMessage", chat) if call.status == 200]

    async def until(self, happened: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until `happened`. Raises AssertionError with the ledger when it does not."""
        deadline = time.monotonic() + within
        while not happened():
            assert time.monotonic() < deadline, f"did not happen within {within} s; the ledger: {self.ledger}"
            await asyncio.sleep(0.005)

    # How it serves.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        at = time.monotonic()
        method = request.match_info["method"].lower()
        params = await _params(request)
        fault = self._fault(method, params)
        status, answer = 200, {"ok": True}
        try:
            if fault is None or fault.accepted or not fault.status:
                answer["result"] = await self._result(request.match_info["token"], method, params)
        except Refusal as refusal:
            status, answer = refusal.status, _error(refusal.status, refusal.description, refusal.parameters)
            fault = None
        if fault is not None and fault.status:
            status, answer = fault.status, _error(fault.status, fault.description, fault.parameters)
        self.ledger.append(Call(at, method, params, status))
        return await _respond(request, status, answer, fault)

    async def _result(self, token: str, method: str, params: Json) -> Any:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if method not in self._methods:
            raise Refusal(404, "Not Found: method not found")
        result = self._methods[method](params)
        return await result if asyncio.iscoroutine(result) else result

    def _fault(self, method: str, params: Json) -> Fault | None:
        chat = int(params["chat_id"]) if "chat_id" in params else None
        now = time.monotonic()
        if chat is not None and (left := self._windows.get(chat, 0.0) - now) > 0:
            return too_many(max(1, round(left)))
        for fault in self._faults.get(method, ()):
            if fault.times > 0 and fault.chat in (None, chat):
                fault.times -= 1
                if chat is not None and "retry_after" in fault.parameters:
                    self._windows[chat] = now + fault.parameters["retry_after"]
                return fault
        return None

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # The methods.

    def _get_me(self, params: Json) -> Json:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Kefu", "username": "kefu_test_bot"}

    async def _get_updates(self, params: Json) -> list[Json]:
        if offset := int(params.get("offset", 0)):
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if "allowed_updates" in params:
            self._allowed = set(_decoded(params["allowed_updates"]))
        # A newer poller ends the older one's call, as Telegram does.
        self._poll += 1
        poll, deadline = self._poll, time.monotonic() + int(params.get("timeout", 0))
        self._tell_change()
        while not self._updates and (left := deadline - time.monotonic()) > 0:
            await _wait(self._changed, left)
            if poll != self._poll:
                raise Refusal(409, _CONFLICT)
        return self._updates[: int(params.get("limit", 100))]

    def _send_message(self, params: Json) -> Json:
        text = params.get("text", "")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LONGEST:
            raise Refusal(400, "Bad Request: message is too long")
        return {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": self._chat(params),
            "text": text,
        }

    def _chat(self, params: Json) -> Json:
        if "chat_id" not in params:
            raise Refusal(400, "Bad Request: chat_id is empty")
        chat = int(params["chat_id"])
        return {"id": chat, "type": "private" if chat > 0 else "supergroup"}

    def _set_my_commands(self, params: Json) -> bool:
        self.commands[params.get("language_code", "")] = _decoded(params["commands"])
        return True

    def _get_webhook_info(self, params: Json) -> Json:
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}


async def _params(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **await request.post()}


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _error(status: int, description: str, parameters: Json) -> Json:
    answer: Json = {"ok": False, "error_code": status, "description": description}
    return answer | {"parameters": parameters} if parameters else answer


async def _respond(request: web.Request, status: int, answer: Json, fault: Fault | None) -> web.StreamResponse:
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
    if fault is not None and fault.reset and request.transport is not None:
        request.transport.abort()
    text = fault.body if fault is not None and fault.body else json.dumps(answer)
    return web.Response(status=status, text=text, content_type="application/json")


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
