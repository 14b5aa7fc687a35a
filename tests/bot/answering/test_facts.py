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
    assert not facts("We answer in English, as PDF, and you may march in the sun.")


def dates(text: str) -> set[str]:
    return {fact.value for fact in facts(text) if fact.kind == "date"}


@pytest.mark.parametrize("text", ["in June", "6月", "六月份", "en junio", "im Juni", "en juin", "Jun.", "June"])
def test_a_month_has_one_form_in_every_language(text: str) -> None:
    assert facts(text) == {Fact("date", "month 6")}


@pytest.mark.parametrize(
    "text", ["on Saturdays", "每周六", "星期六", "礼拜六", "am Samstag", "el sábado", "le samedi", "Sat"]
)
def test_a_weekday_has_one_form_in_every_language(text: str) -> None:
    assert facts(text) == {Fact("date", "weekday 6")}


@pytest.mark.parametrize(
    "text", ["5 July", "July 5", "July 5th", "7月5日", "七月五号", "5. Juli", "5 de julio", "5 juillet", "Jul 5"]
)
def test_day_and_month_are_one_date(text: str) -> None:
    assert facts(text) == {Fact("date", "07-05")}


@pytest.mark.parametrize("text", ["2026-07-05", "July 5, 2026", "5 July 2026", "2026年7月5日", "5 de julio de 2026"])
def test_a_date_with_its_year_is_kept_whole(text: str) -> None:
    assert facts(text) == {Fact("date", "2026-07-05")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You may return it.", set()),
        ("May I return it?", set()),
        ("until May", {"month 5"}),
        ("5 May", {"05-05"}),
        ("Sun cream", set()),
        ("Sat and Sun", {"weekday 6", "weekday 7"}),
        ("Mon–Fri", {"weekday 1", "weekday 5"}),
        ("一周六天，有一点", set()),
        ("3个月", set()),
        ("周末", {"weekend"}),
        ("周一至周五", {"weekday 1", "weekday 5"}),
    ],
)
def test_words_that_are_seldom_dates_are_read_with_care(text: str, expected: set[str]) -> None:
    assert dates(text) == expected


@pytest.mark.parametrize(
    "text", ["9 pm", "9pm", "9:00 p.m.", "21:00", "21点", "晚上9点", "晚上九点钟", "21 Uhr", "21.00 Uhr", "21h00"]
)
def test_a_time_of_day_has_one_form(text: str) -> None:
    assert facts(text) == {Fact("number", "21:00", "time of day")}


@pytest.mark.parametrize(
    ("text", "time"),
    [("9 am", "09:00"), ("12 am", "00:00"), ("12 pm", "12:00"), ("上午9点半", "09:30"), ("8:15", "08:15")],
)
def test_minutes_and_halves_of_the_day_are_read(text: str, time: str) -> None:
    assert numbers(text) == {(time, "time of day")}


def test_bare_hours_stay_numbers() -> None:
    assert numbers("open from 9 to 17") == {("9", ""), ("17", "")}


def test_german_nouns_are_no_names_when_capitals_mean_nothing() -> None:
    assert facts("Die Rückgabe ist im Laden möglich.", names=False) == frozenset()


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5k points", "5000", "point"),
        ("two million points", "2000000", "point"),
        ("1万元", "10000", "money yuan"),
        ("2.5万元", "25000", "money yuan"),
        ("八块五", "8.5", "money yuan"),
        ("-5 °C", "-5", "degree"),
        ("一半", "50", "percent"),
        ("half the price", "50", "percent"),
        ("八折", "8", "tenth of the price"),
        ("八五折", "8.5", "tenth of the price"),
        ("85折", "8.5", "tenth of the price"),
        ("0.250 kg", "0.25", "kilogram"),
        ("1.500 kg", "1500", "kilogram"),
        ("24h", "24", "hour"),
        ("24 h", "24", "hour"),
        ("twenty-one days", "21", "day"),
        ("ninety nine days", "99", "day"),
        ("3千米", "3", "kilometre"),
        ("2.5.1 million", "2.5.1", ""),
    ],
)
def test_numbers_are_read_however_they_are_written(text: str, value: str, unit: str) -> None:
    assert numbers(text) == {(value, unit)}
    assert not [fact for fact in facts("It is " + text) if fact.kind == "name"]


@pytest.mark.parametrize("text", ["five to seven days", "五到七天", "5 to seven days", "五至7天"])
def test_ranges_of_number_words_have_their_unit(text: str) -> None:
    assert numbers(text) == {("5", "day"), ("7", "day")}


def test_an_ambiguous_number_has_both_readings_on_demand() -> None:
    assert {fact.value for fact in facts("1.500 kg", either=True)} == {"1500", "1.5"}
