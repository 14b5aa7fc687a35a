"""How long a receiver wants to be left alone: `Retry-After` of RFC 9110, 10.2.3. Knows no HTTP client."""

from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds that we wait at most: a slip of a receiver's must not silence it for months."""
_MEANT = {429, 503}


def waiting_of(status: int, retry_after: str, now: float) -> float:
    """Seconds from `now` (Unix seconds) that a refusal asks for, by a number or a date; 0 for none or nonsense."""
    if status not in _MEANT:
        return 0.0
    told = retry_after.strip()
    wait = float(told[:12]) if told.isascii() and told.isdecimal() else _until(told) - now
    return min(max(wait, 0.0), LONGEST)


def _until(date: str) -> float:
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    # RFC 9110 allows old forms of dates that name no zone: they mean UTC.
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
