import pytest

from bot.answering.guard import guard, new_facts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("it costs 39 euro", "Please note that the price is €39."),
        ("your order PW-20931 left on 12 May", "Dear Customer, order PW-20931 left us on May 12."),
        ("we dont ship to Norway", "I am sorry that we do not ship to Norway."),
        ("write to help@pedalwren.example", "Please write to help@pedalwren.example."),
        ("two weeks at most", "14 days at most"),
    ],
)
def test_other_words_with_the_same_facts_pass(before: str, after: str) -> None:
    assert guard(before, after, "en").passed


@pytest.mark.parametrize(
    ("before", "after", "lost", "added"),
    [
        ("It costs €39.", "It is not expensive.", "39 euro", None),
        ("It costs €39.", "It costs €38.", "39 euro", "38 euro"),
        ("It leaves on 12 May.", "It leaves soon.", "05-12", None),
        ("See https://a.example/x for more.", "See our page for more.", "https://a.example/x", None),
        ("See our page for more.", "See https://b.example for more.", None, "https://b.example"),
        ("Your order PW-20931 is here.", "Your order PW-20913 is here.", "PW-20931", "PW-20913"),
        ("I asked Tom about it.", "I asked about it.", "tom", None),
        ("I asked about it.", "I asked Tom about it.", None, "tom"),
    ],
)
def test_a_fact_that_is_lost_or_added_is_named(before: str, after: str, lost: str | None, added: str | None) -> None:
    found = guard(before, after, "en")

    assert not found.passed
    assert found.lost == ((lost,) if lost else ())
    assert found.added == ((added,) if added else ())


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("We cant refund it after 14 days.", "We can refund it after 14 days.", "turned"),
        ("Can you send it to us?", "We would like to have it sent to us.", "turned"),
        ("The bike is ready.", "Dear [Name], the bike is ready.", "placeholder"),
        ("The bike is ready for you.", "自行车已经为您准备好了。", "language"),
        ("The bike is ready.", "![x](https://evil.example/x) The bike is ready.", "form"),
        ("The bike is ready for you in our shop, come whenever you like.", "Ready.", "length"),
        ("The bike is ready.", "  ", "empty"),
    ],
)
def test_words_that_say_something_else_are_known(before: str, after: str, kind: str) -> None:
    assert kind in guard(before, after, "en").other


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        (
            "您的订单PW-30412已于5月12日发货，运费39元。",
            "Your order PW-30412 was shipped on May 12, shipping is 39 yuan.",
            "en",
        ),
        ("The battery must be unused.", "电池必须未使用。", "zh"),
        ("We will replace it at no cost.", "我们将免费更换。", "zh"),
        ("Delivery is free from €60.", "满60欧元免费配送。", "zh"),
        (
            "客服一直不回复，太让人失望了！",
            "The customer service is always unresponsive, and I am disappointed!",
            "en",
        ),
    ],
)
def test_a_translation_holds_the_same_facts(before: str, after: str, language: str) -> None:
    assert guard(before, after, language).passed


def test_a_translated_name_is_doubtful_and_a_code_must_stay() -> None:
    assert guard("We ship to Berlin with DHL.", "我们用DHL寄到柏林。", "zh").doubtful == ("berlin",)
    assert guard("We ship it with DHL.", "我们用快递寄出。", "zh").lost == ("dhl",)


def test_a_translation_that_denies_or_forgets_a_price_does_not_pass() -> None:
    assert not guard("Batteries cannot be returned.", "电池可以退货。", "zh").passed
    assert not guard("Batteries cannot be returned after 14 days.", "电池不能在14天内退货。", "zh").passed
    assert not guard("We will replace it at no cost.", "我们将替换它。", "zh").passed
    assert guard("Ask us about it.", "Please feel free to ask us about it.", "en").passed
    assert not guard("整车运费39欧元。", "Bikes are delivered by freight.", "en").passed


def test_a_new_number_is_known_before_the_end() -> None:
    assert new_facts("It costs €39.", "It costs €40.")
    assert not new_facts("It costs €39 and leaves on Friday.", "It leaves on Friday.")
