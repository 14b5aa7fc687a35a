"""What lies in an archive, looked through within bounds: entries, their real sizes, archives within."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.files.base import MEGABYTE, FileRefused, Kind, Limits, Why

_END = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_A_HEAD = 46  # bytes of the shortest entry in a directory
_LONG_HEAD = 600  # and of one with a name and extras that are still in order
_PIECE = 65_536
_NESTED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"BZh")
_TO_STORE, _TO_DEFLATE = 0, 8


@dataclass(slots=True)
class _Budget:
    """What is left of the entries and bytes that one file may hold, with all that lies in it."""

    entries: int
    unpacked: int


def ends_as_archive(data: bytes) -> bool:
    """Whether a program that opens archives would open it, wherever they begin."""
    return data.rfind(_END, max(0, len(data) - _LONGEST_COMMENT - 22)) >= 0


def look_through(data: bytes, limits: Limits) -> Kind:
    """Which kind of archive it is. Raises FileRefused for one that holds too much, hides something or is damaged."""
    names = _opened(data, limits, _Budget(limits.entries, limits.unpacked), limits.nesting)
    if any(name.casefold().endswith(("vbaproject.bin", ".exe", ".js", ".vbs", ".bat", ".cmd")) for name in names):
        raise FileRefused(Why.TYPE)
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Kind.DOCX
        if any(name.startswith("xl/") for name in names):
            return Kind.XLSX
    return Kind.ZIP


def _opened(data: bytes, limits: Limits, budget: _Budget, nesting: int) -> list[str]:
    _check_directory(data, budget)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error):
        raise FileRefused(Why.DAMAGED) from None
    budget.entries -= len(entries)
    if budget.entries < 0 or sum(entry.compress_size for entry in entries) > len(data):
        raise FileRefused(Why.ARCHIVE)  # more than there are, or one piece counted many times
    if entries and min(entry.header_offset for entry in entries) != 0:
        raise FileRefused(Why.MIXED)
    for entry in entries:
        _check_entry(entry)
        _look_into(data, entry, limits, budget, nesting)
    return [entry.filename for entry in entries]


def _check_directory(data: bytes, budget: _Budget) -> None:
    """Before the directory is read: it must not be long by itself."""
    at = data.rfind(_END, max(0, len(data) - _LONGEST_COMMENT - 22))
    if at < 0 or at + 22 > len(data):
        raise FileRefused(Why.DAMAGED)
    count, size = struct.unpack_from("<HI", data, at + 10)
    if max(count, size // _A_HEAD if size // _LONG_HEAD > budget.entries else 0) > budget.entries:
        raise FileRefused(Why.ARCHIVE)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise FileRefused(Why.LOCKED)
    name = entry.orig_filename
    if "\x00" in name or re.match(r"[/\\]|[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name):
        raise FileRefused(Why.ARCHIVE)


def _look_into(data: bytes, entry: zipfile.ZipInfo, limits: Limits, budget: _Budget, nesting: int) -> None:
    """Unpack an entry as far as its bounds go: what its head says of its size may be a lie."""
    packed = _packed(data, entry)
    first, size = b"", 0
    within = bytearray()
    for piece in _pieces(packed, entry.compress_type):
        first = first or piece[:8]
        size += len(piece)
        budget.unpacked -= len(piece)
        if budget.unpacked < 0 or (size > MEGABYTE and size > limits.ratio * max(len(packed), 1)):
            raise FileRefused(Why.ARCHIVE)
        if first.startswith(_NESTED):
            if nesting < 1 or not first.startswith(_NESTED[0]):
                raise FileRefused(Why.ARCHIVE)
            within += piece
    if within:
        _opened(bytes(within), limits, budget, nesting - 1)


def _packed(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    try:
        signature, name, extra = struct.unpack_from("<4s22xHH", data, entry.header_offset)
    except struct.error:
        raise FileRefused(Why.DAMAGED) from None
    start = entry.header_offset + 30 + name + extra
    if signature != b"PK\x03\x04" or start + entry.compress_size > len(data):
        raise FileRefused(Why.DAMAGED)
    return data[start : start + entry.compress_size]


def _pieces(packed: bytes, how: int) -> Iterator[bytes]:
    if how == _TO_STORE:
        yield packed
        return
    if how != _TO_DEFLATE:
        raise FileRefused(Why.DAMAGED)
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        piece = unpacking.decompress(packed, _PIECE)
        while piece:
            yield piece
            piece = unpacking.decompress(unpacking.unconsumed_tail, _PIECE)
    except zlib.error:
        raise FileRefused(Why.DAMAGED) from None
