import unicodedata

import pytest

from bot.files.base import Kind
from bot.files.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("photo.PNG", Kind.PNG, "photo.png"),
        ("scan.jpeg", Kind.JPEG, "scan.jpeg"),
        ("../../etc/passwd", Kind.TXT, "passwd.txt"),
        ("C:\\Users\\me\\bill.pdf", Kind.PDF, "bill.pdf"),
        ("invoice.exe", Kind.PDF, "invoice.exe.pdf"),
        ("page.html", Kind.PNG, "page.html.png"),
        ("ann\u202egnp.exe", Kind.PNG, "anngnp.exe.png"),
        ("\u2066a\u2069\u200b.png", Kind.PNG, "a.png"),
        ("a\x00b\r\nc.txt", Kind.TXT, "abc.txt"),
        ("  . hidden .png", Kind.PNG, "hidden.png"),
        ("con.txt", Kind.TXT, "_con.txt"),
        ('a"b<c>.txt', Kind.TXT, "a_b_c_.txt"),
        ("", Kind.GIF, "file.gif"),
        ("..", Kind.GIF, "file.gif"),
        ("发票 2026.pdf", Kind.PDF, "发票 2026.pdf"),
        ("\ud800.png", Kind.PNG, "file.png"),
    ],
)
def test_a_name_is_what_can_be_shown_and_ends_as_its_content(name: str, kind: Kind, clean: str) -> None:
    assert clean_name(name, kind) == clean


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    cut = clean_name("a" * 5_000 + ".png", Kind.PNG)
    assert len(cut) == LONGEST
    assert cut.endswith("a.png")


def test_no_character_at_all_gets_through_that_cannot_be_seen() -> None:
    for start in range(0, 0x110000, 0x1000):
        name = clean_name("".join(map(chr, range(start, start + 0x1000))), Kind.TXT)
        assert not any(unicodedata.category(char)[0] in "CZ" and char != " " for char in name)
        assert not set(name) & set('/\\<>:"|?*\r\n')
