"""A bank is read as it is written; what cannot be read is named with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.answering.answer import Outcome
from bot.evaluation.bank import read_bank
from knowledge.errors import CorpusError

BANK = Path(__file__).parents[2] / "data" / "bank.jsonl"
WHOLE: dict[str, Any] = {
    "id": "q-1",
    "turns": ["and?", "and?"],
    "expect": "refuse",
    "accept": ["handoff"],
    "must": [["30 days", "30 天"], "free"],
    "must_not": ["60 days"],
    "kind": "unknown",
    "language": "en",
    "split": "tune",
}


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    file = folder / "bank.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def test_reads_every_field(tmp_path: Path) -> None:
    (case,) = read_bank(written(tmp_path, WHOLE))
    assert case.turns == ("and?", "and?")
    assert (case.expected, case.accepted) == (
        Outcome.REFUSED,
        frozenset({Outcome.REFUSED, Outcome.HANDED_OVER}),
    )
    assert case.must == (("30 days", "30 天"), ("free",))
    assert case.must_not == ("60 days",)
    assert (case.id, case.kind, case.language, case.split) == ("q-1", "unknown", "en", "tune")


def test_only_turns_and_what_is_expected_are_needed(tmp_path: Path) -> None:
    (case,) = read_bank(written(tmp_path, {"turns": ["hi"], "expect": "smalltalk"}))
    assert (case.accepted, case.must, case.kind) == (frozenset({Outcome.SMALLTALK}), (), "")


def test_reads_the_projects_own_bank() -> None:
    cases = read_bank(BANK)
    assert len(cases) == 232
    assert {case.split for case in cases} == {"tune", "report"}
    assert all(case.must for case in cases if case.expected is Outcome.ANSWERED)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"turns": []}, 'no "turns": a line is {"id": …, "turns": ["question"], "expect": "answer"}'),
        ({"expect": "shrug"}, "no outcome is called 'shrug': there are answer, refuse, handoff, smalltalk"),
        ({"accept": ["nod"]}, "no outcome is called 'nod': there are answer, refuse, handoff, smalltalk"),
        ({"must": "30 days"}, "'must' is a text, not a list"),
        ({"must": [[30]]}, "'must' holds something else than texts and lists of texts"),
        ({"must_not": [1]}, "'must_not' holds a number among its texts"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    with pytest.raises(CorpusError) as error:
        read_bank(written(tmp_path, WHOLE, WHOLE | change))
    assert str(error.value) == f"{tmp_path / 'bank.jsonl'}:2: {expected}"
