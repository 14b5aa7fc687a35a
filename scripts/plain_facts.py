"""Finds what a sentence states and its sources do not, by the plainest means. Shares no code with Kefu's own check.

It reads digits, a few number words, currencies, names of days and months, and addresses; whatever of them stands in
no source is told. It knows no unit and no meaning, so that it may tell too much, but is not blind where the check is.
"""

import re
from collections.abc import Iterable, Iterator

COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = {word: str(value) for value, word in enumerate(COUNTED)} | {
    word: str(10 * value) for value, word in enumerate(TENS, 2)
}
NO_COUNT = frozenset({"one"})
"""Also a pronoun: "the first one", "no one"."""
CURRENCIES = {
    "€": ("€", "eur"),
    "$": ("$", "usd", "dollar"),
    "£": ("£", "gbp", "pound", "quid"),
    "¥": ("¥", "cny", "rmb", "元"),
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october")
MONTHS += ("november", "december")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>()\"'，。；]+|www\.[^\s<>()\"'，。；]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")


def unsourced(sentence: str, sources: Iterable[str]) -> list[str]:
    """What `sentence` states that none of the `sources` does, in its own spelling."""
    source = "\n".join(sources)
    found = (_addresses, _numbers, _money, _dates)
    return sorted({each for find in found for each in find(sentence, source)})


def addresses(text: str) -> list[str]:
    """Links and e-mail addresses, as they stand there."""
    return [found.rstrip(".,;:!?") for found in _ADDRESS.findall(text)]


def _addresses(sentence: str, source: str) -> Iterator[str]:
    held = {address.lower() for address in addresses(source)}
    yield from (address for address in addresses(sentence) if address.lower() not in held)


def _numbers(sentence: str, source: str) -> Iterator[str]:
    held = set(_values(source, frozenset()))
    yield from (value for value in _values(_ADDRESS.sub(" ", sentence), NO_COUNT) if value not in held)


def _values(text: str, uncounted: frozenset[str]) -> Iterator[str]:
    """Every number, "1,000.50" as "1000.5"; besides the whole of 3:30 and 5-9 its parts come one by one."""
    for found in _DIGITS.findall(text):
        yield _plain(found)
    for word in _WORD.findall(text.lower()):
        if word in NUMBERS and word not in uncounted:
            yield NUMBERS[word]


def _plain(number: str) -> str:
    number = re.sub(r",(?=\d{3}(?!\d))", "", number)
    return number.rstrip("0").rstrip(".") if "." in number and ":" not in number else number


def _money(sentence: str, source: str) -> Iterator[str]:
    said, held = sentence.lower(), source.lower()
    for sign, spellings in CURRENCIES.items():
        if any(_says(spelling, said) for spelling in spellings) and not any(_says(s, held) for s in spellings):
            yield sign


def _says(spelling: str, text: str) -> bool:
    return (
        spelling in text
        if not spelling.isalpha() or not spelling.isascii()
        else bool(re.search(rf"\b{spelling}s?\b", text))
    )


def _dates(sentence: str, source: str) -> Iterator[str]:
    held = {word[:3] for word in _WORD.findall(source.lower())}
    for word in _WORD.findall(sentence):
        # "may" and "march" are other words besides.
        name = word.lower() if word.lower() not in {"may", "march"} or word[0].isupper() else ""
        if name.removesuffix("s") in {*DAYS, *MONTHS} and name[:3] not in held:
            yield word
