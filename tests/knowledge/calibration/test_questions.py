"""Each entry is asked what it answers, by a text that it cannot be found by."""

from dataclasses import replace

import numpy as np

from knowledge.calibration.questions import MOST_QUESTIONS, Held, questions, sampled
from knowledge.corpus.entry import Entry
from knowledge.snapshot.contents import Contents
from tests.fakes.shop import THINGS, contents_of, shop


def of(entries: list[Entry]) -> list[Held]:
    found = contents_of(entries)
    return questions(found, sampled(found))


def test_every_question_of_a_small_shop_is_asked_while_it_is_hidden(contents: Contents) -> None:
    asked = questions(contents, sampled(contents))
    assert {held.row for held in asked} == set(range(len(THINGS)))
    assert all(held.hidden == held.text.casefold() for held in asked)
    assert all(held.language == "en" for held in asked)


def test_what_a_machine_wrote_is_never_asked_nor_what_it_had_seen() -> None:
    entries = [replace(entry, written=(f"is the {entry.id} overdue", f"late {entry.id}")) for entry in shop()]
    asked = {held.text for held in of(entries)}
    assert asked == {text for entry in entries for text in entry.similar}


def test_a_single_question_is_asked_in_other_words() -> None:
    asked = of([Entry("a", "Within 14 days.", "How do I return a complete bike?", language="en")])
    assert "return complete bike" in {held.text for held in asked}
    assert "How do I return a complete bike?" not in {held.text for held in asked}


def test_where_entries_share_a_subject_it_was_named_before() -> None:
    hotels = [
        Entry(f"{i}", f"Yes {i}.", f"Is there parking {i}?", title="ABC"[i % 3], language="en") for i in range(6)
    ]
    assert {held.before for held in of(hotels)} == {("A",), ("B",), ("C",)}


def test_of_many_entries_an_even_sample_is_asked() -> None:
    found = contents_of(shop([f"thing{i}" for i in range(900)]))
    rows = sampled(found)
    assert rows[0] == 0
    assert rows[-1] == 899
    assert set(np.diff(rows).tolist()) <= {2, 3}
    assert len(questions(found, rows)) <= MOST_QUESTIONS
