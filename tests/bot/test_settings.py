"""Settings that only make sense together are refused in one line."""

import pytest
from pydantic import ValidationError

from bot.commands.failures import one_line
from bot.settings import Settings


def refusal(**values: object) -> str | None:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, **values)  # type: ignore[arg-type]
    return one_line(refused.value)


@pytest.mark.parametrize("url", ["", "http://help.shop.example", "http://127.0.0.1.shop.example"])
def test_a_webhook_needs_an_address_that_telegram_reaches(url: str) -> None:
    expected = "KEFU_TELEGRAM_WEBHOOK: needs KEFU_PUBLIC_URL to be an address such as https://help.shop.example"
    assert refusal(public_url=url, telegram_webhook=True) == expected


@pytest.mark.parametrize("url", ["https://help.shop.example", "http://127.0.0.1:8080", "http://localhost:8080/kefu"])
def test_a_webhook_has_an_address_of_its_own(url: str) -> None:
    assert Settings(_env_file=None, public_url=url, telegram_webhook=True).telegram_webhook


@pytest.mark.parametrize("secret", ["with space", "ü", "x" * 257])
def test_a_secret_that_telegram_would_not_take_is_not_repeated(secret: str) -> None:
    line = refusal(telegram_secret=secret)

    assert line is not None
    assert line.startswith("KEFU_TELEGRAM_SECRET: 1 to 256 of the characters")
    assert secret not in line


def test_a_secret_of_every_allowed_kind_is_taken() -> None:
    secret = Settings(_env_file=None, telegram_secret="Az09_-").telegram_secret  # type: ignore[arg-type]

    assert secret is not None
    assert secret.get_secret_value() == "Az09_-"
