"""Knowledge that is missing, damaged or of another embedder is refused in one line, before a model is loaded."""

import re
import subprocess

import pytest

from tests.fakes.house import KefuHouse

pytestmark = pytest.mark.slow  # every case starts a process

BUILD_SMALLER = """
import sys
from pathlib import Path
from knowledge.corpus.load import load_sources
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.builder import build
file = Path("faq.csv")
build(load_sources([file]), [file], HashingEmbedder(64), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "command", ["ask hello?", "serve", "knowledge list", "knowledge verify", "knowledge search x"]
)
def test_without_knowledge_the_way_to_some_is_told(command: str, kefu: KefuHouse) -> None:
    nowhere = kefu.folder / "nowhere"
    line = kefu.refusal(*command.split(), KNOWLEDGE=str(nowhere), PORT="0")
    assert line == f"no knowledge in {nowhere}: run `kefu knowledge build SOURCE --out {nowhere}`"


def test_knowledge_of_another_embedder_is_refused_until_it_is_built_again(informed: KefuHouse) -> None:
    command = [informed.program, "-c", BUILD_SMALLER, str(informed.knowledge)]
    subprocess.run(command, cwd=informed.folder / "work", check=True, env=informed.environment({}))
    for arguments in (["ask", "hello?"], ["knowledge", "search", "hello"], ["serve"]):
        line = informed.refusal(*arguments, PORT="0")
        assert "was built with the embedder hashing:64@v1, at hand is hashing:512@v1" in line
        assert "use that one, or build again" in line
    informed.build()
    assert informed.run("ask", "how much is shipping?").code == 0


@pytest.mark.parametrize("name", ["entries.jsonl", "lexical.npz", "manifest.json", "vectors.faiss", "views.npz"])
def test_a_damaged_snapshot_is_refused_and_the_last_good_one_is_named(name: str, informed: KefuHouse) -> None:
    good = informed.current.name
    informed.build("more.csv", "question,answer\nq,a\n")
    damaged = informed.current / name
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    # Whatever loaded a model first would stumble over this one.
    line = informed.refusal("ask", "hello?", EMBEDDER="/nowhere")
    assert line.startswith(f"{damaged} is damaged")
    assert f"`kefu knowledge rollback {good} --knowledge {informed.knowledge}`" in line


def test_the_way_back_that_is_told_works(informed: KefuHouse) -> None:
    good = informed.current.name
    informed.build("more.csv", "question,answer\nq,a\n")
    (informed.current / "vectors.faiss").unlink()
    told = re.search(r"`kefu (knowledge rollback [^`]+)`", informed.refusal("ask", "hello?"))
    assert told is not None
    assert informed.run(*told[1].split()).code == 0
    assert informed.current.name == good
    assert "30 days" in informed.run("ask", "how long do I have to send something back?").out


def test_the_only_snapshot_when_damaged_is_to_be_built_again(informed: KefuHouse) -> None:
    (informed.current / "views.npz").write_bytes(b"")
    assert "no other snapshot is whole: build again" in informed.refusal("ask", "hello?")


def test_a_mark_that_names_nothing_tells_what_is_kept(informed: KefuHouse) -> None:
    kept = informed.current.name
    (informed.knowledge / "CURRENT").write_text("latest\n")
    line = informed.refusal("knowledge", "history")
    assert line.startswith(
        f"{informed.knowledge / 'CURRENT'}: does not name a snapshot: name one that is kept ({kept})"
    )
    assert informed.run("knowledge", "rollback", kept).code == 0
    assert informed.current.name == kept


def test_a_snapshot_that_is_not_kept_is_told_with_those_there_are(informed: KefuHouse) -> None:
    line = informed.refusal("knowledge", "rollback", "yesterday")
    assert line.endswith(f"no snapshot yesterday; kept are: {informed.current.name}")
