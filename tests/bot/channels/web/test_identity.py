"""Whom the site's server may vouch for, and how."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.identity import LONGEST_TOKEN, Identities, IdentityRefused, Person

KEY = "a key that both servers have and nobody else, of as many characters as HS512 wants"


def signed(key: str = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    """A token as a site's server makes it; a claim that is changed to None is left out."""
    now = time.time()
    claims = {"sub": "customer-7", "aud": "kefu", "iat": int(now), "exp": int(now + 300), **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm)


def test_a_person_has_the_site_s_id_and_a_name() -> None:
    assert Identities(KEY).read(signed(name="Ada Lovelace")) == Person("customer-7", "Ada Lovelace")
    assert Identities(KEY).read(signed()) == Person("customer-7")


def test_other_claims_are_attributes_and_the_token_s_own_are_not() -> None:
    told = {"plan": "gold", "email": "ada@mail.example", "orders": 3, "vip": True, "roles": ["a"], "cart": {"a": 1}}
    own = {"nbf": int(time.time()) - 1, "jti": "1", "iss": "shop", "nonce": "n", "sid": "s", "auth_time": 1}
    person = Identities(KEY).read(signed(name="Ada", **told, **own))

    assert person.attributes == {"plan": "gold", "email": "ada@mail.example", "orders": "3", "vip": "true"}


def test_attributes_are_few_and_short() -> None:
    person = Identities(KEY).read(signed(note="\u202e" + "n" * 500, **{f"a{number}": "x" for number in range(40)}))

    assert (len(person.attributes), len(person.attributes["note"])) == (20, 200)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda: signed(exp=int(time.time()) - 120), "has expired", id="expired"),
        pytest.param(lambda: signed(key="another key, which is just as long as it"), "not valid", id="another key"),
        pytest.param(lambda: signed(algorithm="HS512"), "not valid", id="another algorithm"),
        pytest.param(lambda: jwt.encode({"sub": "1", "aud": "kefu"}, None, "none"), "not valid", id="no signature"),
        pytest.param(lambda: signed(aud="another"), "not valid", id="for another service"),
        pytest.param(lambda: signed(aud=None), "not valid", id="for nobody"),
        pytest.param(lambda: signed(sub=None), "not valid", id="of nobody"),
        pytest.param(lambda: signed(exp=None), "not valid", id="without an end"),
        pytest.param(lambda: signed(iat=None), "not valid", id="without a begin"),
        pytest.param(
            lambda: signed(iat=int(time.time()) + 600, exp=int(time.time()) + 900), "not valid", id="of tomorrow"
        ),
        pytest.param(lambda: signed(exp=int(time.time()) + 86_400), "lasts longer", id="for a day"),
        pytest.param(lambda: signed(sub=""), "no subject", id="of an empty name"),
        pytest.param(lambda: signed(sub="a\nb"), "no subject", id="of two lines"),
        pytest.param(lambda: signed(sub="a" * 256), "no subject", id="of a long name"),
        pytest.param(lambda: signed(name=7), "no text", id="with a number for a name"),
        pytest.param(lambda: "a" * (LONGEST_TOKEN + 1), "too long", id="too long"),
    ],
)
def test_any_other_token_is_refused_with_a_reason(make: Callable[[], str], reason: str) -> None:
    # Made when it is read: a long run would find it expired, which is another reason.
    with pytest.raises(IdentityRefused, match=reason):
        Identities(KEY).read(make())


@given(st.text())
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(IdentityRefused):
        Identities(KEY).read(text)


def test_a_changed_character_breaks_the_signature() -> None:
    head, body, signature = signed().split(".")
    other = "A" if signature[0] != "A" else "B"

    with pytest.raises(IdentityRefused):
        Identities(KEY).read(".".join((head, body, other + signature[1:])))


def test_a_name_is_shown_in_one_short_line() -> None:
    told = Identities(KEY).read(signed(name=f"  Ada\n\u202eLovelace\ud800 {'x' * 100}"))

    assert told.name.startswith("Ada Lovelace x")
    assert len(told.name) == 80


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Identities("short")
