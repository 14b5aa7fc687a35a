"""Opening: only what is whole, and a way out of everything else."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.joined import JoinedEmbedder
from knowledge.errors import SnapshotDamaged, SnapshotError, SnapshotMissing
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from knowledge.snapshot.layout import (
    CURRENT,
    ENTRIES,
    LEXICAL,
    MANIFEST,
    VECTORS,
    VIEWS,
    current_id,
    snapshot_folder,
    snapshot_ids,
)
from knowledge.snapshot.reader import current_manifest, open_current
from knowledge.snapshot.versions import activate, history, verify
from tests.fakes.shop import shop

FILES = [ENTRIES, VIEWS, VECTORS, LEXICAL, MANIFEST]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build([Entry("a", "An older answer.")], [], HashingEmbedder(), folder)
    build([Entry("a", "An answer."), Entry("b", "Another.")], [], HashingEmbedder(), folder)
    return folder


@pytest.fixture
def current(tmp_path: Path, built: Path) -> Path:
    """The folder of the snapshot in use, which is newer than `older`."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return snapshot_folder(tmp_path, current_id(tmp_path))


@pytest.fixture
def older(tmp_path: Path, current: Path) -> str:
    return snapshot_ids(tmp_path)[1]


def flip(path: Path, share: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(share * (len(data) - 1))] ^= 0x10
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("share", [0, 0.3, 0.5, 0.8, 1])
@pytest.mark.parametrize("name", FILES)
def test_refuses_a_flipped_bit(tmp_path: Path, current: Path, older: str, name: str, share: float) -> None:
    flip(current / name, share)
    with pytest.raises(SnapshotDamaged) as raised:
        open_current(tmp_path)
    message = str(raised.value)
    assert str(current / name) in message
    assert f"kefu knowledge rollback {older}" in message
    assert "kefu knowledge build" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", FILES)
def test_refuses_a_shortened_file(tmp_path: Path, current: Path, name: str) -> None:
    path = current / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SnapshotDamaged, match=name):
        open_current(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_refuses_when_a_file_is_missing(tmp_path: Path, current: Path, name: str) -> None:
    (current / name).unlink()
    with pytest.raises(SnapshotDamaged, match=rf"{name} cannot be read \(No such file"):
        open_current(tmp_path)


def test_refuses_a_file_of_another_snapshot(tmp_path: Path, current: Path, older: str) -> None:
    shutil.copy(snapshot_folder(tmp_path, older) / VECTORS, current / VECTORS)
    with pytest.raises(SnapshotDamaged, match=VECTORS):
        open_current(tmp_path)


def test_refuses_a_whole_snapshot_under_another_id(tmp_path: Path, current: Path, older: str) -> None:
    shutil.rmtree(current)
    shutil.copytree(snapshot_folder(tmp_path, older), current)
    with pytest.raises(SnapshotDamaged, match=MANIFEST):
        open_current(tmp_path)


def test_says_so_when_no_other_snapshot_is_whole(tmp_path: Path, current: Path, older: str) -> None:
    flip(current / VECTORS, 0.5)
    flip(snapshot_folder(tmp_path, older) / ENTRIES, 0.5)
    with pytest.raises(SnapshotDamaged, match=r"no other snapshot is whole: build again"):
        open_current(tmp_path)


def test_refuses_a_name_that_leads_nowhere(tmp_path: Path, current: Path, older: str) -> None:
    shutil.rmtree(current)
    with pytest.raises(SnapshotDamaged, match=rf"{current.name}.*rollback {older}"):
        open_current(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "latest\n", "../../etc\n", "\x00\xff", "20260101T000000.000Z-0123456789ab\nmore"]
)
def test_refuses_a_name_that_is_none(tmp_path: Path, current: Path, text: str) -> None:
    (tmp_path / CURRENT).write_bytes(text.encode("latin-1"))
    with pytest.raises(SnapshotDamaged, match=CURRENT):
        open_current(tmp_path)


@pytest.mark.parametrize("name", ["empty", "not/there"])
def test_tells_how_to_begin_when_there_is_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SnapshotMissing, match=rf"no knowledge in .*{name}: run `kefu knowledge build SOURCE --out"):
        open_current(tmp_path / name)


def test_a_snapshot_outlives_its_files(tmp_path: Path, current: Path) -> None:
    snapshot = open_current(tmp_path)
    shutil.rmtree(tmp_path / "snapshots")
    assert [entry.id for entry in snapshot.contents.entries] == ["a", "b"]
    assert len(snapshot.contents.store) == 2


def test_refuses_a_manifest_of_another_format(tmp_path: Path, current: Path) -> None:
    written = (current / MANIFEST).read_bytes().replace(b'"format": 2', b'"format": 9')
    renamed = current.with_name(current.name[:-12] + sha256(written).hexdigest()[:12])
    current.rename(renamed)
    (renamed / MANIFEST).write_bytes(written)
    (tmp_path / CURRENT).write_text(renamed.name + "\n")
    with pytest.raises(SnapshotError, match=r"another version of Kefu \(.*\); build again"):
        open_current(tmp_path)


def test_reads_format_1_as_vectors_of_one_embedder(tmp_path: Path) -> None:
    embedder = JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(32)])
    built = build(shop(), [], embedder, tmp_path)
    assert built.contents.widths == open_current(tmp_path).contents.widths == (64, 32)
    place = snapshot_folder(tmp_path, built.id)
    told = json.loads((place / MANIFEST).read_bytes())
    assert told.pop("widths") == [64, 32]
    written = json.dumps(told | {"format": 1}).encode()
    (place / MANIFEST).write_bytes(written)
    renamed = place.with_name(place.name[:-12] + sha256(written).hexdigest()[:12])
    place.rename(renamed)
    (tmp_path / CURRENT).write_text(renamed.name + "\n")
    old = open_current(tmp_path)
    assert old.manifest.widths == ()
    assert old.contents.space.parts == (slice(0, 96),)
    found = [Retriever(snapshot, embedder).retrieve(["pedal shipped when"], 3)[0] for snapshot in (old, built)]
    assert [hits[0].entry.id for hits in found] == ["pedal", "pedal"]
    assert found[0][0].relevance != pytest.approx(found[1][0].relevance, abs=1e-4)


def test_refuses_widths_that_its_vectors_have_not(tmp_path: Path, current: Path) -> None:
    written = (current / MANIFEST).read_bytes().replace(b'"widths": [\n  512\n ]', b'"widths": [500]')
    assert b"[500]" in written
    renamed = current.with_name(current.name[:-12] + sha256(written).hexdigest()[:12])
    current.rename(renamed)
    (renamed / MANIFEST).write_bytes(written)
    (tmp_path / CURRENT).write_text(renamed.name + "\n")
    with pytest.raises(SnapshotDamaged, match="512 numbers, and not of 500"):
        open_current(tmp_path)


def test_reads_the_manifest_alone(tmp_path: Path, current: Path) -> None:
    (current / VECTORS).unlink()
    found, manifest = current_manifest(tmp_path)
    assert (found, manifest.entries) == (current.name, 2)
    flip(current / MANIFEST, 0.5)
    with pytest.raises(SnapshotDamaged, match=MANIFEST):
        current_manifest(tmp_path)


def test_verify_tells_of_every_snapshot_which_files_are_damaged(tmp_path: Path, current: Path, older: str) -> None:
    flip(snapshot_folder(tmp_path, older) / VECTORS, 0.5)
    (snapshot_folder(tmp_path, older) / VIEWS).unlink()
    newest, oldest = verify(tmp_path)
    assert (newest.id, newest.current, newest.faults) == (current.name, True, ())
    assert (oldest.id, oldest.current) == (older, False)
    assert [VECTORS in oldest.faults[0], VIEWS in oldest.faults[1]] == [True, True]
    assert oldest.manifest is not None
    assert oldest.manifest.entries == 1


def test_verify_reports_a_snapshot_in_use_that_is_gone(tmp_path: Path, current: Path, older: str) -> None:
    shutil.rmtree(current)
    newest, oldest = verify(tmp_path)
    assert (newest.id, newest.current, newest.manifest) == (current.name, True, None)
    assert MANIFEST in newest.faults[0]
    assert oldest.faults == ()


def test_goes_back_to_an_older_snapshot_and_forward_again(tmp_path: Path, current: Path, older: str) -> None:
    activate(tmp_path, older)
    assert open_current(tmp_path).id == older
    assert [(report.id, report.current) for report in history(tmp_path)] == [(current.name, False), (older, True)]
    activate(tmp_path, current.name)
    assert open_current(tmp_path).id == current.name


def test_does_not_go_back_to_what_is_damaged_or_not_kept(tmp_path: Path, current: Path, older: str) -> None:
    with pytest.raises(SnapshotMissing, match=older):
        activate(tmp_path, "20200101T000000.000Z-0123456789ab")
    with pytest.raises(SnapshotMissing):
        activate(tmp_path, "../snapshots")
    flip(snapshot_folder(tmp_path, older) / LEXICAL, 0.5)
    with pytest.raises(SnapshotDamaged, match=LEXICAL):
        activate(tmp_path, older)
    assert open_current(tmp_path).id == current.name
