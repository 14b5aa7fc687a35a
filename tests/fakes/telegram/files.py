"""Files that are sent and fetched. Knows no chat."""

import itertools
from dataclasses import dataclass

from aiohttp import web

from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.params import Upload
from tests.fakes.telegram.refusal import Refusal, bad

# What a bot may fetch and what it may send, in bytes.
LARGEST_FETCHED = 20 * 2**20
LARGEST_SENT = 50 * 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    """A file: its bytes, its name and its type; its size may be told without the bytes."""

    data: bytes
    name: str
    mime: str
    size: int


class Files:
    """All files by their id."""

    def __init__(self) -> None:
        self.stored: dict[str, Stored] = {}
        self._numbers = itertools.count(1)

    def add(self, data: bytes, name: str, mime: str, size: int | None = None) -> Json:
        """Keep a file; what a message says of it is returned."""
        number = next(self._numbers)
        stored = Stored(data, name, mime, len(data) if size is None else size)
        self.stored[f"file-{number}"] = stored
        return self.told(f"file-{number}")

    def told(self, file_id: str) -> Json:
        """What a message says of a file."""
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": self.stored[file_id].size}

    def sent(self, params: Json, name: str) -> Json:
        """The file that a call sends: new, known by its id, or somewhere on the web. Raises Refusal."""
        value = params.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = params.get(value.removeprefix("attach://"))
        if isinstance(value, Upload):
            if len(value.data) > LARGEST_SENT:
                raise Refusal(413, "Request Entity Too Large")
            if not value.data:
                raise bad("file must be non-empty")
            return self.add(value.data, value.name, value.mime)
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return self.add(b"", value.rsplit("/", 1)[-1], "application/octet-stream")
        if not value:
            raise bad(f"there is no {name} in the request")
        if value not in self.stored:
            raise bad("wrong file identifier/HTTP URL specified")
        return self.told(value)

    def get_file(self, params: Json) -> Json:
        """Where a file may be fetched. Raises Refusal."""
        file_id = str(params.get("file_id", ""))
        if file_id not in self.stored:
            raise bad("invalid file_id")
        if self.stored[file_id].size > LARGEST_FETCHED:
            raise bad("file is too big")
        return self.told(file_id) | {"file_path": f"files/{file_id}/{self.stored[file_id].name}"}

    def serve(self, path: str) -> web.Response:
        """The bytes of a file at the path that was told."""
        match path.split("/", 2):
            case ["files", file_id, _] if file_id in self.stored:
                stored = self.stored[file_id]
                return web.Response(body=stored.data, content_type=stored.mime)
        return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
