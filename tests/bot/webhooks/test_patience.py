"""A receiver's `Retry-After` is understood in every form, and cannot silence it for ever."""

import pytest

from bot.webhooks.patience import LONGEST, waiting_of

NOW = 784_111_777.0
"""08:49:37 on the day that RFC 9110 writes its dates of."""


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60.0),
        ("Sun Nov  6 08:50:37 1994", 60.0),
        ("Sun, 06 Nov 1994 08:48:37 GMT", 0.0),
        ("Sun, 06 Nov 2094 08:48:37 GMT", LONGEST),
        ("9" * 300, LONGEST),
        *((nonsense, 0.0) for nonsense in ("", "0", "-5", "1.5e3", "soon", "²", "Sun, 99 Nov 1994 08:50:37 GMT")),
    ],
)
def test_a_number_and_a_date_are_understood_and_nonsense_asks_for_nothing(told: str, seconds: float) -> None:
    assert waiting_of(429, told, NOW) == seconds
    assert waiting_of(503, told, NOW) == seconds


@pytest.mark.parametrize("status", [200, 301, 400, 500, 504])
def test_other_answers_are_not_asked_how_long(status: int) -> None:
    assert waiting_of(status, "120", NOW) == 0.0
