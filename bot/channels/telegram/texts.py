"""What the channel says by itself, in the customer's language. Knows no message and no answer."""

import tomllib
from functools import cache
from importlib.resources import files

FALLBACK = "en"
_MENU = ("help", "human", "bot", "restart", "end")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("bot.channels.telegram").joinpath("texts.toml").read_text("utf-8"))


def languages() -> list[str]:
    """The languages (ISO 639-1) that every text has, English first."""
    common = frozenset.intersection(*(frozenset(versions) for versions in _texts().values()))
    return sorted(common, key=lambda language: (language != FALLBACK, language))


def text(name: str, language: str, **parts: str) -> str:
    """The text `name` in `language`, else in English. Raises KeyError for an unknown name."""
    versions = _texts()[name]
    return versions.get(language, versions[FALLBACK]).format(**parts)


def menu(language: str) -> dict[str, str]:
    """The commands with what they do."""
    return {name: text(f"command_{name}", language) for name in _MENU}


def help_text(language: str) -> str:
    """What the bot can do, and by which commands."""
    lines = "\n".join(f"/{name} – {what}" for name, what in menu(language).items())
    return text("help", language, commands=lines)


def hinted_language(language_code: str | None) -> str:
    """The language (ISO 639-1) of Telegram's language tag: "zh-hans" is "zh"; empty when there is none."""
    return (language_code or "").replace("_", "-").partition("-")[0].lower()
