"""What is written is on the disk line by line, and a bad line is named."""

import re
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import CorpusError
from knowledge.journal import append_journal, read_journal


def name(fields: dict[str, Any]) -> str:
    return str(fields["name"])


def test_lines_come_back_in_their_order_whatever_breaks_lines_elsewhere(tmp_path: Path) -> None:
    told = ["a", "b\u2028c", "d\u0085e", "a"]
    for each in told:
        append_journal(tmp_path / "log.jsonl", {"name": each})
    assert list(read_journal(tmp_path / "log.jsonl", name, "name")) == told
    assert len((tmp_path / "log.jsonl").read_bytes().split(b"\n")) == len(told) + 1


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert list(read_journal(tmp_path / "log.jsonl", name, "name")) == []
    (tmp_path / "log.jsonl").touch()
    assert list(read_journal(tmp_path / "log.jsonl", name, "name")) == []


@pytest.mark.parametrize("line", ['{"name": "cut', "[1]", "1", "null", "{}", ""])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log.jsonl"
    append_journal(path, {"name": "a"})
    with path.open("a") as file:
        file.write(f"{line}\n")
    found = read_journal(path, name, "name")
    assert next(found) == "a"
    with pytest.raises(CorpusError, match=re.escape(f"{path}:2: no name (")):
        next(found)
