"""The framing of an append-only file's entries, and where it breaks first. Knows no file and no command's meaning."""

import re
from dataclasses import dataclass
from mmap import mmap

Data = bytes | mmap

_COUNT = re.compile(rb"\*([1-9]\d{0,8})\r\n")
_LENGTH = re.compile(rb"\$(0|[1-9]\d{0,9})\r\n")
_COMMAND = re.compile(rb"[A-Za-z][\w.|-]{0,63}\Z")
_NOTE = re.compile(rb"#[^\r\n]{0,256}\r\n")
# What stands at the end of a file in which the last write was cut there.
_BEGUN = re.compile(rb"(?:[*$](?:\d{1,10}\r?)?)?|#[^\r\n]{0,256}\r?")
_LONGEST_BEGUN = 260
# A value of ours is JSON and holds no bare line break: so this begins an entry.
_ENTRY = re.compile(rb"\r\n\*[1-9]\d*\r\n\$[1-9]\d*\r\n[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where and why data cannot be read. `cut`: the last entry is incomplete, all before it is whole."""

    at: int
    why: str
    cut: bool = False


class _Broken(Exception):
    def __init__(self, at: int, why: str) -> None:
        self.at = at
        self.why = why


class _Short(Exception):
    """The data ends inside of an entry."""


def first_fault(data: Data, start: int = 0) -> Fault | None:
    """The first fault behind `start`, where an entry must begin."""
    at, end = start, len(data)
    act: int | None = None  # where the act begins whose end has not been seen
    try:
        while at < end:
            if data[at] == 0x23:  # "#TS:" and its like
                at = _past(_NOTE, data, at, "an annotation").end()
                continue
            stop, command = _entry(data, at)
            if command == b"MULTI":
                act = at
            elif command == b"EXEC":
                act = None
            at = stop
    except _Broken as broken:
        return Fault(broken.at, broken.why)
    except _Short:
        # A length that was damaged leads beyond the end, too. The server would take all behind it for one cut entry.
        if _ENTRY.search(data, at):
            return Fault(at, "an entry leads beyond the end of the file, and other entries stand behind it")
        return Fault(at if act is None else act, "the last entry is incomplete", cut=True)
    return None if act is None else Fault(act, "the last entry is incomplete", cut=True)


def _entry(data: Data, at: int) -> tuple[int, bytes]:
    """Where the entry ends, and its command's name."""
    count = _past(_COUNT, data, at, "the number of an entry's parts")
    first = at = count.end()
    command = b""
    end = len(data)
    for _ in range(int(count[1])):
        length = _past(_LENGTH, data, at, "a length")
        begin = length.end()
        at = begin + int(length[1])
        if at + 2 > end:
            raise _Short
        if data[at : at + 2] != b"\r\n":
            raise _Broken(at, "a value does not end where its length says")
        if not command:
            command = data[begin:at]
            if not _COMMAND.match(command):
                raise _Broken(first, "there is no command's name")
        at += 2
    return at, command.upper()


def _past(pattern: "re.Pattern[bytes]", data: Data, at: int, what: str) -> "re.Match[bytes]":
    found = pattern.match(data, at)
    if found:
        return found
    if len(data) - at < _LONGEST_BEGUN and _BEGUN.fullmatch(data, at):
        raise _Short
    raise _Broken(at, f"{what} is expected there")
