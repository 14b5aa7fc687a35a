"""What the bot says of itself, in the customer's language. Knows no entry and no model."""

import tomllib
from functools import cache
from importlib.resources import files

_FALLBACK = "en"


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("bot.answering").joinpath("phrases.toml").read_text("utf-8"))


def languages() -> frozenset[str]:
    """The languages (ISO 639-1) that every phrase has."""
    return frozenset.intersection(*(frozenset(texts) for texts in _phrases().values()))


def phrase(name: str, language: str, **parts: str) -> str:
    """The phrase `name` in `language`, else in English. Raises KeyError for an unknown name."""
    texts = _phrases()[name]
    return texts.get(language, texts[_FALLBACK]).format(**parts)
