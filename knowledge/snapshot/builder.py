"""Builds a snapshot: whole and checked, or not at all. Knows no loader; an embedder is handed in."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder, Progress, Vectors
from knowledge.errors import SnapshotError
from knowledge.snapshot.background import Background, measure
from knowledge.snapshot.contents import Contents, ViewTable
from knowledge.snapshot.layout import MANIFEST, exclusive, new_id, prune, publish, unfinished
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


def build(
    entries: Sequence[Entry],
    sources: Sequence[Path],
    embedder: Embedder,
    out: Path,
    progress: Progress | None = None,
) -> Snapshot:
    """Build a snapshot of `entries` in the folder `out`, put it into use and return it, open.

    `sources` are the files and folders that the entries came from. Vectors of unchanged texts are taken over from
    the snapshot in use. When anything fails nothing has changed on the disk. SnapshotError when there is nothing
    to build, an id stands twice or the disk refuses; what `embedder` and `progress` raise goes through. The last
    five snapshots are kept.
    """
    _check(entries)
    read = _read(sources, entries)
    table = ViewTable.of(entries)
    vectors = _embed(table, embedder, _known_vectors(out, embedder), progress)
    contents = Contents.of(entries, table, vectors)
    background = measure(contents, embedder)
    try:
        with exclusive(out), unfinished(out) as place:
            contents.save(place)
            manifest = _manifest(contents, embedder, read, place, background)
            written = manifest.to_bytes()
            (place / MANIFEST).write_bytes(written)
            created = datetime.fromisoformat(manifest.created)
            snapshot_id = new_id(created, hashlib.sha256(written).hexdigest())
            publish(out, place, snapshot_id)
            prune(out, KEPT)
    except OSError as error:
        reason = error.strerror or error
        message = f"{out}: the snapshot cannot be written ({reason}); nothing has changed; free some space or"
        raise SnapshotError(f"{message} choose another folder") from error
    return Snapshot(snapshot_id, manifest, contents)


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
    vectors = np.zeros((len(table.texts), embedder.dimension), np.float32)
    fresh = [i for i, text in enumerate(table.texts) if text not in known]
    for i, text in enumerate(table.texts):
        if text in known:
            vectors[i] = known[text]
    done, total = len(table.texts) - len(fresh), len(table.texts)
    if progress and done:
        progress(done, total)
    report = (lambda count, _: progress(done + count, total)) if progress else None
    vectors[fresh] = embedder.embed_passages([table.texts[i] for i in fresh], report)
    return vectors


def _manifest(
    contents: Contents, embedder: Embedder, sources: tuple[SourceFile, ...], place: Path, background: Background
) -> Manifest:
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        kefu=kefu_version(),
        embedder=embedder.name,
        dimension=embedder.dimension,
        entries=len(contents.entries),
        vectors=len(contents.store),
        languages=languages_of(contents.entries),
        sources=sources,
        files=tuple(described(path, path.name) for path in sorted(place.iterdir())),
        background=background,
    )
