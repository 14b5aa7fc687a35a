"""What says the same goes together."""

import numpy as np
import pytest

from knowledge.calibration.related import groups
from knowledge.corpus.entry import Entry
from tests.fakes.shop import contents_of, shop


def all_groups(entries: list[Entry]) -> list[set[str]]:
    rows = np.arange(len(entries), dtype=np.int32)
    return [{entries[row].id for row in group} for group in groups(contents_of(entries), rows)]


def test_entries_that_say_different_things_stand_for_themselves() -> None:
    entries = shop()
    assert all_groups(entries) == [{entry.id} for entry in entries]


def test_pieces_of_one_section_go_together() -> None:
    pieces = [
        Entry(f"p{i}", text, "Sending back", language="en") for i, text in enumerate(["Within 14 days.", "Free."])
    ]
    assert all_groups([*shop(), *pieces])[-1] == {"p0", "p1"}


def test_copies_of_an_answer_go_together() -> None:
    copy = Entry("copy", "A lamp is shipped within 11 days.", "Is light sold?", language="en")
    assert all_groups([*shop(), copy])[-1] == {"copy", "lamp"}


def test_equal_answers_about_two_subjects_are_two() -> None:
    hotels = [
        Entry(f"{hotel}-{what}", "Yes, free of charge.", f"Is there {what}?", title=hotel, language="en")
        for hotel in ("Anchor", "Bridge")
        for what in ("parking", "breakfast")
    ]
    assert all_groups(hotels)[0].isdisjoint({"Bridge-parking", "Bridge-breakfast"})


def test_translations_go_together() -> None:
    # Without a model only names and numbers are the same in two languages.
    words = {"saddle": "Sattel", "helmet": "Helm", "lamp": "Lampe"}
    english = [Entry(w, f"Item X{i}77 costs {i}99 ZR.", f"{w} X{i}77 ZR", language="en") for i, w in enumerate(words)]
    german = [
        Entry(w, f"Artikel X{i}77 kostet {i}99 ZR.", f"{w} X{i}77 ZR", language="de")
        for i, w in enumerate(words.values())
    ]
    assert all_groups([*english, *german])[0] == {"saddle", "Sattel"}


@pytest.mark.parametrize("rows", [[0, 3], [3]])
def test_some_rows_are_enough(rows: list[int]) -> None:
    found = groups(contents_of(shop()), np.array(rows, np.int32))
    assert found == [frozenset({row}) for row in rows]
