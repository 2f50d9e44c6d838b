"""The counts kept beside the ledger say what the ledger says, whatever was written to it and whatever span is asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests.cast import Newsroom
from tests.thorough import examples
from webapp.editions.workflow import Delivery
from webapp.kernel.clock import end_of_day, start_of_day
from webapp.kernel.errors import Invalid
from webapp.kernel.paging import encode_cursor
from webapp.publishing.models import Posting
from webapp.reports import queries
from webapp.reports.queries import (
    By,
    Span,
    count_behind,
    count_newest_months,
    count_published,
    list_counted,
    published_by_month,
)
from webapp.reports.tally import count_by_key, count_by_month

ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
BEGINNING, DAYS = date(2019, 10, 1), 800
AUTHORS, UNITS = ("张三", "李四", "", "O'Neil"), ("西安市委会", "", "宝鸡支社")


@pytest.fixture
def article_ids(newsroom: Newsroom) -> tuple[int, int]:
    """An article and an edition, that the rows of the ledger may name."""
    article_id = newsroom.approved()
    return article_id, newsroom.edition(article_id, delivery=Delivery.MANUAL)


def _moment(random: Random) -> datetime:
    """Often at the very start of a month or a day, of UTC or of Shanghai."""
    day = BEGINNING + timedelta(days=random.randrange(DAYS))
    at = datetime(day.year, day.month, random.choice((1, day.day)), tzinfo=UTC)
    hours = random.choice((0, 0, 16, 15.9999, random.uniform(0, 24)))
    return at + timedelta(hours=hours) - timedelta(days=random.choice((0, 0, 1)))


def _posting(random: Random, ids: tuple[int, int]) -> dict[str, object]:
    at = _moment(random)
    gone = at + timedelta(days=random.uniform(0, 90)) if random.random() < 0.3 else None
    return {
        "article_id": ids[0],
        "edition_id": ids[1],
        "column_id": random.choice((1, 2, 3)),
        "channel": "wechat",
        "author": random.choice(AUTHORS),
        "unit": random.choice(UNITS),
        "url": "",
        "published_at": at,
        "withdrawn_at": gone,
    }


def _write(session: Session, seed: int, ids: tuple[int, int]) -> list[Posting]:
    """Rows put in, changed and taken out again; returns those that are left."""
    random = Random(seed)
    session.execute(delete(Posting))
    session.execute(insert(Posting), [_posting(random, ids) for _ in range(random.randint(1, 60))])
    everything = list(session.scalars(select(Posting.id)))
    for posting_id in random.sample(everything, len(everything) // 5):
        if random.random() < 0.5:
            session.execute(delete(Posting).where(Posting.id == posting_id))
        else:
            changed = _posting(random, ids)
            session.execute(update(Posting).where(Posting.id == posting_id).values(**changed))
    return list(session.scalars(select(Posting).execution_options(populate_existing=True)))


def _counted(
    postings: Sequence[Posting],
    since: datetime | None,
    until: datetime,
    out_at: datetime | None = None,
) -> list[Posting]:
    return [
        p
        for p in postings
        if p.published_at < until
        and (since is None or p.published_at >= since)
        and (p.withdrawn_at is None or p.withdrawn_at >= (out_at or until))
    ]


KEYS: dict[str, Callable[[Posting], str]] = {
    "column": lambda p: str(p.column_id),
    "author": lambda p: p.author,
    "unit": lambda p: p.unit,
    "channel": lambda p: p.channel,
}
days = st.integers(min_value=-40, max_value=DAYS + 40).map(lambda n: BEGINNING + timedelta(days=n))


@given(
    seed=st.integers(min_value=0, max_value=10_000),
    since=st.none() | days,
    as_of=days,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_counts_are_those_of_the_ledger(
    newsroom: Newsroom, article_ids: tuple[int, int], seed, since, as_of, zone
):
    if since is not None and since > as_of:
        since, as_of = as_of, since
    start = start_of_day(since, zone) if since else None
    end = end_of_day(as_of, zone)
    later = end + timedelta(days=seed % 60)
    with newsroom.step() as session:
        postings = _write(session, seed, article_ids)
        counted, still_out = (_counted(postings, start, end, at) for at in (end, later))
        for kind, key in KEYS.items():
            assert count_by_key(session, kind, start, end) == Counter(map(key, counted)), kind
            found = count_by_key(session, kind, start, end, out_at=later)
            assert found == Counter(map(key, still_out)), kind
            for one, number in found.items():
                only = count_by_key(session, kind, start, end, out_at=later, only=one)
                assert only == {one: number}
        months = {k: n for k, n in count_by_month(session, start, end, zone).items() if n}
        assert months == Counter(
            (p.column_id, f"{p.published_at.astimezone(zone):%Y-%m}") for p in counted
        )


@given(seed=st.integers(min_value=0, max_value=10_000), as_of=days)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_behind_every_figure_stand_as_many_rows_as_it_says(
    newsroom: Newsroom, article_ids: tuple[int, int], seed, as_of
):
    zone, span = ZoneInfo("Asia/Shanghai"), Span(as_of=as_of)
    with newsroom.step() as session:
        _write(session, seed, article_ids)
        for by in By:
            for row in count_published(session, by, span, zone).rows:
                page = list_counted(session, by, row.key, span, zone, limit=100)
                assert len(page.items) == row.count, (by, row)
                assert count_behind(session, by, row.key, span, zone) == row
            assert count_behind(session, by, "没有", span, zone).count == 0
        months = published_by_month(session, as_of, zone)
        of_all = Counter({k: n for m in months.values() for k, n in m if n})
        by_month = count_published(session, By.MONTH, span, zone).rows
        newest = {row.key for row in by_month} & {k for m in months.values() for k, _ in m}
        assert {row.key for row in by_month if row.key in newest} == set(of_all)


@given(
    seed=st.integers(min_value=0, max_value=10_000),
    since=st.none() | days,
    as_of=days,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_pages_of_months_together_are_all_the_months(
    newsroom: Newsroom, article_ids: tuple[int, int], seed, since, as_of, zone
):
    if since is not None and since > as_of:
        since, as_of = as_of, since
    span = Span(as_of=as_of, since=since)
    with newsroom.step() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "MONTHS_SHOWN", 4)
        _write(session, seed, article_ids)
        whole = count_published(session, By.MONTH, span, zone)
        page = count_newest_months(session, span, zone)
        rows = page.rows
        while page.next_cursor:
            page = count_newest_months(session, span, zone, cursor=page.next_cursor)
            assert len(page.rows) <= 4
            rows = page.rows + rows
        assert rows == whole.rows
        assert (page.total, page.sentence) == (whole.total, whole.sentence)


@pytest.mark.parametrize("cursor", ["二月", "", "0000-01", "9999-12"])
def test_a_cursor_that_names_no_month_is_refused(newsroom: Newsroom, cursor: str):
    with newsroom.step() as session, pytest.raises(Invalid):
        count_newest_months(
            session, Span(as_of=BEGINNING), ZoneInfo("UTC"), cursor=encode_cursor(cursor)
        )


def test_a_month_that_is_none_has_nothing_behind_it(newsroom: Newsroom):
    zone = ZoneInfo("Asia/Shanghai")
    with newsroom.step() as session:
        for month in ("二月", "0001-01"):
            page = list_counted(session, By.MONTH, month, Span(as_of=BEGINNING), zone)
            assert page.items == []
            assert count_behind(session, By.MONTH, month, Span(as_of=BEGINNING), zone).count == 0


def test_nothing_is_counted_before_anything_came_out(newsroom: Newsroom):
    with newsroom.step() as session:
        counts = count_published(session, By.MONTH, Span(as_of=BEGINNING), ZoneInfo("UTC"))
        assert (counts.total, counts.rows) == (0, ())
