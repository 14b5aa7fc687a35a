from pathlib import Path

import pytest

from knowledge.corpus.read_text import read_text
from knowledge.errors import CorpusError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some"


def complaint(file: Path, **limits: int) -> str:
    with pytest.raises(CorpusError) as caught:
        read_text(file, "faq.csv", **limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_reads_chinese_in_every_encoding_a_spreadsheet_writes(file: Path, encoding: str) -> None:
    text = "问题,答案\n怎么退货？,请在七天内申请退货，运费由我们承担。\n"
    file.write_bytes(text.encode(encoding))
    assert read_text(file, "faq.csv").text == text


def test_makes_one_newline_of_every_line_end(file: Path) -> None:
    file.write_bytes(b"a\r\nb\rc\n")
    assert read_text(file, "faq.csv").text == "a\nb\nc\n"


def test_refuses_broken_utf_8_with_line_and_column(file: Path) -> None:
    file.write_bytes("q,a\nGrüß\x92n,x\n".encode("latin-1").replace("Grüß".encode("latin-1"), "Grüß".encode()))
    assert complaint(file) == "faq.csv:2: not UTF-8 (byte 0x92 at column 5): save it as UTF-8"


@pytest.mark.parametrize(
    "data",
    [
        "Café crème à la carte, déjà vu".encode("latin-1"),
        "退貨需要幾天？請聯絡客服。謝謝您的購買".encode("big5"),
        "返品の方法を教えてください。送料はいくらですか".encode("shift_jis"),
        "怎么申请退货，请联系我们的客服人员".encode()[:-1],
    ],
    ids=["latin-1", "big5", "shift-jis", "cut-utf-8"],
)
def test_takes_no_other_encoding_for_chinese(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    assert "not UTF-8" in complaint(file)


def test_refuses_half_a_pair_in_utf_16(file: Path) -> None:
    file.write_bytes(b"\xff\xfea\x00\n\x00\x00\xd8b\x00")
    assert complaint(file).startswith("faq.csv:2: not UTF-16")


def test_refuses_utf_32(file: Path) -> None:
    file.write_bytes("a,b".encode("utf-32"))
    assert complaint(file) == "faq.csv:1: UTF-32 is not read: save it as UTF-8"


def test_refuses_encoded_surrogates(file: Path) -> None:
    file.write_bytes("a\ud800".encode("utf-8", "surrogatepass"))
    assert complaint(file).startswith("faq.csv:1: not UTF-8 (byte 0xed at column 2)")


def test_refuses_a_nul_byte(file: Path) -> None:
    file.write_bytes(b"q,a\nx\0,y\n")
    assert complaint(file) == "faq.csv:2: a NUL byte: this is no text file"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_refuses_an_empty_file(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    assert complaint(file) == "faq.csv: the file is empty: fill it or remove it"


def test_refuses_a_long_line_wherever_it_stands(file: Path) -> None:
    file.write_bytes(b"a\n" + b"b" * 101 + b"\nc\n")
    assert complaint(file, max_line_bytes=100) == "faq.csv:2: a line of more than 100 bytes: break it into lines"


def test_refuses_a_line_that_is_long_over_several_reads(file: Path) -> None:
    file.write_bytes(b"a\n" + b"b" * 3_000_000 + b"\n")
    message = complaint(file, max_line_bytes=2_500_000)
    assert message == "faq.csv:2: a line of more than 2 MB: break it into lines"


def test_refuses_a_large_file_before_reading_it_all(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(1 << 40)  # a terabyte that no machine could hold
    assert complaint(file, max_line_bytes=1 << 50).startswith("faq.csv: larger than 100 MB")


def test_tells_why_a_file_cannot_be_read(file: Path) -> None:
    file.mkdir()
    assert complaint(file) == "faq.csv: cannot be read: Is a directory"
