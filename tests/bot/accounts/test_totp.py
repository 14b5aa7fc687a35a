"""One-time codes, against the vectors of RFC 6238 (appendix B, SHA-1)."""

import base64

import pytest

from bot.accounts.totp import STEP_SECONDS, address_of, code_at, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("at", "code"), VECTORS.items())
def test_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    assert code_at(SECRET, at // STEP_SECONDS, digits=8) == code


def test_a_code_is_valid_around_its_time_and_once() -> None:
    step = 1_000_000
    code, now = code_at(SECRET, step), step * STEP_SECONDS + 10.0
    seen = [step_of(SECRET, code, now + away * STEP_SECONDS) for away in (-2, -1, 0, 1, 2)]

    assert seen == [None, step, step, step, None]
    assert step_of(SECRET, code, now, used=step) is None
    assert step_of(SECRET, "\ud800", now) is None


def test_secrets_differ_and_apps_can_read_them() -> None:
    assert new_secret() != new_secret()
    assert len(base64.b32decode(new_secret())) == 20
    assert address_of("ABC", "Mia/Park") == "otpauth://totp/Kefu:Mia%2FPark?secret=ABC&issuer=Kefu"
