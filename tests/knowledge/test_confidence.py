"""How sure a hit is: what raises it, what cannot be told, and what two languages change."""

from dataclasses import replace

import pytest

from knowledge.confidence import SLACK, Weights, confidence, features, prefer_language
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit

HIT = Hit(
    Entry("a", "Yes.", "Is it?", language="en"),
    score=0.8,
    matched="Is it?",
    field="question",
    closeness=1.2,
    nearness=1.1,
    coverage=0.7,
    relevance=0.8,
    peak=0.4,
    shared=11.0,
)
OTHER = replace(HIT, entry=Entry("b", "No.", "Was it?", language="en"), closeness=0.9, relevance=0.7)


def test_a_hit_is_told_by_its_own_numbers_and_its_lead() -> None:
    told = features([HIT, OTHER], "en")
    assert told == pytest.approx((1.2, 0.7, 0.1, 1.1, 0.0, 0.0, 0.0, 0.4, 0.3))


def test_an_entry_without_a_question_is_told_apart() -> None:
    passage = replace(HIT, entry=replace(HIT.entry, question=""), coverage=1.0)
    told = features([passage, OTHER], "en")
    assert (told.passage, told.held) == (1, pytest.approx(0.3))
    assert features([replace(passage, entry=replace(HIT.entry, similar=("Is it?",), question=""))], "en").passage == 0


def test_between_two_languages_words_tell_nothing_and_that_is_noted() -> None:
    told = features([HIT, OTHER], "es")
    assert told.across == 1
    assert told.coverage == features([replace(HIT, coverage=0.0), OTHER], "es").coverage
    assert told.shared == 0


def test_words_enough_for_one_question_are_no_surer_for_their_number() -> None:
    some, many = (features([replace(HIT, shared=weight), OTHER], "en").shared for weight in (20.0, 80.0))
    assert some == many > features([HIT, OTHER], "en").shared


def test_an_entry_whose_language_is_unknown_is_not_across() -> None:
    assert features([replace(HIT, entry=replace(HIT.entry, language=""))], "es").across == 0


def test_a_translation_is_no_rival() -> None:
    translation = replace(OTHER, entry=replace(OTHER.entry, language="de"))
    assert features([HIT, translation], "en").margin == features([HIT], "en").margin


def test_passages_without_any_heading_are_rivals() -> None:
    one, other = (replace(hit, entry=replace(hit.entry, question="")) for hit in (HIT, OTHER))
    assert features([one, other], "en").margin == pytest.approx(0.1)
    headed = [replace(hit, entry=replace(hit.entry, title="Returns")) for hit in (one, other)]
    assert features(headed, "en").margin != pytest.approx(0.1)


def test_what_is_lost_between_two_languages_is_made_up_for() -> None:
    hits = [replace(HIT, coverage=0.4), OTHER]
    assert confidence(hits, Weights(), "es") > confidence(hits, Weights(), "en")
    assert confidence(hits, Weights(across=0.0), "es") == confidence(hits, Weights(across=0.0), "en")


def test_without_hits_nothing_is_sure() -> None:
    assert confidence([], Weights(), "en") == 0


def test_a_confidence_never_overflows() -> None:
    assert confidence([HIT], Weights(bias=-1e6), "en") == 0
    assert confidence([HIT], Weights(bias=1e6), "en") == 1


@pytest.mark.parametrize(("lag", "first"), [(SLACK / 2, "a-de"), (SLACK * 2, "a")])
def test_the_customers_language_comes_first_where_it_is_nearly_as_close(lag: float, first: str) -> None:
    german = replace(HIT, entry=Entry("a-de", "Ja.", "Ist es?", language="de"), closeness=HIT.closeness - lag)
    assert prefer_language([HIT, german], "de")[0].entry.id == first
