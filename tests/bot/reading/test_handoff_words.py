import time

import pytest

from bot.reading.handoff_words import HandoffWords


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["chargeback"], "I will do a CHARGEBACK!"),
        (["Small Claims"], "see you in small\n  claims court"),
        (["lawyer"], "我要找lawyer帮忙"),
        (["lawyer"], "my lawyer's letter"),
        (["退单"], "我要退单了"),
        (["환불"], "환불은 언제"),
        (["avocat"], "AVOCAT"),
        (["straße"], "STRASSE"),
        (["don't sell"], "please don’t sell"),
        (["café"], "cafe\u0301"),
        (["c++"], "I wrote it in C++."),
        (["x", "lawyer"], "lawyer"),
    ],
)
def test_a_word_of_the_owner_is_found(words: list[str], text: str) -> None:
    assert HandoffWords(words).found_in(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "anything"),
        (["law"], "lawyers and lawns"),
        (["sue"], "an issue"),
        (["pay pal"], "paypal"),
        (["退单"], "退货单"),
        (["", "  "], "anything"),
    ],
)
def test_a_part_of_a_word_is_not_found(words: list[str], text: str) -> None:
    assert not HandoffWords(words).found_in(text)


def test_many_words_are_looked_for_in_a_long_text_in_no_time() -> None:
    words = HandoffWords([f"word{n}" for n in range(200)] + ["a" * 50])
    started = time.process_time()
    assert not words.found_in("xa" * 20_000 + "a" * 40_000 + " xword7" * 5_000)
    assert time.process_time() - started < 2
