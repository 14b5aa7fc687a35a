"""Sums are worked out where the prices that are meant are plain, and nowhere else."""

import pytest

from bot.answering.facts import facts
from bot.answering.sums import follows, work_out
from knowledge.corpus.entry import Entry

FREIGHT = Entry(
    "freight",
    "Sofas go by freight: €40 within Germany and €70 to all other countries, for each item. So do armchairs.",
    "What does freight cost?",
    language="en",
)
SETUP = Entry(
    "setup", "Setting up costs €30 for a sofa without motor and €50 for a motor sofa.", "Do you set up sofas?"
)
HIRE = Entry("hire", "A van costs €25 a day and must be booked.", "Can I hire a van?", language="en")
POINTS = Entry(
    "points", "You get 1 point for each euro. 100 points are worth €5.", "What are points worth?", language="en"
)
PARCEL = Entry("parcel", "A parcel costs €5; we charge it once.", "What does a parcel cost?", language="en")
LANDS = Entry("lands", "We deliver to Germany, Austria, France and Italy.", "Where do you deliver?", language="en")
货运 = Entry("货运", "大件每件德国境内 40 欧元，其他国家 70 欧元。沙发走大件。", "大件运费多少？", language="zh")
积分 = Entry("积分", "每消费 1 欧元积 1 分，100 分可抵 5 欧元。", "积分怎么用？", language="zh")
ALL = (FREIGHT, SETUP, HIRE, POINTS, PARCEL, LANDS, 货运, 积分)


def work(question: str, *entries: Entry, language: str = "en") -> str | None:
    worked = work_out(question, entries, ALL, language)
    return worked.work if worked else None


@pytest.mark.parametrize(
    ("question", "entry", "expected"),
    [
        ("How much is the freight for 3 sofas within Germany?", FREIGHT, "3 × €40 = €120"),
        ("What do two armchairs to France cost?", FREIGHT, "2 × €70 = €140"),
        ("What does a van for 4 days cost?", HIRE, "4 × €25 = €100"),
        ("How much are 250 bonus points worth?", POINTS, "250 ÷ 100 × €5 = €12.50"),
    ],
)
def test_so_many_times_a_price(question: str, entry: Entry, expected: str) -> None:
    assert work(question, entry) == expected


def test_the_same_in_chinese() -> None:
    assert work("3 张沙发寄德国要多少钱？", 货运, language="zh") == "3 × 40 欧元 = 120 欧元"
    assert work("300 个积分抵多少钱？", 积分, language="zh") == "300 ÷ 100 × 5 欧元 = 15 欧元"


def test_two_prices_together_each_by_what_the_question_says() -> None:
    asked = "What do freight in Germany and setting up a sofa without motor cost in total?"
    assert work(asked, FREIGHT, SETUP) == "€40 + €30 = €70"


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("How much is the freight for 3 sofas to Norway?", FREIGHT),
        ("How much is the freight for 3 sofas?", FREIGHT),
        ("How much do 3 parcels cost?", PARCEL),
        ("How much is the freight?", FREIGHT),
        ("Do 3 sofas within Germany go by freight?", FREIGHT),
        ("How much is a van for 4 weeks?", HIRE),
    ],
)
def test_nothing_is_guessed(question: str, entry: Entry) -> None:
    assert work(question, entry) is None


def test_a_price_that_is_not_plain_makes_no_sum() -> None:
    assert work("What do freight in Germany and setting up cost together?", FREIGHT, SETUP) is None


def test_nothing_found_is_no_sum() -> None:
    assert work_out("How much are 3 sofas?", [], ALL, "en") is None


def test_only_the_result_of_an_equation_that_holds_follows() -> None:
    assert follows("That makes 2 × €70 = €140.", []) == facts("€140")
    assert follows("That makes €40 + €30 = €70.", []) == facts("€70")
    assert follows("合计：250 ÷ 100 × 5 欧元 = 12.50 欧元。", []) == facts("12.5 欧元")
    assert follows("That makes 2 × €70 = €150.", []) == frozenset()
    assert follows("It costs €70.", facts("€3")) == facts("€3")
