import pytest

from knowledge.corpus.clean import clean, one_line


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u202e", "\u2066", "\u00ad", "\x07", "\U000e0041", "\u200d"])
def test_invisible_characters_go_and_are_counted(hidden: str) -> None:
    assert clean(f"a{hidden}b") == ("ab", 1)


@pytest.mark.parametrize("text", ["👩‍💻", "می‌خواهم", "naïve ß 客服 €"])
def test_joiners_and_letters_that_matter_stay(text: str) -> None:
    assert clean(text) == (text, 0)


def test_lines_and_indentation_stay_but_not_surplus_space() -> None:
    assert clean("  a \u00a0 b\t\n\n\n\n  - c\u3000d ") == ("a b\n\n  - c d", 0)


def test_one_line_has_no_breaks() -> None:
    assert one_line(" a\n b\tc ") == "a b c"
