import string
import tomllib
from importlib.resources import files

import pytest

from bot.answering.phrases import Tone, languages, phrase


def _read(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files("bot.answering").joinpath(f"{name}.toml").read_text("utf-8"))


PHRASES = _read("phrases")
TONES: tuple[Tone, ...] = ("friendly", "formal")
RETOLD = [(tone, name) for tone in TONES for name in _read(tone)]


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


@pytest.mark.parametrize(("tone", "name"), RETOLD)
def test_a_tone_says_the_same_in_every_language_in_other_words(tone: Tone, name: str) -> None:
    for language in ("en", "zh", "es", "de", "fr"):
        told, plain = _read(tone)[name][language], PHRASES[name][language]
        assert told != plain
        assert _places(told) == _places(plain)


def _places(text: str) -> set[str]:
    return {place for _, place, _, _ in string.Formatter().parse(text) if place}


@pytest.mark.parametrize("tone", TONES)
def test_what_a_tone_does_not_say_otherwise_is_said_plainly(tone: Tone) -> None:
    assert phrase("unreadable", "de", tone) == phrase("unreadable", "de")
    assert phrase("thanks", "xx", tone) == phrase("thanks", "en", tone)
