"""Who a customer is on the site that shows the widget: told by a short JWT that the site's server has signed.

Knows no conversation. HS256 (RFC 7519, RFC 7518) with a key that both servers have; nothing else is believed.
"""

from dataclasses import dataclass, field
from typing import Any

import jwt

from bot.channels.web.about import attributes_of, in_words
from bot.settings import LEAST_IDENTITY_KEY

AUDIENCE = "kefu"
LONGEST_LIFE = 3_600
"""Seconds between a token's `iat` and `exp`: it only begins a visit, so it need not last."""
LONGEST_TOKEN = 4_096
_LONGEST_SUBJECT, _LONGEST_NAME = 255, 80
_CLOCKS_DIFFER = 60  # seconds
# Of the name agents know already; the others are the token's own (RFC 7519, OpenID Connect), and tell of no customer.
_NO_ATTRIBUTES = frozenset(
    {"name", "iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
    | {"acr", "amr", "at_hash", "auth_time", "azp", "c_hash", "nonce", "sid"}
)


class IdentityRefused(Exception):
    """The text says why, in one line that tells nothing about the token's owner."""


@dataclass(frozen=True, slots=True)
class Person:
    """`subject` is the site's own id of the customer, which never changes; `name` is what agents see, and so are
    `attributes`: the token's other claims, where they are texts, numbers, or yes or no."""

    subject: str
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class Identities:
    """Reads tokens signed with `key`, which both servers have."""

    def __init__(self, key: str) -> None:
        # HS256 is as strong as its key is long.
        if len(key) < LEAST_IDENTITY_KEY:
            raise ValueError(f"the identity key has fewer than {LEAST_IDENTITY_KEY} characters")
        self._key = key

    def read(self, token: str) -> Person:
        """The person whom a token speaks of. Raises IdentityRefused."""
        if len(token) > LONGEST_TOKEN:
            raise IdentityRefused("the identity is too long")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=AUDIENCE,
                leeway=_CLOCKS_DIFFER,
                options={"require": ["sub", "aud", "iat", "exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise IdentityRefused("the identity has expired") from None
        except (jwt.PyJWTError, ValueError):
            raise IdentityRefused("the identity is not valid") from None
        return _person(claims)


def _person(claims: dict[str, Any]) -> Person:
    if float(claims["exp"]) - float(claims["iat"]) > LONGEST_LIFE:
        raise IdentityRefused(f"the identity lasts longer than {LONGEST_LIFE} seconds")
    subject, name = claims["sub"], claims.get("name", "")
    if not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise IdentityRefused("the identity has no subject")
    if not isinstance(name, str):
        raise IdentityRefused("the identity's name is no text")
    others = {claim: value for claim, value in claims.items() if claim not in _NO_ATTRIBUTES}
    return Person(subject, in_words(name)[:_LONGEST_NAME], attributes_of(others))
