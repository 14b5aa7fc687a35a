"""What a file is, is judged by what it holds."""

import contextlib
import struct
import zipfile

import pytest

from bot.files.base import FileRefused, Kind, Limits, Why
from bot.files.content import judge
from tests.bot.files.samples import HTML, PDF, SVG, archive, gif, jpeg, nested, png, table, webp, word

LIMITS = Limits()


def refused(data: bytes, name: str = "picture.png", limits: Limits = LIMITS) -> Why:
    with pytest.raises(FileRefused) as refusal:
        judge(data, name, limits)
    return refusal.value.why


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), Kind.PNG),
        (jpeg(640, 480), Kind.JPEG),
        (gif(), Kind.GIF),
        (webp(30, 40), Kind.WEBP),
        (PDF, Kind.PDF),
        ("Grüße, 你好\nline\ttab\r\n".encode(), Kind.TXT),
        ("Grüße".encode("utf-16"), Kind.TXT),
        (b"\xef\xbb\xbfwith a mark", Kind.TXT),
        (b"I write about a < b and <b>bold</b> words", Kind.TXT),
        (archive({"a.txt": b"words"}), Kind.ZIP),
        (word(), Kind.DOCX),
        (table(), Kind.XLSX),
    ],
)
def test_every_kind_is_known_by_its_content(data: bytes, kind: Kind) -> None:
    assert judge(data, "whatever.exe", LIMITS) is kind


def test_a_text_is_a_table_when_its_name_says_so() -> None:
    assert judge(b"a,b\n1,2\n", "PRICES.CSV", LIMITS) is Kind.CSV


@pytest.mark.parametrize(
    "data",
    [
        HTML,
        SVG,
        b"  \n<svg/>",
        b"<!-- hello --><html>",
        b"plain words " * 20 + b"<script>alert(1)</script>",
        b"<?php system('ls'); ?>",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"words\x00with a zero",
        b"\x1f\x8b\x08packed",
        b"BM\x9a\x00\x00\x00",
        "<svg/>".encode("utf-16"),
        bytes(range(256)),
    ],
)
def test_what_a_browser_or_machine_would_run_is_refused_under_any_name(data: bytes) -> None:
    assert refused(data) is Why.TYPE


@pytest.mark.parametrize(
    "data",
    [
        png() + HTML,
        png() + archive({"a.txt": b"words"}),
        gif() + archive({"a.txt": b"words"}),
        PDF + archive({"a.txt": b"words"}),
        b"GIF89a" + gif()[6:13] + b"/*<script>*/",
        jpeg()[:-2] + HTML + jpeg()[-2:],
        webp() + b"more",
    ],
)
def test_what_is_two_things_at_once_is_refused(data: bytes) -> None:
    assert refused(data) is Why.MIXED


def test_an_archive_behind_something_else_is_refused() -> None:
    packed = archive({"a.txt": b"words"})

    assert refused(b"PK\x03\x04 something" + packed) in {Why.MIXED, Why.DAMAGED}
    assert refused(b"words before " + packed) is Why.TYPE


@pytest.mark.parametrize("make", [png, jpeg, gif, webp])
def test_too_many_pixels_are_refused_by_the_head_alone(make) -> None:  # type: ignore[no-untyped-def]
    largest = 16_383 if make is webp else 65_535
    assert refused(make(largest, 9_999)) is Why.PIXELS


def test_a_picture_of_a_thousand_million_pixels_is_refused() -> None:
    assert refused(png(1_000_000_000, 1)) is Why.PIXELS
    assert refused(png(2**32 - 1, 2**32 - 1)) is Why.PIXELS


@pytest.mark.parametrize(
    "data",
    [
        png()[:20],
        png()[:-4],
        b"\x89PNG\r\n\x1a\n" + png()[40:],
        png(0, 5),
        jpeg()[:12],
        b"\xff\xd8\xff\xda\x00\x08",
        b"\xff\xd8\xff" + b"\xff" * 50,
        gif()[:8],
        gif(0, 0),
        webp()[:20],
        b"RIFF\x10\x00\x00\x00WEBPNONE\x00\x00\x00\x00\x00\x00\x00\x00",
        archive({"a.txt": b"words" * 50})[:60],
        b"PK\x03\x04",
    ],
)
def test_what_is_cut_or_empty_within_is_refused(data: bytes) -> None:
    assert refused(data) in {Why.DAMAGED, Why.MIXED}


def test_nothing_is_no_file_and_too_much_is_too_large() -> None:
    assert refused(b"") is Why.EMPTY
    assert refused(b"x" * 11, limits=Limits(size=10)) is Why.TOO_LARGE


def test_only_wanted_kinds_are_taken() -> None:
    assert refused(PDF, limits=Limits(kinds=frozenset({Kind.PNG}))) is Why.TYPE
    assert refused(word(), limits=Limits(kinds=frozenset({Kind.ZIP}))) is Why.TYPE


def test_a_bomb_is_refused() -> None:
    assert refused(archive({"zeros": b"\0" * 30_000_000})) is Why.ARCHIVE


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = archive({"zeros": b"\0" * 30_000_000})
    size = struct.pack("<I", 30_000_000)
    assert honest.count(size) == 2

    assert refused(honest.replace(size, struct.pack("<I", 10))) is Why.ARCHIVE


def test_many_that_unpack_to_much_are_refused_together() -> None:
    spread = {f"{number}": bytes([number % 251]) * 990_000 for number in range(200)}
    assert refused(archive(spread)) is Why.ARCHIVE


def test_entries_that_share_their_bytes_are_refused() -> None:
    """As in the bomb of David Fifield, whose entries lie in each other."""
    packed = archive({"a": b"x" * 400, "b": b"y" * 400}, zipfile.ZIP_STORED)
    second = packed.index(b"PK\x03\x04", 4)
    shared = packed[:second] + packed[packed.index(b"PK\x01\x02") :]
    directory = shared.index(b"PK\x01\x02")
    shared = shared.replace(struct.pack("<I", second), struct.pack("<I", 0))
    end = shared.rindex(b"PK\x05\x06")
    shared = shared[: end + 16] + struct.pack("<I", directory) + shared[end + 20 :]

    assert refused(shared) in {Why.ARCHIVE, Why.DAMAGED}


def test_ten_thousand_entries_are_refused() -> None:
    many = archive({f"{number}.txt": b"" for number in range(10_000)}, zipfile.ZIP_STORED)
    assert refused(many) is Why.ARCHIVE
    end = many.rindex(b"PK\x05\x06")
    lying = many[: end + 8] + struct.pack("<HH", 3, 3) + many[end + 12 :]
    assert refused(lying) is Why.ARCHIVE


def test_an_archive_within_an_archive_is_taken_and_one_more_is_not() -> None:
    assert judge(nested(2), "a.zip", LIMITS) is Kind.ZIP
    assert refused(nested(3)) is Why.ARCHIVE


def test_a_packed_thing_that_cannot_be_looked_into_is_refused_within() -> None:
    assert refused(archive({"inner.gz": b"\x1f\x8b\x08\x00packed"})) is Why.ARCHIVE


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:/boot.ini", "a/../../b"])
def test_entries_that_climb_out_are_refused(name: str) -> None:
    assert refused(archive({name: b"words"})) is Why.ARCHIVE


def test_a_locked_archive_is_refused() -> None:
    packed = bytearray(archive({"a.txt": b"words"}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(packed)) is Why.LOCKED


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "setup.exe", "a/run.js"])
def test_what_runs_is_refused_in_an_archive_too(name: str) -> None:
    entries = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", name: b"words"}
    assert refused(archive(entries)) is Why.TYPE


def test_cut_and_changed_files_break_nothing() -> None:
    """Every prefix and every changed byte of small files ends in a kind or a refusal."""
    for whole in (png(), jpeg(), gif(), webp(), word(), nested(2)):
        for place in range(len(whole)):
            changed = bytearray(whole)
            changed[place] ^= 0xFF
            for data in (whole[:place], bytes(changed)):
                with contextlib.suppress(FileRefused):
                    assert judge(data, "a", LIMITS) in Kind
