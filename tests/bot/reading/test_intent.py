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
    "text", ["you are scammers, where is my money", "What a rip-off", "我要投诉，都多长时间了还没到！"]
)
def test_a_complaint_stays_one_beside_a_question(text: str) -> None:
    assert read_intent(text) is Intent.COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        *("this is ridiculous", "This is unacceptable!!!", "You're useless", "stupid bot", "What the hell", "😡😡"),
        *("Absolutely disgusted. My brakes failed.", "I'm so fed up with waiting", "you people are such idiots"),
        *("气死我了", "你们太过分了！", "这是什么服务态度", "你是不是傻逼", "忍无可忍了"),
        *("Esto es inaceptable", "¡Son unos inútiles!", "estoy muy harto"),
        *("Das ist doch eine Frechheit!", "Ich bin echt sauer", "Ihr seid alle unfähig", "blöder Bot"),
        *("C'est vraiment inadmissible !", "j'en ai marre", "Vous êtes nuls", "je suis très en colère"),
    ],
)
def test_anger_is_heard(text: str) -> None:
    assert read_intent(text) is Intent.UPSET


@pytest.mark.parametrize(
    "text",
    [
        *("WHERE IS MY ORDER!!!", "hello\nWHERE IS MY ORDER?!", "I'VE BEEN WAITING FOR TWO WEEKS!!"),
        *("¡¡DÓNDE ESTÁ MI PEDIDO!!", "WO BLEIBT MEINE BESTELLUNG!!", "OÙ EST MA COMMANDE !!!"),
    ],
)
def test_shouting_is_heard(text: str) -> None:
    assert read_intent(text) is Intent.UPSET


@pytest.mark.parametrize(
    "text",
    [
        "this is bullshit, where is my money",
        "This is ridiculous how long do I have to wait?",
        "气死我了，什么时候发货？",
        "Das ist eine Frechheit, wann kommt mein Paket?",
        "C'est inacceptable, où est mon colis ?",
    ],
)
def test_anger_stays_anger_beside_a_question(text: str) -> None:
    assert read_intent(text) is Intent.UPSET


@pytest.mark.parametrize(
    "text",
    [
        *("is it ridiculous to order two?", "Would it be ridiculous to ask for a discount?", "ridiculously cheap"),
        *("Do you sell USB-C HDMI VGA cables!!", "See your FAQ!", "AB-1234 XY-99 USB-C HDMI!!", "WHERE IS MY ORDER"),
        *("WHERE IS MY ORDER!", "where is my order!!!", "Where is my parcel?!", "I LOVE THIS SHOP SO MUCH!!!"),
        *("📦😡😡 damaged!!! what now???", "Is this a joke gift?", "which items are unacceptable for return?"),
        *("my dog is angry at the vacuum", "this is useless without the adapter, where do I get it?"),
        *(
            "I'm done with my order, how do I pay?",
            "do you have a stupid robot vacuum",
            "does this pump suck in air?",
        ),
        *("这个滚筒怎么装", "送给你妈妈的礼物", "气死人不偿命是什么书", "其他妈的店", "这件太大了"),
        *("¿es ridículo pedir dos?", "Ist das lächerlich teuer?", "est-ce que c'est ridicule de demander ?"),
    ],
)
def test_what_only_looks_like_anger_stays_a_question(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize("text", ["thanks!!!", "THANK YOU SO MUCH!!!", "谢谢！！！", "GRACIAS!!", "ok great!!"])
def test_joy_is_no_anger(text: str) -> None:
    assert read_intent(text) is Intent.THANKS


@pytest.mark.parametrize(
    "text",
    [
        *("THIS IS " * 5000, "A" * 40_000, "!" * 40_000, "this is so " * 4000, "you are so really all " * 2000),
        *("fuck" * 10_000, "das ist doch ja echt " * 2000, "vous êtes tous " * 3000, "太" * 40_000, "你们" * 20_000),
        *(" " * 40_000 + "x", "\n" * 40_000, "ridiculous" + " " * 40_000 + "x", "'" * 40_000, "“" * 40_000),
    ],
    ids=lambda text: text[:8],
)
def test_no_long_text_takes_long_to_read(text: str) -> None:
    started = time.process_time()
    read_intent(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "I wrote three weeks ago and nobody has replied",
        "nobody replies to my mails",
        "This is a scam!",
        "You promised me a new frame",
        "I am going to report this to the ombudsman",
        "You refuse to refund me",
        "骗子！",
        "发了邮件没人回复",
        "你们迟迟不退款",
        "我要向消费者协会反映",
        "Niemand antwortet mir",
        "Nadie me responde",
        "Personne ne me répond",
    ],
)
def test_who_was_let_down_complains(text: str) -> None:
    assert read_intent(text) is Intent.COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        "What happens if nobody answers the door?",
        "送货的时候没人在家怎么办？",
        "How do I report a scam e-mail?",
        "Is my purchase covered by consumer protection?",
        "你们不退运费吗？",
        "什么时候发货？",
    ],
)
def test_a_question_with_words_of_a_complaint_is_none(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    ["could someone from the shop phone me", "not the bot please", "please call me back", "请叫客服给我回电话"],
)
def test_who_wants_a_call_wants_a_person(text: str) -> None:
    assert read_intent(text) is Intent.PERSON


@pytest.mark.parametrize(
    "text", ["I am not a robot", "Does the courier call me before delivery?", "送货前会打电话吗？"]
)
def test_other_calls_are_no_wish_for_a_person(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION


@pytest.mark.parametrize("text", ["你是真人吗", "are you a real person?"])
def test_who_asks_whether_a_person_answers_has_not_asked_for_one(text: str) -> None:
    assert read_intent(text) is Intent.QUESTION
