import time

import pytest

from bot.reading.intent import PERSON_COMMAND, Intent, read_intent


@pytest.mark.parametrize(
    "text", ["hi", "Hello there!", "你好", "您好，在吗？", "Hallo", "¡Buenos días!", "👋", "hello, thank you"]
)
def test_greetings_are_greeted(text: str) -> None:
    assert read_intent(text) is Intent.GREETING


@pytest.mark.parametrize(
    "text", ["thanks a lot!", "谢谢你", "ok thanks, bye", "好的谢谢", "vielen Dank", "merci beaucoup"]
)
def test_thanks_are_taken(text: str) -> None:
    assert read_intent(text) is Intent.THANKS


@pytest.mark.parametrize("text", ["bye", "再见", "au revoir", "have a nice day!"])
def test_goodbyes_are_heard(text: str) -> None:
    assert read_intent(text) is Intent.GOODBYE


@pytest.mark.parametrize(
    "text",
    [
        "hi, where is my order?",
        "你好，请问怎么退货？",
        "ok, and what does it cost",
        "?",
        "thanks, but my parcel is broken",
    ],
)
def test_a_question_behind_a_greeting_stays_a_question(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        PERSON_COMMAND,
        "I want to talk to a real person",
        "how can I talk to a human",
        "转人工",
        "我不想跟机器人说话，找个客服人员",
        "Quiero hablar con una persona",
        "Kann ich mit einem Mitarbeiter sprechen?",
        "je veux parler à un conseiller",
        "agent",
    ],
)
def test_who_asks_for_a_person_is_understood(text: str) -> None:
    assert read_intent(text) is Intent.PERSON


@pytest.mark.parametrize(
    "text", ["人工客服几点上班？", "When can I reach a person on the phone?", "安装的人工费是多少"]
)
def test_a_question_about_people_is_no_wish_for_one(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "This is unacceptable, third time I write",
        "我要投诉你们",
        "worst service ever",
        "ich möchte mich beschweren",
        "你们就是骗子",
    ],
)
def test_complaints_are_recognised(text: str) -> None:
    assert read_intent(text) is Intent.COMPLAINT


@pytest.mark.parametrize("text", ["how do I file a complaint?", "怎么投诉？"])
def test_asking_how_to_complain_is_a_question(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


def test_a_very_long_text_is_read_in_no_time() -> None:
    assert read_intent("a " * 20_000) is Intent.QUESTION


@pytest.mark.parametrize("text", ["嗯" * 25 + "x", "ok " * 20 + "x", "谢谢你" * 24 + "啊哦", "super " * 13 + "x"])
def test_no_short_text_takes_long_to_read(text: str) -> None:
    # With one expression over all smalltalk these took from 4 s to minutes, and held every other customer.
    started = time.process_time()
    assert read_intent(text) is Intent.QUESTION
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "人工草坪多少钱",
            "人工皮革的包",
            "真人秀同款",
            "可以找经理打折吗",
            "不要别的机器人",
            "is this a real person?",
        ),
        *("transfer the gift card to someone", "Do I need a person over 18 to sign?"),
        "hand the parcel back to a staff member in your shop",
    ],
)
def test_words_for_people_in_questions_about_goods_are_no_wish_for_a_person(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        *("agent please", "human please", "人工", "找真人", "can someone call me"),
        "talk to a human please, I've been waiting how long now",
        "When will a human answer me? Get me a person!",
        "我要人工客服，什么时候能有人理我？",
    ],
)
def test_impatient_wishes_for_a_person_are_understood(text: str) -> None:
    assert read_intent(text) is Intent.PERSON


@pytest.mark.parametrize(
    "text",
    [
        *("垃圾袋的店在哪", "相机曝光补偿怎么调", "差评会删除吗", "Is this site a scam?"),
        "My tent was torn by thieves, can I buy a pole?",
        "I think my card was used for fraud, can I cancel?",
    ],
)
def test_angry_words_about_something_else_are_no_complaint(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize(
    "text", ["this is bullshit, where is my money", "You're useless", "我要投诉，都多长时间了还没到！"]
)
def test_a_complaint_stays_one_beside_a_question(text: str) -> None:
    assert read_intent(text) is Intent.COMPLAINT
