"""How opening hours, time zones and holidays are written in settings. Knows no clock and no other setting.

Every reader raises ValueError with one line that shows how it is written.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Times = tuple[tuple[int, int], ...]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY_NAME = 3
_WHOLE_DAY = 24 * 60
_PART = re.compile(r"([a-z][a-z\s,-]*)\s(\d[\d:\s,-]*)", re.I)
_TIME = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXAMPLE = "Mon-Fri 09:00-18:00; Sat 10:00-14:00"


def read_week(written: str) -> tuple[Times, ...]:
    """The times of Monday to Sunday, in minutes of the day; one that runs past midnight ends after 1,440.

    Empty and "24/7" are always open.
    """
    if written.strip() in {"", "24/7"}:
        return (((0, _WHOLE_DAY),),) * 7
    week: dict[int, Times] = {}
    for part in written.replace("–", "-").split(";"):
        if not part.strip():
            continue
        found = _PART.fullmatch(part.strip())
        if not found:
            raise ValueError(f"{part.strip()!r} is no time such as {_EXAMPLE}")
        times = tuple(sorted(_time(each) for each in found[2].split(",")))
        for day in _days(found[1]):
            if day in week:
                name = _DAYS[day].capitalize()
                raise ValueError(f"{name} is there twice: join its times, as in Sat 09:00-12:00, 13:00-18:00")
            week[day] = times
    return tuple(week.get(day, ()) for day in range(7))


def _days(written: str) -> list[int]:
    days: list[int] = []
    for each in written.split(","):
        first, dash, last = each.partition("-")
        start = _day(first)
        days += [(start + n) % 7 for n in range((_day(last) - start) % 7 + 1)] if dash else [start]
    return days


def _day(written: str) -> int:
    name = written.strip().lower()
    for number, day in enumerate(_DAYS):
        if len(name) >= _SHORTEST_DAY_NAME and day.startswith(name):
            return number
    raise ValueError(f"{written.strip()!r} is no day such as Mon: write {_EXAMPLE}")


def _time(written: str) -> tuple[int, int]:
    found = _TIME.fullmatch(written.strip())
    if not found:
        raise ValueError(f"{written.strip()!r} is no time such as 09:00-18:00")
    start, end = (int(hour) * 60 + int(minute) for hour, minute in (found.group(1, 2), found.group(3, 4)))
    if start >= _WHOLE_DAY or end > _WHOLE_DAY or max(int(found[2]), int(found[4])) > 59:
        raise ValueError(f"{written.strip()!r} is no time of a day, which ends at 24:00")
    if start == end:
        raise ValueError(f"{written.strip()!r} is no length of time: the whole day is 00:00-24:00")
    return start, end if end > start else end + _WHOLE_DAY


def read_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of zones is an OSError
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin") from error


def read_holidays(written: Sequence[str]) -> Callable[[date], bool]:
    """Whether a day is one of these: dates, and the public holidays of countries or their regions."""
    days = {date.fromisoformat(each) for each in written if _is_date(each)}
    calendars = [_calendar(each) for each in written if not _is_date(each)]
    return lambda day: day in days or any(is_free(day) for is_free in calendars)


def _is_date(written: str) -> bool:
    return bool(_ISO_DATE.fullmatch(written))


def _calendar(written: str) -> Callable[[date], bool]:
    # Only who names a country pays for loading the calendars.
    from holidays import country_holidays

    country, _, region = written.partition("-")
    try:
        return country_holidays(country.upper(), subdiv=region or None).__contains__
    except NotImplementedError as error:
        raise ValueError(f"{written!r} is no date such as 2026-12-24 and no country such as DE or DE-BY") from error
