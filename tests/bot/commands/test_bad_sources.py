"""A bad source gets one line with its place and its cure, exit code 2, and changes nothing on the disk."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.house import FAQ, KefuHouse

pytestmark = pytest.mark.slow  # every case starts a process

LONG_LINE = b"question,answer\nq," + 50_000_000 * b"a" + b"\n"
SOURCES: dict[str, tuple[str | bytes, str]] = {
    "column.csv": ("question,reply time\nq,a\n", r"column.csv:1: no column 'answer' \(found: question, reply time\)"),
    "cell.csv": (FAQ + "x,why?\n", r"cell.csv:5: no column 'answer': .* fill it or remove the row"),
    "encoding.csv": (b"question,answer\nq,caf\xe9\n", r"encoding.csv:2: not UTF-8 .*: save it as UTF-8"),
    "empty.csv": ("", r"empty.csv: the file is empty: fill it or remove it"),
    "twice.csv": (FAQ + "hours,again?,yes,en\n", r"twice.csv:5: id 'hours' is already used at twice.csv:4"),
    "long.csv": (LONG_LINE, r"long.csv:2: a line of more than 8 MB: break it into lines"),
    "binary.csv": (b"question,answer\nq,\x00\n", r"binary.csv:2: a NUL byte: this is no text file"),
    "quote.csv": ('question,answer\nq,"open\n', r"quote.csv:2: a quote .* never closes: close it"),
    "broken.jsonl": ('{"answer": "a"}\n{"answer"\n', r"broken.jsonl:2: bad JSON at column \d+"),
    "letter.docx": ("PK", r"letter.docx: unknown kind of file '.docx' \(known: .csv"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_bad_source_is_named_and_the_old_knowledge_stays(name: str, informed: KefuHouse) -> None:
    content, expected = SOURCES[name]
    informed.write(name, content)
    line = informed.refusal("knowledge", "build", name)
    assert re.match(expected, line), line


@pytest.mark.parametrize("name", ["column.csv", "letter.docx"])
def test_a_bad_source_is_named_by_ask_too(name: str, kefu: KefuHouse) -> None:
    content, expected = SOURCES[name]
    kefu.write(name, content)
    assert re.match(expected, kefu.refusal("ask", "--knowledge", name, "hello?"))


def test_one_bad_file_of_a_folder_refuses_the_folder(informed: KefuHouse) -> None:
    informed.write("help/good.csv")
    informed.write("help/sub/bad.csv", "question\nq\n")
    line = informed.refusal("knowledge", "build", "help")
    assert line.startswith("sub/bad.csv:1: no column 'answer'")


def test_a_source_that_is_not_there_is_named(kefu: KefuHouse) -> None:
    assert kefu.refusal("knowledge", "build", "nope.csv") == "nope.csv: there is no such file or folder"
    assert kefu.refusal("ask", "-k", "nope.csv", "hello?") == "nope.csv: no such file or folder"
    assert kefu.refusal("knowledge", "build").startswith("name the files to build from, or --sample")


@contextlib.contextmanager
def tiny_disk(place: Path) -> Iterator[None]:
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)]
    if mount is None or os.geteuid() != 0 or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("NOT TESTED ON A FULL DISK: mounting a small one needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_behind(kefu: KefuHouse) -> None:
    kefu.write("faq.csv")
    disk = kefu.folder / "disk"
    with tiny_disk(disk):
        line = kefu.refusal("knowledge", "build", "faq.csv", DATA_DIR=str(disk))
    assert f"{disk}/knowledge: the snapshot cannot be written (No space left on device)" in line
    assert "nothing has changed; free some space" in line


def test_a_write_that_fails_halfway_leaves_the_old_knowledge(informed: KefuHouse) -> None:
    line = informed.refusal("knowledge", "build", "faq.csv", shell="ulimit -f 2")
    assert "the snapshot cannot be written (File too large); nothing has changed" in line


def test_a_folder_that_is_a_file_is_told(kefu: KefuHouse) -> None:
    file = str(kefu.write("faq.csv"))
    line = kefu.refusal("knowledge", "build", "faq.csv", DATA_DIR=file)
    assert f"{file}/knowledge: the snapshot cannot be written (Not a directory)" in line
    line = kefu.refusal("models", "pull", "minilm", CACHE_DIR=file)
    assert line == f"{file}/models: Not a directory: check the path and its rights"
    assert f"no server can run in {file}/valkey: Not a directory" in kefu.refusal("invite", DATA_DIR=file)
