"""Finds damage in the files of the server that comes with Kefu. Starts no server and knows no conversation.

The files are `appendonlydir/`: a manifest, at most one base file, and files of entries that only grow. What stands
in them is held against the seal (whatever was changed), the base file's checksum, and the framing of the entries.
"""

import contextlib
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.rdb import is_rdb, rdb_fault
from bot.conversation.resp import Data, Fault, first_fault
from bot.conversation.seal import DATA, SealDamaged, Sealed, break_seal, read_seal

ACCEPT = "accept-damage"
"""The file by whose presence a person says, for one start, that damage shall not stop the server."""

_MANIFEST = "appendonly.aof.manifest"
_LINE = re.compile(
    r"file (?P<name>appendonly\.aof\.(?P<number>[1-9]\d*)\.(?P<kind>base\.(?:rdb|aof)|incr\.aof))"
    r" seq (?P<seq>[1-9]\d*) type (?P<type>[bih])(?: startoffset \d+)?(?: endoffset \d+)?"
)
_TORN = 1 << 20  # bytes; no write that a crash has cut is longer
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with one file. `grave`: a server that starts with it would lose or change more than one act."""

    path: Path
    found: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.path} {self.found}"


def examine(folder: Path, *, thorough: bool = True, live: bool = False) -> list[Damage]:
    """All damage that can be found in a server's folder. Raises OSError.

    Unless `thorough`, what the seal vouches for is not looked at twice. `live`: a server writes to the files, so an
    incomplete entry at the end is one in the making, and files may be replaced by others.
    """
    missing = folder / DATA
    for _ in range(_LOOKS):
        try:
            damages = list(_examine(folder, thorough))
        except FileNotFoundError as error:
            missing = Path(error.filename)
        else:
            return [damage for damage in damages if damage.grave or not live]
    return [Damage(missing, "is missing, and the manifest names it")]


def admit(folder: Path) -> list[Damage]:
    """The damage with which a server may start all the same: a cut end, or what a person has accepted.

    Raises ConversationsUnavailable for other damage, and OSError.
    """
    damages = examine(folder, thorough=False)
    accepted = folder / ACCEPT
    grave = next((damage for damage in damages if damage.grave), None)
    if grave and not accepted.exists():
        raise ConversationsUnavailable(f"{grave}: {cure(folder)}")
    if damages:
        # The server cuts what it cannot read, and goes on writing there.
        break_seal(folder)
    accepted.unlink(missing_ok=True)
    return damages


def cure(folder: Path) -> str:
    """What a person can do about damage in a server's folder."""
    return (
        f"run `kefu doctor`, restore a backup of {folder}, move it away to begin anew,"
        f" or make an empty file {folder / ACCEPT} to go on with what can be read"
    )


def _examine(folder: Path, thorough: bool) -> Iterator[Damage]:
    place = folder / DATA
    seal: dict[str, Sealed] = {}
    try:
        seal = read_seal(folder)
    except SealDamaged:
        yield Damage(folder, "holds a damaged seal of its files, which tells nothing", grave=False)
    present = {path.name for path in place.iterdir()} if place.is_dir() else set()
    if not any(name.startswith("appendonly.aof.") for name in present):
        if seal:
            yield Damage(place, "has lost all its files since the server was stopped", grave=False)
        return
    named = _read_manifest(place / _MANIFEST)
    if isinstance(named, Damage):
        yield named
        return
    for name in sorted((seal.keys() & present) - set(named) - {_MANIFEST}):
        yield Damage(place / name, "is no longer named by the manifest")
    for name in named:
        yield from _examine_file(place / name, seal.get(name), thorough)


def _read_manifest(path: Path) -> list[str] | Damage:
    """The names of the files that the server reads, in its order."""
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return Damage(path, "is missing: the server would begin without data")
    except UnicodeDecodeError as error:
        return Damage(path, f"is damaged at byte {error.start}")
    names, at = [], 0
    for line in text.splitlines(keepends=True):
        found = _LINE.fullmatch(line.removesuffix("\n"))
        if not found or not line.endswith("\n") or not _agree(found):
            return Damage(path, f"is damaged at byte {at} or behind it")
        if found["type"] != "h":
            names.append(found["name"])
        at += len(line)
    return names or Damage(path, "is empty: the server would begin without data")


def _agree(found: "re.Match[str]") -> bool:
    types = "b" if found["kind"].startswith("base") else "ih"
    return found["number"] == found["seq"] and found["type"] in types + "h"


def _examine_file(path: Path, sealed: Sealed | None, thorough: bool) -> Iterator[Damage]:
    size = path.stat().st_size
    changed = sealed.changed(path) if sealed else None
    missing = max(sealed.size - size, 0) if sealed else 0
    start = sealed.size if sealed and not (changed or missing or thorough) else 0
    with _opened(path, size) as data:
        base = is_rdb(data) or path.name.endswith(".rdb")
        fault = (None if start else rdb_fault(data)) if base else first_fault(data, start)
    if fault and not fault.cut:
        where = f" at byte {fault.at}" if fault.at else ""
        yield Damage(path, f"is damaged{where} ({fault.why})")
    elif changed:
        yield Damage(path, f"is damaged between bytes {changed[0]} and {changed[1]} (they were changed)")
    elif missing:
        lost = f"has lost its last {missing} bytes since the server was stopped"
        yield Damage(path, lost, grave=base or missing > _TORN)
    elif fault:
        yield Damage(path, _told(fault, size), grave=size - fault.at > _TORN)


def _told(fault: Fault, size: int) -> str:
    return f"is cut: {fault.why} ({size - fault.at} bytes from byte {fault.at}), at most one act is lost"


@contextlib.contextmanager
def _opened(path: Path, size: int) -> Iterator[Data]:
    """The first `size` bytes of a file."""
    with path.open("rb") as file:
        if not size:
            yield b""
            return
        with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
            yield data
