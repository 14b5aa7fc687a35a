import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.outgoing.splitting import LONGEST_PART, split, units

_MIXED = st.text(st.sampled_from("ab. !?\n\t。！？，」中文é\u0301😀🇩🇪👨\u200d👩🏽\U00020bb7"), max_size=400)


@given(_MIXED | st.text(max_size=400), st.integers(2, 60))
def test_parts_fit_and_joined_are_the_text(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert "".join(parts) == text
    assert all(0 < len(part.encode("utf-16-le")) // 2 <= limit for part in parts)


@given(_MIXED)
def test_units_are_counted_as_utf_16_does(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("short", ["short"]),
        ("one paragraph\n\nand two. And more", ["one paragraph\n\n", "and two. And more"]),
        ("a line\nand another line", ["a line\n", "and another line"]),
        ("A sentence. Another one here.", ["A sentence. ", "Another one here."]),
        ("some words without any end at all", ["some words without ", "any end at all"]),
        (
            "退货需要七天。请保留发票！运费由我们承担，谢谢您",
            ["退货需要七天。请保留发票！", "运费由我们承担，谢谢您"],
        ),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
        ("version 1.2.3.4.5.6.7.8.9", ["version ", "1.2.3.4.5.6.7.8.9"]),
    ],
)
def test_cuts_at_the_best_bound_within_twenty_units(text: str, parts: list[str]) -> None:
    assert split(text, 20) == parts


@pytest.mark.parametrize("cluster", ["👨\u200d👩\u200d👧", "🇩🇪", "👍🏽", "e\u0301"])
def test_what_is_seen_as_one_sign_is_not_torn(cluster: str) -> None:
    for before in range(20):
        for part in split("x" * before + cluster * 4, 20):
            assert part.replace(cluster, "").strip("x") == ""


def test_telegrams_limit_counts_an_emoji_as_two() -> None:
    assert [len(part) for part in split("😀" * LONGEST_PART)] == [LONGEST_PART // 2] * 2


def test_a_huge_text_without_any_bound_is_cut_all_the_same() -> None:
    assert [len(part) for part in split("x" * 100_000)] == [LONGEST_PART] * 24 + [100_000 - 24 * LONGEST_PART]
