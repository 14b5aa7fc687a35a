"""The second factor: one-time codes by time (RFC 6238, HMAC-SHA-1, 30 seconds, 6 digits), as apps show them."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
_DRIFT = 1
"""Steps by which a phone's clock may differ."""


def new_secret() -> str:
    """160 random bits in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(secret: str, code: str, now: float, used: int = 0) -> int | None:
    """The step whose code it is, near `now` (Unix seconds) and later than `used`; None: it is not valid."""
    middle = int(now) // STEP_SECONDS
    for step in range(max(middle - _DRIFT, used + 1, 0), middle + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "replace")):
            return step
    return None


def address_of(secret: str, name: str) -> str:
    """What apps read from a QR code."""
    return f"otpauth://totp/Kefu:{quote(name, safe='')}?secret={secret}&issuer=Kefu"
