import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.models.errors import DownloadFailed, ModelDamaged
from bot.models.fetch import fetch

BODY = bytes(range(256)) * 9000
SHA256 = hashlib.sha256(BODY).hexdigest()


class Shop:
    """A server of one file that can be told to misbehave; it remembers what was asked."""

    def __init__(self) -> None:
        self.ranges: list[str | None] = []
        self.cut_after: list[int] = []
        self.statuses: list[int] = []
        self.knows_ranges = True
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/a-1.0-py3-none-any.whl"

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.ranges.append(wanted)
        if self.statuses:
            request.send_response(self.statuses.pop(0))
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.knows_ranges else 0
        body = BODY[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.cut_after.pop(0)] if self.cut_after else body)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    thread = threading.Thread(target=shop.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shop
    shop.server.shutdown()
    shop.server.server_close()
    thread.join()


@pytest.fixture
def naps() -> list[float]:
    return []


def test_brings_a_file_and_tells_how_far_it_is(shop: Shop, tmp_path: Path) -> None:
    told: list[int] = []
    target = fetch(shop.url, tmp_path / "a.whl", SHA256, told.append)
    assert target.read_bytes() == BODY
    assert told == sorted(told)
    assert told[-1] == len(BODY)
    assert list(tmp_path.iterdir()) == [target]


def test_continues_where_a_killed_run_stopped(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "a.whl.part").write_bytes(BODY[:1000])
    assert fetch(shop.url, tmp_path / "a.whl", SHA256).read_bytes() == BODY
    assert shop.ranges == ["bytes=1000-"]


def test_starts_anew_where_ranges_are_unknown(shop: Shop, tmp_path: Path) -> None:
    shop.knows_ranges = False
    (tmp_path / "a.whl.part").write_bytes(BODY[:1000])
    assert fetch(shop.url, tmp_path / "a.whl", SHA256).read_bytes() == BODY


def test_continues_after_connections_that_closed_early(shop: Shop, tmp_path: Path, naps: list[float]) -> None:
    shop.cut_after = [500, 700]
    assert fetch(shop.url, tmp_path / "a.whl", SHA256, sleep=naps.append).read_bytes() == BODY
    assert shop.ranges == [None, "bytes=500-", "bytes=1200-"]


def test_tries_that_get_further_never_run_out(shop: Shop, tmp_path: Path, naps: list[float]) -> None:
    shop.cut_after = [100] * 12
    assert fetch(shop.url, tmp_path / "a.whl", SHA256, sleep=naps.append).read_bytes() == BODY
    assert naps == [1.0] * 12


def test_waits_longer_after_each_refusal_and_gives_up_with_a_cure(
    shop: Shop, tmp_path: Path, naps: list[float]
) -> None:
    shop.statuses = [503] * 20
    with pytest.raises(DownloadFailed, match=r"503.*try again later, or put a\.whl into"):
        fetch(shop.url, tmp_path / "a.whl", SHA256, sleep=naps.append)
    assert naps == [1, 2, 4, 8, 16]


def test_does_not_insist_on_a_file_that_is_not_there(shop: Shop, tmp_path: Path, naps: list[float]) -> None:
    shop.statuses = [404]
    with pytest.raises(DownloadFailed, match="404"):
        fetch(shop.url, tmp_path / "a.whl", SHA256, sleep=naps.append)
    assert naps == []


def test_drops_a_part_that_is_longer_than_the_file(shop: Shop, tmp_path: Path, naps: list[float]) -> None:
    (tmp_path / "a.whl.part").write_bytes(BODY + b"more")
    shop.statuses = [416]
    assert fetch(shop.url, tmp_path / "a.whl", SHA256, sleep=naps.append).read_bytes() == BODY


def test_removes_a_file_with_a_wrong_sha256_and_names_it(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=r"a\.whl.*sha256.*removed: run the command again"):
        fetch(shop.url, tmp_path / "a.whl", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_reads_a_file_of_this_machine(tmp_path: Path) -> None:
    source = tmp_path / "mirror"
    source.write_bytes(BODY)
    assert fetch(source.as_uri(), tmp_path / "a.whl", SHA256).read_bytes() == BODY


def test_fails_at_once_where_the_machine_has_no_such_file(tmp_path: Path, naps: list[float]) -> None:
    with pytest.raises(DownloadFailed, match="No such file"):
        fetch((tmp_path / "gone").as_uri(), tmp_path / "a.whl", "", sleep=naps.append)
    assert naps == []


def test_knows_no_other_kind_of_address(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="only http, https and file"):
        fetch("ftp://127.0.0.1/a", tmp_path / "a.whl", "")
