"""Sums are worked out where the prices that are meant are plain, and nowhere else."""

import pytest

from bot.answering.sums import asks_sum, priced_phrases, work_out
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
CARE = Entry(
    "care", "A short wash costs €20, a long wash €35 and a trim €12.", "What does a wash cost?", language="en"
)
FREE = Entry(
    "free", "Delivery is free from €60 within Spain and from €100 to Italy.", "When is it free?", language="en"
)
包邮 = Entry("包邮", "满 50 欧元免运费。", "满多少包邮？", language="zh")
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


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much more is a long wash than a short one?", "€35 − €20 = €15"),
        ("What is the difference between a trim and a long wash?", "€35 − €12 = €23"),
        ("I hand over a 50 euro note for a long wash. How much change do I get?", "€50 − €35 = €15"),
        ("What do a short wash, a long wash and a trim cost altogether?", "€20 + €35 + €12 = €67"),
        ("How much do three trims cost?", "3 × €12 = €36"),
    ],
)
def test_one_price_and_another(question: str, expected: str) -> None:
    assert work(question, CARE) == expected


def test_what_is_missing_for_something_free() -> None:
    assert work("My basket is €45. How much more until delivery to Italy is free?", FREE) == "€100 − €45 = €55"
    assert work("My basket is €145. How much more until delivery to Italy is free?", FREE) is None
    assert work("购物车 30 欧元，还差多少包邮？", 包邮, language="zh") == "50 欧元 − 30 欧元 = 20 欧元"


def test_an_amount_that_may_be_free_is_not_added_to() -> None:
    asked = "What do a long wash and a trim cost together for an order of {}?"
    assert work_out(asked.format("€30"), [CARE], [CARE, FREE], "en") is not None
    assert work_out(asked.format("€300"), [CARE], [CARE, FREE], "en") is None


@pytest.mark.parametrize(
    "question",
    [
        "What do I pay in total for a wash and a trim?",
        "How much more is A than B?",
        "I pay with €50, how much change?",
        "长洗和修剪一共多少？",
    ],
)
def test_a_question_for_a_sum_is_known(question: str) -> None:
    assert asks_sum(question)


@pytest.mark.parametrize(
    "question", ["What does a wash cost?", "Can I change my order?", "There are ten of us in total. Is it open?"]
)
def test_and_so_is_one_for_none(question: str) -> None:
    assert not asks_sum(question)


def test_phrases_are_looked_up_for_what_may_be_a_sum_alone() -> None:
    assert priced_phrases("What do a wash and a trim cost together?") == ["What do a wash", "a trim cost together"]
    assert priced_phrases("Do you ship to Norway, and how can I pay?") == []
    assert priced_phrases("What does a trim cost?") == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do a long wash and a van for 4 days come to in total?", "€35 + 4 × €25 = €135"),
        ("A long wash plus a van for 4 days, how much altogether?", "€35 + 4 × €25 = €135"),
        ("What do a long wash and a van cost together?", "€35 + €25 = €60"),
        ("What do a long wash and a van for 4 days or for 6 days come to in total?", None),
        ("A massage plus a van for 4 days, how much?", None),
    ],
)
def test_what_is_priced_by_the_day_counts_as_often_as_there_are_days(question: str, expected: str | None) -> None:
    assert work(question, CARE, HIRE) == expected
