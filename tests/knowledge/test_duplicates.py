"""Copies stand for one another; what differs in anything that tells a fact does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus.entry import Entry
from knowledge.duplicates import copies, said, without_copies
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.filters import EVERYTHING, FOR_CUSTOMERS, Filter
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from tests.fakes.shop import shop

PETS = Entry(
    "pets", "No, pets are not allowed. A fine is 4.90 €.", "Are pets allowed?", title="Avalon", language="en"
)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"answer": "no,  pets are NOT allowed – a fine is 4.90 €"},
        {"question": "are pets allowed"},
        {"tags": ("house rules",)},
        {"similar": ("dogs?",)},
    ],
)
def test_the_same_in_other_dress_is_a_copy(change: dict[str, str]) -> None:
    assert said(replace(PETS, **change)) == said(PETS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Bedouin"},
        {"question": "Are dogs allowed?"},
        {"language": "de"},
        {"url": "https://shop.example/pets"},
        {"answer": "No, pets are allowed. A fine is 4.90 €."},
        {"answer": "No, pets are not allowed. A fine is 49.0 €."},
        {"answer": "No, pets are not allowed. A fine is -4.90 €."},
        {"answer": "No, pets are not allowed. A fine is 4.90 $."},
        {"answer": "No, pets are not allowed. A fine is 4.90 € ✗."},
    ],
)
def test_what_differs_in_a_fact_is_no_copy(change: dict[str, str]) -> None:
    assert said(replace(PETS, **change)) != said(PETS)  # type: ignore[arg-type]


def test_a_copy_with_questions_of_its_own_can_still_be_found_by_them() -> None:
    entries = [replace(PETS, id=str(n)) for n in range(3)]
    entries.append(replace(PETS, id="3", similar=("Can my hamster come?",)))
    groups = copies(entries)
    assert without_copies(groups, np.ones(4, np.bool_)).tolist() == [True, True, False, True]
    assert without_copies(groups, np.array([False, True, True, True])).tolist() == [False, True, True, True]
    assert without_copies(groups, np.zeros(4, np.bool_)).tolist() == [False] * 4


def retriever_of(entries: list[Entry], folder: Path) -> Retriever:
    embedder = HashingEmbedder()
    return Retriever(build(entries, [], embedder, folder), embedder)


def found(retriever: Retriever, query: str, within: Filter = EVERYTHING) -> list[str]:
    return [hit.entry.id for hit in retriever.retrieve([query], 3, within=within)[0]]


def test_a_thousand_copies_fill_two_places(tmp_path: Path) -> None:
    many = [replace(PETS, id=f"copy-{n}", answer=PETS.answer + "!" * (n % 3)) for n in range(1000)]
    others = [
        Entry("pool", "The pool opens at 8.", "When does the pool open?", title="Avalon", language="en"),
        Entry("cats", "Cats may come.", "Are cats allowed?", title="Bedouin", language="en"),
    ]
    hits = found(retriever_of([*many, *others], tmp_path), "Are pets allowed?")
    assert hits[:2] == ["copy-0", "copy-1"]
    assert hits[2] in {"pool", "cats"}


def test_copies_change_nothing_of_what_else_is_found_and_how_sure_it_is(tmp_path: Path) -> None:
    twice = [*shop(), replace(shop()[0], id="copy-0")]
    often = [*twice, *(replace(shop()[0], id=f"copy-{n}") for n in range(1, 300))]
    few, many = (retriever_of(entries, tmp_path / str(len(entries))) for entries in (twice, often))
    for query in ("pedal shipped when", "when does my saddle come", "is there a lamp"):
        one, other = (retriever.retrieve([query], 5)[0] for retriever in (few, many))
        assert [hit.entry.id for hit in one] == [hit.entry.id for hit in other]
        for name in ("score", "relevance", "closeness", "coverage", "peak"):
            told = [[getattr(hit, name) for hit in hits] for hits in (one, other)]
            assert told[0] == pytest.approx(told[1], abs=1e-3), name


def test_copies_with_different_questions_fill_two_places(tmp_path: Path) -> None:
    several = [replace(PETS, id=f"copy-{n}", similar=(f"May animal number {n} come?",)) for n in range(5)]
    retriever = retriever_of([*several, Entry("pool", "It opens at 8.", "When does the pool open?")], tmp_path)
    hits = found(retriever, "May animal number 3 come?")
    assert (hits[0], hits[2]) == ("copy-3", "pool")


def test_an_internal_copy_hides_no_public_one(tmp_path: Path) -> None:
    hidden = [replace(PETS, id=f"hidden-{n}", tags=("internal",)) for n in range(3)]
    entries = [*hidden, replace(PETS, id="public")]
    retriever = retriever_of(entries, tmp_path)
    assert len(found(retriever, "Are pets allowed?")) == 2
    assert found(retriever, "Are pets allowed?", FOR_CUSTOMERS) == ["public"]
