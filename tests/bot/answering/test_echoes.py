"""A sentence that gives back what the customer said is no answer."""

import pytest

from bot.answering.check import check_sentence
from bot.answering.echoes import says_nothing_new, speaks_as_customer
from knowledge.corpus.entry import Entry


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("When you should not apply for plates.", "When should I not apply for plates?"),
        ("Die Karte gilt.", "Wo gilt die Karte?"),
        ("运费多少。", "运费多少?"),
        ("You need to manage your account.", "I need to manage my account."),
        ("You are a student.", "Hi, I'm a student. Which bike suits me?"),
        ("Sie brauchen eine Rechnung.", "Ich brauche eine Rechnung"),
        ("您需要修改地址。", "我需要修改地址"),
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
        ("Enviamos a Canadá.", "¿Envían a Canadá?"),
        ("Hunde sind erlaubt.", "Hunde erlaubt?"),
        ("We ship to Canada.", "Hi Anna, I'd like to know if you ship to Canada"),
        ("You can pay with PayPal.", "pay with paypal"),
        ("You can pay by card.", "How can I pay, by card or in cash?"),
        ("可以用微信支付。", "可以用微信支付还是支付宝支付？"),
        ("Parking is in the yard.", ""),
        ("You need a receipt to return it.", "do I need a receipt to return it"),
        ("You need a receipt to return it.", "I need a receipt to return it?"),
        ("You can change your address.", "I need to change my address."),
        ("You can return it.", "I can return it, right"),
        ("You need a printer to return it.", "I need to return it."),
        ("您可以修改地址。", "我需要修改地址"),
    ],
)
def test_what_answers_is_new(sentence: str, asked: str) -> None:
    assert not says_nothing_new(sentence, asked)


@pytest.mark.parametrize(
    ("sentence", "source", "wrong"),
    [
        ("Yes, I am a veteran.", "As a veteran, you are protected.", True),
        ("我可以退货。", "收货后 30 天内可以退货。", True),
        ("Yes, my plate has been stolen.", "Tell us when a plate has been stolen.", True),
        ("My orders shows it.", "Open My orders: it shows the item.", False),
        ("我的订单已发货。", "订单已发货。", True),
        ("我们 30 天内接受退货。", "收货后 30 天内可以退货。", False),
        ("Say: I want to return my order.", "Say: I want to return my order, and name its number.", False),
        ("You can return it.", "Goods can be returned.", False),
        ("The shop is open Mon to Fri.", "Our shop opens Monday to Friday.", False),
        ("I'm sorry, we do not ship to Canada.", "We do not ship to Canada.", False),
        ("In My orders choose the item.", "Open My orders. Choose the item.", False),
        ("我店 30 天内可退货。", "本店 30 天内可退货。", False),
    ],
)
def test_the_bot_does_not_speak_as_the_customer(sentence: str, source: str, wrong: bool) -> None:
    assert speaks_as_customer(sentence, source) is wrong


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
