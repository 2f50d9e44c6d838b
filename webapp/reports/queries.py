"""Counting. An article counts on a day when it was out by the end of that day and not withdrawn by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select, true, tuple_
from sqlalchemy.orm import Session

from webapp.columns.models import Column
from webapp.columns.service import find_column, list_columns
from webapp.kernel.clock import end_of_day, local_date, parse_day, start_of_day
from webapp.kernel.errors import Invalid
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor
from webapp.publishing.models import Posting
from webapp.reports.tally import count_by_key, count_by_month, last_out

MONTHS_SHOWN = 36


class By(StrEnum):
    COLUMN = "column"
    MONTH = "month"
    AUTHOR = "author"
    UNIT = "unit"
    CHANNEL = "channel"


BY_NAMES = {
    By.COLUMN: "专栏",
    By.MONTH: "月份",
    By.AUTHOR: "作者",
    By.UNIT: "来源单位",
    By.CHANNEL: "渠道",
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days of the institution, both included. `since` None: from the beginning."""

    as_of: date
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    key: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """`next_cursor`: there are rows of earlier months, which were not asked for."""

    total: int
    rows: tuple[Row, ...]
    sentence: str
    by: By
    span: Span
    next_cursor: str | None = None


def _moments(span: Span, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    since = start_of_day(span.since, zone) if span.since else None
    return since, end_of_day(span.as_of, zone)


def _column_rows(columns: Sequence[Column], found: dict[str, int]) -> tuple[Row, ...]:
    """Every column, those with nothing too: a zero is a figure."""
    return tuple(Row(key=c.slug, label=c.name, count=found.get(str(c.id), 0)) for c in columns)


def _label(by: By, key: str) -> str:
    if by is By.CHANNEL:
        return {"wechat": "公众号"}.get(key, key)
    return key or {By.AUTHOR: "（未署名）", By.UNIT: "（未注明）"}.get(by, "")


def _other_rows(by: By, found: dict[str, int]) -> tuple[Row, ...]:
    rows = [Row(key=key, label=_label(by, key), count=count) for key, count in found.items()]
    if by is By.MONTH:
        return tuple(sorted(rows, key=lambda r: r.key))
    return tuple(sorted(rows, key=lambda r: (-r.count, r.key)))


def day_in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _sentence(span: Span, total: int, columns: Sequence[Row]) -> str:
    start = f"{day_in_words(span.since)}至" if span.since else "截至"
    parts = "、".join(f"“{row.label}”{row.count}篇" for row in columns if row.count)
    detail = f"，其中{parts}" if parts and total else ""
    return f"{start}{day_in_words(span.as_of)}，共刊发稿件{total}篇{detail}。"


def _per_month(
    session: Session, since: datetime | None, until: datetime, zone: ZoneInfo, out_at: datetime
) -> tuple[Row, ...]:
    found: Counter[str] = Counter()
    counted = count_by_month(session, since, until, zone, out_at=out_at)
    for (_column_id, month), number in counted.items():
        found[month] += number
    return _other_rows(By.MONTH, {month: number for month, number in found.items() if number})


def count_published(session: Session, by: By, span: Span, zone: ZoneInfo) -> Counts:
    """By month, every month there was: for a page see `count_newest_months`."""
    since, until = _moments(span, zone)
    per_column = count_by_key(session, By.COLUMN, since, until)
    column_rows = _column_rows(list_columns(session), per_column)
    total = sum(row.count for row in column_rows)
    rows = column_rows
    if by is By.MONTH:
        rows = _per_month(session, since, until, zone, until)
    elif by is not By.COLUMN:
        rows = _other_rows(by, count_by_key(session, by, since, until))
    return Counts(
        total=total, rows=rows, sentence=_sentence(span, total, column_rows), by=by, span=span
    )


def count_newest_months(
    session: Session, span: Span, zone: ZoneInfo, *, cursor: str | None = None
) -> Counts:
    """As by month, but of the newest `MONTHS_SHOWN` months in which anything came out; the cursor leads to those before.
    Total and sentence are of the whole span."""
    whole = count_published(session, By.COLUMN, span, zone)
    since, until = _moments(span, zone)
    before = min(until, _cursor_end(cursor, zone)) if cursor else until
    newest = last_out(session, since, before)
    if newest is None:
        return replace(whole, by=By.MONTH, rows=())
    start = _start_of_months(newest, zone)
    start = max(start, since) if since else start
    earlier = last_out(session, since, start)
    return replace(
        whole,
        by=By.MONTH,
        rows=_per_month(session, start, before, zone, until),
        next_cursor=encode_cursor(f"{local_date(earlier, zone):%Y-%m}") if earlier else None,
    )


def _start_of_months(newest: datetime, zone: ZoneInfo) -> datetime:
    """Of the first of so many months whose last is that of `newest`."""
    day = local_date(newest, zone)
    months = day.year * 12 + day.month - MONTHS_SHOWN
    return start_of_day(date(months // 12, months % 12 + 1, 1), zone)


def _cursor_end(cursor: str, zone: ZoneInfo) -> datetime:
    """The end of the month that it names. Raises Invalid."""
    (month,) = decode_cursor(cursor, str)
    days = _days_of(month)
    if days is None:
        raise Invalid.of_field("cursor", "翻页标记不对，请从第一页重新开始。", code="cursor")
    return start_of_day(days[1], zone)


def count_behind(session: Session, by: By, key: str | None, span: Span, zone: ZoneInfo) -> Row:
    """One figure of the count, without the others; `key` None: the total, which has no label."""
    since, until = _moments(span, zone)
    if key is None or by is By.MONTH:
        start, end = _narrowed(since, until, key, zone) if key is not None else (since, until)
        found = count_by_key(session, By.COLUMN, start, end, out_at=until)
        return Row(key=key or "", label=key or "", count=sum(found.values()))
    known_as, label = key, _label(by, key)
    if by is By.COLUMN:
        column = find_column(session, key)
        known_as, label = (str(column.id), column.name) if column else ("", key)
    found = count_by_key(session, by, since, until, only=known_as)
    return Row(key=key, label=label, count=found.get(known_as, 0))


def _days_of(month: str) -> tuple[date, date] | None:
    """First day of YYYY-MM, and of the month after it; None when it is no month."""
    try:
        first = parse_day(f"{month}-01")
    except ValueError:
        return None
    return first, (first + timedelta(days=31)).replace(day=1)


def _narrowed(
    since: datetime | None, until: datetime, month: str, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """What of the span lies in the month; empty when that is no month, or lies outside. One lower and one upper bound: given
    two of a kind, SQLite reads the index along whichever comes first."""
    days = _days_of(month)
    if days is None:
        return until, until
    start, end = (start_of_day(day, zone) for day in days)
    start = min(max(start, since) if since else start, until)
    return start, max(start, min(end, until))


def _behind(session: Session, by: By, key: str) -> ColumnElement[bool]:
    """What the ledger's rows behind one figure have in common, so that they are found along an index; not of a month."""
    match by:
        case By.COLUMN:
            column = find_column(session, key)
            return Posting.column_id == column.id if column else false()
        case By.AUTHOR:
            return Posting.author == key
        case By.UNIT:
            return Posting.unit == key
        case By.CHANNEL:
            return Posting.channel == key
        case By.MONTH:
            return true()


def _counted_in(by: By, key: str | None, span: Span, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    since, until = _moments(span, zone)
    start, end = since, until
    if by is By.MONTH and key is not None:
        start, end = _narrowed(since, until, key, zone)
    conditions = [
        Posting.published_at < end,
        or_(Posting.withdrawn_at.is_(None), Posting.withdrawn_at >= until),
    ]
    if start is not None:
        conditions.append(Posting.published_at >= start)
    return conditions


def list_counted(
    session: Session,
    by: By,
    key: str | None,
    span: Span,
    zone: ZoneInfo,
    *,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Posting]:
    """The postings behind a figure, newest first; `key` None: behind the total."""
    where = _counted_in(by, key, span, zone)
    if key is not None:
        where.append(_behind(session, by, key))
    query = select(Posting).where(*where).order_by(Posting.published_at.desc(), Posting.id.desc())
    if cursor:
        moment, last = decode_cursor(cursor, datetime, int)
        query = query.where(tuple_(Posting.published_at, Posting.id) < (moment, last))
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    if len(rows) <= limit:
        return Page(items=items, next_cursor=None)
    end = items[-1]
    return Page(items=items, next_cursor=encode_cursor(end.published_at, end.id))


def published_by_month(
    session: Session, as_of: date, zone: ZoneInfo
) -> dict[int, list[tuple[str, int]]]:
    """Column id → the twelve months up to `as_of`, each with its count: for a sparkline."""
    before = as_of.year * 12 + as_of.month - 12
    months = [date(n // 12, n % 12 + 1, 1) for n in range(before, before + 12)]
    since, until = start_of_day(months[0], zone), end_of_day(as_of, zone)
    found = count_by_month(session, since, until, zone)
    keys = [f"{month:%Y-%m}" for month in months]
    return {c.id: [(key, found[c.id, key]) for key in keys] for c in list_columns(session)}
