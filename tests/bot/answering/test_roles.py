"""What we do is not told as the customer's to do."""

import pytest

from bot.answering.check import check_sentence
from bot.answering.roles import turned_roles
from knowledge.corpus.entry import Entry


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("您保留10天，取货请带证件。", "为您保留 10 天，取货请带订单号和证件。"),
        ("您需要保留10天。", "我们给您保留 10 天。"),
        ("You keep it for 10 days.", "We keep it for you for 10 days."),
        ("You will pay the return.", "If it is broken, we pay the return."),
        ("We send it back.", "You can send it back within 30 days."),
        ("Sie holen das Paket ab.", "Wir holen das Paket ab."),
    ],
)
def test_who_does_it_must_be_the_same(sentence: str, span: str) -> None:
    assert list(turned_roles(sentence, span, span))
    entry = Entry("e", span)
    assert not check_sentence(sentence, [entry], lambda *_: (1.0, span), 0.5).passed


@pytest.mark.parametrize(
    ("sentence", "span", "source"),
    [
        ("为您保留10天。", "为您保留 10 天。", ""),
        ("我们为您保留10天。", "为您保留 10 天。", ""),
        ("您可以取货。", "为您保留 10 天，取货请带证件。", ""),
        ("We keep it for 10 days.", "We keep it for you for 10 days.", ""),
        ("You have 30 days.", "We have shops in Berlin, and you 30 days.", ""),
        ("You are welcome on Monday.", "We are open on Monday.", ""),
        ("You pay the return.", "We pay the return.", "We pay the return. Otherwise you pay the return."),
        ("You can return it to us.", "We refund what you return.", ""),
        ("Sie zahlen per Karte.", "Wir nehmen Karten an, und sie zahlen sich aus.", ""),
    ],
)
def test_the_same_in_other_words_passes(sentence: str, span: str, source: str) -> None:
    assert list(turned_roles(sentence, span, source or span)) == []
