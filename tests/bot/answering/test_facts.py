import pytest

from bot.answering.facts import Fact, facts


def numbers(text: str) -> set[tuple[str, str]]:
    return {(fact.value, fact.unit) for fact in facts(text) if fact.kind == "number"}


@pytest.mark.parametrize(
    "text",
    ["4.90 €", "€4.90", "EUR 4,90", "4.9 euros", "4,9欧元", "€ 4.90"],
)
def test_one_price_has_one_form_however_it_is_written(text: str) -> None:
    assert numbers(text) == {("4.9", "money euro")}


@pytest.mark.parametrize("text", ["1,000 points", "1.000 puntos", "1000 积分", "１０００积分"])
def test_separators_of_thousands_do_not_matter(text: str) -> None:
    assert numbers(text) == {("1000", "point")}


@pytest.mark.parametrize("text", ["30 days", "30天", "三十天", "30 Tage", "thirty days", "30日内", "treinta días"])
def test_one_span_of_time_has_one_form_in_every_language(text: str) -> None:
    assert numbers(text) == {("30", "day")}


@pytest.mark.parametrize("text", ["3-5 working days", "3 to 5 working days", "3–5个工作日", "3至5个工作日"])
def test_both_ends_of_a_range_have_its_unit(text: str) -> None:
    assert numbers(text) == {("3", "working day"), ("5", "working day")}


def test_working_days_are_not_days() -> None:
    assert numbers("14 days").isdisjoint(numbers("14 working days"))


@pytest.mark.parametrize(
    ("text", "value"), [("十五天", "15"), ("二百五十天", "250"), ("一万两千天", "12000"), ("两天", "2")]
)
def test_chinese_numerals_are_read(text: str, value: str) -> None:
    assert numbers(text) == {(value, "day")}


@pytest.mark.parametrize("text", ["one of them", "万一坏了", "一般来说", "a single one"])
def test_number_words_without_a_unit_are_no_facts(text: str) -> None:
    assert numbers(text) == set()


def test_links_and_addresses_are_facts_of_their_own() -> None:
    found = facts("Write to Help@Shop.example or see https://shop.example/returns.")
    assert Fact("email", "help@shop.example") in found
    assert Fact("link", "https://shop.example/returns") in found


def test_names_inside_a_sentence_are_facts_and_the_first_word_is_none() -> None:
    names = {
        fact.value for fact in facts("Parcels travel with DHL or to Berlin. Monday is free.") if fact.kind == "name"
    }
    assert names == {"dhl", "berlin"}


def test_words_that_translate_are_no_names() -> None:
    assert not facts("We answer on Monday in English, and in January.")


def test_german_nouns_are_no_names_when_capitals_mean_nothing() -> None:
    assert facts("Die Rückgabe ist im Laden möglich.", names=False) == frozenset()
