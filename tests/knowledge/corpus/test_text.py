from knowledge.corpus.base import Source
from knowledge.corpus.text import load


def answers(text: str) -> list[tuple[str, str]]:
    return [(entry.question or entry.title, entry.answer) for entry in load(Source("notes.txt", text))]


def test_paragraphs_without_titles_stand_alone() -> None:
    text = "First one,\nwrapped.\n\n\nSecond one.\n"
    first, second = load(Source("notes.txt", text))
    assert (first.answer, second.answer) == ("First one,\nwrapped.", "Second one.")
    assert second.place.line == 5
    assert text[second.place.start : second.place.end] == "Second one."


def test_pairs_are_questions_and_answers() -> None:
    text = "Q: Where?\nA: Here.\nAnd there.\n\nQ: When?\nA: Now.\n\nOr later, if you like.\n"
    assert answers(text) == [("Where?", "Here.\nAnd there."), ("When?", "Now.\n\nOr later, if you like.")]


def test_chinese_pairs_need_no_blank_lines() -> None:
    assert answers("问：几点开门？\n答：九点。\n问题2：几点关门\n回答：六点。") == [
        ("几点开门？", "九点。"),
        ("几点关门", "六点。"),
    ]


def test_a_question_line_without_an_answer_mark_is_answered_below() -> None:
    assert answers("Q: Why?\nBecause.") == [("Why?", "Because.")]
    assert answers("How do I pay?\n\nBy card.\n") == [("How do I pay?", "By card.")]


def test_short_lines_are_titles() -> None:
    text = "Opening hours\n\nWe open at 9.\n\nReturns\n=======\nThirty days.\n"
    assert answers(text) == [("Opening hours", "We open at 9."), ("Returns", "Thirty days.")]


def test_rules_are_no_text() -> None:
    assert answers("One two.\n\n-----\n\nThree four.") == [("", "One two."), ("", "Three four.")]


def test_a_question_without_an_answer_makes_no_entry() -> None:
    assert answers("Q: Why?\nQ: When?\nA: Now.") == [("When?", "Now.")]


def test_pieces_of_a_long_paragraph_are_exact() -> None:
    text = "Title\n\n" + "This is one more sentence of the text. " * 60
    found = list(load(Source("notes.txt", text)))
    assert len(found) > 2
    for entry in found[1:]:
        assert text[entry.place.start : entry.place.end] == entry.answer
