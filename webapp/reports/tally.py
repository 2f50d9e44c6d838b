"""How many came out in a span, without reading the ledger through.

The database keeps beside the ledger how many came out by month (UTC), for each way of counting: see `posting_count` in
migration 0006. A span is counted from its months; what lies between its ends and the starts of months is read from the
ledger, and what was withdrawn meanwhile, which is little, is taken off. So the cost does not grow with the ledger, and any
time zone is exact: its months are the months of UTC, but for the hours by which they are shifted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    cast,
    column,
    func,
    literal,
    select,
    table,
    union_all,
    values,
)
from sqlalchemy.orm import Session

from webapp.kernel.db import UtcDateTime
from webapp.publishing.models import Posting

_counts = table("posting_count", column("kind"), column("month"), column("key"), column("number"))
_ALL_TIME = ""

KEYS: Mapping[str, ColumnElement[Any]] = {
    "column": cast(Posting.column_id, String),
    "author": cast(Posting.author, String),
    "unit": cast(Posting.unit, String),
    "channel": cast(Posting.channel, String),
}


def _start_of_month(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_start(moment: datetime) -> datetime:
    """The first start of a month, in UTC, that is not before `moment`."""
    start = _start_of_month(moment)
    return start if start == moment else _start_of_month(start + timedelta(days=31))


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


def _months(kind: str, since: datetime | None, until: datetime | None) -> list[Any]:
    """Conditions: the months from the one that starts at `since`, before the one that starts at `until`."""
    found: list[Any] = [_counts.c.kind == kind]
    found.append(_counts.c.month > _ALL_TIME if since is None else _counts.c.month >= _month(since))
    if until is not None:
        found.append(_counts.c.month < _month(until))
    return found


def _out_between(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(Posting.published_at >= since, Posting.published_at < until)


def _withdrawn_of(since: datetime | None, until: datetime, out_at: datetime) -> ColumnElement[bool]:
    """Out in the span, and no longer out at `out_at`."""
    if since is None:
        return and_(Posting.withdrawn_at < out_at, Posting.published_at < until)
    return and_(
        Posting.withdrawn_at >= since, Posting.withdrawn_at < out_at, _out_between(since, until)
    )


def _parts(
    kind: str, since: datetime | None, until: datetime, out_at: datetime
) -> Iterator[Select[Any]]:
    """(key, number) whose sum is the count: what came out from `since` on, less what came out from `until` on."""
    key, end = KEYS[kind], _next_start(until)
    number = cast(_counts.c.number, Integer)
    if since is None:
        yield select(_counts.c.key, number).where(
            _counts.c.kind == kind, _counts.c.month == _ALL_TIME
        )
        yield select(_counts.c.key, -number).where(*_months(kind, end, None))
    else:
        start = _next_start(since)
        yield select(_counts.c.key, number).where(*_months(kind, start, end))
        yield select(key, literal(1)).where(_out_between(since, start))
    yield select(key, literal(-1)).where(_out_between(until, end))
    yield select(key, literal(-1)).where(_withdrawn_of(since, until, out_at))


def count_by_key(
    session: Session,
    kind: str,
    since: datetime | None,
    until: datetime,
    *,
    out_at: datetime | None = None,
) -> dict[str, int]:
    """Key → how many came out from `since` on and before `until`, and were still out then, or at `out_at`, which is later.
    Without those with none."""
    parts = union_all(*_parts(kind, since, until, out_at or until)).subquery()
    key, number = parts.columns
    total = func.sum(number)
    rows = session.execute(select(key, total).group_by(key).having(total != 0))
    return {str(k): int(n) for k, n in rows}


# By the institution's months


Stretch = tuple[datetime, datetime]
"""From the first moment on, before the second."""


def _shifted(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    """The hours that belong to one month in UTC and to another in the institution's zone."""
    start = _start_of_month(since)
    while start <= until:
        local = datetime(start.year, start.month, 1, tzinfo=zone).astimezone(UTC)
        yield min(local, start), max(local, start)
        start = _next_start(start + timedelta(days=1))


def _apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in stretches that do not overlap, so that no row is read twice; without empty ones."""
    found: list[Stretch] = []
    for since, until in sorted(stretches):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        elif since < until:
            found.append((since, until))
    return found


def _rows_in(session: Session, stretches: Sequence[Stretch]) -> list[tuple[int, datetime]]:
    """(column id, when) of the ledger's rows. Each stretch is looked up along the index, which one long OR is not."""
    if not stretches:
        return []
    stretch = (
        values(column("since", UtcDateTime), column("until", UtcDateTime), name="stretch")
        .data(list(stretches))
        .cte("stretch")
    )
    within = and_(Posting.published_at >= stretch.c.since, Posting.published_at < stretch.c.until)
    query = select(Posting.column_id, Posting.published_at).join_from(stretch, Posting, within)
    return [(row.column_id, row.published_at) for row in session.execute(query)]


def _first(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Posting.published_at)))


def last_out(session: Session, since: datetime | None, until: datetime) -> datetime | None:
    """When the last of those in the span came out, what was withdrawn since included."""
    query = select(func.max(Posting.published_at)).where(Posting.published_at < until)
    return session.scalar(query.where(Posting.published_at >= since) if since else query)


def count_by_month(
    session: Session,
    since: datetime | None,
    until: datetime,
    zone: ZoneInfo,
    *,
    out_at: datetime | None = None,
) -> Counter[tuple[int, str]]:
    """(column id, the institution's month as YYYY-MM) → as `count_by_key` counts."""
    since = since or _first(session)
    found: Counter[tuple[int, str]] = Counter()
    if since is None:
        return found
    start, end = _next_start(since), _next_start(until)
    whole = select(_counts.c.key, _counts.c.month, _counts.c.number)
    for key, month, number in session.execute(whole.where(*_months("column", start, end))):
        found[int(key), month] += number
    stretches = _apart([(since, start), (until, end), *_shifted(since, end, zone)])
    for column_id, at in _rows_in(session, stretches):
        if start <= at < end:
            found[column_id, _month(at)] -= 1
        if since <= at < until:
            found[column_id, _month(at.astimezone(zone))] += 1
    gone = _withdrawn_of(since, until, out_at or until)
    withdrawn = select(Posting.column_id, Posting.published_at).where(gone)
    for column_id, at in session.execute(withdrawn):
        found[column_id, _month(at.astimezone(zone))] -= 1
    return found
