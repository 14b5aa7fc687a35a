"""How large a picture is, read from its head: nothing is decoded, so nothing can burst."""

import struct

from bot.files.base import FileRefused, Kind, Why

_NO_SIZE = {0xD8, 0x01, *range(0xD0, 0xD8)}  # JPEG's markers without a length
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PNG_HEAD = 8


def pixels_of(data: bytes, kind: Kind) -> int:
    """Width times height. Raises FileRefused for a head that tells none."""
    try:
        width, height = {Kind.PNG: _png, Kind.GIF: _gif, Kind.JPEG: _jpeg, Kind.WEBP: _webp}[kind](data)
    except (struct.error, IndexError):
        raise FileRefused(Why.DAMAGED) from None
    if not width or not height:
        raise FileRefused(Why.DAMAGED)
    return width * height


def _png(data: bytes) -> tuple[int, int]:
    """Walks over all pieces: what stands behind the last is no picture's."""
    at, size = _PNG_HEAD, (0, 0)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        if at == _PNG_HEAD:
            if name != b"IHDR":
                raise FileRefused(Why.DAMAGED)
            size = struct.unpack_from(">II", data, at + 8)
        at += 12 + length
        if at > len(data):
            raise FileRefused(Why.DAMAGED)
        if name == b"IEND":
            break
    if at != len(data):
        raise FileRefused(Why.MIXED)
    return size


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise FileRefused(Why.DAMAGED)
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _NO_SIZE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker in (0xD9, 0xDA):
            raise FileRefused(Why.DAMAGED)
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            at += 2 + max(length, 2)


def _webp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 not in (len(data), len(data) - 1):
        raise FileRefused(Why.MIXED if length + 8 < len(data) else Why.DAMAGED)
    name = data[12:16]
    if name == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if name == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise FileRefused(Why.DAMAGED)
