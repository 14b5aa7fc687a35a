import pytest

from bot.answering.answer import Answer, Mode, Outcome, Sentence, Source
from bot.commands.evaluating_answers import foreign_facts
from knowledge.corpus.entry import Entry

TUBES = Entry("tubes", "An inner tube costs €5.90.", title="Tubes")


def answer(text: str) -> Answer:
    said, source = Sentence(text, ("tubes",)), Source("tubes", "Tubes", None, 0.9)
    return Answer(Outcome.ANSWERED, Mode.VERBATIM, text, "en", 0.9, (said,), (source,))


@pytest.mark.parametrize("asked", ["What do 4 tubes cost?", "What do four tubes cost?", "四条内胎多少钱？"])
def test_a_count_is_the_customers_own_in_digits_and_in_words(asked: str) -> None:
    assert foreign_facts(asked, answer("4 × €5.90 = €23.60"), {"tubes": TUBES}) == 0


def test_a_count_that_nobody_named_is_foreign() -> None:
    assert foreign_facts("What do tubes cost?", answer("4 × €5.90 = €23.60"), {"tubes": TUBES}) == 1


def test_outside_an_equation_a_number_of_the_question_needs_a_source() -> None:
    assert foreign_facts("Do four tubes cost €20?", answer("They cost €20."), {"tubes": TUBES}) == 1
