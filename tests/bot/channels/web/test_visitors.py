"""Tokens of customers, known or not."""

import base64
import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from bot.channels.web.identity import LONGEST_TOKEN, Identities, IdentityRefused
from bot.channels.web.visitors import Visitors
from tests.bot.channels.web.test_identity import KEY, signed


def test_a_token_names_its_conversation_and_no_other() -> None:
    visitors = Visitors("k" * 16)
    token, other = visitors.begin(), visitors.begin()

    assert visitors.visitor(token) == visitors.visitor(token)
    assert visitors.visitor(token) != visitors.visitor(other)


def test_the_conversation_s_name_does_not_give_the_token_away() -> None:
    visitors = Visitors("k" * 16)
    token = visitors.begin()
    visitor = visitors.visitor(token)

    assert visitor is not None
    assert visitor.conversation.startswith("web:")
    assert visitor.conversation.removeprefix("web:") not in token
    assert visitors.visitor(visitor.conversation) is None


def test_another_key_s_tokens_are_refused() -> None:
    assert Visitors("k" * 16).visitor(Visitors("l" * 16).begin()) is None


def test_an_old_token_is_refused() -> None:
    token = Visitors("k" * 16).begin()

    assert Visitors("k" * 16, days=-1).visitor(token) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert Visitors("k" * 16).visitor(text) is None


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="KEFU_SECRET_KEY"):
        Visitors("short")


def test_a_person_finds_the_same_conversation_again() -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    here, there = (visitors.begin(signed(sub="customer-7", name="Ada")) for _ in range(2))
    other = visitors.begin(signed(sub="customer-8"))

    assert visitors.visitor(here) == visitors.visitor(there)
    assert visitors.visitor(here) != visitors.visitor(other)
    assert (known := visitors.visitor(here))
    assert (known.name, "customer-7" in known.conversation) == ("Ada", False)


def test_a_token_carries_what_the_site_has_signed_of_a_person() -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    known = visitors.visitor(visitors.begin(signed(name="Ada", plan="金", orders=3)))
    poorer = visitors.visitor(visitors.begin(signed(name="Ada", plan="free")))

    assert known
    assert poorer
    assert (known.name, known.signed, poorer.signed) == ("Ada", {"plan": "金", "orders": "3"}, {"plan": "free"})
    assert known.conversation == poorer.conversation


def test_a_token_without_attributes_is_as_it_was_before_there_were_any() -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    told = json.loads(base64.urlsafe_b64decode(visitors.begin(signed(name="Ada")).partition(".")[0]))
    signer = TimestampSigner("k" * 16, salt="kefu.person", digest_method=hashlib.sha256)
    old = signer.sign(base64.urlsafe_b64encode(json.dumps(told).encode())).decode()

    assert (len(told), told[1]) == (2, "Ada")
    assert visitors.visitor(old) == visitors.visitor(visitors.begin(signed(name="Ada")))


def test_a_token_of_all_that_may_be_signed_fits_into_a_header() -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    room = LONGEST_TOKEN * 3 // 4 - 300
    identity = signed(**{f"a{number:02}": "客" * (room // 15 // 6) for number in range(15)})

    assert len(identity) > LONGEST_TOKEN * 0.9
    assert len(visitors.begin(identity)) < 8_000


def test_a_stranger_s_token_carries_nothing_signed() -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    stranger = visitors.visitor(visitors.begin(claimed='["x", "Ada", {"plan": "gold"}]'))

    assert stranger
    assert stranger.signed == {}


def test_a_person_s_token_is_worth_nothing_where_nobody_is_identified_any_more() -> None:
    token = Visitors("k" * 16, identities=Identities(KEY)).begin(signed())

    assert Visitors("k" * 16).visitor(token) is None


def test_another_installation_makes_another_conversation_of_the_same_person() -> None:
    one, other = (Visitors(key * 16, identities=Identities(KEY)) for key in "kl")

    assert one.visitor(one.begin(signed())) != other.visitor(other.begin(signed()))


def test_where_everybody_must_be_known_strangers_are_refused() -> None:
    strict = Visitors("k" * 16, identities=Identities(KEY), required=True)

    with pytest.raises(IdentityRefused, match="log in"):
        strict.begin()
    assert strict.visitor(Visitors("k" * 16).begin()) is None
    assert strict.visitor(strict.begin(signed())) is not None


def test_nobody_is_identified_without_a_key() -> None:
    with pytest.raises(IdentityRefused, match="not set up"):
        Visitors("k" * 16).begin(signed())
    with pytest.raises(ValueError, match="KEFU_IDENTITY_KEY"):
        Visitors("k" * 16, required=True)


@pytest.mark.parametrize("days", [-1.0, 1.0])
def test_a_clock_that_is_a_day_off_ends_no_conversation(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    here = time.time
    stranger = visitors.begin()
    monkeypatch.setattr(time, "time", lambda: here() + days * 86_400)

    assert visitors.visitor(stranger) is not None


def test_two_servers_whose_clocks_differ_know_each_other_s_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    visitors = Visitors("k" * 16, identities=Identities(KEY))
    here = time.time
    known = visitors.begin(signed(sub="customer-7"))
    monkeypatch.setattr(time, "time", lambda: here() - 30)

    assert visitors.visitor(known) is not None
