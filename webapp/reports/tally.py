"""How many came out in a span, without reading the ledger through.

The database keeps beside the ledger how many had come out by the end of each month (UTC), for each way of counting: see
`posting_count` in migrations 0006 and 0029. What came out between two starts of months is the difference of two rows; what
lies between the ends of a span and the starts of months is read from the ledger, and what was withdrawn meanwhile, which is
little, is taken off. So the cost does not grow with the ledger, and any time zone is exact: its months are the months of UTC,
but for the hours by which they are shifted.
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


def _before(start: datetime) -> ColumnElement[int]:
    """How many had come out when the month began, of the same kind and key as the row of all time beside."""
    earlier = _counts.alias("earlier")
    last = (
        select(cast(earlier.c.number, Integer))
        .where(earlier.c.kind == _counts.c.kind, earlier.c.key == _counts.c.key)
        .where(earlier.c.month > _ALL_TIME, earlier.c.month < _month(start))
        .order_by(earlier.c.month.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, 0)


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
    number = _before(end)
    if since is not None:
        start = _next_start(since)
        number -= _before(start)
        yield select(key, literal(1)).where(_out_between(since, start))
    yield select(_counts.c.key, number).where(_counts.c.kind == kind, _counts.c.month == _ALL_TIME)
    yield select(key, literal(-1)).where(_out_between(until, end))
    yield select(key, literal(-1)).where(_withdrawn_of(since, until, out_at))


def count_by_key(
    session: Session,
    kind: str,
    since: datetime | None,
    until: datetime,
    *,
    out_at: datetime | None = None,
    only: str | None = None,
) -> dict[str, int]:
    """Key → how many came out from `since` on and before `until`, and were still out then, or at `out_at`, which is later.
    Without those with none. `only`: of this key."""
    parts = union_all(*_parts(kind, since, until, out_at or until)).subquery()
    key, number = parts.columns
    total = func.sum(number)
    query = select(key, total).group_by(key).having(total != 0)
    rows = session.execute(query if only is None else query.where(key == only))
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


def _in_months(session: Session, start: datetime, end: datetime) -> dict[tuple[int, str], int]:
    """(column id, UTC's month) → how many came out in it, for the months from one start to another."""
    columns = _counts.c.kind == "column"
    up_to = union_all(
        select(_counts.c.key, _counts.c.month, _before(start).label("number"))
        .where(columns, _counts.c.month == _ALL_TIME),
        select(_counts.c.key, _counts.c.month, cast(_counts.c.number, Integer))
        .where(columns, _counts.c.month >= _month(start), _counts.c.month < _month(end)),
    )  # fmt: skip
    found: dict[tuple[int, str], int] = {}
    before = 0
    for key, month, number in sorted(tuple(row) for row in session.execute(up_to)):
        if month != _ALL_TIME:
            found[int(key), month] = number - before
        before = number
    return found


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
    found.update(_in_months(session, start, end))
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
