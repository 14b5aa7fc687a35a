"""Builds a snapshot: whole and checked, or not at all. Knows no loader; an embedder is handed in."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from knowledge.calibration.calibration import Calibration
from knowledge.calibration.plot import svg
from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder, Progress, Vectors
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.errors import SnapshotError
from knowledge.snapshot.background import Background, measure
from knowledge.snapshot.contents import Contents, ViewTable
from knowledge.snapshot.layout import (
    CALIBRATION,
    CURVE,
    MANIFEST,
    current_id,
    exclusive,
    new_id,
    prune,
    publish,
    snapshot_folder,
    unfinished,
)
from knowledge.snapshot.manifest import (
    Manifest,
    SourceFile,
    described,
    described_sources,
    kefu_version,
    languages_of,
)
from knowledge.snapshot.reader import Snapshot, open_current

KEPT = 5
Calibrate = Callable[[Contents, Background, Embedder], Calibration | None]
"""Finds out how sure one may be; None where there is too little to tell. See `knowledge.calibration.calibrate`."""


def build(
    entries: Sequence[Entry],
    sources: Sequence[Path],
    embedder: Embedder,
    out: Path,
    progress: Progress | None = None,
    calibrate: Calibrate | None = None,
) -> Snapshot:
    """Build a snapshot of `entries` in the folder `out`, put it into use and return it, open.

    `sources` are the files and folders that the entries came from. Vectors of unchanged texts are taken over from
    the snapshot in use. When anything fails nothing has changed on the disk. SnapshotError when there is nothing
    to build, an id stands twice or the disk refuses; what `embedder`, `progress` and `calibrate` raise goes through.
    The last five snapshots are kept.
    """
    _check(entries)
    read = _read(sources, entries)
    table = ViewTable.of(entries)
    vectors = _embed(table, embedder, _known_vectors(out, embedder), progress)
    contents = Contents.of(entries, table, vectors, embedder.widths)
    asking = RememberingEmbedder(embedder)
    background = measure(contents, asking)
    calibration = calibrate(contents, background, asking) if calibrate else None
    manifest = _manifest(contents, embedder, read, background)
    with _refusals(out), exclusive(out), unfinished(out) as place:
        contents.save(place)
        return _published(out, place, manifest, contents, calibration)


def recalibrate(folder: Path, embedder: Embedder, calibrate: Calibrate) -> Snapshot:
    """A new snapshot of what is in use in `folder`, calibrated anew; it is put into use and returned, open.

    Errors as for `build`; SnapshotError also when there is too little to calibrate by, and when another snapshot came
    into use meanwhile. The old one is kept.
    """
    old = open_current(folder)
    old.require(embedder)
    calibration = calibrate(old.contents, old.manifest.background, RememberingEmbedder(embedder))
    if calibration is None:
        raise SnapshotError(f"{folder}: too few entries or questions to calibrate by; the common threshold holds")
    with _refusals(folder), exclusive(folder), unfinished(folder) as place:
        if current_id(folder) != old.id:
            raise SnapshotError(f"{folder}: another snapshot came into use meanwhile; calibrate again")
        for file in old.manifest.files:
            if file.path not in {CALIBRATION, CURVE}:
                shutil.copyfile(snapshot_folder(folder, old.id) / file.path, place / file.path)
        return _published(folder, place, old.manifest, old.contents, calibration)


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        message = f"{folder}: the snapshot cannot be written ({reason}); nothing has changed; free some space or"
        raise SnapshotError(f"{message} choose another folder") from error


def _published(
    folder: Path, place: Path, manifest: Manifest, contents: Contents, calibration: Calibration | None
) -> Snapshot:
    """Complete what was written into `place`, and put it into use."""
    if calibration:
        (place / CALIBRATION).write_bytes(calibration.to_bytes())
        (place / CURVE).write_text(svg(calibration), encoding="utf-8", newline="\n")
    files = tuple(described(path, path.name) for path in sorted(place.iterdir()))
    created = datetime.now(UTC)
    manifest = replace(manifest, created=created.isoformat(timespec="milliseconds"), files=files)
    written = manifest.to_bytes()
    (place / MANIFEST).write_bytes(written)
    snapshot_id = new_id(created, hashlib.sha256(written).hexdigest())
    publish(folder, place, snapshot_id)
    prune(folder, KEPT)
    return Snapshot(snapshot_id, manifest, contents, calibration)


def _check(entries: Sequence[Entry]) -> None:
    if not entries:
        raise SnapshotError("no entries to build from; name a source that holds some")
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in seen:
            places = f"{seen[entry.id].place} and {entry.place}"
            raise SnapshotError(f"two entries have the id {entry.id!r} ({places}); give one of them another id")
        if not entry.answer.strip():
            raise SnapshotError(f"{entry.place}: the entry {entry.id!r} has no answer; write one or leave it out")
        seen[entry.id] = entry


def _read(sources: Sequence[Path], entries: Sequence[Entry]) -> tuple[SourceFile, ...]:
    try:
        return described_sources(sources, entries)
    except OSError as error:
        raise SnapshotError(f"{error.filename}: cannot be read ({error.strerror}); check the path") from error


def _known_vectors(out: Path, embedder: Embedder) -> dict[str, Vectors]:
    """Texts of the snapshot in use with their vectors; none when it cannot be read or has another embedder."""
    try:
        snapshot = open_current(out)
    except SnapshotError:
        return {}
    if snapshot.manifest.embedder != embedder.name:
        return {}
    table = snapshot.contents.table
    return dict(zip(table.texts, snapshot.contents.store.vectors(table.ids), strict=True))


def _embed(table: ViewTable, embedder: Embedder, known: dict[str, Vectors], progress: Progress | None) -> Vectors:
    """The vectors of all texts (n, dimension); each text is embedded once, however often it stands there."""
    distinct = dict.fromkeys(table.texts)
    fresh = [text for text in distinct if text not in known]
    done, total = len(distinct) - len(fresh), len(distinct)
    if progress and done:
        progress(done, total)
    report = (lambda count, _: progress(done + count, total)) if progress else None
    found = known | dict(zip(fresh, embedder.embed_passages(fresh, report), strict=True))
    return np.array([found[text] for text in table.texts], np.float32).reshape(-1, embedder.dimension)


def _manifest(
    contents: Contents, embedder: Embedder, sources: tuple[SourceFile, ...], background: Background
) -> Manifest:
    """The manifest but for its time and its files, which are known when they are written."""
    return Manifest(
        created="",
        kefu=kefu_version(),
        embedder=embedder.name,
        dimension=embedder.dimension,
        widths=embedder.widths,
        entries=len(contents.entries),
        vectors=len(contents.store),
        languages=languages_of(contents.entries),
        sources=sources,
        files=(),
        background=background,
    )
