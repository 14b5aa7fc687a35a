"""What the bot says of itself, in the customer's language. Knows no entry and no model."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

_FALLBACK = "en"

Tone = Literal["plain", "friendly", "formal"]
PLAIN: Final = "plain"


@cache
def _phrases(tone: Tone = PLAIN) -> dict[str, dict[str, str]]:
    """The phrases; those of another tone are the plain ones, some of them in other words."""
    name = "phrases" if tone == PLAIN else tone
    own: dict[str, dict[str, str]] = tomllib.loads(files("bot.answering").joinpath(f"{name}.toml").read_text("utf-8"))
    return own if tone == PLAIN else {name: texts | own.get(name, {}) for name, texts in _phrases().items()}


def languages() -> frozenset[str]:
    """The languages (ISO 639-1) that every phrase has."""
    return frozenset.intersection(*(frozenset(texts) for texts in _phrases().values()))


def phrase(phrase_: str, language: str, tone: Tone = PLAIN, /, **parts: str) -> str:
    """The phrase of this name in `language`, else in English. Raises KeyError for an unknown name."""
    texts = _phrases(tone)[phrase_]
    return texts.get(language, texts[_FALLBACK]).format(**parts)
