from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.desk.hours import Hours
from bot.timetable import read_holidays, read_week

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(read_week("Mon-Fri 09:00-18:00; Sat 10:00-14:00"), BERLIN)
MINUTE = timedelta(minutes=1)
LOOKED_AT = timedelta(days=4)
# Clocks changed: by an hour at night (north and south), by half an hour, at midnight, and a day that never was.
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2010-03-14", "2010-11-07"),
    "Asia/Beirut": ("2026-03-29", "2026-10-25"),
    "Pacific/Apia": ("2011-12-29", "2011-12-31"),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "Asia/Kolkata": ("2026-01-01", "2026-07-01"),
}


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-27 08:59:59", False),  # a Friday
        ("2026-11-27 09:00", True),
        ("2026-11-27 17:59:59", True),
        ("2026-11-27 18:00", False),
        ("2026-11-28 13:59", True),
        ("2026-11-29 12:00", False),
    ],
)
def test_a_time_begins_with_its_first_minute_and_ends_before_its_last(moment: str, is_open: bool) -> None:
    assert OFFICE.open_at(berlin(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-27 07:00", "2026-11-27 09:00"),
        ("2026-11-27 12:00:30", "2026-11-27 12:00:30"),
        ("2026-11-27 18:00", "2026-11-28 10:00"),
        ("2026-11-28 14:00", "2026-11-30 09:00"),
    ],
)
def test_tells_when_it_opens_next(moment: str, opening: str) -> None:
    assert OFFICE.opens_next(berlin(moment)) == berlin(opening)


def test_a_moment_of_another_zone_is_understood() -> None:
    assert OFFICE.open_at(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    opening = OFFICE.opens_next(datetime(2026, 11, 27, 23, 30, tzinfo=ZoneInfo("Asia/Tokyo")))
    assert opening is not None
    assert (opening.isoformat(), opening.tzinfo) == ("2026-11-27T15:30:00+01:00", BERLIN)


def test_is_always_open_unless_told_otherwise() -> None:
    assert Hours().open_at(datetime(2026, 12, 25, 3, 0, tzinfo=UTC))


def test_a_time_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    bar = Hours(read_week("Fri 22:00-02:00"), BERLIN, read_holidays(["2026-11-28"]))
    assert bar.open_at(berlin("2026-11-28 01:59"))  # begun on the day before the holiday
    assert not bar.open_at(berlin("2026-11-28 02:00"))
    assert not bar.open_at(berlin("2026-11-27 01:00"))


def test_nothing_begins_on_a_holiday() -> None:
    hours = Hours(read_week("Mon-Fri 09:00-18:00"), BERLIN, read_holidays(["DE-BY", "2026-12-24"]))
    assert not hours.open_at(berlin("2026-12-24 10:00"))
    assert hours.opens_next(berlin("2026-12-23 18:00")) == berlin("2026-12-28 09:00")


def test_never_opens_when_every_day_is_a_holiday() -> None:
    assert Hours(free=lambda day: True).opens_next(berlin("2026-11-27 12:00")) is None


def test_looks_far_enough_for_a_holiday_of_a_year() -> None:
    closed = Hours(free=lambda day: day < date(2027, 12, 1))
    assert closed.opens_next(datetime(2026, 11, 27, tzinfo=UTC)) == datetime(2027, 12, 1, tzinfo=UTC)


def test_an_opening_in_the_hour_that_is_missing_is_when_that_hour_would_be_over() -> None:
    hours = Hours(read_week("Sun 02:30-05:00"), BERLIN)
    opening = hours.opens_next(berlin("2026-03-28 12:00"))
    assert opening == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 on the wall, right after 01:59


def test_opens_in_both_hours_that_have_the_same_name() -> None:
    hours = Hours(read_week("Sun 02:10-02:20"), BERLIN)
    first = hours.opens_next(berlin("2026-10-24 12:00"))
    assert first is not None
    assert first.astimezone(UTC) == datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    again = hours.opens_next(datetime(2026, 10, 25, 0, 20, tzinfo=UTC))
    assert again is not None
    assert (again.astimezone(UTC), again.fold) == (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), 1)


times = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda t: (t[0], t[0] + t[1]))
weeks = st.lists(st.lists(times, max_size=2), min_size=7, max_size=7)


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone, and a moment within two days of a change of its clocks."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    changed = datetime.fromisoformat(draw(st.sampled_from(CHANGES[name]))).replace(tzinfo=UTC)
    near = draw(st.integers(-48 * 3600, 48 * 3600) | st.integers(-12 * 3600, 12 * 3600))
    moment = changed + timedelta(seconds=near)
    return ZoneInfo(name), draw(st.sampled_from([moment, moment.astimezone(ZoneInfo(name))]))


def on_the_wall(hours: Hours, moment: datetime) -> bool:
    """Whether some time has begun and not ended, told by the clock's hands alone."""
    wall = moment.astimezone(hours.zone).replace(tzinfo=None)
    for days in (0, 1):
        day = wall.date() - timedelta(days=days)
        midnight = datetime.combine(day, time())
        for start, end in hours.week[day.weekday()]:
            if not hours.free(day) and midnight + start * MINUTE <= wall < midnight + end * MINUTE:
                return True
    return False


@settings(max_examples=150, deadline=None)
@given(moments(), weeks, st.sets(st.integers(0, 4)))
def test_opens_next_is_the_first_open_minute(
    where: tuple[ZoneInfo, datetime], week: list[list[tuple[int, int]]], free: set[int]
) -> None:
    zone, moment = where
    holidays = {moment.date() + timedelta(days=days) for days in free}
    hours = Hours(week, zone, holidays.__contains__)
    is_open = on_the_wall(hours, moment)
    assert hours.open_at(moment) is is_open
    assume(not is_open)
    minute = moment.astimezone(UTC).replace(second=0) + MINUTE
    last = minute + LOOKED_AT
    while minute < last and not on_the_wall(hours, minute):
        minute += MINUTE
    found = hours.opens_next(moment)
    if minute < last:
        assert found is not None
        assert found.astimezone(UTC) == minute
    else:
        assert found is None or found.astimezone(UTC) >= minute
    assert found is None or (found.tzinfo is zone and hours.open_at(found))
