"""The buttons under an answer. Knows no bot, and not what a press does."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answering.answer import Outcome
from bot.channels.telegram.outgoing.wording import sources_unlisted
from bot.channels.telegram.presses import Action, Press
from bot.channels.telegram.texts import text
from bot.conversation.messages import Turn

_OUTCOMES = (Outcome.ANSWERED, Outcome.REFUSED)
_LONGEST_DATA = 64  # bytes


def keyboard_of(turn: Turn) -> InlineKeyboardMarkup | None:
    """Thumbs, sources that are not listed, and the way to a person; nothing under what is no answer."""
    if turn.role != "bot" or not turn.answer or turn.answer.get("outcome") not in _OUTCOMES:
        return None
    # An id that is too long for a button came from elsewhere; its turn goes out without.
    if len(f"a:{Action.SOURCES}:{turn.id}".encode()) > _LONGEST_DATA or ":" in turn.id:
        return None
    language = turn.answer.get("language", "")
    below = [_button(Action.SOURCES, text("button_sources", language), turn)] if sources_unlisted(turn.answer) else []
    below.append(_button(Action.PERSON, text("button_person", language), turn))
    thumbs = [_button(Action.GOOD, "👍", turn), _button(Action.BAD, "👎", turn)]
    return InlineKeyboardMarkup(inline_keyboard=[thumbs, below])


def _button(action: Action, label: str, turn: Turn) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=Press(action=action, turn=turn.id).pack())
