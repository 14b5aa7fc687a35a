"""What a snapshot says of itself: its embedder, its sources and the digest of each file. Loads none of them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from knowledge.corpus.entry import Entry
from knowledge.errors import SnapshotDamaged, SnapshotError
from knowledge.snapshot.background import Background

FORMAT = 2
_READ = frozenset({1, FORMAT})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by its path (as the owner writes it), its sha256 and its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first file of a snapshot that is read. `created` is ISO 8601 in UTC; `languages` counts entries.

    `widths` are the numbers that each embedder has in a vector; format 1 did not tell, and its vectors are read as
    those of one: so its calibrations mean what they meant.
    """

    created: str
    kefu: str
    embedder: str
    dimension: int
    entries: int
    vectors: int
    languages: dict[str, int]
    sources: tuple[SourceFile, ...]
    files: tuple[SourceFile, ...]
    background: Background
    widths: tuple[int, ...] = ()

    @property
    def main_language(self) -> str:
        """The language of most entries (ISO 639-1), or "" when none is known."""
        known = {language: count for language, count in self.languages.items() if language}
        return max(known, key=lambda language: (known[language], language), default="")

    def to_bytes(self) -> bytes:
        """The manifest as it is written; the same manifest gives the same bytes."""
        data = {"format": FORMAT, **asdict(self)}
        return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, path: Path) -> "Manifest":
        """The manifest that `to_bytes` wrote to `path`. SnapshotError when it is of another format or none at all."""
        try:
            fields: dict[str, Any] = json.loads(data)
            if fields.pop("format") not in _READ:
                raise SnapshotError(f"{path}: written by another version of Kefu ({fields['kefu']}); build again")
            fields["sources"] = tuple(SourceFile(**source) for source in fields["sources"])
            fields["files"] = tuple(SourceFile(**file) for file in fields["files"])
            fields["widths"] = tuple(map(int, fields.get("widths", ())))
            fields["background"] = Background.from_json(fields["background"])
            return cls(**fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SnapshotDamaged(f"{path}: not a manifest") from error


def kefu_version() -> str:
    """The version of Kefu that is installed."""
    try:
        return version("kefu")
    except PackageNotFoundError:
        return "unknown"


def described(path: Path, name: str) -> SourceFile:
    """The file at `path` under the name `name`. OSError when it cannot be read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return SourceFile(name, digest, file.tell())


def described_sources(sources: Sequence[Path], entries: Sequence[Entry]) -> tuple[SourceFile, ...]:
    """The files that `entries` came from: the `sources` that are files, and those that are used in folders."""
    used = {entry.place.source for entry in entries}
    found = dict(found for source in sources for found in _files(source, used))
    return tuple(described(path, name) for name, path in sorted(found.items()))


def languages_of(entries: Sequence[Entry]) -> dict[str, int]:
    """How many of `entries` are in each language, most first; "" where it is not known."""
    return dict(Counter(entry.language for entry in entries).most_common())


def _files(source: Path, used: set[str]) -> Iterator[tuple[str, Path]]:
    if not source.is_dir():
        yield str(source), source
        return
    for path in source.rglob("*"):
        names = {path.relative_to(source).as_posix(), path.as_posix(), str(path.relative_to(source.parent))}
        if not used.isdisjoint(names) and path.is_file():
            yield min(used & names, key=len), path
