"""Who a customer of the website is: the holder of a signed random token. Stores nothing and knows no person."""

import hashlib
import secrets

from itsdangerous import BadSignature, TimestampSigner

DAY = 86_400


class Visitors:
    """Makes and reads the tokens of anonymous customers.

    The conversation's name is a hash of the token: whoever reads names, in the store or at the desk, cannot
    speak for the customer.
    """

    def __init__(self, secret_key: str, days: float = 30) -> None:
        if len(secret_key) < 16:
            raise ValueError("the secret key has fewer than 16 characters: set KEFU_SECRET_KEY to a longer one")
        self._signer = TimestampSigner(secret_key, salt="kefu.visitor", digest_method=hashlib.sha256)
        self._seconds = int(days * DAY)

    def begin(self) -> str:
        """A new customer's token: 256 random bits, signed and dated."""
        return self._signer.sign(secrets.token_urlsafe(32)).decode()

    def conversation(self, token: str) -> str | None:
        """The name of the token's conversation; None when it is forged, damaged or too old."""
        try:
            bits = self._signer.unsign(token, max_age=self._seconds)
        except (BadSignature, UnicodeError):
            return None
        return f"web:{hashlib.sha256(bits).hexdigest()[:32]}"
