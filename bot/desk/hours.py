"""When the team is there. Knows no conversation, no setting and no language."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Week = Sequence[Sequence[tuple[int, int]]]
"""The times of Monday to Sunday: minutes of the day, the first within and the last beyond."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MINUTES_OF_A_DAY = 24 * 60
_ALWAYS: Week = (((0, _MINUTES_OF_A_DAY),),) * 7
_DAYS_AHEAD = 400


def _never(day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours by the clock on the wall of one zone. A moment must know its zone.

    A time that ends after 1,440 runs on into the next day. Nothing begins on a day that is `free`.
    """

    week: Week = _ALWAYS
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - it cannot be changed
    free: Callable[[date], bool] = _never

    def open_at(self, moment: datetime) -> bool:
        """Whether the team is there."""
        wall = moment.astimezone(self.zone)
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        return self._covers(day, minute) or self._covers(day - _DAY, minute + _MINUTES_OF_A_DAY)

    def opens_next(self, moment: datetime) -> datetime | None:
        """The first open minute from `moment` on, by the zone's clock; None when there is none in 400 days."""
        wall = moment.astimezone(self.zone)
        if self.open_at(moment):
            return wall
        # Never compared by the wall's clock: Python finds an hour that comes twice unequal to any of another zone.
        earliest = moment.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
        for days in range(_DAYS_AHEAD + 1):
            candidates = self._candidates(wall.date() + days * _DAY, earliest)
            opening = next((minute for minute in candidates if self.open_at(minute)), None)
            if opening:
                return opening.astimezone(self.zone)
        return None

    def _times(self, day: date) -> Sequence[tuple[int, int]]:
        return () if self.free(day) else self.week[day.weekday()]

    def _covers(self, day: date, minute: int) -> bool:
        return any(start <= minute < end for start, end in self._times(day))

    def _candidates(self, day: date, earliest: datetime) -> Iterable[datetime]:
        """The minutes of a day, none before `earliest`, among which the first open one is; in order."""
        midnight, end = self._midnight(day), self._midnight(day + _DAY)
        start = max(midnight, earliest)
        if end - midnight == _DAY:
            begins = (midnight + first * _MINUTE for first, _ in self._times(day))
            return sorted(minute for minute in {start, *begins} if start <= minute < end)
        # The clocks are changed: an hour is missing or comes twice, so that only looking at each minute is safe.
        return (start + n * _MINUTE for n in range((end - start) // _MINUTE))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
