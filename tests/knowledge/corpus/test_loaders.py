"""What every loader owes, checked on every sample."""

from pathlib import Path

import pytest

from knowledge.corpus.entry import Entry
from knowledge.corpus.load import LOADERS, load_sources

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file())


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def sample(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_suffix_but_aliases_has_a_sample() -> None:
    assert {LOADERS[path.suffix] for path in FILES} == set(LOADERS.values())


def test_every_entry_is_whole(sample: Path) -> None:
    entries = load_sources([sample])
    assert len(entries) >= 2
    for entry in entries:
        assert entry.answer.strip() == entry.answer != ""
        assert entry.id
        assert entry.language in {"en", "zh"}
        assert entry.heading
        assert entry.place.source == sample.name
    assert len({entry.id for entry in entries}) == len(entries)


def test_every_place_is_true(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    lines = text.split("\n")
    for entry in load_sources([sample]):
        place = entry.place
        assert 1 <= place.line <= len(lines)
        assert (place.start is None) == (place.end is None)
        if place.start is not None and place.end is not None:
            assert text.count("\n", 0, place.start) + 1 == place.line
            first_word = entry.answer.split("\n")[0].lstrip("- 1.").split()[0]
            assert first_word in text[place.start : place.end]


def test_places_come_in_the_order_of_the_source(sample: Path) -> None:
    starts = [entry.place.start for entry in load_sources([sample]) if entry.place.start is not None]
    assert starts == sorted(starts)


def test_an_entry_survives_the_way_through_json(sample: Path) -> None:
    for entry in load_sources([sample]):
        assert Entry.from_json(entry.to_json()) == entry


def test_loading_twice_gives_the_same(sample: Path) -> None:
    assert load_sources([sample]) == load_sources([sample])
