"""What a button under an answer says when it is pressed. Knows no bot, and not what follows."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData


class Action(StrEnum):
    """What a customer can do with an answer at one tap."""

    GOOD = "good"
    BAD = "bad"
    SOURCES = "sources"
    PERSON = "person"


class Press(CallbackData, prefix="a"):
    """A button's data: what to do, and with which turn; `turn` is the turn's id (at most 32 characters)."""

    action: Action
    turn: str


class Choice(CallbackData, prefix="c"):
    """The data of a button under a question back: the turn that asked, and which choice, from 1."""

    turn: str
    number: int
