"""What the files of a server that was stopped looked like. Knows no format of theirs.

The server takes a changed byte inside of a value for what it was given. So after a clean stop the digests of all its
files are written down, chunk by chunk: later they tell that a file was changed, and about where. Files only grow, and
one that was written anew has another name: so the seal stays true while servers run, even one that is killed.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = "appendonlydir"
"""The folder, within the server's, of the files that it writes."""

_SEAL = "seal.json"
_CHUNK = 1 << 20  # bytes


class SealDamaged(Exception):
    """The seal cannot be read, so it tells nothing."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One file as it was."""

    size: int
    chunks: tuple[str, ...]

    def changed(self, path: Path) -> tuple[int, int] | None:
        """First and last byte between which the file is another; a file that is shorter is judged as far as it goes.

        Raises OSError.
        """
        size = min(path.stat().st_size, self.size)
        for number, (digest, known) in enumerate(zip(_digests(path, size), self.chunks, strict=False)):
            begin, end = number * _CHUNK, min((number + 1) * _CHUNK, self.size)
            if digest != known and end <= size:
                return begin, end - 1
        return None


def write_seal(folder: Path) -> None:
    """Seal the files of the server that was stopped. Raises OSError."""
    sealed = {
        path.name: {"size": path.stat().st_size, "chunks": list(_digests(path, path.stat().st_size))}
        for path in sorted((folder / DATA).iterdir())
        if not path.name.startswith("temp-")
    }
    text = json.dumps({"chunk": _CHUNK, "files": sealed})
    draft = folder / f"{_SEAL}.new"
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{text}\n{_sum(text)}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _SEAL)


def read_seal(folder: Path) -> dict[str, Sealed]:
    """The files by their name; none when nothing was sealed. Raises SealDamaged and OSError."""
    try:
        text, digest, rest = (folder / _SEAL).read_text("ascii").split("\n")
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SealDamaged from error
    if rest or _sum(text) != digest:
        raise SealDamaged
    found: dict[str, Any] = json.loads(text)
    if found["chunk"] != _CHUNK:
        return {}
    return {name: Sealed(file["size"], tuple(file["chunks"])) for name, file in found["files"].items()}


def break_seal(folder: Path) -> None:
    """Forget it: the server is about to change what was sealed. Raises OSError."""
    (folder / _SEAL).unlink(missing_ok=True)


def _digests(path: Path, size: int) -> Iterator[str]:
    with path.open("rb", buffering=0) as file:
        for begin in range(0, size, _CHUNK):
            yield hashlib.sha256(file.read(min(_CHUNK, size - begin))).hexdigest()


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
