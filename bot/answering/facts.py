"""Finds the hard facts of a text: numbers with their units, addresses and names. Knows no entry and no model.

Facts are written in one form, so that "1,000 €", "EUR 1000" and "1.000 euros" are equal, and 三十天 is 30 days.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"'`，。；、！？（）\u4e00-\u9fff]+", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)
_NUMBER = re.compile(r"\d+(?:[.,:/ ]\d+)*", re.ASCII)
_CHINESE_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万]+(?=\s?(?:个)?[\u4e00-\u9fff%])")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", re.A)
_CHINESE_DATE = re.compile(
    r"(?:(\d{4})年)?([\d一二三四五六七八九十]{1,3})月(?:份|([\d一二三四五六七八九十]{1,3})[日号])?", re.A
)
# 一周六天 is six days a week.
_CHINESE_WEEKDAY = re.compile(r"(?:(?<![\d两几])周|星期|礼拜)([一二三四五六日天])(?![天次个回])", re.A)
_TIME = re.compile(
    r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s?"
    r"(?:(?P<half>[ap])(?:\.m\.|m\b)|uhr\b(?:\s(?P<after>[0-5]\d)\b)?|o['’]clock|h(?P<more>[0-5]\d)\b)",
    re.A | re.I,
)
_CHINESE_TIME = re.compile(
    # 一点 is also "a little".
    r"(?!(?<![午晨上])一[点时](?![钟半整\d十]))(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s?(?<![\d.一二三四五六七八九十])(?P<hour>\d{1,2}|[零一二两三四五六七八九十]{1,3})"
    r"(?:[点时](?:(?P<half>半)|钟|整|(?P<minute>[0-5]?\d|[二三四五]?十[一二三四五六七八九]?)分?)?|:(?P<colon>[0-5]\d))(?!\d)",
    re.A,
)
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


@dataclass(frozen=True, slots=True)
class _Words:
    units: dict[str, str]
    numbers: dict[str, str]
    months: dict[str, str]
    weekdays: dict[str, str]
    short_dates: dict[str, str]
    not_names: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
    months, weekdays = _meanings(data["months"]), _meanings(data["weekdays"])
    return _Words(
        units={spelling.lower(): unit for unit, spellings in data["units"].items() for spelling in spellings},
        numbers=_meanings(data["number_words"]),
        months=months | {word.lower(): month for word, month in _meanings(data["short_months"]).items()},
        weekdays=weekdays,
        short_dates={word: f"month {month}" for word, month in _meanings(data["short_months"]).items()}
        | {word: f"weekday {day}" for word, day in _meanings(data["short_weekdays"]).items()},
        not_names=frozenset(word.lower() for word in data["not_names"]["words"]) | months.keys() | weekdays.keys(),
    )


def _meanings(table: dict[str, list[str]]) -> dict[str, str]:
    return {spelling: meaning for meaning, spellings in table.items() for spelling in spellings}


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
        found |= {Fact(kind, match.group().rstrip(".,;:!?/*_").lower()) for match in pattern.finditer(text)}
        text = pattern.sub(" ", text)
    called = _names(text) if names else set()
    for taken in (_dates, _times):
        some, text = taken(text)
        found |= some
    found |= {Fact("number", quantity.value, quantity.unit) for quantity in quantities(text)}
    return frozenset(found | called)


Taken = tuple[set[Fact], str]


def _dates(text: str) -> Taken:
    """The dates of `text`, and the text without them."""
    found: set[Fact] = set()

    def take(pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]) -> None:
        nonlocal text
        found.update(Fact("date", value(match)) for match in pattern.finditer(text))
        text = pattern.sub(" ", text)

    day_first, month_first, month, weekday, short = _date_patterns()
    take(_ISO_DATE, lambda m: m.group())
    take(_CHINESE_DATE, lambda m: _date(m[1], _chinese_value(m[2]), m[3] and _chinese_value(m[3])))
    take(_CHINESE_WEEKDAY, lambda m: f"weekday {'一二三四五六日'.find(m[1].replace('天', '日')) + 1}")
    take(day_first, lambda m: _date(m[3], _words().months[m[2].lower()], m[1]))
    take(month_first, lambda m: _date(m[3], _words().months[m[1].lower()], m[2]))
    take(month, lambda m: _date("", _words().months[m[1].lower()], ""))
    take(weekday, lambda m: _weekday(_words().weekdays[m[1].lower()]))
    take(short, lambda m: _words().short_dates[m[1]])
    return found, text


def _date(year: str, month: str, day: str) -> str:
    if not day:
        return f"month {month}"
    return f"{year}-{month:0>2}-{day:0>2}" if year else f"{month:0>2}-{day:0>2}"


def _weekday(day: str) -> str:
    return day if day == "weekend" else f"weekday {day}"


@cache
def _date_patterns() -> tuple[re.Pattern[str], ...]:
    """Day before month, month before day, month alone, weekday, and short names."""
    known = _words()
    # "may" is a verb and "march" a walk: without a capital, or alone, they are no months.
    alone = r"(?<=\b[Ii]n )May\b|(?<=\b[OoBb][ny] )May\b|(?<=\b[Uu]ntil )May\b|March\b"
    long = "|".join(sorted(known.months.keys() - {"may", "march", "mar"}, key=len, reverse=True))
    month = rf"(?:May|March|Mar|MAY|MARCH|(?i:{long}))(?!\w)\.?"
    day, year = r"(?<![\d.,:])(0?[1-9]|[12]\d|3[01])", r"(?:,?\s(?:de\s)?(\d{4}))?(?![\w:])"
    before = rf"{day}(?:\.|st|nd|rd|th|er)?\s(?:de\s|of\s)?({month[:-3]})\.?{year}"
    after = rf"\b({month[:-3]})\.?\s(?:the\s)?(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\w:%]){year}"
    full = "|".join(word for word in known.months if len(word) > 4 and word != "march")
    some = rf"(?<!\w)({alone}|(?i:{full}|juni|juli|juin|june|july|août|märz|mars|mai|mayo))(?!\w)"
    weekday = rf"(?<!\w)({'|'.join(sorted(known.weekdays, key=len, reverse=True))})(?![a-zà-ÿ])"
    short = rf"\b({'|'.join(known.short_dates)})\b(?!\s(?!to\b|and\b|until\b|or\b)[a-z])"
    return (re.compile(before), re.compile(after), re.compile(some), re.compile(weekday, re.I), re.compile(short))


def _times(text: str) -> Taken:
    """The times of day of `text`, in 24 hours, and the text without them."""
    found: set[Fact] = set()

    def take(match: re.Match[str]) -> str:
        if not (time := _time(match.groupdict())):
            return match.group()
        found.add(Fact("number", time, "time of day"))
        return " "

    text = _CHINESE_TIME.sub(take, _TIME.sub(take, text))
    return found, text


def _time(said: dict[str, str | None]) -> str:
    """The time in 24 hours, or nothing where a number is no time."""
    hour = int(_chinese_value(said["hour"] or ""))
    minute = next((m for name in ("minute", "colon", "after", "more") if (m := said.get(name))), "")
    half = said.get("half")
    if (
        half in {"p", "P"}
        or (said.get("part") in {"下午", "傍晚", "晚上"})
        or (said.get("part") == "中午" and hour < 11)
    ):
        hour += 12 if hour < 12 else 0
    elif half in {"a", "A"} and hour == 12:
        hour = 0
    return f"{hour:02}:{30 if half == '半' else int(_chinese_value(minute or '0')):02}" if hour <= 24 else ""


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
    if digits.isdecimal():
        return str(int(digits))
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
    excluded = known.not_names | known.units.keys() | {word.lower() for word in known.short_dates}
    return {Fact("name", word) for word in plain if word not in excluded and not _is_quantity(word)}


def _is_quantity(word: str) -> bool:
    """Whether an odd word is a number with its unit: 24h, 9am, 5k."""
    number, unit = re.match(r"(\d*)(.*)", word).groups()  # type: ignore[union-attr]
    return bool(number) and (unit in _words().units or unit in {"h", "k", "st", "nd", "rd", "th"})
