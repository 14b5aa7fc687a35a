import pytest

from bot.desk.admission import LONGEST_MESSAGE, objection


@pytest.mark.parametrize("text", ["Where is my order?", "退货", "👍", "x" * LONGEST_MESSAGE])
def test_ordinary_messages_are_accepted(text: str) -> None:
    assert objection(text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "empty"), (" \n\t ", "empty"), ("x" * 20_000, "20,000"), ("a\x00b", "NUL"), ("bad \ud800", "Unicode")],
)
def test_what_no_one_can_answer_is_refused_with_its_reason(text: str, word: str) -> None:
    assert word in (objection(text) or "")
