"""Brings one file from an address to the disk, whole or not at all. Knows no model and no wheel.

What came before an interruption stays in `NAME.part` and is continued by a byte range, after `kill -9` too.
"""

import errno
import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bot.models.errors import DownloadFailed, ModelDamaged, ModelsError, NoSpace

Received = Callable[[int], None]
"""Called with the number of bytes of this file that are on disk."""

_CHUNK = 1 << 20
_TIMEOUT = 60.0
_TRIES = 6
_NOT_WORTH_ANOTHER_TRY = {400, 401, 403, 404, 410}


class _ShortError(OSError):
    """The other side closed before everything had come."""


def fetch(
    url: str,
    target: Path,
    sha256: str,
    received: Received = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Bring `url` (http, https or file) to `target`; an empty `sha256` is not checked.

    A proxy and `SSL_CERT_FILE` are honoured. A failed try is repeated with growing pauses; tries that got
    further do not count. Raises DownloadFailed and ModelDamaged.
    """
    if not url.startswith(("https://", "http://", "file:")):
        raise DownloadFailed(f"cannot fetch {url}: only http, https and file addresses are known")
    if not target.exists():
        part = target.with_name(target.name + ".part")
        _persist(url, part, received, sleep)
        check_sha256(part, sha256)
        part.replace(target)
    received(target.stat().st_size)
    return target


def check_sha256(path: Path, expected: str) -> None:
    """Raise ModelDamaged, after removing the file, when it does not hash to `expected` (empty: anything will do)."""
    if not expected:
        return
    found = sha256_of(path)
    if found != expected:
        path.unlink()
        message = f"{path}: sha256 is {found[:12]}…, not {expected[:12]}…; it was removed: run the command again"
        raise ModelDamaged(message)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _persist(url: str, part: Path, received: Received, sleep: Callable[[float], None]) -> None:
    tries = 0
    while True:
        before = _size(part)
        try:
            _receive(url, part, received)
        except (OSError, http.client.HTTPException) as error:
            tries = 1 if _size(part) > before else tries + 1
            if tries >= _TRIES or not _worth_another_try(url, error):
                raise _gave_up(url, part, error) from error
            if _range_refused(error):
                part.unlink(missing_ok=True)
        else:
            return
        sleep(min(2.0 ** (tries - 1), 30.0))


def _receive(url: str, part: Path, received: Received) -> None:
    have = _size(part)
    headers = {"Range": f"bytes={have}-"} if have else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (the scheme was checked)
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
        continued = response.status == http.HTTPStatus.PARTIAL_CONTENT
        have = have if continued else 0
        length = response.headers.get("Content-Length")
        whole = have + int(length) if length else None
        with part.open("ab" if continued else "wb") as file:
            have = _copy(response, file, have, received)
    # http.client ends a body that was cut off as if it were whole.
    if whole is not None and have < whole:
        raise _ShortError(f"the connection closed after {have:,} of {whole:,} bytes")


def _worth_another_try(url: str, error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code not in _NOT_WORTH_ANOTHER_TRY
    return not url.startswith("file:") and getattr(error, "errno", None) != errno.ENOSPC


def _range_refused(error: Exception) -> bool:
    refused = http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    return isinstance(error, urllib.error.HTTPError) and error.code == refused


def _gave_up(url: str, part: Path, error: Exception) -> ModelsError:
    if getattr(error, "errno", None) == errno.ENOSPC:
        return NoSpace(f"{part.parent}: the disk is full: free some or set KEFU_CACHE_DIR")
    file, place = part.name.removesuffix(".part"), part.parent
    return DownloadFailed(f"cannot fetch {url}: {error}; try again later, or put {file} into {place} by hand")


def _copy(response: IO[bytes], file: IO[bytes], have: int, received: Received) -> int:
    while chunk := response.read(_CHUNK):
        file.write(chunk)
        have += len(chunk)
        received(have)
    return have


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
