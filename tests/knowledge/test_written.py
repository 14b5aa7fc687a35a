"""Questions that a machine wrote: kept beside snapshots, part of a build as long as their entry stays as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import CorpusError
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current
from knowledge.written import FILE, Written, digest, keep_written, read_written, with_written

HOURS = Entry("hours", "Nine to six.", "When are you open?", language="en")
RETURNS = Entry("returns", "Within 30 days.", "How long can I send things back?", language="en")
ASKED = Written("hours", digest(HOURS), ("closing time tonight", "are you there on sundays"), "model@1", 3.0)


def test_the_last_line_of_an_entry_holds(tmp_path: Path) -> None:
    keep_written(tmp_path, ASKED)
    keep_written(tmp_path, Written("returns", digest(RETURNS), ("still time to return it",), "model@1"))
    keep_written(tmp_path, ASKED.without("are you there on sundays"))

    kept = read_written(tmp_path)

    assert list(kept) == ["hours", "returns"]
    assert kept["hours"].questions == ("closing time tonight",)
    assert kept["hours"].removed == ("are you there on sundays",)
    assert (kept["hours"].by, kept["hours"].at) == ("model@1", 3.0)


def test_a_folder_without_any_and_an_empty_file_hold_none(tmp_path: Path) -> None:
    assert read_written(tmp_path) == {}
    (tmp_path / FILE).touch()
    assert read_written(tmp_path) == {}


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"entry": "x"}', '{"entry": "x", "of": "y", "questions": 3, "by": "m"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    keep_written(tmp_path, ASKED)
    with (tmp_path / FILE).open("a") as file:
        file.write(line + "\n")

    with pytest.raises(CorpusError, match=f"{FILE}:2: no written questions"):
        read_written(tmp_path)


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(ValueError, match="none of the questions of hours"):
        ASKED.without("are you open")


@pytest.mark.parametrize(
    "changed",
    [replace(HOURS, answer="Nine to five."), replace(HOURS, question="Open?"), replace(HOURS, title="Opening hours")],
)
def test_an_entry_that_changed_loses_what_was_written_for_it(changed: Entry) -> None:
    written = {"hours": ASKED}
    same, other = with_written([HOURS, RETURNS], written)
    assert (same.written, other.written) == (ASKED.questions, ())
    assert with_written([replace(changed, written=ASKED.questions)], written) == [changed]


def test_a_question_like_it_does_not_change_an_entry() -> None:
    (entry,) = with_written([replace(HOURS, similar=("open now?",))], {"hours": ASKED})
    assert entry.written == ASKED.questions


def test_what_was_written_for_an_entry_is_no_word_of_it(tmp_path: Path) -> None:
    embedder, asked = HashingEmbedder(), Written("hours", digest(HOURS), ("do you sell vegan cakes",), "model@1")
    covered = []
    for number, entries in enumerate(([HOURS, RETURNS], with_written([HOURS, RETURNS], {"hours": asked}))):
        retriever = Retriever(build(entries, [], embedder, tmp_path / str(number)), embedder)
        hits = retriever.retrieve(["do you sell vegan cakes"], 2)[0]
        covered.append({hit.entry.id: hit.coverage for hit in hits}["hours"])
    assert covered[0] == covered[1]


def test_an_entry_is_found_by_what_was_written_for_it_and_never_shown_with_it(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    build(with_written([HOURS, RETURNS], {"hours": ASKED}), [], embedder, tmp_path)

    hit = Retriever(open_current(tmp_path), embedder).retrieve(["are you there on sundays"], 1)[0][0]

    assert (hit.entry.id, hit.field, hit.matched) == ("hours", "written", "are you there on sundays")
    assert hit.entry.written == ASKED.questions
    assert "sundays" not in str(hit.entry.to_json())


def test_a_snapshot_without_any_says_nothing_of_them(tmp_path: Path) -> None:
    snapshot = build([HOURS, RETURNS], [], HashingEmbedder(), tmp_path)
    lines = (tmp_path / "snapshots" / snapshot.id / "entries.jsonl").read_text("utf-8")
    assert "written" not in lines
