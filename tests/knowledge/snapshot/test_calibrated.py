"""A snapshot vouches for its calibration as for every other byte."""

from functools import partial
from pathlib import Path

import pytest

from knowledge.calibration.calibrate import calibrate
from knowledge.calibration.calibration import Calibration
from knowledge.embedders.base import Embedder
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import EmbedderMismatch, SnapshotDamaged, SnapshotError
from knowledge.retriever import Retriever
from knowledge.snapshot.background import Background
from knowledge.snapshot.builder import build, recalibrate
from knowledge.snapshot.contents import Contents
from knowledge.snapshot.layout import CALIBRATION, CURVE, current_id, snapshot_folder, snapshot_ids
from knowledge.snapshot.reader import open_current
from knowledge.snapshot.versions import verify
from tests.fakes.shop import shop

at_most_5 = partial(calibrate, promised=0.05)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    build(shop(), [], HashingEmbedder(), tmp_path, calibrate=at_most_5)
    return tmp_path


def test_a_build_calibrates_what_it_built(built: Path) -> None:
    opened = open_current(built)
    assert opened.calibration is not None
    assert Retriever(opened, HashingEmbedder()).calibration == opened.calibration
    names = {file.path for file in opened.manifest.files}
    assert {CALIBRATION, CURVE} <= names


def test_without_a_calibration_there_is_none(tmp_path: Path) -> None:
    build(shop(), [], HashingEmbedder(), tmp_path)
    assert open_current(tmp_path).calibration is None


def test_too_small_a_knowledge_is_built_without_one(tmp_path: Path) -> None:
    build(shop()[:2], [], HashingEmbedder(), tmp_path, calibrate=at_most_5)
    assert open_current(tmp_path).calibration is None


@pytest.mark.parametrize("name", [CALIBRATION, CURVE])
def test_a_damaged_calibration_is_refused(built: Path, name: str) -> None:
    path = snapshot_folder(built, current_id(built)) / name
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(SnapshotDamaged, match=name):
        open_current(built)


def test_a_missing_calibration_is_refused(built: Path) -> None:
    (snapshot_folder(built, current_id(built)) / CALIBRATION).unlink()
    with pytest.raises(SnapshotDamaged, match=CALIBRATION):
        open_current(built)


def test_calibrating_anew_makes_a_new_snapshot_of_the_same_knowledge(built: Path) -> None:
    old = open_current(built)
    recalibrate(built, HashingEmbedder(), partial(calibrate, promised=0.2))
    new = open_current(built)
    assert snapshot_ids(built) == [new.id, old.id]
    assert new.contents.entries == old.contents.entries
    assert new.manifest.sources == old.manifest.sources
    assert old.calibration is not None
    assert new.calibration is not None
    assert (old.calibration.promised, new.calibration.promised) == (0.05, 0.2)
    assert not any(report.faults for report in verify(built))


def test_what_came_into_use_meanwhile_stays_in_use(built: Path) -> None:
    def overtaken(contents: Contents, background: Background, embedder: Embedder) -> Calibration | None:
        build(shop()[:3], [], HashingEmbedder(), built)
        return at_most_5(contents, background, embedder)

    with pytest.raises(SnapshotError, match="came into use meanwhile"):
        recalibrate(built, HashingEmbedder(), overtaken)
    assert len(open_current(built).contents.entries) == 3


def test_too_little_to_calibrate_by_is_refused_and_changes_nothing(built: Path) -> None:
    before = snapshot_ids(built)
    with pytest.raises(SnapshotError, match="too few"):
        recalibrate(built, HashingEmbedder(), lambda contents, background, embedder: None)
    assert snapshot_ids(built) == before


def test_another_embedder_cannot_calibrate(built: Path) -> None:
    with pytest.raises(EmbedderMismatch):
        recalibrate(built, HashingEmbedder(64), at_most_5)
