"""The plain comparison tells what is in no source, and lets pass what is."""

import pytest

from scripts.plain_facts import unsourced

SOURCE = "From 1,000 € on, shipping within 3 to 5 days is free until May. Write to help@shop.example."


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("Shipping is free from 1000 €.", []),
        ("It takes three to five days.", []),
        ("It takes seven days.", ["7"]),
        ("It costs 4.90 €.", ["4.9"]),
        ("It costs 1000 dollars.", ["$"]),
        ("It is free until June.", ["June"]),
        ("It may be free, no one knows.", []),
        ("Write to help@shop.example.", []),
        ("See https://evil.example/x and www.shop.example.", ["https://evil.example/x", "www.shop.example"]),
    ],
)
def test_what_no_source_states_is_told(sentence: str, foreign: list[str]) -> None:
    assert unsourced(sentence, [SOURCE]) == foreign
