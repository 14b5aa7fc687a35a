"""The buttons under an answer. Knows no bot, and not what a press does."""

from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answering.answer import Outcome
from bot.channels.telegram.outgoing.wording import sources_unlisted
from bot.channels.telegram.presses import Action, Choice, Press
from bot.channels.telegram.texts import text
from bot.conversation.messages import Turn

_OUTCOMES = (Outcome.ANSWERED, Outcome.REFUSED)
_LONGEST_DATA = 64  # bytes
_LONGEST_LABEL = 60  # characters; Telegram shows no more of a button's


def keyboard_of(turn: Turn) -> InlineKeyboardMarkup | None:
    """Thumbs, sources that are not listed, and the way to a person; nothing under what is no answer.

    Under a question back what can be chosen, and the way to a person.
    """
    if turn.role != "bot" or not turn.answer:
        return None
    # An id that is too long for a button came from elsewhere; its turn goes out without.
    if len(f"a:{Action.SOURCES}:{turn.id}".encode()) > _LONGEST_DATA or ":" in turn.id:
        return None
    if turn.answer.get("outcome") == Outcome.CLARIFIED:
        return InlineKeyboardMarkup(inline_keyboard=_choices(turn, turn.answer))
    if turn.answer.get("outcome") not in _OUTCOMES:
        return None
    language = turn.answer.get("language", "")
    below = [_button(Action.SOURCES, text("button_sources", language), turn)] if sources_unlisted(turn.answer) else []
    below.append(_button(Action.PERSON, text("button_person", language), turn))
    thumbs = [_button(Action.GOOD, "👍", turn), _button(Action.BAD, "👎", turn)]
    return InlineKeyboardMarkup(inline_keyboard=[thumbs, below])


def _choices(turn: Turn, answer: dict[str, Any]) -> list[list[InlineKeyboardButton]]:
    labels = [source["title"] for source in answer.get("sources", ())]
    rows = [
        [InlineKeyboardButton(text=_short(label), callback_data=Choice(turn=turn.id, number=number).pack())]
        for number, label in enumerate(labels, 1)
    ]
    return [*rows, [_button(Action.PERSON, text("button_person", answer.get("language", "")), turn)]]


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _button(action: Action, label: str, turn: Turn) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=Press(action=action, turn=turn.id).pack())
