from collections.abc import Sequence

import numpy as np

from bot.reading.summary import LONGEST, asks, central, sentences_of
from knowledge.embedders.base import Vectors

NEAR = {
    "The brake squeals when it rains.": 0,
    "The brake is loud in the wet.": 0.1,
    "My dog is called Rex.": 1.5,
    "The brake makes noise.": 0.05,
}


def embed(texts: Sequence[str]) -> Vectors:
    angles = np.array([NEAR[text] for text in texts], np.float32)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_sentences_that_tell_something_are_kept_once_and_in_order() -> None:
    told = sentences_of(["Hello!", "My brake squeals. It is new.", "/human", "thanks", "It is new."])

    assert told == ["My brake squeals.", "It is new."]


def test_a_sentence_without_an_end_is_cut() -> None:
    assert len(sentences_of(["word " * 500])[0]) == LONGEST


def test_questions_are_known_in_both_languages() -> None:
    assert asks("Where is my parcel")
    assert asks("包裹到哪里了")
    assert asks("It broke, can you help?")
    assert not asks("The brake squeals.")
    assert not asks("刹车有异响。")


def test_the_most_central_sentences_tell_the_matter() -> None:
    told = list(NEAR)

    assert "My dog is called Rex." not in central(told, embed, 3)
    assert central(told, embed, 3) == [each for each in told if each != "My dog is called Rex."]
    assert central(told[:2], embed) == told[:2]
