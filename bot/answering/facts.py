"""Finds the hard facts of a text: numbers with their units, addresses and names. Knows no entry and no model.

Facts are written in one form, so that "1,000 €", "EUR 1000" and "1.000 euros" are equal, and 三十天 is 30 days.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from bot.answering.dates import date_words, dates, meanings, times
from bot.answering.numerals import chinese_value, plain

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"'`，。；、！？（）\u4e00-\u9fff]+", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)
_NUMBER = re.compile(r"\d+(?:[.,:/ ]\d+)*", re.ASCII)
_CHINESE_NUMBER = re.compile(
    r"(?<![\d.零一二两三四五六七八九十百千万])[零一二两三四五六七八九十百千万]+(?=\s?(?:个)?[\u4e00-\u9fff%])"
)
# 8块5 is 8.5元.
_YUAN = re.compile(r"([\d零一二两三四五六七八九十百]+)块([\d一二三四五六七八九])(?![\d个元天年月个])", re.A)
_HALF = re.compile(r"\b(?:half(?: an?\b)?|die hälfte|la mitad|la moitié)\b|一半|半(?=个?小时|天|年|个月)", re.I)
_MINUS = re.compile(r"(?:^|[\s(:])[-−]$")
# A name is a capitalised word inside a sentence, or one that no ordinary word looks like: iPhone, PayPal, DHL, X5.
_CAPITALISED = re.compile(r"(?<![.!?:。！？：\n•\-–—\"“(\[] )(?<=\w[\s,])\b[A-ZÀ-Þ][\w'’&+-]+")
_ODD_WORD = re.compile(
    r"\b(?=\w*[A-Z])(?:[A-Za-z]+\d\w*|\d+[A-Za-z]\w*|[a-z]+[A-Z]\w*|[A-Z]\w*[a-z][A-Z]\w*|[A-Z]{2,}\w*)\b", re.A
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One hard fact. `kind` is "number", "date", "link", "email" or "name"; `unit` only goes with a number.

    A date is written "2026-07-05", "07-05", "month 7", "weekday 6" or "weekend"; a time of day "21:00".
    """

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
    other: str = ""
    """What the number also may mean: 1.500 is 1500 or 1.5."""


@dataclass(frozen=True, slots=True)
class _Words:
    units: dict[str, str]
    numbers: dict[str, str]
    scales: dict[str, str]
    not_names: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
    return _Words(
        units={spelling.lower(): unit for unit, spellings in data["units"].items() for spelling in spellings},
        numbers=_with_compounds(meanings(data["number_words"])),
        scales=meanings(data["scales"]),
        not_names=frozenset(word.lower() for word in data["not_names"]["words"]),
    )


def _with_compounds(numbers: dict[str, str]) -> dict[str, str]:
    """The number words and the English ones from twenty-one to ninety-nine."""
    tens = [word for word, value in numbers.items() if word.endswith("ty")]
    ones = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    pairs = [(ten, one, mark) for ten in tens for one in ones for mark in "- "]
    return numbers | {f"{ten}{mark}{one}": str(int(numbers[ten]) + int(numbers[one])) for ten, one, mark in pairs}


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


def facts(text: str, *, names: bool = True, either: bool = False) -> frozenset[Fact]:
    """All hard facts of `text`. `names=False` leaves names out (German capitalises every noun).

    `either=True` gives both readings of an ambiguous number: 1.500 is 1500 and 1.5.
    """
    text = unicodedata.normalize("NFKC", text)
    found: set[Fact] = set()
    for kind, pattern in (("email", _EMAIL), ("link", _LINK)):
        found |= {Fact(kind, match.group().rstrip(".,;:!?/*_").lower()) for match in pattern.finditer(text)}
        text = pattern.sub(" ", text)
    called = _names(text) if names else set()
    days, text = dates(text)
    hours, text = times(text)
    found |= {Fact("date", day) for day in days} | {Fact("number", hour, "time of day") for hour in hours}
    counted = quantities(text)
    found |= {Fact("number", quantity.value, quantity.unit) for quantity in counted}
    found |= {Fact("number", quantity.other, quantity.unit) for quantity in counted if either and quantity.other}
    return frozenset(found | called)


def quantities(text: str) -> list[Quantity]:
    """Every number of `text`, which is taken in NFKC form."""
    found = []
    for match in _YUAN.finditer(text):
        value = f"{chinese_value(match[1])}.{chinese_value(match[2])}"
        found.append(Quantity(value, "money yuan", match.start(), match.end()))
    text = _YUAN.sub(lambda match: " " * len(match.group()), text)
    for match in _HALF.finditer(text):
        unit, end = _unit_around(text, match.start(), match.end())
        found.append(Quantity("0.5" if unit else "50", unit or "percent", match.start(), end))
    for match in _NUMBER.finditer(text):
        found += _digits(text, match)
    # "one" and 一 are also articles, and 万一 is "in case": a number word is a fact only with a unit.
    for pattern, value_of in ((_CHINESE_NUMBER, chinese_value), (_number_word(), _word_value)):
        for match in pattern.finditer(text):
            value, end = _scaled(text, value_of(match.group()), match.end())
            unit, end = _unit_around(text, match.start(), end)
            found += [Quantity(_tenths(value, unit), unit, match.start(), end)] if unit else []
    return found


def _digits(text: str, match: re.Match[str]) -> list[Quantity]:
    _, end = _scaled(text, "1", match.end())
    unit, unit_end = _unit_around(text, match.start(), end)
    sign = "-" if _MINUS.search(text[: match.start()]) else ""
    found = []
    for part in re.split(r"[:/ ]", match.group()):
        value, _ = _scaled(text, sign + plain(part), match.end())
        other = part.replace(",", ".").rstrip("0").rstrip(".") if re.fullmatch(r"[1-9]\d?\d?[.,]\d{3}", part) else ""
        found.append(Quantity(_tenths(value, unit), unit, match.start(), unit_end, other))
    return found


def _scaled(text: str, value: str, end: int) -> tuple[str, int]:
    """`value` times the thousand or million after it, and where that ends."""
    if value.count(".") > 1 or not (found := _scale().match(text, end)):
        return value, end
    return f"{Decimal(value) * int(_words().scales[found[1].lower()]):f}".removesuffix(".0"), found.end()


@cache
def _scale() -> re.Pattern[str]:
    longest_first = sorted(_words().scales, key=len, reverse=True)
    return re.compile(rf"\s?({'|'.join(longest_first)})(?![a-zà-ÿ米克瓦])", re.I)


def _tenths(value: str, unit: str) -> str:
    """85折 is 8.5折."""
    return f"{value[0]}.{value[1]}" if unit.startswith("tenth") and len(value) == 2 and value.isdecimal() else value


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
    # The unit of a range stands at its end: "3–5 days", "three to five days", "3至5天".
    if found := _range_end().match(text, end):
        return _unit_around(text, found.start(), found.end())
    return "", end


@cache
def _range_end() -> re.Pattern[str]:
    return re.compile(
        r"\s?(?:-|–|—|~|to|or|and|bis|oder|a|à|至|到|或)\s?"
        rf"(?:\d+(?:[.,]\d+)*|[零一二两三四五六七八九十百千万]+|{_number_word().pattern})",
        re.I,
    )


def _names(text: str) -> set[Fact]:
    known = _words()
    words = [*_CAPITALISED.findall(text), *_ODD_WORD.findall(text)]
    plain = (word.lower().removesuffix("'s").removesuffix("’s") for word in words)
    excluded = known.not_names | known.units.keys() | date_words()
    return {Fact("name", word) for word in plain if word not in excluded and not _is_quantity(word)}


def _is_quantity(word: str) -> bool:
    """Whether an odd word is a number with its unit: 24h, 9am, 5k."""
    number, unit = re.match(r"(\d*)(.*)", word).groups()  # type: ignore[union-attr]
    return bool(number) and (unit in _words().units or unit in {"h", "k", "st", "nd", "rd", "th"})
