import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.marks import clean, later, position

numbers = st.integers(0, 2**64 - 1)


@given(numbers, numbers)
def test_reads_what_a_stream_gives(milliseconds: int, number: int) -> None:
    assert position(f"{milliseconds}-{number}") == (milliseconds, number)
    assert clean(f"{milliseconds}-{number}") == f"{milliseconds}-{number}"


@given(st.text())
def test_takes_anything_and_gives_a_mark(text: str) -> None:
    assert all(0 <= part < 2**64 for part in position(text))


@pytest.mark.parametrize(
    "mark", ["", "$", "-", "1-", "1--2", " 1-2", "1-2\n", "٣-١", "18446744073709551616-0", "1.5"]
)
def test_begins_at_the_beginning_for_what_is_no_mark(mark: str) -> None:
    assert clean(mark) == "0-0"


def test_orders_by_number_and_not_by_letters() -> None:
    assert later("10-0", than="9-9")
    assert later("9-10", than="9-9")
    assert not later("9-9", than="9-9")
    assert later("9-1", than="9")
