import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generators.events import EventReader, EventsBroken


def read(*chunks: bytes) -> list[str]:
    reader = EventReader()
    return [event for chunk in chunks for event in reader.feed(chunk)] + reader.end()


def test_an_event_is_complete_with_its_empty_line() -> None:
    reader = EventReader()
    assert reader.feed(b"data: one\n") == []
    assert reader.feed(b"\n") == ["one"]


def test_lines_of_one_event_are_joined() -> None:
    assert read(b"data: one\ndata:two\n\n") == ["one\ntwo"]


def test_comments_and_other_fields_give_nothing() -> None:
    assert read(b": hello\n\nid: 1\nretry: 5\nevent: x\n\ndata: one\n\n") == ["one"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_knows_every_end_of_a_line(end: bytes) -> None:
    assert read(b"data: one" + end * 2 + b"data: two" + end * 2) == ["one", "two"]


def test_keeps_the_space_that_belongs_to_the_text() -> None:
    assert read(b"data:  two\n\n") == [" two"]


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=5), st.data())
def test_where_the_bytes_are_cut_does_not_matter(texts: list[str], data: st.DataObject) -> None:
    stream = "".join(f"data: {text}\r\n\r\n" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*chunks) == texts


@pytest.mark.parametrize("bytes_", [b"data: \xff\n", b"data: \xe5\xa5\n", b"data: " + b"x" * (1 << 21)])
def test_refuses_what_is_no_text_or_has_no_end(bytes_: bytes) -> None:
    with pytest.raises(EventsBroken):
        read(bytes_)
