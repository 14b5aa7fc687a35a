"""Signatures of the Standard Webhooks specification 1.0: HMAC-SHA256 over "id.timestamp.body"."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300.0
"""Seconds by which a receiver's clock may differ; older requests are repetitions by someone else."""


def headers_of(secret: str, name: str, at: float, body: bytes) -> dict[str, str]:
    """The headers of a delivery that is sent `at` (Unix seconds); `secret` is "whsec_" and base 64."""
    stamp = str(int(at))
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_sign(secret, name, stamp, body)}",
    }


def genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a request was signed with the secret, of late: what a receiver checks."""
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE:
        return False
    right = f"v1,{_sign(secret, name, stamp, body)}".encode()
    return any(hmac.compare_digest(right, each.encode()) for each in headers.get("webhook-signature", "").split())


def _sign(secret: str, name: str, stamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.digest(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256)).decode()
