"""A Bot API server on the loopback that behaves, and misbehaves, like Telegram's. Knows nothing of Kefu.

Tests put updates in (`write`, `push`), order faults (`fail`) and judge by the ledger, which holds every call with
its time, its parameters and what it was answered, in the order of the answers.
"""

import asyncio
import itertools
import json
import math
import random
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.fakes.faults import Fault, too_many
from tests.fakes.telegram.chats import BOT_ID, Chats
from tests.fakes.telegram.customers import Customers
from tests.fakes.telegram.drafts import Drafts
from tests.fakes.telegram.files import Files
from tests.fakes.telegram.groups import Groups
from tests.fakes.telegram.inbox import Inbox
from tests.fakes.telegram.ledger import Call, Delivery, Json, chat_of
from tests.fakes.telegram.limits import Limits, Windows
from tests.fakes.telegram.messages import Messages
from tests.fakes.telegram.params import params_of
from tests.fakes.telegram.refusal import Refusal, error
from tests.fakes.telegram.webhook import Pace, Webhook

TOKEN = f"{BOT_ID}:AAFakeTokenForTheLoopbackServer00000"
_LARGEST_CALL = 64 * 2**20
# A failed wait shows so many of the last calls.
_SHOWN = 30


class FakeTelegram(Customers):
    """`async with FakeTelegram() as telegram:` serves on an ephemeral port of the loopback, at `telegram.url`.

    Without `limits` it takes whatever comes. `clock` times ledger, windows, drafts and expiry; `pace` times the
    webhook's retries; `seed` makes what happens by chance happen again.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        limits: Limits | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.token = token
        self.url = ""
        self.ledger: list[Call] = []
        self.clock = clock
        self.chats = Chats()
        self.files = Files()
        self.inbox = Inbox(clock)
        self.windows = Windows(limits, clock)
        self._chance = random.Random(seed)
        self.drafts = Drafts(self.chats, clock)
        self.messages = Messages(self.chats, self.files, self.drafts)
        self.groups = Groups(self.chats)
        self.webhook = Webhook(self.inbox, pace or Pace(), clock, self._chance)
        self._faults: dict[str, list[Fault]] = {}
        self._update_ids = itertools.count(100001)
        self._methods: dict[str, Callable[[Json], Any]] = {
            "getupdates": self.inbox.get_updates,
            "getfile": self.files.get_file,
            **self.messages.methods,
            **self.drafts.methods,
            **self.groups.methods,
            **self.webhook.methods,
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_CALL)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.inbox.tell_change()
        await self.webhook.close()
        await self._runner.cleanup()

    # What a test puts in.

    def push(self, update: Json, *, anyway: bool = False) -> Json:
        """Queue an update as it is; it gets the next update id unless it has one.

        A kind that was not allowed by the last poll or webhook is dropped, unless `anyway`: so come those of before.
        """
        update = update if "update_id" in update else {"update_id": next(self._update_ids), **update}
        for name, body in update.items():
            if name.endswith(("message", "channel_post")):
                self.chats.remember(body)
            if name == "callback_query" and isinstance(body, dict):
                self.messages.presses.add(str(body.get("id")))
        self.inbox.put(update, anyway=anyway)
        return update

    def restart_ids(self, first: int) -> None:
        """The next updates are numbered from here, as Telegram does at random after a quiet week."""
        self._update_ids = itertools.count(first)

    async def deliver_to(self, url: str, secret: str = "") -> None:
        """Set the webhook, as the bot itself would."""
        await self._result(self.token, "setwebhook", {"url": url, "secret_token": secret})

    def deliver_times(self, copies: int) -> None:
        """Post each update so many times at the same moment from now on."""
        self.webhook.copies = copies

    def fail(
        self,
        method: str,
        fault: Fault,
        *,
        chat: int | None = None,
        times: float | None = None,
        share: float | None = None,
    ) -> None:
        """Let the next calls of `method` (for `chat`, if given) go wrong: the next `times`, or a random `share`."""
        fault.chat = chat
        if share is not None:
            fault.share, fault.times = share, float("inf")
        fault.times = times or fault.times
        self._faults.setdefault(method.lower(), []).append(fault)

    def heal(self) -> None:
        """No ordered fault is left."""
        self._faults.clear()
        self.windows.clear()

    # What a test reads.

    @property
    def commands(self) -> dict[str, list[Json]]:
        """The commands that were set, by language."""
        return self.groups.commands

    @property
    def deliveries(self) -> list[Delivery]:
        """Every POST to the webhook, in the order of the answers."""
        return self.webhook.deliveries

    @property
    def pending(self) -> list[int]:
        """The ids of updates that were not confirmed."""
        return [waiting.number for waiting in self.inbox.waiting]

    def calls(self, method: str, chat: int | None = None) -> list[Call]:
        """The ledger's calls of one method, and of one chat if given."""
        wanted = [call for call in self.ledger if call.method == method.lower()]
        return [call for call in wanted if chat is None or call.chat == chat]

    def sent(self, chat: int | None = None) -> list[str]:
        """The texts that were accepted, in order."""
        return [call.text for call in self.calls("sendMessage", chat) if call.status == 200]

    async def until(self, happened: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until `happened`. Raises AssertionError with the ledger's end when it does not."""
        deadline = time.monotonic() + within
        while not happened():
            last = self.ledger[-_SHOWN:]
            assert time.monotonic() < deadline, f"did not happen within {within} s; the ledger's end: {last}"
            await asyncio.sleep(0.005)

    # How it serves.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        at = self.clock()
        method = request.match_info["method"].lower()
        params: Json = {}
        answer: Json = {"ok": True}
        status, fault = 200, None
        try:
            params = await params_of(request)
            fault = self._fault(method, params)
            if fault is None or fault.accepted or not fault.status:
                answer["result"] = await self._result(request.match_info["token"], method, params)
        except Refusal as refusal:
            status, answer = refusal.status, error(refusal.status, refusal.description, refusal.parameters)
            fault = None
        made = _message_id(answer.get("result"), params)
        if fault is not None and fault.status:
            status, answer = fault.status, error(fault.status, fault.description, fault.parameters)
        told = fault is None or not (fault.reset or fault.body)
        wait = answer.get("parameters", {}).get("retry_after", 0)
        self.ledger.append(Call(at, method, params, status, made, told, wait))
        return await _respond(request, status, answer, fault)

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return web.json_response(error(401, "Unauthorized", {}), status=401)
        return self.files.serve(request.match_info["path"])

    async def _result(self, token: str, method: str, params: Json) -> Any:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if method not in self._methods:
            raise Refusal(404, "Not Found: method not found")
        result = self._methods[method](params)
        return await result if asyncio.iscoroutine(result) else result

    def _fault(self, method: str, params: Json) -> Fault | None:
        chat = chat_of(params)
        if chat is not None and (left := self.windows.left(chat)) > 0:
            # Whole seconds are told, and what is told holds.
            self.windows.bar(chat, math.ceil(left))
            return too_many(math.ceil(left))
        fault = self._ordered(method, chat)
        if fault is None or fault.accepted or not fault.status:
            return too_many(wait) if (wait := self.windows.count(method, chat)) else fault
        return fault

    def _ordered(self, method: str, chat: int | None) -> Fault | None:
        for fault in self._faults.get(method, ()):
            if fault.times <= 0 or fault.chat not in (None, chat) or self._chance.random() >= fault.share:
                continue
            fault.times -= 1
            if chat is not None and "retry_after" in fault.parameters:
                self.windows.bar(chat, fault.parameters["retry_after"])
            return fault
        return None


def _message_id(result: Any, params: Json) -> int | None:
    if isinstance(result, dict) and "message_id" in result:
        return int(result["message_id"])
    return int(params["message_id"]) if result is True and "message_id" in params else None


async def _respond(request: web.Request, status: int, answer: Json, fault: Fault | None) -> web.StreamResponse:
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
    if fault is not None and fault.reset and request.transport is not None:
        request.transport.abort()
    text = fault.body if fault is not None and fault.body else json.dumps(answer)
    return web.Response(status=status, text=text, content_type="application/json")
