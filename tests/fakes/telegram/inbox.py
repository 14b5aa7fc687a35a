"""Updates that wait for the bot, and the poller that fetches them. Knows no webhook's wires."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.params import decoded, whole
from tests.fakes.telegram.refusal import Refusal

Queue = tuple[str, int]
_TWO_POLLERS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
# Who does not ask for these does not get them.
_ONLY_ON_DEMAND = {"chat_member", "message_reaction", "message_reaction_count"}
# An offset further ahead than this is of another life of the queue, and confirms nothing.
_AHEAD = 10


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """An update that was not confirmed; within its `queue` the order counts."""

    serial: int
    update: Json
    since: float
    queue: Queue

    @property
    def number(self) -> int:
        """The update's id."""
        return int(self.update["update_id"])


class Inbox:
    """All updates that were not confirmed, in order."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.allowed: set[str] = set()
        self.webhook = False
        self.on_arrival: Callable[[Waiting], None] = lambda waiting: None
        self._clock = clock
        self._waiting: dict[int, Waiting] = {}
        self._handed: list[int] = []
        self._serials = itertools.count()
        self._tail = 0
        self._poll = 0
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> list[Waiting]:
        """What was not confirmed, in order."""
        return list(self._waiting.values())

    def allow(self, params: Json) -> None:
        """Change which kinds are wanted, if the call says so."""
        if "allowed_updates" in params:
            self.allowed = set(decoded(params, "allowed_updates") or ())

    def put(self, update: Json, *, anyway: bool) -> None:
        """Queue an update, if its kind is wanted (or `anyway`)."""
        kinds = update.keys() - {"update_id"}
        wanted = kinds & self.allowed if self.allowed else not kinds or kinds - _ONLY_ON_DEMAND
        if not (anyway or wanted):
            return
        waiting = Waiting(next(self._serials), update, self._clock(), queue_of(update))
        self._waiting[waiting.serial] = waiting
        self._tail = waiting.number
        self.on_arrival(waiting)
        self.tell_change()

    def drop(self, gone: Waiting) -> None:
        """Forget an update: it was delivered, or expired."""
        self._waiting.pop(gone.serial, None)

    def clear(self) -> None:
        """Forget all that waits."""
        self._waiting.clear()

    def tell_change(self) -> None:
        """Wake the poller up."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def get_updates(self, params: Json) -> list[Json]:
        """The next updates. Raises Refusal when another poller comes, or there is a webhook."""
        if self.webhook:
            raise Refusal(409, _WEBHOOK)
        self._confirm(whole(params, "offset"))
        self.allow(params)
        # A newer poller ends the older one's call, as Telegram does.
        self._poll += 1
        poll, deadline = self._poll, time.monotonic() + whole(params, "timeout")
        self.tell_change()
        while not self._waiting and (left := deadline - time.monotonic()) > 0:
            await _wait(self._changed, left)
            if poll != self._poll:
                raise Refusal(409, _TWO_POLLERS)
            if self.webhook:
                raise Refusal(409, _WEBHOOK)
        limit = min(max(whole(params, "limit", 100), 1), 100)
        self._handed = list(itertools.islice(self._waiting, limit))
        return [self._waiting[serial].update for serial in self._handed]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._forget(list(self._waiting)[:offset])
            return
        if not offset:
            return
        waits = [serial for serial in self._handed if serial in self._waiting]
        ends = [serial for serial in waits if self._waiting[serial].number == offset - 1]
        # Ids may repeat or begin anew lower: what was handed out up to this one is confirmed, whatever its ids.
        if ends:
            self._forget(serial for serial in list(self._waiting) if serial <= ends[-1])
        elif offset <= self._tail + _AHEAD:
            self._forget(serial for serial, one in list(self._waiting.items()) if one.number < offset)

    def _forget(self, serials: Iterable[int]) -> None:
        for serial in serials:
            del self._waiting[serial]


def queue_of(update: Json) -> Queue:
    """Whose turn an update must wait for: its chat's, or, where there is none, its author's."""
    kind = next((name for name in update if name != "update_id"), "")
    body: Any = update.get(kind)
    match body:
        case {"chat": {"id": int(chat)}}:
            return "chat", chat
        case {"from": {"id": int(author)}} | {"user": {"id": int(author)}}:
            return kind, author
    return kind, 0


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
