"""The snapshots that are kept: what they are, whether they are whole, and going back to one. Builds none."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SnapshotError, SnapshotMissing
from knowledge.snapshot.layout import SNAPSHOTS, current_id, exclusive, set_current, snapshot_folder, snapshot_ids
from knowledge.snapshot.manifest import Manifest
from knowledge.snapshot.reader import faults, open_snapshot, read_manifest


@dataclass(frozen=True, slots=True)
class Report:
    """One kept snapshot. `manifest` is None when it cannot be read; `faults` names each damaged file."""

    id: str
    current: bool
    manifest: Manifest | None
    faults: tuple[str, ...] = ()


def verify(folder: Path) -> list[Report]:
    """Check every byte of every snapshot in `folder`, newest first. SnapshotMissing when there is none.

    A snapshot in use that is not there at all is reported like a damaged one.
    """
    reports = history(folder)
    return [
        Report(report.id, report.current, report.manifest, tuple(faults(folder, report.id))) for report in reports
    ]


def history(folder: Path) -> list[Report]:
    """The snapshots in `folder`, newest first, unchecked. SnapshotMissing when there is none."""
    current = current_id(folder)
    ids = snapshot_ids(folder)
    known = ids if current in ids else [current, *ids]
    return [Report(found, found == current, _manifest(folder, found)) for found in known]


def activate(folder: Path, snapshot_id: str) -> None:
    """Put a kept snapshot into use. SnapshotMissing when it is not kept, SnapshotDamaged when it is not whole."""
    if not snapshot_folder(folder, snapshot_id).is_dir() or snapshot_id not in snapshot_ids(folder):
        kept = ", ".join(snapshot_ids(folder)) or "none"
        raise SnapshotMissing(f"{folder / SNAPSHOTS}: no snapshot {snapshot_id}; kept are: {kept}")
    with exclusive(folder):
        open_snapshot(folder, snapshot_id)
        try:
            set_current(folder, snapshot_id)
        except OSError as error:
            raise SnapshotError(f"{folder}: cannot be changed ({error.strerror}); check its rights") from error


def _manifest(folder: Path, snapshot_id: str) -> Manifest | None:
    try:
        return read_manifest(folder, snapshot_id)
    except SnapshotError:
        return None
