"""Which buttons stand under which turns."""

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.channels.telegram.outgoing.keyboards import keyboard_of
from bot.channels.telegram.presses import Action, Press
from bot.conversation.messages import Turn

ID = "0123456789abcdef0123456789abcdef"


def rows(outcome: Outcome, sources: int = 0, language: str = "en", turn: str = ID) -> list[list[str]]:
    listed = tuple(Source(f"{number}", f"Title {number}", None, 0.5) for number in range(sources))
    answer = Answer(outcome, Mode.VERBATIM, "Yes.", language, 0.9, sources=listed)
    keyboard = keyboard_of(Turn(turn, "bot", "Yes.", 0.0, answer=answer.to_json()))
    return [[button.text for button in row] for row in keyboard.inline_keyboard] if keyboard else []


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.REFUSED])
def test_an_answer_can_be_rated_and_a_person_be_called(outcome: Outcome) -> None:
    assert rows(outcome) == [["👍", "👎"], ["Talk to a person"]]


def test_sources_have_a_button_when_the_text_does_not_list_them() -> None:
    assert rows(Outcome.ANSWERED, sources=3)[1] == ["Talk to a person"]
    assert rows(Outcome.ANSWERED, sources=4, language="de")[1] == ["Quellen", "Mit einem Menschen sprechen"]


@pytest.mark.parametrize("outcome", [Outcome.SMALLTALK, Outcome.HANDED_OVER])
def test_what_is_no_answer_has_no_buttons(outcome: Outcome) -> None:
    assert rows(outcome) == []


def test_an_agents_words_have_no_buttons() -> None:
    assert keyboard_of(Turn("t", "agent", "Hello", 0.0, "Mia")) is None


@pytest.mark.parametrize("turn", ["x" * 60, "a:b"])
def test_an_id_that_no_button_can_hold_goes_without(turn: str) -> None:
    assert rows(Outcome.ANSWERED, turn=turn) == []


def test_what_a_press_brings_back_fits_and_names_the_turn() -> None:
    for action in Action:
        packed = Press(action=action, turn=ID).pack()
        assert len(packed.encode()) <= 64
        assert Press.unpack(packed) == Press(action=action, turn=ID)
