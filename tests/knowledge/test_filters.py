"""A filter holds inside the search: what it does not admit is neither found nor crowds out what it admits."""

from pathlib import Path

import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.filters import EVERYTHING, Filter
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

QUERY = "How do I return a parcel?"
CROWD = [Entry(f"in-{n}", f"{QUERY} Step {n}.", QUERY, tags=("Internal",), language="en") for n in range(300)]
HOTELS = [
    Entry(f"{hotel}-{what}", f"The {what} of {hotel}.", f"Is there a {what}?", title=hotel, tags=tags, language="en")
    for hotel, tags in (("Avalon", ("guests",)), ("Bedouin", ("internal", "guests")))
    for what in ("pool", "bar")
]
ENTRIES = [
    *CROWD,
    *HOTELS,
    Entry(
        "return", "Bring it to any shop.", "How can something be sent back?", tags=("shop", "Returns"), language="en"
    ),
    Entry("rückgabe", "Bringen Sie es in einen Laden.", "Wie gebe ich ein Paket zurück?", language="de"),
]
CUSTOMERS = Filter.of(without=["internal"])


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    embedder = HashingEmbedder()
    return Retriever(build(ENTRIES, [], embedder, Path(tmp_path_factory.mktemp("knowledge"))), embedder)


def found(
    retriever: Retriever, within: Filter, query: str = QUERY, k: int = 8, before: tuple[str, ...] = ()
) -> set[str]:
    (hits,) = retriever.retrieve([query], k, [before], within)
    return {hit.entry.id for hit in hits}


def test_without_a_filter_the_nearest_are_found(retriever: Retriever) -> None:
    assert all(id_.startswith("in-") for id_ in found(retriever, EVERYTHING))


def test_what_is_shut_out_crowds_nothing_out(retriever: Retriever) -> None:
    assert found(retriever, CUSTOMERS) == {"return", "rückgabe", "Avalon-pool", "Avalon-bar"}


def test_any_of_the_tags_is_enough_in_any_case(retriever: Retriever) -> None:
    assert found(retriever, Filter.of(tags=["returns", "no such tag"])) == {"return"}
    assert found(retriever, Filter.of(tags=["GUESTS "])) == {entry.id for entry in HOTELS}


def test_a_tag_that_shuts_out_is_stronger_than_one_that_admits(retriever: Retriever) -> None:
    assert found(retriever, Filter.of(tags=["guests"], without=["internal"])) == {"Avalon-pool", "Avalon-bar"}


def test_by_language(retriever: Retriever) -> None:
    assert found(retriever, Filter.of(languages=["DE"])) == {"rückgabe"}


def test_earlier_turns_bring_nothing_in_that_is_shut_out(retriever: Retriever) -> None:
    before = ("I have a room at Bedouin", "the bar of Bedouin")
    assert found(retriever, EVERYTHING, "Is there a pool?", 1, before) == {"Bedouin-pool"}
    assert found(retriever, CUSTOMERS, "Is there a pool?", 8, before).isdisjoint({"Bedouin-pool", "Bedouin-bar"})


def test_nothing_is_found_where_nothing_is_admitted(retriever: Retriever) -> None:
    assert found(retriever, Filter.of(tags=["no such tag"])) == set()


def test_a_filter_changes_no_figure_of_what_it_admits(retriever: Retriever) -> None:
    query = "Bringen Sie es in einen Laden"
    (free,), (shut,) = retriever.retrieve([query], 1), retriever.retrieve([query], 1, within=CUSTOMERS)
    assert [hit.entry for hit in free] == [hit.entry for hit in shut]
    measured = ("score", "closeness", "coverage", "relevance")
    assert [getattr(free[0], name) for name in measured] == pytest.approx(
        [getattr(shut[0], name) for name in measured]
    )
