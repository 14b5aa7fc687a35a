"""What a customer who waits for a colleague is told: their place, or when the team is back. Knows no conversation."""

import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

from bot.desk.hours import Hours

_FALLBACK = "en"
_TODAY, _TOMORROW = timedelta(), timedelta(days=1)


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("bot.desk").joinpath("notice.toml").read_text("utf-8"))


def languages() -> frozenset[str]:
    """The languages (ISO 639-1) that every text has."""
    return frozenset.intersection(*(frozenset(texts) for texts in _texts().values()))


def handoff_notice(language: str, *, place: int, hours: Hours, now: datetime) -> str:
    """What is added to the words of a handoff. `place` counts from 1; 0 when it is not known."""
    if language not in languages():
        language = _FALLBACK
    if not hours.open_at(now):
        return _back(language, hours, now)
    if place < 1:
        return _text("colleague", language)
    if place == 1:
        return _text("next", language)
    return _text("place", language).format(place=format_decimal(place, locale=language))


def unread_notice(language: str) -> str:
    """What is added to an answer to words with which something came that nobody has opened."""
    return _text("unread", language if language in languages() else _FALLBACK)


def _back(language: str, hours: Hours, now: datetime) -> str:
    opening = hours.opens_next(now)
    if opening is None:
        return _text("colleague", language)
    day = _day(language, opening, now.astimezone(hours.zone))
    return _text("back", language).format(day=day, time=_time(language, opening), zone=hours.zone)


def _day(language: str, opening: datetime, now: datetime) -> str:
    ahead = opening.date() - now.date()
    if ahead == _TODAY:
        return _text("today", language)
    if ahead == _TOMORROW:
        return _text("tomorrow", language)
    form = "date" if opening.year == now.year else "date_of_another_year"
    return _text("on", language).format(date=_written(opening, _text(form, language), language))


def _time(language: str, opening: datetime) -> str:
    # Spanish says "a la 01:00" but "a las 02:00".
    forms: dict[str, str] = _texts()["at"][language]
    form = forms.get(Locale(language).plural_form(opening.hour), forms["other"])
    return form.format(time=_written(opening, "HH:mm", language))


def _written(moment: datetime, pattern: str, language: str) -> str:
    return format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=language)


def _text(name: str, language: str) -> str:
    text: str = _texts()[name][language]
    return text
