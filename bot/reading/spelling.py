"""Puts misspelt words right by the words of the knowledge. Knows no entry, no question and no dictionary.

Only slips of one letter that seldom make another word are mended: a letter missing, doubled or swapped with its
neighbour. A wrong letter is left alone, for that would make "shirt" of "short" (scripts/EXPERIMENTS.md).
"""

import re
from collections.abc import Iterable, Iterator

from knowledge.words import stop_words

_WORD = re.compile(r"(?<![\w@./-])[a-zà-ÿ]{4,}(?![\w@/-]|\.\w)", re.I)
_LEAST = 5  # letters of a word that is meant


class Spelling:
    """Mends slips in the words that it was made with."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Know the words of `texts`."""
        self._known = {word.lower() for text in texts for word in _WORD.findall(text)} | stop_words()
        self._letters = "".join(sorted({letter for word in self._known if _WORD.fullmatch(word) for letter in word}))

    def mended(self, text: str) -> str:
        """`text` with its slips put right; a slip that several words may be is left as it is."""
        return _WORD.sub(lambda match: self._meant(match.group()), text)

    def _meant(self, word: str) -> str:
        if word.lower() in self._known:
            return word
        found = {each for each in self._candidates(word.lower()) if len(each) >= _LEAST and each in self._known}
        found -= stop_words()
        return found.pop() if len(found) == 1 else word

    def _candidates(self, word: str) -> Iterator[str]:
        # The first letter is right nearly always, and the last one decides between "read" and "ready".
        for i in range(1, len(word)):
            yield from (word[:i] + letter + word[i:] for letter in self._letters)
            if word[i] == word[i - 1]:
                yield word[:i] + word[i + 1 :]
            if i < len(word) - 1:
                yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
