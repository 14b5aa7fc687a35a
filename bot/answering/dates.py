"""Finds dates and times of day, and writes them in one form. Knows no other fact."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.answering.numerals import chinese_value

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


@dataclass(frozen=True, slots=True)
class _Words:
    months: dict[str, str]
    weekdays: dict[str, str]
    short: dict[str, str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
    short_months, short_weekdays = meanings(data["short_months"]), meanings(data["short_weekdays"])
    return _Words(
        months=meanings(data["months"]) | {word.lower(): month for word, month in short_months.items()},
        weekdays=meanings(data["weekdays"]),
        short={word: f"month {month}" for word, month in short_months.items()}
        | {word: f"weekday {day}" for word, day in short_weekdays.items()},
    )


def date_words() -> frozenset[str]:
    """Every word that names a month or weekday, in lower case."""
    known = _words()
    return frozenset(known.months.keys() | known.weekdays.keys() | {word.lower() for word in known.short})


def meanings(table: dict[str, list[str]]) -> dict[str, str]:
    """Meaning → spellings, turned round."""
    return {spelling: meaning for meaning, spellings in table.items() for spelling in spellings}


def dates(text: str) -> tuple[set[str], str]:
    """The dates of `text`, and the text without them."""
    found: set[str] = set()

    def take(pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]) -> None:
        nonlocal text
        found.update(value(match) for match in pattern.finditer(text))
        text = pattern.sub(" ", text)

    day_first, month_first, month, weekday, short = _date_patterns()
    take(_ISO_DATE, lambda m: m.group())
    take(_CHINESE_DATE, lambda m: _date(m[1], chinese_value(m[2]), m[3] and chinese_value(m[3])))
    take(_CHINESE_WEEKDAY, lambda m: f"weekday {'一二三四五六日'.find(m[1].replace('天', '日')) + 1}")
    take(day_first, lambda m: _date(m[3], _words().months[m[2].lower()], m[1]))
    take(month_first, lambda m: _date(m[3], _words().months[m[1].lower()], m[2]))
    take(month, lambda m: _date("", _words().months[m[1].lower()], ""))
    take(weekday, lambda m: _weekday(_words().weekdays[m[1].lower()]))
    take(short, lambda m: _words().short[m[1]])
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
    short = rf"\b({'|'.join(known.short)})\b(?!\s(?!to\b|and\b|until\b|or\b)[a-z])"
    return (re.compile(before), re.compile(after), re.compile(some), re.compile(weekday, re.I), re.compile(short))


def times(text: str) -> tuple[set[str], str]:
    """The times of day of `text`, in 24 hours, and the text without them."""
    found: set[str] = set()

    def take(match: re.Match[str]) -> str:
        if not (time := _time(match.groupdict())):
            return match.group()
        found.add(time)
        return " "

    text = _CHINESE_TIME.sub(take, _TIME.sub(take, text))
    return found, text


def _time(said: dict[str, str | None]) -> str:
    """The time in 24 hours, or nothing where a number is no time."""
    hour = int(chinese_value(said["hour"] or ""))
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
    return f"{hour:02}:{30 if half == '半' else int(chinese_value(minute or '0')):02}" if hour <= 24 else ""
