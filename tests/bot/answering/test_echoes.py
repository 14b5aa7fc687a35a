"""A sentence that gives back what the customer said is no answer."""

import pytest

from bot.answering.check import check_sentence
from bot.answering.echoes import echoes, says_nothing_new
from knowledge.corpus.entry import Entry


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("Yes, I am a veteran.", "i am a veteran"),
        ("When you should not apply for plates.", "When should I not apply for plates?"),
        ("You need help with types of identification cards.", "hi i need help about Types of identification cards"),
        ("运费多少。", "运费多少?"),
    ],
)
def test_a_question_or_a_statement_said_again_says_nothing_new(sentence: str, asked: str) -> None:
    assert says_nothing_new(sentence, asked)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("Yes, extra beds can be requested.", "Can you request an extra bed?"),
        ("Yes, WiFi is on the train.", "Hello! Is there WiFi on the train?"),
        ("可以退货。", "可以退货吗?"),
        ("Shipping costs 4 €.", "What does shipping cost?"),
        ("You can park in the yard.", "Where can I park?"),
        ("Kostenlos parken kann man im Hof.", "Kann man kostenlos im Hof parken?"),
        ("You can.", "What can I do?"),
        ("Parking is in the yard.", ""),
    ],
)
def test_what_answers_is_new(sentence: str, asked: str) -> None:
    assert not says_nothing_new(sentence, asked)


@pytest.mark.parametrize(
    ("sentence", "span", "wrong"),
    [
        ("Yes, I am a veteran.", "As a veteran, you are protected.", True),
        ("我可以退货。", "收货后 30 天内可以退货。", True),
        ("我们 30 天内接受退货。", "收货后 30 天内可以退货。", False),
        ("Say: I want to return my order.", "Say: I want to return my order, and name its number.", False),
        ("You can return it.", "Goods can be returned.", False),
    ],
)
def test_the_bot_does_not_speak_as_the_customer(sentence: str, span: str, wrong: bool) -> None:
    assert bool(list(echoes(sentence, span))) is wrong


def test_an_echo_does_not_pass_and_its_denial_may() -> None:
    entry = Entry("e", "Cars cannot be parked in the yard of the shop.", language="en")

    def support(sentence: str, source: str) -> tuple[float, str]:
        return 0.9, source

    asked = "Where in the yard of the shop can cars be parked?"
    told = [
        check_sentence(text, [entry], support, 0.5, "en", asked)
        for text in ("Cars be parked in the yard of the shop.", "In the yard of the shop no cars can be parked.")
    ]
    assert "only says the question again" in told[0].objections
    assert told[1].passed
