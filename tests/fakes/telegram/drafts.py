"""Drafts: an answer as it grows, seen for half a minute and then gone. Knows no update."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.chats import Chats
from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.markup import LONGEST, formatted, units
from tests.fakes.telegram.params import decoded, truth, whole
from tests.fakes.telegram.refusal import bad

EXPIRY = 30.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One state of a draft."""

    at: float
    chat: int
    draft_id: int
    text: str
    can_stop: bool = False
    keep_on_stop: bool = False
    topic: int | None = None
    rich: bool = False


class Drafts:
    """All frames in order, and which drafts a customer sees."""

    def __init__(self, chats: Chats, clock: Callable[[], float]) -> None:
        self.frames: list[Frame] = []
        self._chats = chats
        self._clock = clock
        self._live: dict[tuple[int, int], Frame] = {}
        self.methods: dict[str, Callable[[Json], Any]] = {
            "sendmessagedraft": self._draft,
            "sendrichmessagedraft": self._rich_draft,
        }

    def live(self, chat: int) -> list[Frame]:
        """What a customer sees grow now: the last frame of each draft that has not expired."""
        now = self._clock()
        return [frame for (place, _), frame in self._live.items() if place == chat and now - frame.at < EXPIRY]

    def end(self, chat: int, draft_id: int | None = None) -> None:
        """The message itself has come, or the customer stopped it: no draft (or not this one) is seen any more."""
        for frame in [frame for frame in self._live.values() if frame.chat == chat]:
            if draft_id in (None, frame.draft_id):
                del self._live[chat, frame.draft_id]

    def _draft(self, params: Json) -> bool:
        text, _ = formatted(params)
        if units(text) > LONGEST:
            raise bad("message is too long")
        return self._show(params, text, rich=False)

    def _rich_draft(self, params: Json) -> bool:
        rich = rich_of(params)
        return self._show(params, str(rich.get("markdown") or rich.get("html") or ""), rich=True)

    def _show(self, params: Json, text: str, *, rich: bool) -> bool:
        chat = self._chats.place(params)["id"]
        if chat < 0:
            raise bad("the method can be used only in private chats")
        if not (draft := whole(params, "draft_id")):
            raise bad("draft_id must be non-zero")
        topic = whole(params, "message_thread_id") or None
        stops = truth(params, "can_stop"), truth(params, "keep_on_stop")
        frame = Frame(self._clock(), chat, draft, text, *stops, topic, rich)
        self.frames.append(frame)
        self._live[chat, draft] = frame
        return True


def rich_of(params: Json) -> Json:
    """The rich message of a call. Raises Refusal when it is not one."""
    rich = decoded(params, "rich_message")
    if not isinstance(rich, dict) or len(rich.keys() & {"markdown", "html", "blocks"}) != 1:
        raise bad("exactly one of markdown, html and blocks must be in the rich message")
    return rich
