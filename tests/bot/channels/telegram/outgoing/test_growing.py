"""An answer in the making, by events alone."""

from bot.channels.telegram.outgoing.growing import Growing
from bot.conversation.messages import Event


def heard(*events: tuple[str, dict[str, str]]) -> Growing:
    growing = Growing()
    for kind, data in events:
        growing.hear(Event("1-0", kind, data))
    return growing


def test_sentences_are_joined_as_they_probably_stood() -> None:
    said = ["One.", "Two.", "- item", "1. x", "一。", "二"]
    growing = heard(*(("sentence", {"turn": "t", "text": text}) for text in said))

    assert growing.text == "One. Two.\n- item\n1. x 一。二"


def test_a_new_answer_begins_anew_and_withdraws_the_old() -> None:
    growing = heard(("sentence", {"turn": "t", "text": "One."}), ("sentence", {"turn": "u", "text": "Two."}))

    assert (growing.turn, growing.text) == ("u", "Two.")
    assert growing.take_withdrawn() == ["t"]
    assert growing.take_withdrawn() == []


def test_a_whole_answer_is_not_withdrawn() -> None:
    growing = heard(("sentence", {"turn": "t", "text": "One."}), ("turn", {"role": "bot", "id": "t"}))

    assert growing.over
    assert growing.take_withdrawn() == []


def test_what_comes_after_the_customers_next_words_is_awaited_again() -> None:
    assert not heard(("turn", {"role": "bot", "id": "t"}), ("turn", {"role": "customer", "id": "c"})).over
