"""Puts Chinese words right that sound as they should and are written otherwise. Knows no entry and no question.

Who writes by pinyin picks the wrong one of many characters that sound alike: 蜜码 for 密码. What no dictionary holds
as a word, but sounds like one word of the knowledge and shares a character with it, is taken to be that word. A word
of its own (取笑 beside 取消) is left alone: it may well be meant. Of 12,500 Chinese questions and reviews on anything
the words of a shop's help pages change 2 in 1,000, mostly names (scripts/EXPERIMENTS.md).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from knowledge.words import stop_words

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[\u3400-\u9fff]{2}")
# The tone tells these apart, and an answer about the one misleads whoever asks about the other.
_OPPOSITES = frozenset({frozenset("买卖"), frozenset("收售")})


class Homophones:
    """Mends characters in the words, of two characters, that it was made with."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Know the words of `texts`; loads nothing where none is Chinese."""
        chinese = [text for text in texts if _HAN.search(text)]
        self._pairs = {a + b for text in chinese for a, b in pairwise(text)}
        self._words: dict[tuple[int, str], set[str]] = defaultdict(set)
        for word in {word for text in chinese for word in _cut(text) if _WORD.fullmatch(word)}:
            self._words[0, word[0]].add(word)
            self._words[1, word[1]].add(word)

    def mended(self, text: str) -> str:
        """`text` with such words put right; one that may be several words is left as it is."""
        return "".join(self._meant(_cut(text))) if self._words and _HAN.search(text) else text

    def _meant(self, cut: list[str]) -> Iterator[str]:
        tokens = iter(pairwise([*cut, ""]))
        for one, next_one in tokens:
            word = self._word(one + next_one) if len(one) == len(next_one) == 1 else None
            yield word or one
            if word:
                next(tokens, None)

    def _word(self, written: str) -> str | None:
        """The one word of the knowledge that sounds like two characters, which are no word of any dictionary."""
        if written in self._pairs or not _WORD.fullmatch(written) or not stop_words().isdisjoint(written):
            return None
        found = {
            word
            for kept, other in ((0, 1), (1, 0))
            for word in self._words.get((kept, written[kept]), ())
            if _sound_alike(word[other], written[other])
        }
        return found.pop() if len(found) == 1 else None


def _cut(text: str) -> list[str]:
    """The words of a dictionary that `text` is made of; what is in none stands as single characters."""
    import rjieba

    return list(rjieba.cut(text, hmm=False))


def _sound_alike(one: str, other: str) -> bool:
    return frozenset(one + other) not in _OPPOSITES and not _sounds(one).isdisjoint(_sounds(other))


@cache
def _sounds(character: str) -> frozenset[str]:
    """How a character may be read, without its tone; it has more than one reading now and then."""
    from pypinyin import Style, pinyin

    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(reading for own in readings for reading in own)
