import pytest

from bot.reading.entities import MOST, named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is order PW-20931?", ["PW-20931"]),
        ("订单号 30412，谢谢", ["30412"]),
        ("It is #4711.", ["4711"]),
        ("My number is 20250312", ["20250312"]),
        ("I paid 1,200.50 for it", []),
        ("write to mia@shop.example please", ["mia@shop.example"]),
        ("in 14 days", []),
    ],
)
def test_numbers_and_addresses_are_found(text: str, found: list[str]) -> None:
    assert named([text]) == found


def test_the_last_named_is_first_and_each_comes_once() -> None:
    assert named(["order 11111", "order 22222", "order 11111"]) == ["11111", "22222"]


def test_no_flood_is_told() -> None:
    assert len(named([f"order {10_000 + n}" for n in range(100)])) == MOST
