"""Files that customers and agents send each other: what is kept of one, and why one is refused. Knows no HTTP.

A file belongs to one conversation and is found by its name and an id that its sender made. It is kept for an hour,
and from when a turn carries it as long as the owner wants.

Errors: FilesUnavailable   the server cannot be reached or refuses to write
        FileRefused        a file is not taken; `why` is one word, the text a sentence
        FileConflict       the id was used for another file
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.conversation.messages import Attachment

MEGABYTE = 1_000_000
HELD_SECONDS = 3_600.0
"""How long a file is kept that no turn carries yet."""


class Why(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    MIXED = "mixed"
    PIXELS = "pixels"
    DAMAGED = "damaged"
    ARCHIVE = "archive"
    LOCKED = "locked"
    QUOTA = "quota"
    FULL = "full"
    BUSY = "busy"
    UNKNOWN = "unknown"


_SENTENCES = {
    Why.EMPTY: "This file is empty.",
    Why.TOO_LARGE: "This file is too large.",
    Why.TYPE: "Files of this type cannot be sent.",
    Why.MIXED: "This file holds something else than its type allows.",
    Why.PIXELS: "This picture has too many pixels.",
    Why.DAMAGED: "This file is damaged.",
    Why.ARCHIVE: "This archive holds too much.",
    Why.LOCKED: "Locked archives cannot be sent.",
    Why.QUOTA: "You have sent as many files as can be kept.",
    Why.FULL: "No more files can be kept at the moment.",
    Why.BUSY: "Many files are being sent at the moment: please try again.",
    Why.UNKNOWN: "This file is not kept any more: please send it again.",
}


class FilesError(Exception):
    """Base of this room's errors; its text is one line fit for a person."""


class FilesUnavailable(FilesError):
    """The server cannot be reached, or refuses to write."""


class FileConflict(FilesError):
    """The id was used for another file."""


class FileRefused(FilesError):
    """A file is not taken."""

    def __init__(self, why: Why) -> None:
        super().__init__(_SENTENCES[why])
        self.why = why


class Kind(StrEnum):
    """What a file is, by what it holds."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    PDF = "pdf"
    TXT = "txt"
    CSV = "csv"
    DOCX = "docx"
    XLSX = "xlsx"
    ZIP = "zip"


PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF})
ARCHIVES = frozenset({Kind.DOCX, Kind.XLSX, Kind.ZIP})
MIME = {
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.GIF: "image/gif",
    Kind.PDF: "application/pdf",
    Kind.TXT: "text/plain",
    Kind.CSV: "text/csv",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.ZIP: "application/zip",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken. Sizes in bytes; `visitor` and `total` are what one conversation and all may hold at once."""

    size: int = 10 * MEGABYTE
    kinds: frozenset[Kind] = frozenset(Kind)
    visitor: int = 50 * MEGABYTE
    total: int = 1_000 * MEGABYTE
    pixels: int = 50_000_000
    entries: int = 1_000
    unpacked: int = 100 * MEGABYTE
    ratio: int = 100
    """How many times its size an archive may grow, from a megabyte on."""
    nesting: int = 1
    """How many archives may lie in each other within an archive."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file. `by` is an agent's name or empty for the customer, `expires` Unix seconds."""

    id: str
    name: str
    kind: Kind
    size: int
    digest: str
    at: float
    by: str = ""
    expires: float = 0.0

    @property
    def mime(self) -> str:
        """The media type that its content has."""
        return MIME[self.kind]

    def attachment(self) -> Attachment:
        """As a turn carries it, in the shape of every channel's."""
        kind = "photo" if self.kind in PICTURES else "document"
        return Attachment(kind, self.id, self.name, self.mime, self.size)


@dataclass(frozen=True, slots=True)
class Usage:
    """How many files are kept, and their bytes."""

    files: int = 0
    bytes: int = 0


class Files(Protocol):
    """Where files are kept. All methods may raise FilesUnavailable."""

    async def room(self, conversation: str, size: int, limits: Limits) -> None:
        """Raises FileRefused when so many bytes more cannot be kept."""

    async def put(self, conversation: str, file: Stored, data: bytes, limits: Limits) -> bool:
        """Keep a file for HELD_SECONDS. False: it was there already. Raises FileConflict and FileRefused."""

    async def keep(self, conversation: str, names: Sequence[str], seconds: float) -> Sequence[Stored]:
        """Keep files for so long from now: a turn carries them. Raises FileRefused when one is not there."""

    async def find(self, conversation: str, name: str) -> Stored | None:
        """What is known of a file."""

    def read(self, conversation: str, name: str) -> AsyncIterator[bytes]:
        """Its bytes, piece by piece; nothing when it is not there."""

    async def forget(self, conversation: str) -> int:
        """Erase all files of a conversation; how many there were."""

    async def usage(self) -> Usage:
        """All that is kept."""
