import subprocess
import sys

import pytest

from knowledge.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的订单在哪里", "zh"),
        ("我要 refund", "zh"),
        ("房间298元，很好", "zh"),
        ("注文はどこですか", "ja"),
        ("返品の方法", "ja"),
        ("주문 취소", "ko"),
        ("где мой заказ", "ru"),
        ("Де моє замовлення", "uk"),
        ("أين طلبي", "ar"),
        ("چطور پول پس بگیرم", "fa"),
        ("που είναι", "el"),
        ("איפה", "he"),
        ("สั่งซื้อ", "th"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
    ],
)
def test_the_script_decides_where_it_can(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("Wo ist mein Paket?", "de"),
        ("¿Dónde está mi pedido?", "es"),
        ("Bonjour, je veux annuler ma commande", "fr"),
        ("Como faço para cancelar?", "pt"),
        ("Waar is mijn bestelling?", "nl"),
        ("Gdzie jest moja paczka?", "pl"),
        ("How do I write 你好 in the app please", "en"),
    ],
)
def test_words_decide_among_latin_languages(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text", ["hi", "refund", "Password reset", "OK danke", "", "123 !!!", "😊", "https://wo.ist.das/mein-paket"]
)
def test_too_little_decides_nothing(text: str) -> None:
    assert detect(text, default="zh") == "zh"
    assert detect(text, ["en", "de"], default="de") == "de"


def test_only_candidates_are_answered() -> None:
    assert detect("Wo ist mein Paket?", ["de", "zh"]) == "de"
    assert detect("где мой заказ", ["en", "zh"], default="zh") == "zh"
    assert detect("我的订单在哪里", ["ja", "en"]) == "ja"
    assert detect("Де мій заказ", ["ru", "en"]) == "ru"


def test_a_foreign_language_is_not_mistaken_for_a_candidate() -> None:
    assert detect("Quiero cancelar mi pedido", ["en", "de"], default="en") == "en"


def test_names_numbers_and_addresses_do_not_decide() -> None:
    assert detect("订单 AB-12345 user.name@shop.example", default="en") == "zh"


def test_the_model_is_loaded_only_when_it_is_needed() -> None:
    code = (
        "import sys; from knowledge.language import detect; detect('我的订单'); detect('hi');"
        "assert 'py3langid' not in sys.modules; detect('where is my order'); assert 'py3langid' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
