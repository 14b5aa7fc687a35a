"""Who a customer of the website is: the holder of a signed token. Stores nothing.

An anonymous customer's token is random; an identified one's follows from who they are, so that they find their
conversation again wherever they log in.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from itsdangerous import BadSignature, TimestampSigner

from bot.channels.web.identity import Identities, IdentityRefused

DAY = 86_400
_NAME = "~"  # before a claimed name; not a letter of base64
PERSON_HOURS = 12.0
"""How long an identified customer's token lasts: then the site must say again who they are."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The caller's conversation, and their name where it is known; for `signed` attributes the site vouches."""

    conversation: str
    name: str = ""
    signed: Mapping[str, str] = field(default_factory=dict)


class Visitors:
    """Makes and reads the tokens of customers.

    The conversation's name is a hash of the token: whoever reads names, in the store or at the desk, cannot
    speak for the customer. With `required`, nobody is let in whom the site has not identified.
    """

    def __init__(
        self, secret_key: str, days: float = 30, identities: Identities | None = None, *, required: bool = False
    ) -> None:
        if len(secret_key) < 16:
            raise ValueError("the secret key has fewer than 16 characters: set KEFU_SECRET_KEY to a longer one")
        if required and identities is None:
            raise ValueError("nobody could be identified: set KEFU_IDENTITY_KEY")
        self._key = secret_key.encode()
        self._anonymous = TimestampSigner(secret_key, salt="kefu.visitor", digest_method=hashlib.sha256)
        self._person = TimestampSigner(secret_key, salt="kefu.person", digest_method=hashlib.sha256)
        self._seconds = int(days * DAY)
        self._identities = identities
        self._required = required

    def begin(self, identity: str = "", claimed: str = "") -> str:
        """A new token: of the person whom the site's JWT `identity` speaks of, else 256 random bits, with the name
        that an anonymous customer claims, signed and dated. Raises IdentityRefused.
        """
        if identity:
            return self._identified(identity)
        if self._required:
            raise IdentityRefused("please log in first")
        name = _NAME + base64.urlsafe_b64encode(claimed.encode()).decode() if claimed else ""
        return self._anonymous.sign(secrets.token_urlsafe(32) + name).decode()

    def _identified(self, identity: str) -> str:
        if self._identities is None:
            raise IdentityRefused("identities are not set up here")
        person = self._identities.read(identity)
        bits = hmac.new(self._key, f"person\0{person.subject}".encode(), hashlib.sha256).hexdigest()
        attributes = [person.attributes] if person.attributes else []
        told = json.dumps([bits, person.name, *attributes], ensure_ascii=False, separators=(",", ":")).encode()
        return self._person.sign(base64.urlsafe_b64encode(told)).decode()

    def visitor(self, token: str) -> Visitor | None:
        """Whose token it is; None when it is forged, damaged, too old, or anonymous where that is not allowed."""
        try:
            told = _unsigned(self._person, token, PERSON_HOURS * 3600)
        except (BadSignature, UnicodeError):
            return None if self._required else self._stranger(token)
        if self._identities is None:
            return None
        bits, name, *attributes = json.loads(base64.urlsafe_b64decode(told))
        # Tokens of an older Kefu have none, nor have those of who has none.
        return Visitor(_conversation(bits.encode()), name, attributes[0] if attributes else {})

    def _stranger(self, token: str) -> Visitor | None:
        try:
            told = _unsigned(self._anonymous, token, self._seconds)
        except (BadSignature, UnicodeError):
            return None
        _, _, claimed = told.decode().partition(_NAME)
        return Visitor(_conversation(told), base64.urlsafe_b64decode(claimed).decode())


def _unsigned(signer: TimestampSigner, token: str, seconds: float) -> bytes:
    """What was signed within so many seconds. Raises BadSignature.

    A date that is still to come is that of another process with another clock, or of one set right since: whoever
    could forge it could forge any. The signer itself would refuse it.
    """
    told, signed = signer.unsign(token, return_timestamp=True)
    if time.time() - signed.timestamp() > seconds:
        raise BadSignature("too old")
    return told


def _conversation(bits: bytes) -> str:
    return f"web:{hashlib.sha256(bits).hexdigest()[:32]}"
