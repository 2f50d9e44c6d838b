"""When a column that publishes no more is worth a word (断更): pure rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from webapp.kernel.clock import local_date

SILENCE_DAYS = (7, 10, 14)
"""A word, a warning, an alarm. Two weeks alone fail an inspection of government accounts (check list to 国办发〔2018〕123号,
as circulars quote it; read 2026-11); some counties tighten it to ten days (闽侯, 2025)."""

Level = Literal["", "quiet", "late", "alarm"]
_LEVELS: tuple[Level, ...] = ("", "quiet", "late", "alarm")


def silent_days(last: datetime | None, day: date, zone: ZoneInfo) -> int | None:
    """None: the column has never published, which is a beginning and no silence."""
    return None if last is None else (day - local_date(last, zone)).days


def silence_mark(days: int | None) -> int:
    """The highest mark that was passed, in days; 0: none."""
    return max((mark for mark in SILENCE_DAYS if days is not None and mark <= days), default=0)


def silence_level(days: int | None) -> Level:
    return _LEVELS[sum(mark <= silence_mark(days) for mark in SILENCE_DAYS)]
