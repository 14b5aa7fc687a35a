from datetime import date

import pytest

from bot.timetable import read_holidays, read_week, read_zone

NINE_TO_SIX = ((540, 1080),)
ALWAYS = (((0, 1440),),) * 7


@pytest.mark.parametrize("written", ["", "  ", "24/7", "Mon-Sun 00:00-24:00"])
def test_reads_that_it_is_always_open(written: str) -> None:
    assert read_week(written) == ALWAYS


def test_reads_days_and_times() -> None:
    week = read_week("Mon-Fri 09:00-18:00; Sat 10:00-14:00")
    assert week == (NINE_TO_SIX,) * 5 + (((600, 840),), ())


@pytest.mark.parametrize(
    ("written", "open_days"),
    [("Mon 9:00-18:00;", [0]), ("monday, Wed 09:00-18:00", [0, 2]), ("Sat–Mon 09:00 - 18:00", [0, 5, 6])],
)
def test_reads_days_however_they_are_written(written: str, open_days: list[int]) -> None:
    assert read_week(written) == tuple(NINE_TO_SIX if day in open_days else () for day in range(7))


def test_reads_several_times_of_a_day_in_order() -> None:
    assert read_week("Tue 13:00-18:00, 09:00-12:00")[1] == ((540, 720), (780, 1080))


@pytest.mark.parametrize(("written", "end"), [("Fri 22:00-02:00", 1560), ("Fri 22:00-00:00", 1440)])
def test_a_time_over_midnight_ends_after_its_day(written: str, end: int) -> None:
    assert read_week(written)[4] == ((1320, end),)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("always", "'always' is no time such as Mon-Fri 09:00-18:00"),
        ("Mon-Fri", "'Mon-Fri' is no time such as"),
        ("09:00-18:00", "'09:00-18:00' is no time such as Mon-Fri"),
        ("Mo-Fr 09:00-18:00", "'Mo' is no day such as Mon"),
        ("Mon-Fri 9-18", "'9-18' is no time such as 09:00-18:00"),
        ("Mon 09:00-25:00", "'09:00-25:00' is no time of a day"),
        ("Mon 09:60-18:00", "'09:60-18:00' is no time of a day"),
        ("Mon 09:00-09:00", "'09:00-09:00' is no length of time"),
        ("Mon-Fri 09:00-18:00; Fri 10:00-12:00", "Friday is there twice"),
    ],
)
def test_what_cannot_be_read_is_named(written: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as refusal:
        read_week(written)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["Berlin", "Europe", "", "../etc/passwd", "CEST"])
def test_a_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is no time zone such as Europe/Berlin"):
        read_zone(name)


def test_dates_countries_and_regions_are_holidays() -> None:
    free = read_holidays(["2026-12-24", "de-BY", "US"])
    days = [date(2026, 12, 24), date(2026, 11, 1), date(2026, 7, 4), date(2026, 12, 23)]
    assert [free(day) for day in days] == [True, True, True, False]  # All Saints' Day is Bavaria's


def test_without_holidays_no_day_is_free() -> None:
    assert not read_holidays([])(date(2026, 12, 25))


@pytest.mark.parametrize("written", ["XX", "DE-XX", "24.12.2026", "2026-13-01", ""])
def test_a_holiday_that_is_none_is_named(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no date such as 2026-12-24|month must be in 1..12"):
        read_holidays([written])
