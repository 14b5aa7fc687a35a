"""Shares of an amount and prices less a reduction are worked out where the entry's words are said."""

import pytest

from bot.answering.shares import share_of, spared
from knowledge.corpus.entry import Entry

CLUB = Entry("club", "Members get 10% off all boots after a year.", "What do members get?")
BACK = Entry("back", "We buy back skis for 40% of their price.", "Do you take back skis?")
FEE = Entry("fee", "For scratches on returned skis we deduct 30% of the price.", "What if there are scratches?")
SWAP = Entry(
    "swap", "A new tank costs €50, and you get €8 off if you hand in the old tank.", "What does a tank cost?"
)
会员 = Entry(
    "会员", "会员在 https://shop.example/club 登记后享 10% 折扣；积分另算。", "会员有什么优惠？", language="zh"
)


def share(question: str, entry: Entry, language: str = "en") -> str | None:
    worked = share_of(question, [entry], language)
    return worked.work if worked else None


def test_a_share_of_what_the_question_tells() -> None:
    assert share("As a member, how much do I save on boots for €80?", CLUB) == "€80 × 10% = €8"
    assert share("What do I get for skis that cost 200 euros if you buy them back?", BACK) == "€200 × 40% = €80"
    assert share("会员买 60 欧元的靴子能省多少？", 会员, "zh") == "60 欧元 × 10% = 6 欧元"


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("How much do I save on boots?", CLUB),
        ("How much do I save on a scarf for €80?", CLUB),
        ("What is left of 200 euros for returned skis with scratches?", FEE),
        ("How much do I save on boots for €80 and skis for €200 as a member?", CLUB),
    ],
)
def test_no_share_where_it_is_not_plain(question: str, entry: Entry) -> None:
    assert share(question, entry) is None


def test_what_is_kept_is_told_where_that_is_asked() -> None:
    assert share("How much do you deduct from €200 for scratches on skis?", FEE) == "€200 × 30% = €60"


def test_a_price_less_what_is_taken_off_it() -> None:
    worked = spared("What do I pay for a new tank if I hand in my old one?", [SWAP], "en")
    assert worked is not None
    assert worked.work == "€50 − €8 = €42"
    assert spared("What do I pay for a new tank?", [SWAP], "en") is None
