"""Finds the owner's words that always go to a person. Knows no intent and no answer."""

import re
import unicodedata
from collections.abc import Iterable

# Scripts that put no blank between words, or glue endings to them: Thai, Lao, Burmese, Khmer, kana, Han, Hangul.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_SPACED_LETTER = f"[^\\W{_SPACELESS}]"


class HandoffWords:
    """Words and short phrases, found whatever their case; a part of a longer word is none of them."""

    def __init__(self, words: Iterable[str]) -> None:
        self._patterns = {word: _pattern(word) for word in map(_plain, words) if word}

    def found_in(self, text: str) -> bool:
        """Whether one of the words stands in `text`."""
        plain = _plain(text)
        # Plain search first: it is many times faster, and nearly always enough.
        return any(word in plain and pattern.search(plain) for word, pattern in self._patterns.items())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())


def _pattern(word: str) -> re.Pattern[str]:
    before = f"(?<!{_SPACED_LETTER})" if re.match(_SPACED_LETTER, word[0]) else ""
    after = f"(?!{_SPACED_LETTER})" if re.match(_SPACED_LETTER, word[-1]) else ""
    return re.compile(before + re.escape(word) + after)
