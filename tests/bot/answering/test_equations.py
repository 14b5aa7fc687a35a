"""An equation lets its result through only where it holds."""

import pytest

from bot.answering.equations import follows
from bot.answering.facts import facts


@pytest.mark.parametrize(
    ("sentence", "result"),
    [
        ("That makes 2 × €70 = €140.", "€140"),
        ("That makes €40 + €30 + €5 = €75.", "€75"),
        ("That makes €119 − €59 = €60.", "€60"),
        ("That makes €80 × 10% = €8.", "€8"),
        ("算下来：250 ÷ 100 × 5 欧元 = 12.50 欧元。", "12.5 欧元"),
        ("That makes €119 + 5 × €10 = €169.", "€169"),
        ("That makes 2 × €10 − 3 × €5 + €1 = €6.", "€6"),
        ("算下来：150 欧元 − 119 欧元 = 31 欧元。", "31 欧元"),
    ],
)
def test_the_result_of_an_equation_that_holds_follows(sentence: str, result: str) -> None:
    assert follows(sentence, []) == facts(result)


@pytest.mark.parametrize(
    "sentence",
    ["2 × €70 = €150.", "€119 + 5 × €10 = €1240.", "€119 − €59 = €178.", "€80 × 10% = €800.", "It costs €70."],
)
def test_nothing_follows_from_another(sentence: str) -> None:
    assert follows(sentence, []) == frozenset()
    assert follows(sentence, facts("€3")) == facts("€3")
