"""The same question in other words, always the same ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calibration.paraphrase import paraphrases
from knowledge.words import runs

QUESTIONS = [
    "How do I return a complete bike?",
    "What does the warranty cover, and for how long?",
    "保修包括哪些内容，保多久？",
    "Wie lange habe ich Zeit, um etwas zurückzusenden?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_said_otherwise_in_several_ways(question: str) -> None:
    said = paraphrases(question)
    assert len(said) >= 3
    assert len({"".join(runs(text)) for text in [question, *said]}) == len(said) + 1


def test_keywords_leave_out_what_carries_no_content() -> None:
    assert paraphrases("How do I return a complete bike?")[0] == "return complete bike"


def test_a_typo_changes_two_letters_about() -> None:
    typo = paraphrases("How do I return a complete bike?")[2]
    assert sorted(typo) == sorted("how do i return a complete bike")
    assert typo != "how do i return a complete bike"


def test_clauses_change_places() -> None:
    assert paraphrases("保修包括哪些内容，保多久？")[-1] == "保多久，保修包括哪些内容"


@given(st.text(max_size=60))
def test_any_text_gives_the_same_paraphrases_each_time_and_never_itself(text: str) -> None:
    said = paraphrases(text)
    assert said == paraphrases(text)
    assert "".join(runs(text)) not in {"".join(runs(other)) for other in said}
