"""Opens snapshots, and only whole ones: every byte is checked before it is read. Changes nothing on the disk."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.calibration.calibration import Calibration
from knowledge.embedders.base import Embedder
from knowledge.errors import EmbedderMismatch, SnapshotDamaged, SnapshotError, SnapshotMissing
from knowledge.snapshot.contents import Contents
from knowledge.snapshot.layout import CALIBRATION, MANIFEST, current_id, digest_of, snapshot_folder, snapshot_ids
from knowledge.snapshot.manifest import Manifest, described


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable version of the knowledge, open. All of it is in memory: its files may be deleted.

    `calibration` is None where none was made: then the common weights and threshold hold.
    """

    id: str
    manifest: Manifest
    contents: Contents
    calibration: Calibration | None = None

    def require(self, embedder: Embedder) -> None:
        """EmbedderMismatch unless `embedder` is the one that the snapshot was built with."""
        if embedder.name != self.manifest.embedder:
            message = f"snapshot {self.id} was built with the embedder {self.manifest.embedder}, at hand is"
            raise EmbedderMismatch(f"{message} {embedder.name}; use that one, or build again with this one")


def open_current(folder: Path) -> Snapshot:
    """The snapshot in use in `folder`.

    SnapshotMissing when there is none; SnapshotDamaged, with the way out, when any of its bytes has changed.
    """
    snapshot_id = current_id(folder)
    try:
        return open_snapshot(folder, snapshot_id)
    except SnapshotError:
        # It may have been replaced, and then pruned, since its name was read.
        if current_id(folder) == snapshot_id:
            raise
        return open_current(folder)


def open_snapshot(folder: Path, snapshot_id: str) -> Snapshot:
    """The snapshot `snapshot_id` of the knowledge in `folder`. Errors as for `open_current`."""
    place = snapshot_folder(folder, snapshot_id)
    fault = next(faults(folder, snapshot_id), None)
    if fault:
        raise SnapshotDamaged(f"{fault}; {_way_out(folder, snapshot_id)}")
    manifest = read_manifest(folder, snapshot_id)
    try:
        return Snapshot(snapshot_id, manifest, Contents.load(place, manifest.widths), _calibration(place, manifest))
    except (OSError, ValueError, KeyError, TypeError) as error:
        # Its digests are right, so it was written like this, or by a version that wrote otherwise.
        raise SnapshotDamaged(f"{place}: cannot be read ({error}); {_way_out(folder, snapshot_id)}") from error


def current_manifest(folder: Path) -> tuple[str, Manifest]:
    """The id and the manifest of the snapshot in use, in a millisecond: nothing else is read or checked."""
    snapshot_id = current_id(folder)
    fault = _manifest_fault(folder, snapshot_id)
    if fault:
        raise SnapshotDamaged(f"{fault}; {_way_out(folder, snapshot_id)}")
    return snapshot_id, read_manifest(folder, snapshot_id)


def read_manifest(folder: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot, unchecked."""
    path = snapshot_folder(folder, snapshot_id) / MANIFEST
    try:
        return Manifest.from_bytes(path.read_bytes(), path)
    except OSError as error:
        raise SnapshotMissing(f"{path}: cannot be read ({error.strerror})") from error


def faults(folder: Path, snapshot_id: str) -> Iterator[str]:
    """What is wrong with the files of a snapshot, one line each naming the file; nothing when it is whole."""
    place = snapshot_folder(folder, snapshot_id)
    fault = _manifest_fault(folder, snapshot_id)
    if fault:
        yield fault
        return
    for listed in read_manifest(folder, snapshot_id).files:
        path = place / listed.path
        try:
            found = described(path, listed.path)
        except OSError as error:
            yield f"{path} cannot be read ({error.strerror})"
            continue
        if found.size != listed.size:
            yield f"{path} is damaged: {found.size} bytes instead of {listed.size}"
        elif found.sha256 != listed.sha256:
            yield f"{path} is damaged: its sha256 is not the manifest's"


def _calibration(place: Path, manifest: Manifest) -> Calibration | None:
    listed = any(file.path == CALIBRATION for file in manifest.files)
    return Calibration.from_bytes((place / CALIBRATION).read_bytes()) if listed else None


def _manifest_fault(folder: Path, snapshot_id: str) -> str:
    path = snapshot_folder(folder, snapshot_id) / MANIFEST
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return "" if digest.startswith(digest_of(snapshot_id)) else f"{path} is damaged: its sha256 is not the id's"


def _way_out(folder: Path, damaged: str) -> str:
    others = (other for other in snapshot_ids(folder) if other != damaged)
    good = next((other for other in others if not any(faults(folder, other))), None)
    again = f"build again (`kefu knowledge build SOURCE --out {folder}`)"
    if good is None:
        return f"no other snapshot is whole: {again}"
    return f"the last good one is {good}: `kefu knowledge rollback {good} --knowledge {folder}`, or {again}"
