"""Judges by what the store holds in the end: was every message answered once, and in order?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.base import Conversations
from bot.conversation.messages import Turn

_NUMBER = re.compile(r"\d+")
_ALL = 1_000_000


@dataclass(slots=True)
class Verdict:
    """Counts of messages, and of conversations that are out of order."""

    messages: int = 0
    turns: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.doubled or self.out_of_order)


def answered(turns: Sequence[Turn]) -> list[int]:
    """The numbers of the messages that the bot's turns answer, in the order of the answers."""
    return [int(number) for turn in turns if turn.role == "bot" for number in _NUMBER.findall(turn.text)]


def asked(turns: Sequence[Turn]) -> list[int]:
    """The numbers of the customer's messages, as they are stored."""
    return [int(turn.text) for turn in turns if turn.role == "customer"]


async def verdict(conversations: Conversations, names: Sequence[str], each: int) -> Verdict:
    """What became of messages "1" to `each` of every conversation."""
    found = Verdict()
    for name in names:
        turns = (await conversations.read(name, _ALL)).turns
        for numbers in (answered(turns), asked(turns)):
            found.lost += len(set(range(1, each + 1)) - set(numbers))
            found.doubled += len(numbers) - len(set(numbers))
            found.out_of_order += numbers != sorted(numbers)
        found.messages += each
        found.turns += sum(turn.role == "bot" for turn in turns)
    return found
