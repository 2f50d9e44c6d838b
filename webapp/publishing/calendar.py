"""The calendar: a month by days, a week by hours; what is planned, and what came of it."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.editions.models import Edition
from webapp.editions.queries import list_between
from webapp.kernel.clock import local, local_date, start_of_day
from webapp.publishing.overview import OUT

LATE = timedelta(minutes=10)
"""What came out later than this after its hour, or earlier, says when it was planned."""
HOURS = range(24)


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True, kw_only=True)
class Span:
    """The month or the week that is shown, by its first day; the address says `month=2026-11` or `week=2026-11-23`."""

    view: View
    first: date

    @classmethod
    def around(cls, view: View, day: date) -> Span:
        first = day.replace(day=1) if view is View.MONTH else day - timedelta(days=day.weekday())
        return cls(view=view, first=first)

    @property
    def address(self) -> Mapping[str, str]:
        if self.view is View.MONTH:
            return {"month": f"{self.first:%Y-%m}"}
        return {"week": self.first.isoformat()}

    @property
    def weeks(self) -> list[list[date]]:
        """From Monday; those of a month with the days of its neighbours that fill them."""
        if self.view is View.MONTH:
            return Calendar().monthdatescalendar(self.first.year, self.first.month)
        return [[self.first + timedelta(days=n) for n in range(7)]]

    @property
    def last(self) -> date:
        return self.weeks[-1][-1]

    @property
    def before(self) -> Span:
        return Span.around(self.view, self.first - timedelta(days=1))

    @property
    def after(self) -> Span:
        length = 31 if self.view is View.MONTH else 7
        return Span.around(self.view, self.first + timedelta(days=length))

    def shows(self, day: date) -> bool:
        return self.weeks[0][0] <= day <= self.last

    def as_month(self) -> Span:
        """A week belongs to the month of its Thursday."""
        return Span.around(View.MONTH, self.first + timedelta(days=3))

    def as_week(self, today: date) -> Span:
        is_now = (today.year, today.month) == (self.first.year, self.first.month)
        return Span.around(View.WEEK, today if is_now else self.first)


@dataclass(frozen=True, kw_only=True)
class Mark:
    edition: Edition
    at: datetime
    is_actual: bool

    @property
    def planned_at(self) -> datetime | None:
        """Of what came out at another time than was planned."""
        planned = self.edition.scheduled_at
        if not self.is_actual or planned is None or abs(self.at - planned) <= LATE:
            return None
        return planned


@dataclass(frozen=True, kw_only=True)
class Slot:
    """An hour of a day."""

    hour: int
    key: str
    marks: Sequence[Mark]
    is_past: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    date: date
    in_span: bool
    marks: Sequence[Mark]
    slots: Sequence[Slot]
    is_past: bool


def marks_of(editions: Sequence[Edition]) -> Iterator[Mark]:
    """An edition that is out stands where it came out; one that is not, where it is planned."""
    for edition in editions:
        if edition.status in OUT and edition.finished_at is not None:
            yield Mark(edition=edition, at=edition.finished_at, is_actual=True)
        elif edition.scheduled_at is not None:
            yield Mark(edition=edition, at=edition.scheduled_at, is_actual=False)


def _slots(day: date, marks: Sequence[Mark], now: datetime) -> list[Slot]:
    """`now` and the marks' hours are the institution's."""
    zone = now.tzinfo
    return [
        Slot(
            hour=hour,
            key=f"{day.isoformat()}T{hour:02}",
            marks=[m for m in marks if m.at.astimezone(zone).hour == hour],
            is_past=(day, hour) < (now.date(), now.hour),
        )
        for hour in HOURS
    ]


def read_span(session: Session, span: Span, zone: ZoneInfo, now: datetime) -> list[list[Day]]:
    """Weeks of days. The same number of statements, however much there is."""
    weeks = span.weeks
    since = start_of_day(weeks[0][0], zone)
    until = start_of_day(span.last + timedelta(days=1), zone)
    by_day: dict[date, list[Mark]] = defaultdict(list)
    for mark in sorted(marks_of(list_between(session, since, until)), key=lambda m: m.at):
        by_day[local_date(mark.at, zone)].append(mark)
    here = local(now, zone)
    return [
        [
            Day(
                date=day,
                in_span=span.view is View.WEEK or day.month == span.first.month,
                marks=by_day[day],
                slots=_slots(day, by_day[day], here) if span.view is View.WEEK else (),
                is_past=day < here.date(),
            )
            for day in week
        ]
        for week in weeks
    ]
