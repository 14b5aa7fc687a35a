"""What goes to one address, and how far it has come. Knows no bot and no network."""

from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from bot.channels.telegram.address import Address
from bot.channels.telegram.outgoing.keyboards import keyboard_of
from bot.channels.telegram.outgoing.markup import Marked
from bot.channels.telegram.outgoing.wording import parts_of, sendable
from bot.delivery.base import OPEN, Outgoing


@dataclass(slots=True)
class Part:
    """One message to be; `doubtful`: an earlier sender may have sent it. So many `repeats` are left to us.

    Telegram may fail over it `failures` times more while it answers other calls.
    """

    number: int
    content: Marked
    keyboard: InlineKeyboardMarkup | None = None
    doubtful: bool = False
    repeats: int = 1
    failures: int = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A turn of the outbox, or a notice of the channel itself, which no store remembers."""

    to: Address
    outgoing: Outgoing | None = None
    notice: str = ""

    @property
    def once(self) -> bool:
        """Whether it is rather lost than repeated."""
        return self.outgoing is not None and self.outgoing.turn.once

    @property
    def in_group(self) -> bool:
        """Whether it is a turn that may have a placeholder."""
        return self.outgoing is not None and self.to.chat < 0

    def parts(self) -> list[Part]:
        """The parts that have not arrived yet. They are made when their time comes, for they are large."""
        if self.outgoing is None:
            return [Part(number, content) for number, content in enumerate(sendable(self.notice))]
        contents, known = parts_of(self.outgoing.turn), self.outgoing.parts
        parts = [Part(number, content, doubtful=known.get(number) == OPEN) for number, content in enumerate(contents)]
        if parts:
            parts[-1].keyboard = keyboard_of(self.outgoing.turn)
        return [part for part in parts if known.get(part.number, OPEN) == OPEN]
