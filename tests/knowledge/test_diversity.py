"""What is picked tells more each time; relevance still comes first."""

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.diversity import diverse, likeness, mmr
from knowledge.hits import Hit


def hit(id_: str, answer: str, relevance: float) -> Hit:
    return Hit(Entry(id_, answer), relevance, answer, "answer", relevance=relevance)


CARD = hit("card", "You can pay by credit card in every shop.", 0.9)
CARD_TOO = hit("card too", "Pay by credit card in every shop, you can.", 0.85)
TRANSFER = hit("transfer", "A bank transfer takes two days.", 0.8)
WEATHER = hit("weather", "It rains.", 0.1)


def test_what_says_the_same_comes_after_what_says_more() -> None:
    assert diverse([CARD, CARD_TOO, TRANSFER, WEATHER], 2) == [CARD, TRANSFER]
    assert diverse([CARD, CARD_TOO, TRANSFER, WEATHER], 3) == [CARD, TRANSFER, CARD_TOO]


def test_being_different_is_not_enough() -> None:
    assert WEATHER not in diverse([CARD, TRANSFER, CARD_TOO, WEATHER], 3)


def test_the_first_ones_stay_whatever_they_are() -> None:
    assert diverse([CARD, CARD_TOO, TRANSFER], 3, first=2) == [CARD, CARD_TOO, TRANSFER]


def test_fewer_than_wanted_come_all() -> None:
    assert diverse([CARD], 3) == [CARD]
    assert diverse([], 3) == []
    assert mmr(np.zeros(2), np.eye(2), 5) == [0, 1]


def test_likeness_is_the_cosine_of_content_words() -> None:
    alike = likeness(["red shirt", "shirt, red", "red scarf", "", "银行转账"])
    assert np.allclose(alike[0], [1, 1, 0.5, 0, 0])
    assert alike[4, 4] > 0.99
