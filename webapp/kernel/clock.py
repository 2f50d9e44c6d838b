"""Time. Stored in UTC; a *date* (as of, schedule, month) is the institution's.

Only the edges (views, commands, worker steps) read the clock; services are handed `now`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Beyond, the calendar of the programming language comes to its ends as soon as a day is added."""


def refuse_far_day(day: date) -> None:
    """Raises ValueError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)


def parse_day(value: str) -> date:
    """YYYY-MM-DD. Raises ValueError."""
    if not _DAY.fullmatch(value):
        raise ValueError(value)
    day = date.fromisoformat(value)
    refuse_far_day(day)
    return day


def parse_moment(value: object, zone: ZoneInfo) -> datetime | None:
    """ISO 8601; without an offset it is the institution's time. Raises ValueError."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError(value)
    moment = datetime.fromisoformat(value)
    refuse_far_day(moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def utc_now() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` as the institution counts it, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment that no longer belongs to `day`, in UTC."""
    return start_of_day(day + timedelta(days=1), zone)
