"""Slips of one letter are mended where the knowledge has the word, and only one such word."""

import pytest

from bot.reading.spelling import Spelling

KNOWN = Spelling(
    ["Cancel your order before it is shipped.", "Write your address here; a shirt is ready.", "trial and trail"]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("can i cancle my ordre", "can i cancel my order"),
        ("is it shiped, my adress is", "is it shipped, my address is"),
        ("Orrder now", "order now"),
    ],
)
def test_a_letter_missing_doubled_or_swapped(written: str, meant: str) -> None:
    assert KNOWN.mended(written) == meant


@pytest.mark.parametrize("text", ["too short to read", "the trial", "order@shop.example", "取消订单", ""])
def test_other_words_stay(text: str) -> None:
    assert KNOWN.mended(text) == text


def test_a_slip_of_two_words_is_left_alone() -> None:
    assert Spelling(["trucks and truck"]).mended("a trucck") == "a truck"
    assert Spelling(["broads", "brands"]).mended("brads") == "brads"
