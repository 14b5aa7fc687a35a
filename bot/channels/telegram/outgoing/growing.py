"""An answer in the making, told from a conversation's events. Knows no bot, no store and no time."""

import re

from bot.channels.telegram.outgoing.markup import Marked, cut, marked
from bot.channels.telegram.outgoing.wording import valid
from bot.conversation.messages import BOT, Event

_ITEM = re.compile(r"([-*+•]|\d{1,3}[.)])\s")
_FULL_WIDTH_END = "。！？；：…」』”’）"


class Growing:
    """The sentences of the newest answer that is not whole yet; `over` when nobody waits for one."""

    def __init__(self) -> None:
        self.turn = ""
        self.over = False
        self._text = ""
        self._withdrawn: list[str] = []

    @property
    def text(self) -> str:
        """What has been said so far."""
        return self._text

    @property
    def shown(self) -> Marked:
        """How that reads in Telegram, as far as one message can hold it."""
        parts = cut(marked(valid(self._text)))
        return parts[0] if parts else Marked("")

    def hear(self, event: Event) -> None:
        """Take an event into account."""
        data = event.data
        match event.kind:
            case "sentence":
                self._grow(str(data["turn"]), str(data["text"]))
            case "withdrawn" if data["turn"] == self.turn:
                self._drop()
            case "turn":
                self._hear_turn(str(data["role"]), str(data["id"]))
            case "state" if data["owner"] != BOT:
                self.over = True
                self._drop()

    def take_withdrawn(self) -> list[str]:
        """The turns that will never be whole, each told once."""
        withdrawn, self._withdrawn = self._withdrawn, []
        return withdrawn

    def _hear_turn(self, role: str, turn: str) -> None:
        if role == "event":
            return
        self.over = role != "customer"
        if turn == self.turn:
            self.turn = self._text = ""
        elif role == "agent":
            self._drop()

    def _grow(self, turn: str, sentence: str) -> None:
        if turn != self.turn:
            self._drop()
            self.turn = turn
        self._text += _gap(self._text, sentence) + sentence

    def _drop(self) -> None:
        if self.turn:
            self._withdrawn.append(self.turn)
        self.turn = self._text = ""


def _gap(before: str, sentence: str) -> str:
    """What stood between two sentences is not told; most likely it was this."""
    if not before or before.endswith("\n"):
        return ""
    if _ITEM.match(sentence):
        return "\n"
    return "" if before.endswith(tuple(_FULL_WIDTH_END)) else " "
