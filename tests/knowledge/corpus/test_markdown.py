from pathlib import Path

import pytest

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry
from knowledge.corpus.markdown import load

SHIPPING = Path(__file__).parent / "samples" / "help" / "shipping.md"


def entries(text: str) -> list[Entry]:
    return list(load(Source("help.md", text)))


def answers(text: str) -> list[tuple[str, str]]:
    return [(entry.question or entry.title, entry.answer) for entry in entries(text)]


@pytest.fixture
def shipping() -> dict[str, Entry]:
    source = Source("shipping.md", SHIPPING.read_text(encoding="utf-8"))
    return {entry.question or entry.title: entry for entry in load(source)}


def test_a_heading_that_asks_becomes_the_question(shipping: dict[str, Entry]) -> None:
    entry = shipping["How long does delivery take?"]
    assert entry.answer == (
        "Standard delivery takes 2 to 4 working days; see the calendar (https://shop.example/calendar) "
        "or holidays (https://shop.example/holidays)."
    )
    assert entry.title == "Shipping help › Shipping › How long does delivery take?"
    assert entry.place.line == 13


def test_other_headings_become_a_path(shipping: dict[str, Entry]) -> None:
    assert shipping["Shipping help › Shipping › Costs"].answer == "Country | Price\nGermany | 4.50 €\nAustria | 9 €"
    abroad = shipping["Shipping help › Shipping › Costs › Abroad"]
    assert abroad.answer == "1. Choose the country.\n2. Pay\n  - by card\n  - by invoice\n\nTRACK 12345"


def test_front_matter_holds_for_every_entry(shipping: dict[str, Entry]) -> None:
    for entry in shipping.values():
        assert entry.tags == ("shipping", "orders")
        assert (entry.language, entry.url) == ("en", "https://shop.example/help/shipping")


def test_comments_and_tables_of_contents_are_left_out(shipping: dict[str, Entry]) -> None:
    text = " ".join(entry.answer + entry.title for entry in shipping.values())
    assert "Legal" not in text
    assert "#costs" not in text


def test_bold_and_plain_questions_are_asked(shipping: dict[str, Entry]) -> None:
    assert shipping["Do I pay customs?"].answer == "No. We pay them for you."
    assert shipping["Can I change the address?"].answer == "Yes, until the parcel is packed."


@pytest.mark.parametrize(
    "text",
    [
        "### Why?\nBecause.",
        "### 3. Why?\n\nBecause.",
        "Why?\n====\n\nBecause.",
        "## Q: Why?\n\nA: Because.",
        "**Why?** Because.",
        "**Q1: Why?**\n\nBecause.",
        "**Why?**\nBecause.",
        "Q: Why?\nA: Because.",
        "Why?\n: Because.",
        "- **Why?** Because.",
        "<details><summary>Why?</summary>\n\nBecause.\n\n</details>",
    ],
)
def test_recognises_the_ways_to_write_a_question(text: str) -> None:
    assert answers(text) == [("Why?", "Because.")]


def test_recognises_chinese_questions() -> None:
    text = "# 售后\n\n## 问：怎么退货\n\n答：七天内\n申请即可。\n\n**多久到账？**\n\n三天。\n"
    assert answers(text) == [("怎么退货", "七天内申请即可。"), ("多久到账？", "三天。")]


def test_a_closed_detail_ends_its_answer() -> None:
    text = "## Help\n\n<details><summary>Why?</summary>\n\nBecause.\n\n</details>\n\nCall us."
    assert answers(text) == [("Why?", "Because."), ("Help", "Call us.")]


def test_bold_statements_ask_nothing() -> None:
    assert answers("**Note** that we are closed.") == [("", "Note that we are closed.")]


def test_places_are_exact() -> None:
    text = "---\ntitle: T\n---\n\n# One\n\nFirst\nparagraph.\n\n## Two\n\n- a\n- b\n"
    first, second = entries(text)
    assert text[first.place.start : first.place.end] == "# One\n\nFirst\nparagraph."
    assert text[second.place.start : second.place.end] == "## Two\n\n- a\n- b"


def test_long_sections_become_pieces_under_one_heading() -> None:
    paragraphs = [f"Paragraph {number} " + "tells a little more. " * 12 for number in range(9)]
    found = entries("# Rules\n\n" + "\n\n".join(paragraphs))
    assert len(found) > 2
    assert all(len(entry.answer) <= 900 and entry.title == "Rules" for entry in found)
    assert "".join("\n\n".join(entry.answer for entry in found).split()) == "".join("".join(paragraphs).split())


def test_every_part_of_a_long_table_keeps_its_header() -> None:
    rows = "\n".join(f"| Country number {number} | {number} € and then some |" for number in range(60))
    found = entries(f"| Country | Price |\n|---|---|\n{rows}\n")
    assert len(found) > 1
    assert all(entry.answer.startswith("Country | Price\n") for entry in found)


def test_unclosed_front_matter_is_text() -> None:
    assert answers("---\n\ntitle of nothing") == [("", "title of nothing")]


def test_headings_without_text_make_no_entry() -> None:
    assert entries("# One\n\n## Two?\n") == []


@pytest.mark.parametrize(
    "text", [">" * 3_000 + " deep", "[" * 3_000, "\n".join(" " * 2 * n + "- x" for n in range(300))]
)
def test_survives_endless_nesting(text: str) -> None:
    entries(text)
