"""A question that a machine wrote is kept if it leads back to its entry, and says something new."""

from dataclasses import replace
from pathlib import Path

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.roundtrip import RoundTrip
from knowledge.snapshot.builder import build
from tests.fakes.shop import shop


def trip(entries: list[Entry], folder: Path) -> RoundTrip:
    embedder = HashingEmbedder()
    return RoundTrip(build(entries, [], embedder, folder), embedder)


def test_what_leads_to_another_entry_is_left_out(tmp_path: Path) -> None:
    entries = shop()
    texts = ["how long for a saddle", "how long for a helmet", "saddle shipped within days?"]
    assert trip(entries, tmp_path).leading(entries[0], texts) == [texts[0], texts[2]]


def test_what_says_nothing_new_is_left_out(tmp_path: Path) -> None:
    entries = shop()
    texts = ["Saddle: delivery time!", "the saddle, late", "Saddle late?", "??"]
    assert trip(entries, tmp_path).leading(entries[0], texts) == ["the saddle, late"]


def test_what_was_written_before_leads_nowhere(tmp_path: Path) -> None:
    entries = shop()
    asked = "submarine parking"
    entries[0] = replace(entries[0], written=(asked, "submarine parking for my helmet"))
    assert trip(entries, tmp_path).leading(entries[0], [f"helmet {asked}"]) == []


def test_an_entry_that_says_the_same_in_its_place_is_as_good(tmp_path: Path) -> None:
    entries = shop()
    twin = replace(entries[0], id="twin", question="Is the saddle here soon?", similar=("saddle soon",))
    assert trip([*entries, twin], tmp_path).leading(entries[0], ["is a saddle soon here"]) == [
        "is a saddle soon here"
    ]
