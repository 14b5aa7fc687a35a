"""Corrections: kept beside snapshots, applied to entries."""

from pathlib import Path

import pytest

from knowledge.corpus.entry import Entry
from knowledge.corrections import FILE, Correction, corrected, judged, keep_correction, read_corrections
from knowledge.errors import CorpusError

HOURS = Entry("hours", "Nine to six.", "When are you open?")
RETURNS = Entry("returns", "30 days.", "How long?")
ADDED = Correction("c1", "add", "desk-1", "Yes.", "Do you repair?", "en", status="approved", tags=("repair",))


def test_approved_ones_add_replace_and_exclude() -> None:
    shorter = Correction("c2", "replace", "hours", "Nine to five.", status="approved")
    gone = Correction("c3", "exclude", "returns", status="approved")

    entries = corrected([HOURS, RETURNS], [ADDED, shorter, gone])

    assert [(entry.id, entry.question, entry.answer) for entry in entries] == [
        ("hours", "When are you open?", "Nine to five."),
        ("desk-1", "Do you repair?", "Yes."),
    ]
    assert corrected(entries, [ADDED, shorter, gone]) == entries


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_others_change_nothing(status: str) -> None:
    assert corrected([HOURS], [Correction("c", "exclude", "hours", status=status)]) == [HOURS]  # type: ignore[arg-type]


def test_an_entry_that_is_gone_is_not_brought_back_by_another_answer() -> None:
    assert corrected([HOURS], [Correction("c", "replace", "gone", "x", status="approved")]) == [HOURS]


def test_what_breaks_lines_elsewhere_breaks_none_here(tmp_path: Path) -> None:
    odd = "one\u2028two\x85three\x0bfour\x0cfive\x1csix\r\nseven\reight"
    proposed = Correction("c1", "add", "desk-1", odd, odd)
    keep_correction(tmp_path, proposed)

    assert read_corrections(tmp_path) == [proposed]


def test_an_empty_file_holds_none(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()

    assert read_corrections(tmp_path) == []


def test_the_last_word_on_a_correction_holds(tmp_path: Path) -> None:
    proposed = Correction("c1", "add", "desk-1", "是。", "修理吗？", "zh", by="Mia")
    keep_correction(tmp_path, proposed)
    keep_correction(tmp_path, ADDED.__class__("c2", "exclude", "hours"))
    keep_correction(tmp_path, judged(proposed, "approved", "Noor"))

    first, second = read_corrections(tmp_path)

    assert (first.answer, first.status, first.by, first.reviewer) == ("是。", "approved", "Mia", "Noor")
    assert second.status == "pending"


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert read_corrections(tmp_path) == []


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x"}', '{"id": "x", "act": "add", "entry": "e", "what": 1}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    keep_correction(tmp_path, ADDED)
    with (tmp_path / FILE).open("a") as file:
        file.write(line + "\n")

    with pytest.raises(CorpusError, match=f"{FILE}:2: no correction"):
        read_corrections(tmp_path)
