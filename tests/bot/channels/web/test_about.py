"""What is kept of a page's address and of attributes, whatever is claimed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.about import (
    LONGEST_ALL,
    LONGEST_NAME,
    LONGEST_PAGE,
    LONGEST_VALUE,
    MOST,
    attributes_of,
    in_words,
    page_of,
    shortened,
)

anything = st.text(st.characters())  # halves of surrogate pairs as well


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://shop.example/bikes/city", "https://shop.example/bikes/city"),
        ("https://shop.example", "https://shop.example/"),
        ("HTTPS://Shop.Example:8443/A", "https://shop.example:8443/A"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://shop.example/cart?item=7&voucher=SECRET&item=8#top", "https://shop.example/cart?item&voucher"),
        ("https://shop.example/?a[0]=1&utm_source=x", "https://shop.example/?a[0]&utm_source"),
        ("https://ada:secret@shop.example/", "https://shop.example/"),
        ("https://shop.example/konto/ada@mail.example", "https://shop.example/konto/…"),
        ("https://shop.example/konto/ada%40mail.example/x", "https://shop.example/konto/…/x"),
        ("https://shop.example/reset/d41d8cd98f00b204e9800998ecf8427e", "https://shop.example/reset/…"),
        ("https://shop.example/in?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "https://shop.example/in?…"),
        ("https://shop.example/?ada@mail.example&a&&ben@mail.example", "https://shop.example/?…&a"),
        ("https://shop.example/?", "https://shop.example/"),
        ("https://shop.example/reset/550e8400-e29b-41d4-a716-446655440000", "https://shop.example/reset/…"),
        ("https://shop.example/reset/AbCdEfGhIjKlMnOpQrStUv", "https://shop.example/reset/…"),
        ("https://shop.example/m/+4915112345678", "https://shop.example/m/…"),
        ("https://shop.example/m/+49%20151%20123456", "https://shop.example/m/…"),
        ("https://shop.example/u/jane%2540x.de", "https://shop.example/u/…"),
        ("https://shop.example/u/jane%25252525252525252540x.de", "https://shop.example/u/…"),
        ("https://shop.example/2026-11-30/100%25", "https://shop.example/2026-11-30/100%25"),
        (
            "https://shop.example/donaudampfschifffahrtskapitän",
            "https://shop.example/donaudampfschifffahrtskapit%C3%A4n",
        ),
        (
            "https://shop.example/our-ten-best-city-bikes-of-2026",
            "https://shop.example/our-ten-best-city-bikes-of-2026",
        ),
        ("https://shop.example/单车", "https://shop.example/%E5%8D%95%E8%BD%A6"),
        ("https://shop.example/%E5%8D%95", "https://shop.example/%E5%8D%95"),
        ("https://shop.example/a\u202eb c", "https://shop.example/a%E2%80%AEb%20c"),
        ("https://shop.example/<script>\"'", "https://shop.example/%3Cscript%3E%22'"),
    ],
)
def test_a_page_keeps_its_origin_its_path_and_the_names_of_its_parameters(address: str, kept: str) -> None:
    assert page_of(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "about:srcdoc",
        "null/",
        "//shop.example/",
        "https://",
        "https:///path",
        "https://[::1",
        "https://shop.example:port/",
        "https://shop example/",
        "https://sh\u202eop.example/",
        "https://аррӏе.example/",
        "shop.example/bikes",
    ],
)
def test_what_is_no_address_of_the_web_is_no_page(address: str) -> None:
    assert page_of(address) == ""


@pytest.mark.parametrize("address", [r"https://shop.example\@evil.example/", "https://shop.example@evil.example/"])
def test_a_page_is_never_shown_as_of_another_host_than_it_leads_to(address: str) -> None:
    assert page_of(address) == "https://evil.example/"


@pytest.mark.parametrize("first", range(3))
def test_a_page_that_was_cut_tells_so_and_ends_in_no_half_of_an_escape(first: int) -> None:
    page = page_of(f"https://shop.example/{'a' * first}{'%E5%8D%95' * 100}")

    assert page[-1] == "…"
    assert LONGEST_PAGE - 2 <= len(page) <= LONGEST_PAGE
    assert re.fullmatch(r"[^%]*(%[0-9A-F]{2})*…", page)


@given(st.tuples(st.sampled_from(("https://shop.example/", "http://", "")), anything).map("".join))
def test_a_page_is_a_short_line_whatever_is_claimed(address: str) -> None:
    page = page_of(address)

    assert len(page) <= LONGEST_PAGE
    assert page.replace("…", "").isascii()
    assert page == in_words(page)
    assert not page or page.startswith(("https://", "http://"))
    assert "=" not in page.partition("?")[2]
    assert "#" not in page


def test_attributes_are_texts_numbers_and_yes_or_no() -> None:
    told = {"plan": "gold", "orders": 3, "spent": 12.5, "vip": True, "new": False}

    assert attributes_of(told) == {"plan": "gold", "orders": "3", "spent": "12.5", "vip": "true", "new": "false"}


def test_what_is_nested_or_empty_is_left_out() -> None:
    told = {
        "cart": {"items": [1]},
        "tags": ["a"],
        "none": None,
        "": "x",
        "blank": " \n",
        "\u202e": "x",
        "plan": "gold",
    }

    assert attributes_of(told) == {"plan": "gold"}


def test_an_attribute_is_one_short_line_of_what_can_be_shown() -> None:
    told = {"a\x00\u202eb" + "n" * 99: "  <b>x</b>\r\n\u2066\ud800y" + "v" * 999}
    [(name, value)] = attributes_of(told).items()

    assert (name[:4], name[-1], len(name)) == ("a bn", "…", LONGEST_NAME)
    assert (value[:12], value[-1], len(value)) == ("<b>x</b> yvv", "…", LONGEST_VALUE)


def test_of_two_names_that_look_the_same_the_first_counts() -> None:
    assert attributes_of({"plan": "gold", "plan\u200b": "free"}) == {"plan": "gold"}


def test_of_too_many_the_first_are_kept() -> None:
    told = {f"name {number}": number for number in range(10_000)}

    assert attributes_of(told) == {f"name {number}": str(number) for number in range(MOST)}


@given(st.dictionaries(anything, anything | st.integers() | st.floats() | st.lists(st.none()), max_size=40))
def test_attributes_are_few_and_short_whatever_is_claimed(told: dict[str, object]) -> None:
    kept = attributes_of(told)

    assert len(kept) <= MOST
    assert sum(len(name) + len(value) for name, value in kept.items()) <= LONGEST_ALL
    assert all(part and part == in_words(part) for pair in kept.items() for part in pair)


def test_all_together_have_a_limit() -> None:
    kept = attributes_of({f"name-{number:02}": "v" * LONGEST_VALUE for number in range(MOST)})

    assert len(kept) == LONGEST_ALL // (LONGEST_VALUE + 7)


def test_a_text_that_was_cut_tells_so() -> None:
    assert (shortened("Bikes", 5), shortened("Bikes!", 5)) == ("Bikes", "Bike…")
