"""Whether a base file (RDB) is whole, by its own checksum. Knows nothing of what it holds."""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.conversation.resp import Data, Fault

_MAGIC = re.compile(rb"(?:REDIS|VALKEY)\d{3,4}")
_TRAILER = 8
_END = 0xFF
# CRC-64/Jones, both ways reflected, begun with 0 and not inverted at its end.
_POLYNOMIAL = 0x95AC9329AC4BC9B5
_LANES = 1 << 14
_LANE = 1 << 10  # bytes

Words = NDArray[np.uint64]


def is_rdb(data: Data) -> bool:
    """Whether it begins as a base file does."""
    return bool(_MAGIC.match(data, 0))


def rdb_fault(data: Data) -> Fault | None:
    """What is wrong with a base file. One that was written without a checksum cannot be judged beyond its frame."""
    if not is_rdb(data):
        return Fault(0, "it does not begin as a base file")
    whole = len(data) - _TRAILER
    if whole < len(b"REDIS0001") + 1 or data[whole - 1] != _END:
        return Fault(len(data), "its end is missing")
    stored = int.from_bytes(data[whole:], "little")
    if stored and crc64(data, whole) != stored:
        return Fault(0, "its checksum is another")
    return None


def crc64(data: Data, size: int) -> int:
    """The checksum of the first `size` bytes, in lanes of which numpy does many at once."""
    block = _LANES * _LANE
    crc = 0
    for start in range(0, size, block):
        part = np.frombuffer(data[start : min(start + block, size)], np.uint8)
        lanes = len(part) // _LANE
        lanes = 1 << (lanes.bit_length() - 1) if lanes else 0
        while lanes:
            done, part = part[: lanes * _LANE], part[lanes * _LANE :]
            crc = _shifted(crc, lanes * _LANE) ^ _folded(done.reshape(lanes, _LANE))
            lanes = 1 << ((len(part) // _LANE).bit_length() - 1) if len(part) >= _LANE else 0
        crc = _plain(crc, bytes(part))
    return crc


@cache
def _table() -> Words:
    entries = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)  # noqa: PLW2901
        entries.append(byte)
    return np.array(entries, np.uint64)


def _plain(crc: int, data: bytes) -> int:
    table = _table().tolist()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc


def _folded(rows: NDArray[np.uint8]) -> int:
    """The checksum of 2^n rows of _LANE bytes, one behind the other."""
    table, low = _table(), np.uint64(0xFF)
    eight = np.uint64(8)
    crcs = np.zeros(len(rows), np.uint64)
    for column in np.ascontiguousarray(rows.T):
        crcs = table[((crcs ^ column) & low).astype(np.intp)] ^ (crcs >> eight)
    length = _LANE
    while len(crcs) > 1:
        crcs = _apply(_zeros(length), crcs[0::2]) ^ crcs[1::2]
        length *= 2
    return int(crcs[0])


def _shifted(crc: int, length: int) -> int:
    """The checksum after so many zeros more; the length is _LANE times a power of 2."""
    return int(_apply(_zeros(length), np.array([crc], np.uint64))[0])


@cache
def _zeros(length: int) -> Words:
    """What `length` zeros make of each single bit of a checksum: 64 words."""
    bits = np.uint64(1) << np.arange(64, dtype=np.uint64)
    if length > 1:
        half = _zeros(length // 2)
        return _apply(half, half)
    return np.array([_plain(bit, b"\0") for bit in bits.tolist()], np.uint64)


def _apply(matrix: Words, crcs: Words) -> Words:
    made = np.zeros_like(crcs)
    for bit, word in enumerate(matrix):
        made ^= np.where(crcs >> np.uint64(bit) & np.uint64(1), word, np.uint64(0))
    return made
