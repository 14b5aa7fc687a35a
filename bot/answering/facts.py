"""Finds the hard facts of a text: numbers with their units, addresses and names. Knows no entry and no model.

Facts are written in one form, so that "1,000 €", "EUR 1000" and "1.000 euros" are equal, and 三十天 is 30 days.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\"'，。；、！？（）]+", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\d+(?:[.,:/ ]\d+)*", re.ASCII)
_CHINESE_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万]+(?=\s?(?:个)?[\u4e00-\u9fff%])")
_RANGE_END = re.compile(r"\s?(?:-|–|—|~|to|or|and|bis|a|à|至|到)\s?\d+(?:[.,]\d+)*")
# A name is a capitalised word inside a sentence, or one that no ordinary word looks like: iPhone, PayPal, DHL, X5.
_CAPITALISED = re.compile(r"(?<![.!?:。！？：\n•\-–—\"“(\[] )(?<=\w[\s,])\b[A-ZÀ-Þ][\w'’&+-]+")
_ODD_WORD = re.compile(
    r"\b(?=\w*[A-Z])(?:[A-Za-z]+\d\w*|\d+[A-Za-z]\w*|[a-z]+[A-Z]\w*|[A-Z]\w*[a-z][A-Z]\w*|[A-Z]{2,}\w*)\b", re.A
)
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}


@dataclass(frozen=True, slots=True)
class Fact:
    """One hard fact. `kind` is "number", "link", "email" or "name"; `unit` only goes with a number."""

    kind: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text with its unit, and where number and unit start and end there."""

    value: str
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    units: dict[str, str]
    numbers: dict[str, str]
    not_names: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
    return _Words(
        units={spelling.lower(): unit for unit, spellings in data["units"].items() for spelling in spellings},
        numbers={word: number for number, words in data["number_words"].items() for word in words},
        not_names=frozenset(word.lower() for word in data["not_names"]["words"]),
    )


@cache
def _unit_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    longest_first = sorted(_words().units, key=len, reverse=True)
    spelled = "|".join(
        rf"{re.escape(s)}(?![a-zà-ÿ])" if s[-1].isascii() and s[-1].isalpha() else re.escape(s) for s in longest_first
    )
    # Words that may stand between a number and its unit: "30 working days", "两个工作日".
    between = r"(?:\s|-|个|full |calendar |consecutive )*"
    after = re.compile(rf"{between}({spelled})", re.I)
    before = re.compile(rf"(?<![a-zà-ÿ])({spelled})\s?$", re.I)
    return after, before


@cache
def _number_word() -> re.Pattern[str]:
    longest_first = sorted(_words().numbers, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.I)


def facts(text: str, *, names: bool = True) -> frozenset[Fact]:
    """All hard facts of `text`. `names=False` leaves names out (German capitalises every noun)."""
    text = unicodedata.normalize("NFKC", text)
    found: set[Fact] = set()
    for kind, pattern in (("email", _EMAIL), ("link", _LINK)):
        found |= {Fact(kind, match.group().rstrip(".,;:!?/").lower()) for match in pattern.finditer(text)}
        text = pattern.sub(" ", text)
    found |= {Fact("number", quantity.value, quantity.unit) for quantity in quantities(text)}
    return frozenset(found | (_names(text) if names else set()))


def quantities(text: str) -> list[Quantity]:
    """Every number of `text`, which is taken in NFKC form."""
    found = []
    for match in _NUMBER.finditer(text):
        unit, end = _unit_around(text, match.start(), match.end())
        found += [Quantity(_plain(part), unit, match.start(), end) for part in re.split(r"[:/ ]", match.group())]
    # "one" and 一 are also articles, and 万一 is "in case": a number word is a fact only with a unit.
    for pattern, value in ((_CHINESE_NUMBER, _chinese_value), (_number_word(), _word_value)):
        for match in pattern.finditer(text):
            unit, end = _unit_around(text, match.start(), match.end())
            found += [Quantity(value(match.group()), unit, match.start(), end)] if unit else []
    return found


def _word_value(word: str) -> str:
    return _words().numbers[word.lower()]


def _unit_around(text: str, start: int, end: int) -> tuple[str, int]:
    """The unit of the number at `start` and where number and unit end."""
    units = _words().units
    after, before = _unit_patterns()
    if found := after.match(text, end):
        return units[found.group(1).lower()], found.end()
    if found := before.search(text[max(0, start - 12) : start]):
        unit = units[found.group(1).lower()]
        return (unit if unit.startswith("money") else ""), end
    # The unit of a range stands at its end: "3–5 days", "3 to 5 days", "3至5天".
    if found := _RANGE_END.match(text, end):
        return _unit_around(text, found.start(), found.end())
    return "", end


def _plain(number: str) -> str:
    """1,000 and 1.000 are 1000; 3,50 is 3.5; 007 keeps its zeros, for it is no quantity."""
    number = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number)
    number = number.replace(",", ".")
    if "." in number and number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return number


def _chinese_value(digits: str) -> str:
    total, digit = 0, 0
    for char in digits:
        if char in _SCALES:
            scale = _SCALES[char]
            total = (total + digit) * scale if scale == 10000 else total + (digit or 1) * scale
            digit = 0
        else:
            digit = _DIGITS[char]
    return str(total + digit)


def _names(text: str) -> set[Fact]:
    known = _words()
    words = [*_CAPITALISED.findall(text), *_ODD_WORD.findall(text)]
    plain = (word.lower().removesuffix("'s").removesuffix("’s") for word in words)
    return {Fact("name", word) for word in plain if word not in known.not_names | known.units.keys()}
