"""Files to decoded sources, within limits. Knows encodings and sizes; knows no format."""

import codecs
from pathlib import Path

from knowledge.corpus.base import Source
from knowledge.errors import CorpusError

MAX_BYTES = 100 * 1024 * 1024
MAX_LINE_BYTES = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def read_text(path: Path, name: str, max_bytes: int = MAX_BYTES, max_line_bytes: int = MAX_LINE_BYTES) -> Source:
    """The decoded file at `path`, called `name` in every message.

    UTF-8 and UTF-16 (with a byte order mark) are read, and GB18030 where the text is beyond doubt Chinese. Line
    ends become one newline each, as Python's text mode does, and offsets count from there. CorpusError when the
    file is unreadable, empty, too large, in another encoding, or binary.
    """
    text = _decoded(_within_limits(path, name, max_bytes, max_line_bytes), name)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if (at := text.find("\0")) >= 0:
        raise CorpusError(f"{_at(name, text, at)}: a NUL byte: this is no text file")
    if not text.strip():
        raise CorpusError(f"{name}: the file is empty: fill it or remove it")
    return Source(name, text)


def _within_limits(path: Path, name: str, max_bytes: int, max_line_bytes: int) -> bytes:
    """The bytes of the file, read piece by piece so that a limit is noticed before the memory is spent."""
    chunks: list[bytes] = []
    total = unfinished = 0
    line = 1
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                total += len(chunk)
                lengths = [len(part) for part in chunk.split(b"\n")]
                lengths[0] += unfinished
                if max(lengths) > max_line_bytes:
                    number = next(number for number, length in enumerate(lengths) if length > max_line_bytes)
                    what = f"a line of more than {_size(max_line_bytes)}: break it into lines"
                    raise CorpusError(f"{name}:{line + number}: {what}")
                if total > max_bytes:
                    raise CorpusError(f"{name}: larger than {_size(max_bytes)}: split it into several files")
                unfinished = lengths[-1]
                line += len(lengths) - 1
                chunks.append(chunk)
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read: {error.strerror or error}") from error
    return b"".join(chunks)


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise CorpusError(f"{name}:1: UTF-32 is not read: save it as UTF-8")
    encoding = _UTF16.get(data[:2], "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and (chinese := _as_chinese(data)) is not None:
            return chinese
        before = data[: error.start].decode(encoding)
        label = "UTF-8" if encoding == "utf-8" else "UTF-16"
        where = f"byte 0x{data[error.start]:02x} at column {len(before) - before.rfind(chr(10))}"
        cure = "save it as UTF-8"
        raise CorpusError(f"{name}:{before.count(chr(10)) + 1}: not {label} ({where}): {cure}") from error


def _as_chinese(data: bytes) -> str | None:
    """The text if it is GB18030 beyond doubt: nearly all of it common simplified characters, else None.

    Bytes of Latin-1, Big5, Shift JIS or a broken UTF-8 file often decode as GB18030 too, but then into rare
    characters; level 1 of GB 2312 (lead bytes B0 to D7) holds the 3,755 that ordinary text is made of.
    """
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    beyond_ascii = [character for character in text if character > "\x7f"]
    coded = [character.encode("gb2312", "ignore") for character in beyond_ascii]
    level_one = sum(1 for code in coded if code and 0xB0 <= code[0] <= 0xD7)
    common = sum(1 for code in coded if code)
    if level_one >= 4 and common >= 0.98 * len(coded) and level_one >= 0.7 * len(coded):
        return text
    return None


def _at(name: str, text: str, offset: int) -> str:
    return f"{name}:{text.count(chr(10), 0, offset) + 1}"


def _size(count: int) -> str:
    return f"{count // (1024 * 1024)} MB" if count >= 1024 * 1024 else f"{count} bytes"
