import pytest

from knowledge.words import stop_words, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Refunds, cancelled ORDERS", ["refund", "cancelled", "order"]),
        ("Bus, glass and policies", ["bus", "glass", "and", "policy"]),
        ("¿Cuánto cuesta el envío?", ["cuanto", "cuesta", "el", "envio"]),
        ("Größe; GROSSE", ["grosse", "grosse"]),
        ("ＦＡＱ １２", ["faq", "12"]),
        ("costs 3.50 on 2024-05-01 at 9:30", ["cost", "3.50", "on", "2024", "05", "01", "at", "9:30"]),
        ("退货期", ["退", "货", "期", "退货", "货期"]),
        ("用App退货", ["用", "app", "退", "货", "退货"]),
        ("が", ["が"]),
        ("Мой", ["мой"]),
        ("?! …", []),
    ],
)
def test_folds_text_to_comparable_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize("word", ["the", "的", "para", "für", "être"])
def test_stop_words_are_in_the_form_of_words(word: str) -> None:
    assert set(words(word)) <= stop_words()


@pytest.mark.parametrize("word", ["refund", "cancel", "退", "envío", "Lieferung", "commande", "not available"])
def test_words_with_content_are_no_stop_words(word: str) -> None:
    assert not set(words(word)) <= stop_words()
