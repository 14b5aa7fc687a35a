"""Tokens of anonymous customers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.visitors import Visitors


def test_a_token_names_its_conversation_and_no_other() -> None:
    visitors = Visitors("k" * 16)
    token, other = visitors.begin(), visitors.begin()

    assert visitors.conversation(token) == visitors.conversation(token)
    assert visitors.conversation(token) != visitors.conversation(other)


def test_the_conversation_s_name_does_not_give_the_token_away() -> None:
    visitors = Visitors("k" * 16)
    token = visitors.begin()
    name = visitors.conversation(token)

    assert name is not None
    assert name.startswith("web:")
    assert name.removeprefix("web:") not in token
    assert visitors.conversation(name) is None


def test_another_key_s_tokens_are_refused() -> None:
    assert Visitors("k" * 16).conversation(Visitors("l" * 16).begin()) is None


def test_an_old_token_is_refused() -> None:
    token = Visitors("k" * 16).begin()

    assert Visitors("k" * 16, days=-1).conversation(token) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert Visitors("k" * 16).conversation(text) is None


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="KEFU_SECRET_KEY"):
        Visitors("short")
