"""Which buttons stand under which turns."""

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.channels.telegram.outgoing.keyboards import keyboard_of
from bot.channels.telegram.presses import Action, Choice, Press
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


def test_a_question_back_has_a_button_for_each_choice_and_for_a_person() -> None:
    assert rows(Outcome.CLARIFIED, sources=3) == [["Title 0"], ["Title 1"], ["Title 2"], ["Talk to a person"]]


def test_a_choice_that_is_long_is_shortened_on_its_button_only() -> None:
    title = "What does shipping a bicycle with two batteries and a trailer to Switzerland cost?"
    answer = Answer(Outcome.CLARIFIED, Mode.CLARIFY, "?", "en", 0.1, sources=(Source("a", title, None, 0.5),))
    keyboard = keyboard_of(Turn(ID, "bot", "?", 0.0, answer=answer.to_json()))
    assert keyboard is not None
    button = keyboard.inline_keyboard[0][0]
    assert button.text.endswith("…")
    assert len(button.text) == 60
    assert len(Choice(turn=ID, number=1).pack().encode()) <= 64
    assert Choice.unpack(button.callback_data or "") == Choice(turn=ID, number=1)


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
