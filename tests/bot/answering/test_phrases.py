import string
import tomllib
from importlib.resources import files

import pytest

from bot.answering.phrases import languages, phrase

PHRASES = tomllib.loads(files("bot.answering").joinpath("phrases.toml").read_text("utf-8"))


def test_english_and_chinese_have_every_phrase() -> None:
    assert {"en", "zh", "es", "de", "fr"} <= languages()


@pytest.mark.parametrize("name", sorted(PHRASES))
def test_every_language_fills_the_same_places(name: str) -> None:
    places = {
        language: {place for _, place, _, _ in string.Formatter().parse(text) if place}
        for language, text in PHRASES[name].items()
    }
    assert len({frozenset(p) for p in places.values()}) == 1


def test_an_unknown_language_gets_english() -> None:
    assert phrase("thanks", "xx") == phrase("thanks", "en")


def test_an_unknown_phrase_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrase("nothing", "en")
