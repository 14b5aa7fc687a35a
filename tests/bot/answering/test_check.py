import pytest

from bot.answering.check import check_sentence, source_text
from knowledge.corpus.entry import Entry

SOURCE = (
    "Returns\nYou can send goods back within 30 days. Return shipping costs 4.90 € with DHL. "
    "Write to help@shop.example or see https://shop.example/returns. Refunds take 3–5 working days."
)
CHINESE = "退货\n30天内可以退货，运费4.90欧元，退款需要3至5个工作日。"


def full(sentence: str, source: str) -> tuple[float, str]:
    return 1.0, ""


def entry(answer: str) -> Entry:
    return Entry("e", answer)


def objections(sentence: str, source: str = SOURCE, language: str = "en") -> tuple[str, ...]:
    return check_sentence(sentence, [entry(source)], full, 0.5, language).objections


@pytest.mark.parametrize(
    "sentence",
    [
        "You have thirty days to return it.",
        "It costs EUR 4.90.",
        "The refund takes 3 to 5 business days.",
        "Mail help@shop.example.",
        "Details: https://shop.example/returns",
        "We use DHL.",
    ],
)
def test_facts_of_the_source_pass_in_another_form(sentence: str) -> None:
    assert objections(sentence) == ()


@pytest.mark.parametrize("sentence", ["您可以在三十天内退货。", "运费是4.9欧元。", "退款要3到5个工作日。"])
def test_facts_pass_across_languages(sentence: str) -> None:
    assert objections(sentence, SOURCE, "zh") == ()
    assert objections(sentence, CHINESE, "zh") == ()


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("You have 60 days.", "60"),
        ("You have 30 hours.", "hour"),
        ("It costs 4.90 dollars.", "money dollar"),
        ("The refund takes 3 to 5 days.", "3 day"),
        ("Mail me@evil.example.", "me@evil.example"),
        ("See https://evil.example/x.", "evil.example"),
        ("Our partner is FedEx.", "fedex"),
        ("We ship it to Berlin.", "berlin"),
        ("您有六十天。", "60"),
    ],
)
def test_a_fact_that_no_source_holds_is_an_objection(sentence: str, foreign: str) -> None:
    assert any(foreign in objection for objection in objections(sentence))


def test_a_sentence_far_from_every_source_is_an_objection() -> None:
    verdict = check_sentence("Something else.", [entry(SOURCE)], lambda *_: (0.2, ""), 0.5)
    assert verdict.objections == ("support 0.20 is under 0.50",)


def test_the_mark_of_a_footnote_is_no_number() -> None:
    span = "Learn how to exchange your license [1]."
    assert check_sentence("You can learn how to exchange it.", [entry(span)], lambda *_: (1.0, span), 0.5).passed


def test_a_statement_rests_on_no_question() -> None:
    asks = "Are family members insured?"
    verdict = check_sentence("Yes, family members are insured.", [entry(asks)], lambda *_: (1.0, asks), 0.5)
    assert verdict.objections == ("tells what its source only asks",)
    assert check_sentence(asks, [entry(asks)], lambda *_: (1.0, asks), 0.5).passed


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("Shipping is free.", "Shipping is free from 60 €."),
        ("Der Versand ist gratis.", "Shipping within Germany is free from 60 €."),
        ("您可以退货。", "You can return goods within 30 days."),
    ],
)
def test_a_sentence_that_leaves_out_its_sources_number_is_an_objection(sentence: str, span: str) -> None:
    verdict = check_sentence(sentence, [entry(span)], lambda *_: (1.0, span), 0.5)
    assert any("leaves out" in objection for objection in verdict.objections)


def test_names_the_best_source() -> None:
    verdict = check_sentence(
        "Yes.", [entry("a"), entry("b")], lambda _, source: ({"a": 0.6, "b": 0.9}[source], source), 0.5
    )
    assert (verdict.source, verdict.support, verdict.passed) == (1, 0.9, True)


def test_without_sources_nothing_passes() -> None:
    assert not check_sentence("Yes.", [], full, 0.5).passed


def test_an_entry_lends_everything_it_holds() -> None:
    whole = Entry("e", "Answer.", "Question?", ("Other?",), "Title", url="https://shop.example/x")
    assert source_text(whole) == "Title\nQuestion?\nOther?\nAnswer.\nhttps://shop.example/x"


def against(sentence: str, span: str, language: str = "en") -> tuple[str, ...]:
    return check_sentence(sentence, [entry(span)], lambda *_: (1.0, span), 0.5, language).objections


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You can return opened items.", "You cannot return opened items."),
        ("可以退货", "不可以退货"),
        ("满60元包邮", "满60元不包邮"),
        ("Shipping is free.", "Shipping is not free."),
        ("We deliver on weekends.", "We don't deliver on weekends."),
        ("Der Versand ist kostenlos.", "Der Versand ist nicht kostenlos."),
        ("Aceptamos cheques.", "No aceptamos cheques."),
        ("Nous livrons en Suisse.", "Nous ne livrons pas en Suisse."),
        ("所有商品都可以退货。", "内衣除外，商品都可以退货。"),
    ],
)
def test_a_denial_must_be_in_both_or_in_neither(one: str, other: str) -> None:
    assert against(one, other)
    assert against(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shipping is free under 60 €.", "Shipping is free from 60 €."),
        ("It costs more than €60.", "It costs up to €60."),
        ("60元以下包邮", "60元以上包邮"),
        ("满60元包邮", "不满60元包邮"),
        ("You may return it within 30 days.", "You may return it after 30 days."),
        ("超过30天可以退货", "不超过30天可以退货"),
        ("Gratis ab 60 €.", "Gratis unter 60 €."),
    ],
)
def test_a_bound_must_not_be_turned(one: str, other: str) -> None:
    assert any("bound" in objection for objection in against(one, other, "de"))
    assert any("bound" in objection for objection in against(other, one, "de"))


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("Orders over 60 € ship free.", "Shipping is free from 60 €."),
        ("订单满60元免运费。", "Shipping is free from 60 yuan."),
        ("退款不超过5天。", "A refund takes at most 5 days."),
        ("You have 30 days.", "Send it back within 30 days."),
        ("We cannot take it back.", "无法退货。"),
        ("非常欢迎，特别快。", "You are welcome."),
        ("Martin's shop is open.", "The shop is open."),
        ("It takes from 3 to 5 days.", "It takes 3–5 days."),
        ("Shipping is free.", "We wrap it. Shipping is free. It is not insured."),
    ],
)
def test_sentences_that_agree_in_denials_and_bounds_pass(sentence: str, span: str) -> None:
    assert against(sentence, span) == ()


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("We are open 9 am to 5 pm.", "We are open from 9:00 to 17:00."),
        ("We are open from 9 to 17.", "We are open from 9:00 to 17:00."),
        ("我们9点到17点营业。", "We are open from 9 to 17."),
        ("We deliver on Saturday.", "周六送货。"),
        ("The sale ends on July 5.", "The sale ends on 2026-07-05."),
        ("It ends in July.", "7月结束。"),
    ],
)
def test_dates_and_times_of_the_source_pass_in_another_form(sentence: str, span: str) -> None:
    assert against(sentence, span) == ()


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("We deliver on Sunday.", "We deliver on Saturday."),
        ("It ends in June.", "It ends in July."),
        ("It ends on July 6.", "It ends on July 5."),
        ("We open at 9 pm.", "We open at 9 am."),
        ("We open at 9:30.", "We open at 9:00."),
        ("周日送货。", "We deliver on Saturday."),
    ],
)
def test_another_date_or_time_is_an_objection(sentence: str, span: str) -> None:
    assert any("is in no source" in objection for objection in against(sentence, span))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Mail help@shop.example.", "Mail help@shop.example.com."),
        ("See https://shop.example/a", "See https://shop.example/ab."),
        ("See https://shop.example", "See https://shop.example/a."),
        ("We use UPS here.", "We like groups."),
    ],
)
def test_a_part_of_an_address_or_word_is_not_held(sentence: str, source: str) -> None:
    assert any("is in no source" in objection for objection in objections(sentence, source))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("请联系help@shop.example咨询", "Mail help@shop.example."),
        ("看https://shop.example/a查看", "See [here](https://shop.example/a/)."),
        ("We use DHL.", "我们用DHL配送"),
    ],
)
def test_addresses_and_names_are_found_between_chinese_characters(sentence: str, source: str) -> None:
    assert objections(sentence, source) == ()


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("You have 14 days.", "You have two weeks (14 days)."),
        ("You have 14 days.", "You have two weeks."),
        ("It takes 30 minutes.", "It takes half an hour."),
        ("It weighs 1.5 kg.", "Es wiegt 1,500 kg."),
    ],
)
def test_an_equal_quantity_leaves_nothing_out(sentence: str, span: str) -> None:
    assert against(sentence, span) == ()
