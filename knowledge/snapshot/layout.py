"""Where the parts of a snapshot lie, and how files are changed whole or not at all. Knows no content."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from knowledge.errors import SnapshotDamaged, SnapshotMissing

CURRENT = "CURRENT"
SNAPSHOTS = "snapshots"
MANIFEST = "manifest.json"
ENTRIES = "entries.jsonl"
VIEWS = "views.npz"
VECTORS = "vectors.faiss"
LEXICAL = "lexical.npz"
CALIBRATION = "calibration.json"
CURVE = "calibration.svg"

_ID = re.compile(r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{12}")
_UNFINISHED = ".building-"


def snapshot_folder(folder: Path, snapshot_id: str) -> Path:
    """Where the snapshot `snapshot_id` of the knowledge in `folder` lies."""
    return folder / SNAPSHOTS / snapshot_id


def snapshot_ids(folder: Path) -> list[str]:
    """The ids of all snapshots in `folder`, newest first."""
    found = folder / SNAPSHOTS
    names = (path.name for path in found.iterdir()) if found.is_dir() else ()
    return sorted((name for name in names if _ID.fullmatch(name)), reverse=True)


def new_id(created: datetime, digest: str) -> str:
    """The id of a snapshot built at `created` (UTC) whose manifest has the sha256 `digest`."""
    return f"{created:%Y%m%dT%H%M%S}.{created.microsecond // 1000:03d}Z-{digest[:12]}"


def digest_of(snapshot_id: str) -> str:
    """The start of the manifest's sha256, as the id tells it."""
    return snapshot_id.rpartition("-")[2]


def current_id(folder: Path) -> str:
    """The id of the snapshot in use. SnapshotMissing when there is none, SnapshotDamaged when it is not an id."""
    try:
        text = (folder / CURRENT).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError) as error:
        cure = f"run `kefu knowledge build SOURCE --out {folder}`"
        raise SnapshotMissing(f"no knowledge in {folder}: {cure}") from error
    snapshot_id = text.removesuffix("\n")
    if not _ID.fullmatch(snapshot_id):
        kept = f"name one that is kept ({', '.join(snapshot_ids(folder)) or 'none is'})"
        cure = f"{kept} with `kefu knowledge rollback ID --knowledge {folder}`, or build again"
        raise SnapshotDamaged(f"{folder / CURRENT}: does not name a snapshot: {cure}")
    return snapshot_id


def set_current(folder: Path, snapshot_id: str) -> None:
    """Put the snapshot `snapshot_id` into use, all at once; a reader sees the old one or the new one."""
    written = folder / f".{CURRENT}-{uuid4().hex}"
    try:
        written.write_text(f"{snapshot_id}\n", encoding="utf-8")
        _sync(written)
        written.replace(folder / CURRENT)
    finally:
        written.unlink(missing_ok=True)
    _sync(folder)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the knowledge in `folder` (made if need be) against other writers; readers go on."""
    made = [path for path in (folder / SNAPSHOTS, folder) if not path.exists()]
    (folder / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
        for path in made:
            with suppress(OSError):  # it is in use now, as it should be
                path.rmdir()


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """An empty folder to write a snapshot into, gone afterwards unless it was published. Only inside `exclusive`."""
    for left_behind in (folder / SNAPSHOTS).glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left_behind)
    place = folder / SNAPSHOTS / f"{_UNFINISHED}{uuid4().hex}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def publish(folder: Path, place: Path, snapshot_id: str) -> None:
    """Make what was written into `place` the snapshot `snapshot_id` and put it into use."""
    for path in place.iterdir():
        _sync(path)
    _sync(place)
    target = snapshot_folder(folder, snapshot_id)
    place.rename(target)
    try:
        _sync(target.parent)
        set_current(folder, snapshot_id)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def prune(folder: Path, keep: int) -> None:
    """Delete all but the `keep` newest snapshots; the one in use stays whatever its age."""
    current = current_id(folder)
    for snapshot_id in snapshot_ids(folder)[keep:]:
        if snapshot_id != current:
            shutil.rmtree(snapshot_folder(folder, snapshot_id), ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
