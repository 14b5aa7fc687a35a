"""Building: whole or not at all, and as little work as can be."""

import errno
import json
import os
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus.entry import Entry, Place
from knowledge.embedders.base import Progress, Vectors
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import EmbedderError, SnapshotError
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from knowledge.snapshot.layout import current_id, snapshot_folder, snapshot_ids
from knowledge.snapshot.reader import open_current
from knowledge.views import vector_id, views

ENTRIES = [
    Entry("refund", "Within 14 days.", question="When do I get my refund?", language="en", place=Place("faq.csv", 2)),
    Entry("cancel", "Press Cancel.", question="How do I cancel?", similar=("stop my order",), language="en"),
    Entry("yunfei", "运费由买家承担。", question="谁付运费？", language="zh", place=Place("help/zh.md", 3)),
]


class Counting(HashingEmbedder):
    """Keeps the passages that it was asked for."""

    def __init__(self, dimension: int = 512) -> None:
        super().__init__(dimension)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded.extend(texts)
        return super().embed_passages(texts, progress)


class Failing(HashingEmbedder):
    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        raise EmbedderError("no memory left")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_built_snapshot_is_in_use_and_open(tmp_path: Path) -> None:
    built = build(ENTRIES, [], HashingEmbedder(), tmp_path)
    opened = open_current(tmp_path)
    assert opened.id == built.id == current_id(tmp_path)
    assert opened.manifest == built.manifest
    assert opened.contents.entries == built.contents.entries == tuple(ENTRIES)
    queries = ["refund", "运费"]
    found = [Retriever(snapshot, HashingEmbedder()).retrieve(queries, 2) for snapshot in (built, opened)]
    assert found[0] == found[1]
    assert [hits[0].entry.id for hits in found[0]] == ["refund", "yunfei"]


def test_the_manifest_tells_what_it_was_built_from(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    (sources / "help").mkdir(parents=True)
    (sources / "help" / "zh.md").write_text("谁付运费？")
    (sources / "help" / "unused.png").write_bytes(b"picture")
    table = tmp_path / "faq.csv"
    table.write_text("question,answer")
    manifest = build(ENTRIES, [table, sources], HashingEmbedder(), tmp_path / "out").manifest
    assert (manifest.entries, manifest.vectors, manifest.dimension) == (3, 7, 512)
    assert manifest.embedder == HashingEmbedder().name
    assert manifest.languages == {"en": 2, "zh": 1}
    assert manifest.main_language == "en"
    digests = {source.path: (source.sha256, source.size) for source in manifest.sources}
    assert digests == {
        str(table): (sha256(b"question,answer").hexdigest(), 15),
        "help/zh.md": (sha256("谁付运费？".encode()).hexdigest(), 15),
    }
    assert {file.path for file in manifest.files} == {"entries.jsonl", "views.npz", "vectors.faiss", "lexical.npz"}


def test_the_id_vouches_for_the_manifest_and_the_manifest_for_every_file(tmp_path: Path) -> None:
    built = build(ENTRIES, [], HashingEmbedder(), tmp_path)
    folder = snapshot_folder(tmp_path, built.id)
    written = (folder / "manifest.json").read_bytes()
    assert sha256(written).hexdigest().startswith(built.id.rpartition("-")[2])
    for file in json.loads(written)["files"]:
        assert sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_the_background_tells_unrelated_from_neighbouring(tmp_path: Path) -> None:
    background = build(ENTRIES, [], HashingEmbedder(), tmp_path).manifest.background
    assert background.off_topic.n > 100
    assert background.off_topic.q50 <= background.off_topic.q90 <= background.off_topic.q99
    assert background.neighbours.n == 2  # the third is alone in its language
    assert background.closeness(background.off_topic.mean) == pytest.approx(0)
    assert background.closeness(1) > 1


def test_vectors_keep_their_ids_when_the_rest_of_the_knowledge_changes(tmp_path: Path) -> None:
    build(ENTRIES, [], HashingEmbedder(), tmp_path)
    build([Entry("new", "Hello."), *reversed(ENTRIES)], [], HashingEmbedder(), tmp_path)
    store = open_current(tmp_path).contents.store
    ids = np.array([vector_id(entry.id, view) for entry in ENTRIES for view in views(entry)])
    texts = [view.text for entry in ENTRIES for view in views(entry)]
    assert np.array_equal(store.vectors(ids), HashingEmbedder().embed_passages(texts))


def test_unchanged_texts_are_not_embedded_again(tmp_path: Path) -> None:
    first, second, other = Counting(), Counting(), Counting(256)
    build(ENTRIES, [], first, tmp_path)
    changed = [replace(ENTRIES[0], answer="Within 30 days."), *ENTRIES[1:]]
    again = build(changed, [], second, tmp_path)
    build(changed, [], other, tmp_path)
    assert len(first.embedded) == len(other.embedded) == 7
    assert second.embedded == ["Within 30 days."]
    fresh = build(changed, [], HashingEmbedder(), tmp_path / "fresh")
    ids = fresh.contents.store.ids()
    assert np.array_equal(ids, again.contents.store.ids())
    assert np.array_equal(fresh.contents.store.vectors(ids), again.contents.store.vectors(ids))


def test_a_damaged_snapshot_does_not_stand_in_the_way_of_the_next(tmp_path: Path) -> None:
    built = build(ENTRIES, [], HashingEmbedder(), tmp_path)
    (snapshot_folder(tmp_path, built.id) / "vectors.faiss").write_bytes(b"")
    counting = Counting()
    build(ENTRIES, [], counting, tmp_path)
    assert len(counting.embedded) == 7
    assert len(open_current(tmp_path).contents.entries) == 3


def test_tells_its_progress_over_all_texts(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build(ENTRIES[:2], [], HashingEmbedder(), tmp_path, lambda done, total: told.append((done, total)))
    build(ENTRIES, [], HashingEmbedder(), tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(5, 5), (5, 7), (7, 7)]


def interrupted(done: int, total: int) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("embedder", "progress", "error"),
    [(Failing(), None, EmbedderError), (HashingEmbedder(), interrupted, KeyboardInterrupt)],
    ids=["embedder", "interrupted"],
)
def test_a_failed_build_changes_nothing(
    tmp_path: Path, embedder: HashingEmbedder, progress: Progress | None, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        build(ENTRIES, [], embedder, tmp_path / "out", progress)
    assert not (tmp_path / "out").exists()
    build(ENTRIES[:1], [], HashingEmbedder(), tmp_path / "out")
    before = tree(tmp_path)
    with pytest.raises(error):
        build(ENTRIES, [], embedder, tmp_path / "out", progress)
    assert tree(tmp_path) == before
    assert len(open_current(tmp_path / "out").contents.entries) == 1


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [10, 4000, 13000], ids=["entries", "texts", "vectors"])
def test_a_disk_that_refuses_changes_nothing_and_is_named(tmp_path: Path, size: int) -> None:
    out = tmp_path / "out"
    with files_of_at_most(size), pytest.raises(SnapshotError, match=r"out: .*File too large.*nothing has changed"):
        build(ENTRIES, [], HashingEmbedder(), out)
    assert not out.exists()
    build(ENTRIES[:1], [], HashingEmbedder(), out)
    before = tree(out)
    with files_of_at_most(size), pytest.raises(SnapshotError):
        build(ENTRIES, [], HashingEmbedder(), out)
    assert tree(out) == before


def test_a_place_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("taken")
    with pytest.raises(
        SnapshotError, match=f"out: .*{os.strerror(errno.EEXIST)}|out: .*{os.strerror(errno.ENOTDIR)}"
    ):
        build(ENTRIES, [], HashingEmbedder(), tmp_path / "out")


def test_a_source_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"gone\.csv"):
        build(ENTRIES, [tmp_path / "gone.csv"], HashingEmbedder(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_a_killed_build_left_behind_is_cleared_away(tmp_path: Path) -> None:
    build(ENTRIES, [], HashingEmbedder(), tmp_path)
    left = tmp_path / "snapshots" / ".building-0123"
    left.mkdir()
    (left / "entries.jsonl").write_text("half")
    assert len(open_current(tmp_path).contents.entries) == 3
    build(ENTRIES, [], HashingEmbedder(), tmp_path)
    assert not left.exists()


def test_keeps_five_snapshots_and_the_one_in_use(tmp_path: Path) -> None:
    built = [build(ENTRIES[: 1 + i % 3], [], HashingEmbedder(), tmp_path).id for i in range(7)]
    assert snapshot_ids(tmp_path) == built[:1:-1]
    assert current_id(tmp_path) == built[-1]


def test_a_reader_goes_on_while_the_next_one_is_built(tmp_path: Path) -> None:
    build(ENTRIES[:1], [], HashingEmbedder(), tmp_path)
    reader = Retriever(open_current(tmp_path), HashingEmbedder())
    seen: list[int] = []
    build(
        ENTRIES, [], HashingEmbedder(), tmp_path, lambda *_: seen.append(len(open_current(tmp_path).contents.entries))
    )
    for _ in range(6):
        build(ENTRIES, [], HashingEmbedder(), tmp_path)
    assert seen
    assert set(seen) == {1}
    assert reader.retrieve(["refund"], 3)[0][0].entry.id == "refund"
    assert len(open_current(tmp_path).contents.entries) == 3


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "no entries"),
        ([ENTRIES[0], replace(ENTRIES[1], id="refund")], r"two entries have the id 'refund' \(faq.csv:2 and"),
        ([replace(ENTRIES[0], answer=" \n")], r"faq.csv:2: .*no answer"),
    ],
    ids=["none", "same id", "no answer"],
)
def test_refuses_entries_that_cannot_be_told_apart_or_answer_nothing(
    tmp_path: Path, entries: list[Entry], message: str
) -> None:
    with pytest.raises(SnapshotError, match=message):
        build(entries, [], HashingEmbedder(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_text_is_embedded_once_however_often_it_stands_there(tmp_path: Path) -> None:
    embedder, told = Counting(), list[tuple[int, int]]()
    copies = [replace(ENTRIES[0], id=str(number)) for number in range(50)]
    snapshot = build(copies, [], embedder, tmp_path, lambda done, total: told.append((done, total)))
    assert sorted(embedder.embedded) == sorted({view.text for view in views(copies[0])})
    assert told[-1] == (2, 2)
    assert snapshot.manifest.vectors == 100
