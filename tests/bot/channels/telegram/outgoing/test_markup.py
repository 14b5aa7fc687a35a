"""Markdown becomes text with entities, of which nothing is lost and nothing is broken."""

import re

import pytest
from aiogram.types import MessageEntity
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.outgoing.markup import Marked, cut, joined, marked
from bot.channels.telegram.outgoing.splitting import LONGEST_PART, units
from bot.channels.telegram.outgoing.wording import valid
from tests.fakes.telegram.markup import formatted

_MARKS = [
    "**",
    "*",
    "_",
    "__",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "(",
    ")",
    "<b>",
    "</b>",
    "#",
    "##",
    "-",
    "1.",
    ">",
    "|",
    "\\",
    "\\*",
    "&",
    "&amp;",
    "😀",
    "👨\u200d👩",
    "漢字",
    "。",
    "word",
    "\u202e",
]
_LINKS = [
    "[a](https://b.c)",
    "[x](javascript:y)",
    "![i](http://j.k/l)",
    "<https://m.n>",
    "\n",
    "\n\n",
    "    ",
    "\r\n",
    "- - - ",
]
_BROKEN = st.lists(st.sampled_from([*_MARKS, *_LINKS, " "]) | st.text(max_size=8), max_size=60).map("".join)
_TIMES = st.sampled_from([1, 1, 1, 1, 3, 20, 400])


def entities_of(source: str) -> list[tuple[str, str]]:
    """Each entity's kind, and the text that it is on."""
    whole = marked(source)
    raw = whole.text.encode("utf-16-le")
    spans = [(str(one.type), raw[one.offset * 2 : (one.offset + one.length) * 2]) for one in whole.entities]
    return [(kind, span.decode("utf-16-le")) for kind, span in spans]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("**bold** and *it*", "bold and it", [("bold", "bold"), ("italic", "it")]),
        ("**a *b* c**", "a b c", [("bold", "a b c"), ("italic", "b")]),
        ("😀 `x_y_z`", "😀 x_y_z", [("code", "x_y_z")]),
        ("```python\nx = 1\n```\nafter", "x = 1\nafter", [("pre", "x = 1")]),
        ("```what I said\nx = 1\n```", "what I said\nx = 1", [("pre", "what I said\nx = 1")]),
        ("```größe\n```", "größe", [("pre", "größe")]),
        ("[nowhere]() ![seen]()", "nowhere seen", []),
        ("# Title\nText", "Title\nText", [("bold", "Title")]),
        ("Do:\n- one\n- two\n  - deep\n\n1. x\n2) y", "Do:\n• one\n• two\n  • deep\n\n1. x\n2) y", []),
        ("see [page](https://a.b/c?d=1)", "see page", [("text_link", "page")]),
        ("![a picture](https://a.b/c.png)", "a picture", [("text_link", "a picture")]),
        ("<https://a.b>", "https://a.b", [("text_link", "https://a.b")]),
    ],
)
def test_reads_what_models_and_help_pages_write(source: str, text: str, entities: list[tuple[str, str]]) -> None:
    assert marked(source).text == text
    assert entities_of(source) == entities


@pytest.mark.parametrize(
    "source",
    [
        "snake_case_name and 2 * 3 * 4",
        "<b>no HTML</b> & &amp; <script>x</script>",
        "[click](javascript:alert(1)) [file](file:///etc/passwd) [t](tg://user?id=1)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "> 5 kg\n\n---",
        "[note]: https://a.b\n\nPrice: 5 €",
        "***",
        "#1 #hashtag",
        "**open and `open",
        "- " * 300 + "deep",
    ],
)
def test_what_is_no_markup_of_ours_stays_as_it_was_written(source: str) -> None:
    assert marked(source) == Marked(source)


@pytest.mark.parametrize("source", ["```\n```", "[](https://a.b)", "#", "**"])
def test_markup_around_nothing_stays_visible(source: str) -> None:
    assert marked(source).text.strip()


@given(_BROKEN.filter(lambda source: not re.search(r"[\[<]|```|~~~", source)))
def test_no_letter_and_no_number_is_lost(source: str) -> None:
    def kept(text: str) -> str:
        return "".join(filter(str.isalnum, text))

    assert kept(marked(valid(source)).text) == kept(valid(source))


@pytest.mark.slow
@settings(max_examples=2000)
@given(_BROKEN | st.text(max_size=300), _TIMES)
def test_whatever_is_said_arrives_whole_in_parts_that_telegram_takes(said: str, times: int) -> None:
    source = valid((said * times)[:20_000])
    whole = marked(source)
    parts = cut(whole)

    assert "".join(part.text for part in parts) == whole.text
    assert bool(whole.text.strip()) == bool(source.strip())
    for part in parts:
        assert units(part.text) <= LONGEST_PART
        # The fake server refuses entities that are out of bounds or within a character.
        formatted({"text": part.text, "entities": [as_json(entity) for entity in part.entities]})
    assert joined(*parts).text == whole.text


def as_json(entity: MessageEntity) -> dict[str, object]:
    return entity.model_dump(exclude_none=True)


def test_an_entity_that_is_cut_goes_on_in_the_next_part() -> None:
    parts = cut(marked("**" + "word " * 10 + "end**"), 20)

    assert "".join(part.text for part in parts) == "word " * 10 + "end"
    assert all([(one.offset, one.length) for one in part.entities] == [(0, units(part.text))] for part in parts)


def test_pieces_are_joined_with_their_entities() -> None:
    whole = joined(Marked("😀: "), marked("**a**"), marked("*b*"))

    assert whole.text == "😀: ab"
    assert [(one.type, one.offset, one.length) for one in whole.entities] == [("bold", 4, 1), ("italic", 5, 1)]
