"""What is free in an answer must be free in its source, and the same thing."""

import pytest

from bot.answering.check import check_sentence
from bot.answering.free import says_free, undue
from knowledge.corpus.entry import Entry

SHIPPING = "Delivery is free from 60 € within Germany. Below that it costs 4.90 €."
BATTERY = "Batteries are never posted: a carrier collects them for 19 €."
SHIPPING_ZH = "普通配送满60欧元免运费。"
BATTERY_ZH = "电池属于危险品，绝对不能邮寄：由承运商上门取，收费19欧元。"


def objections(sentence: str, span: str, source: str = "", others: tuple[str, ...] = ()) -> list[str]:
    return list(undue(sentence, span, source or span, others))


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("Returns are free.", "You can return goods within 30 days."),
        ("We send it at no charge.", "We send it within 3 days."),
        ("电池可以免邮。", "电池由承运商上门取。"),
        ("退货免费。", "30天内可以退货。"),
        ("Die Lieferung ist kostenlos.", "Die Lieferung dauert drei Tage."),
    ],
)
def test_nothing_is_free_that_costs_something_in_the_source(sentence: str, span: str) -> None:
    assert objections(sentence, span)


@pytest.mark.parametrize(
    ("sentence", "source", "other"),
    [
        ("Batteries ship free from 60 €.", SHIPPING, BATTERY),
        ("满60欧元电池可以免邮。", SHIPPING_ZH, BATTERY_ZH),
        ("A carrier collects them free within Germany.", SHIPPING, BATTERY),
    ],
)
def test_what_only_another_entry_names_is_not_free(sentence: str, source: str, other: str) -> None:
    assert objections(sentence, source, others=(other,))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Delivery is free of charge from 60 €.", SHIPPING),
        ("In Germany delivery is free from 60 €.", SHIPPING),
        ("满60欧元可以免运费。", SHIPPING_ZH),
        ("满60欧元免邮。", SHIPPING),
        ("Please feel free to write to us.", BATTERY),
        ("You can pay interest-free.", BATTERY),
    ],
)
def test_what_the_source_says_of_the_same_thing_passes(sentence: str, source: str) -> None:
    assert objections(sentence, source, others=(BATTERY, BATTERY_ZH)) == []


@pytest.mark.parametrize("text", ["It is free.", "Free of charge.", "可以免费退货", "C'est gratuit.", "Es gratis."])
def test_it_is_known_that_something_is_free(text: str) -> None:
    assert says_free(text)


@pytest.mark.parametrize("text", ["Feel free to ask.", "A toll-free number.", "It costs 5 €.", "免密支付"])
def test_not_everything_with_the_word_is_free(text: str) -> None:
    assert not says_free(text)


def test_the_check_objects_to_a_benefit_that_belongs_to_something_else() -> None:
    entries = [Entry("s", SHIPPING_ZH), Entry("b", BATTERY_ZH)]

    def support(sentence: str, source: str) -> tuple[float, str]:
        return (0.9, SHIPPING_ZH) if source == SHIPPING_ZH else (0.5, BATTERY_ZH)

    said = check_sentence("满60欧元电池可以免邮。", entries, support, 0.5, "zh").objections
    assert any("free" in objection for objection in said)
    assert check_sentence("普通配送满60欧元免运费。", entries, support, 0.5, "zh").passed
