from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.split import Span, sentences, split

TEXTS = st.text(alphabet=st.sampled_from('ab A.?!\n。！“”（()）"1-2 ，,中文😊…:/@#|'), max_size=150)


def told(text: str) -> list[str]:
    return [span.text for span in sentences(text)]


def holds_everything(text: str, spans: list[Span]) -> bool:
    exact = all(text[span.start : span.end] == span.text and span.text.strip() == span.text for span in spans)
    ordered = all(before.end <= after.start for before, after in pairwise(spans))
    return exact and ordered and "".join("".join(span.text.split()) for span in spans) == "".join(text.split())


@given(TEXTS)
def test_sentences_hold_the_whole_text_in_order(text: str) -> None:
    assert holds_everything(text, sentences(text))


@given(TEXTS, st.integers(1, 80))
def test_pieces_hold_the_whole_text_within_the_limit(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert holds_everything(text, pieces)
    assert all(len(piece.text) <= limit for piece in pieces)


@given(TEXTS, TEXTS)
def test_finished_sentences_of_a_draft_stay_as_it_grows(draft: str, more: str) -> None:
    finished = sentences(draft)[:-1]
    assert sentences(draft + more)[: len(finished)] == finished


@pytest.mark.parametrize(
    "expected",
    [
        ["We refund within 3.5 days.", "See https://a.example/b.c?d=1.", "Mail help@a.example!", "OK?"],
        ["Dr. Smith paid $5.00, e.g. on Tuesday.", "Then he left at 5 p.m.", "The shop closed."],
        ["Acme Inc. ships it.", "No. 5 is free.", "I said no.", "J. R. Smith agreed."],
        ["my order is late.", "can you help?", "i need it"],
        ["Wait... what?", "Hmm...", "Okay then… yes."],
        ["Thanks! 😊", "We ship.", "(Not on Sunday. Or Monday.)", "Call us."],
        ['"Stop. Now."', "Then he left.", '"Really?" she asked.'],
        ["Am 3. Mai kommt es.", "Das kostet z.B. 5 €.", "Danach nicht."],
        ["Version 1.2.3 works with Node.js.", "Price is 5.", "We charge it."],
        ["1. Open the app.", "2. Tap Help."],
        ["¿Dónde está?", "¡Aquí!", "نعم؟", "هذا جيد."],
    ],
)
def test_ends_sentences_of_spaced_languages_where_a_reader_would(expected: list[str]) -> None:
    assert told(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["您好。", "运费是3.5元！", "多久到？", "请看https://a.example/x。", "谢谢……我知道了"],
        ["他说：“你好。我走了。”", "然后走了。"],
        ["退货（周末除外。节假日也除外。）请联系我们。", "好吗?", "可以!", "行"],
        ["发到a.b@c.example。", "运费 5 USD.", "详情请看"],
        ["返品できますか？", "はい。"],
    ],
)
def test_ends_sentences_of_unspaced_languages_where_a_reader_would(expected: list[str]) -> None:
    assert told("".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["You need:", "- a card", "- a receipt. Or not?"[:12], "Or not?"],
        ["Opening hours", "We open at 9."],
        ["Country | Price", "Germany | 4.50 €"],
        ["一、登录", "二、点击退货", "① 提交"],
        ["• One", "  1) deep".strip(), "2. Two"],
    ],
)
def test_lists_titles_and_rows_stand_alone(expected: list[str]) -> None:
    assert told("\n".join(expected)) == expected


def test_wrapped_lines_are_one_sentence() -> None:
    text = "This paragraph was wrapped by an editor at about seventy columns and\nContinues here, in a\nthird line."
    assert told(text) == [text]


def test_an_open_bracket_does_not_swallow_the_text() -> None:
    assert len(sentences("(see " + "This is a sentence. " * 30)) > 10


def test_cuts_at_paragraphs_before_sentences_before_words() -> None:
    assert [piece.text for piece in split("One. Two.\n\nThree. Four.", 14)] == ["One. Two.", "Three. Four."]
    assert [piece.text for piece in split("One two. Three four.", 12)] == ["One two.", "Three four."]
    assert [piece.text for piece in split("one two three", 8)] == ["one two", "three"]
    assert [piece.text for piece in split("第一句话。第二句话。", 6)] == ["第一句话。", "第二句话。"]


def test_pieces_are_about_equally_long() -> None:
    lengths = [len(piece.text) for piece in split("A plain sentence. " * 60, 900)]
    assert len(lengths) == 2
    assert max(lengths) < 1.3 * min(lengths)


def test_a_text_within_the_limit_is_one_piece() -> None:
    assert split("  short  ") == [Span(2, 7, "short")]
    assert split(" \n ") == []
    with pytest.raises(ValueError, match="limit"):
        split("text", 0)
