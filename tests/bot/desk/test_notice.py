import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from bot.desk.hours import Hours
from bot.desk.notice import handoff_notice, languages
from bot.timetable import read_week

TEXTS = tomllib.loads(files("bot.desk").joinpath("notice.toml").read_text("utf-8"))
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(read_week("Mon-Fri 09:00-18:00"), BERLIN)
FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=BERLIN)
FRIDAY_EVENING = datetime(2026, 11, 27, 20, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("language", "place", "expected"),
    [
        ("en", 1, "You are next."),
        ("en", 3, "You are number 3 in the queue."),
        ("en", 1200, "You are number 1,200 in the queue."),
        ("de", 1200, "Sie sind Nummer 1.200 in der Warteschlange."),
        ("zh", 3, "您目前排在第 3 位。"),
        ("es", 3, "Es el número 3 de la cola."),
        ("fr", 2, "Vous êtes en position 2 dans la file d'attente."),
        ("ar", 3, "أنت رقم 3 في قائمة الانتظار."),
        ("pl", 3, "You are number 3 in the queue."),
        ("en", 0, "A colleague will answer you here."),
    ],
)
def test_while_it_is_open_the_place_is_told(language: str, place: int, expected: str) -> None:
    assert handoff_notice(language, place=place, hours=OFFICE, now=FRIDAY_NOON) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Our team is back on Monday, 30 November at 09:00 (Europe/Berlin)."),
        ("zh", "我们的同事将于11月30日星期一 09:00（Europe/Berlin）回来。"),
        ("es", "Nuestro equipo vuelve el lunes, 30 de noviembre a las 09:00 (Europe/Berlin)."),
        ("de", "Unser Team ist am Montag, dem 30. November, um 09:00 Uhr wieder da (Europe/Berlin)."),
        ("fr", "Notre équipe est de retour le lundi 30 novembre à 09:00 (Europe/Berlin)."),
        ("ar", "سيعود فريقنا يوم الاثنين، 30 نوفمبر في الساعة 09:00 (\u2068Europe/Berlin\u2069)."),
        ("pl", "Our team is back on Monday, 30 November at 09:00 (Europe/Berlin)."),
    ],
)
def test_while_it_is_closed_the_day_and_hour_of_its_return_are_told(language: str, expected: str) -> None:
    assert handoff_notice(language, place=2, hours=OFFICE, now=FRIDAY_EVENING) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-27 07:30", "Our team is back today at 09:00 (Europe/Berlin)."),
        ("2026-11-29 23:59", "Our team is back tomorrow at 09:00 (Europe/Berlin)."),
        ("2026-11-30 00:00", "Our team is back today at 09:00 (Europe/Berlin)."),
    ],
)
def test_today_and_tomorrow_are_said_as_such(now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert handoff_notice("en", place=1, hours=OFFICE, now=moment) == expected
    assert handoff_notice("en", place=1, hours=OFFICE, now=moment.astimezone(UTC)) == expected


def test_another_year_is_told() -> None:
    closed = Hours(free=lambda day: day.year < 2027)
    told = handoff_notice("en", place=1, hours=closed, now=FRIDAY_NOON)
    assert told == "Our team is back on Friday, 1 January 2027 at 00:00 (UTC)."


@pytest.mark.parametrize(("hour", "expected"), [("01", "hoy a la 01:00"), ("02", "hoy a las 02:00")])
def test_one_oclock_is_singular_in_spanish(hour: str, expected: str) -> None:
    hours = Hours(read_week(f"Fri {hour}:00-05:00"))
    midnight = datetime(2026, 11, 27, tzinfo=UTC)
    assert expected in handoff_notice("es", place=1, hours=hours, now=midnight)


@pytest.mark.parametrize("language", sorted(languages()))
def test_who_never_comes_back_is_only_said_to_answer(language: str) -> None:
    never = Hours(free=lambda day: True)
    assert handoff_notice(language, place=1, hours=never, now=FRIDAY_NOON) == TEXTS["colleague"][language]


def test_every_text_is_there_in_six_languages() -> None:
    assert {language for texts in TEXTS.values() for language in texts} == languages()
    assert languages() == {"en", "zh", "es", "de", "fr", "ar"}
