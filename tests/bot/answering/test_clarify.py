from pathlib import Path

import pytest

from bot.answering.answer import Mode, Outcome, PastTurn, Question, Reason, Sentence
from bot.answering.answerer import Answerer, Policy
from bot.answering.clarify import Doubt, choices, chosen, name_of
from bot.answering.find import Search
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.extractive import ExtractiveGenerator
from knowledge.confidence import Weights
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.hits import Hit
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

ALWAYS = Doubt(margin=10.0, closeness=-10.0)
SHIPPING = (
    Entry("de", "Shipping within Germany costs 4 €.", "What does shipping within Germany cost?", language="en"),
    Entry("ch", "Shipping to Switzerland costs 12 €.", "What does shipping to Switzerland cost?", language="en"),
    Entry("no", "Shipping to Norway costs 15 €.", "What does shipping to Norway cost?", language="en"),
    Entry("hours", "We are open from 9 to 18.", "When are you open?", language="en"),
)
UNCLEAR = "shipping cost?"


def hit(name: str, relevance: float = 0.5, closeness: float = 1.0, language: str = "en", **parts: str) -> Hit:
    entry = Entry(
        name, parts.get("answer", f"The answer {name}."), parts.get("question", f"{name}?"), language=language
    )
    return Hit(entry, 0.8, "", "question", closeness, 0.5, relevance)


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [each.entry.id for each in hits]


def test_two_that_fit_equally_are_offered_best_first() -> None:
    assert ids(choices([hit("a", 0.52), hit("b", 0.50), hit("c", 0.30)], "en", Doubt())) == ["a", "b"]


def test_one_that_fits_clearly_better_is_no_question() -> None:
    assert choices([hit("a", 0.60), hit("b", 0.50)], "en", Doubt()) == ()


@pytest.mark.parametrize(("first", "second"), [(0.4, 0.4), (1.0, 0.4), (0.4, 1.0)])
def test_what_is_not_close_fits_nothing(first: float, second: float) -> None:
    assert choices([hit("a", closeness=first), hit("b", closeness=second)], "en", Doubt()) == ()


def test_no_more_than_three_are_offered() -> None:
    assert ids(choices([hit(name) for name in "abcdef"], "en", Doubt())) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "other",
    [
        hit("b", answer="The answer a."),  # a copy
        hit("b", language="zh"),  # a translation
        hit("b", question="A?"),  # called alike
    ],
)
def test_what_says_the_same_or_is_called_the_same_is_no_choice(other: Hit) -> None:
    assert choices([hit("a"), other], "en", Doubt()) == ()


def test_only_entries_in_the_customers_language_are_offered() -> None:
    mixed = [hit("a-zh", language="zh"), hit("a"), hit("b-zh", language="zh"), hit("b")]
    assert ids(choices(mixed, "en", Doubt())) == ["a", "b"]
    assert ids(choices(mixed, "zh", Doubt())) == ["a-zh", "b-zh"]
    assert choices(mixed, "de", Doubt()) == ()


def test_nothing_found_offers_nothing() -> None:
    assert choices([], "en", Doubt()) == choices([hit("a")], "en", Doubt()) == ()


def test_a_choice_is_called_by_its_question_in_one_line() -> None:
    assert name_of(Entry("a", "Yes.", "Do you\nship?", title="Shipping")) == "Do you ship?"
    assert name_of(Entry("a", "Yes.", title="Shipping")) == "Shipping"


OFFERED = PastTurn("bot", "Which?", refused=True, choices=("Ship to Norway?", "Ship to Peru?"))


@pytest.mark.parametrize("number", ["2", " 2. ", "2)", "#2", "２", "2。"])
def test_a_number_in_reply_is_the_choice_that_stands_there(number: str) -> None:
    assert chosen(Question(number, (OFFERED,))).text == "Ship to Peru?"


@pytest.mark.parametrize("text", ["3", "0", "2 weeks", "-1", "two", ""])
def test_everything_else_is_what_it_is(text: str) -> None:
    assert chosen(Question(text, (OFFERED,))).text == text


def test_a_number_is_a_choice_only_right_after_it_was_offered() -> None:
    later = (OFFERED, PastTurn("customer", "x"), PastTurn("bot", "y"))
    assert [chosen(Question("2", history)).text for history in ((), later)] == ["2", "2"]


def asked_back(folder: Path, doubt: Doubt | None, threshold: float = 0.99, known: Weights | None = None) -> Answerer:
    embedder = HashingEmbedder()
    retriever = Retriever(build(SHIPPING, [], embedder, folder), embedder)
    speaker = Speaker(None, ExtractiveGenerator(), SpanSupport(retriever), Manner())
    return Answerer(retriever, speaker, Policy(threshold=threshold, search=Search(known=known), doubt=doubt))


def test_asks_back_instead_of_refusing_with_what_can_be_chosen(tmp_path: Path) -> None:
    released: list[Sentence] = []
    answer = asked_back(tmp_path, ALWAYS).answer(Question(UNCLEAR), released.append)
    assert (answer.outcome, answer.mode, answer.reason) == (
        Outcome.CLARIFIED,
        Mode.CLARIFY,
        Reason.MISSING_KNOWLEDGE,
    )
    titles = [source.title for source in answer.sources]
    assert set(titles) <= {entry.question for entry in SHIPPING}
    assert len(titles) == 3
    assert all(f"{number}. {title}" in answer.text.splitlines() for number, title in enumerate(titles, 1))
    assert (answer.sentences, released) == ((), [])


def test_refuses_where_asking_back_is_switched_off(tmp_path: Path) -> None:
    assert asked_back(tmp_path, None).answer(Question(UNCLEAR)).outcome is Outcome.REFUSED


@pytest.mark.parametrize(("bias", "outcome"), [(9.0, Outcome.CLARIFIED), (-9.0, Outcome.REFUSED)])
def test_asks_back_only_where_it_is_likely_that_anything_answers(
    tmp_path: Path, bias: float, outcome: Outcome
) -> None:
    answerer = asked_back(tmp_path, ALWAYS, known=Weights(bias=bias))
    assert answerer.answer(Question(UNCLEAR)).outcome is outcome


def test_what_is_sure_enough_is_answered_whatever_else_fits(tmp_path: Path) -> None:
    assert asked_back(tmp_path, ALWAYS, threshold=0.0).answer(Question(UNCLEAR)).outcome is Outcome.ANSWERED


def test_a_choice_by_its_name_or_number_gets_its_entry(tmp_path: Path) -> None:
    asking, answering = asked_back(tmp_path, ALWAYS), asked_back(tmp_path, ALWAYS, threshold=0.35)
    offer = asking.answer(Question(UNCLEAR))
    history = (PastTurn("customer", UNCLEAR), offer.as_past)
    for number, source in enumerate(offer.sources, 1):
        for text in (source.title, str(number)):
            answer = answering.answer(Question(text, history))
            assert (answer.outcome, answer.sources[0].id) == (Outcome.ANSWERED, source.id)


def test_is_never_asked_back_twice_in_a_row(tmp_path: Path) -> None:
    asking = asked_back(tmp_path, ALWAYS)
    history = (PastTurn("customer", UNCLEAR), asking.answer(Question(UNCLEAR)).as_past)
    again = asking.answer(Question("the shipping cost", history))
    assert (again.outcome, again.reason) == (Outcome.HANDED_OVER, Reason.REPEATED_REFUSAL)
