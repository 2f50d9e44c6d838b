"""What 今日 shows, gathered for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import (
    Filters,
    count_by_status,
    last_published,
    list_articles,
)
from webapp.articles.workflow import STATE_NAMES, State
from webapp.columns.models import Column
from webapp.columns.service import list_open_columns
from webapp.columns.workflow import Level, silence_level, silent_days
from webapp.comments.queries import open_counts
from webapp.desk import queries
from webapp.desk.queries import Out
from webapp.editions.models import Edition
from webapp.kernel.clock import end_of_day, local_date
from webapp.proofreading.queries import count_open
from webapp.reports.queries import By, Span, count_published, published_by_month
from webapp.review.models import Countersign, Review
from webapp.review.owed import list_objections, list_overdue, owed_by
from webapp.review.queries import Seal, list_awaiting, reviews_by_article, seals_of
from webapp.review.workflow import Decision
from webapp.users.permissions import Actor, Permission, Role

OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
UNPUBLISHED = (State.DRAFT, State.IN_REVIEW, State.APPROVED)


@dataclass(frozen=True, kw_only=True)
class ColumnToday:
    column: Column
    count: int
    months: list[tuple[str, int]]
    last: datetime | None
    silent_days: int | None
    level: Level


@dataclass(frozen=True, kw_only=True)
class Returned:
    article: Article
    review: Review | None


@dataclass(kw_only=True)
class Today:
    at: datetime
    sentence: str = ""
    total: int = 0
    columns: list[ColumnToday] = field(default_factory=list)
    waiting: list[Article] | None = None
    owed: list[Countersign] = field(default_factory=list)
    """Urgent articles that this person has to countersign, the soonest due first."""
    overdue: list[Countersign] = field(default_factory=list)
    objections: list[Countersign] = field(default_factory=list)
    """For those who publish, and the administrators."""
    returned: list[Returned] = field(default_factory=list)
    mine: list[Article] | None = None
    ready: list[Article] | None = None
    to_mend: str = ""
    """Findings in what is published, for whoever can say what came of them."""
    newest: list[Article] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    out: list[Out] = field(default_factory=list)
    states: list[tuple[str, str, int]] | None = None
    seals: dict[int, tuple[Seal, ...]] = field(default_factory=dict)
    comments: Mapping[int, int] = field(default_factory=dict)
    """Article id → open comments."""


def _columns(session: Session, today: Today, day: date, zone: ZoneInfo) -> list[ColumnToday]:
    columns = list_open_columns(session)
    counts = count_published(session, By.COLUMN, Span(as_of=day), zone)
    today.sentence, today.total = counts.sentence, counts.total
    by_slug = {row.key: row.count for row in counts.rows}
    months = published_by_month(session, day, zone)
    last = last_published(session, [c.id for c in columns])
    found = []
    for column in columns:
        at = last.get(column.id)
        silent = silent_days(at, day, zone)
        found.append(
            ColumnToday(
                column=column,
                count=by_slug.get(column.slug, 0),
                months=months.get(column.id, []),
                last=at,
                silent_days=silent,
                level=silence_level(silent),
            )
        )
    return found


def _read_articles(session: Session, today: Today, actor: Actor, now: datetime) -> None:
    if actor.may(Permission.ARTICLE_REVIEW):
        today.waiting = list_awaiting(session, actor, now=now)
        today.owed = owed_by(session, actor)
    if actor.may(Permission.EDITION_PUSH) or actor.roles & OVERSEERS:
        today.overdue, today.objections = list_overdue(session, now), list_objections(session)
    returned: list[Article] = []
    if actor.may(Permission.ARTICLE_WRITE) and actor.id is not None:
        returned = queries.list_returned(session, actor.id)
        today.mine = queries.list_mine(session, actor.id)
        today.to_mend = count_open(session, columns=actor.columns_with(Permission.ARTICLE_WRITE))
    if actor.may(Permission.EDITION_WRITE):
        today.ready = queries.list_ready(session)
    if actor.roles & OVERSEERS:
        today.newest = list(list_articles(session, Filters(), limit=queries.MINE_MAX).items)
    groups = (today.waiting, returned, today.mine, today.ready, today.newest)
    shown = [article for group in groups for article in group or ()]
    reviews = reviews_by_article(session, shown)
    today.seals = {a.id: seals_of(a, reviews.get(a.id, ())) for a in shown}
    today.comments = open_counts(session, {a.id for a in shown})
    today.returned = [
        Returned(article=a, review=_last_return(reviews.get(a.id, []))) for a in returned
    ]


def _last_return(reviews: list[Review]) -> Review | None:
    return next((r for r in reversed(reviews) if r.decision == Decision.RETURN), None)


def gather(session: Session, actor: Actor, *, now: datetime, zone: ZoneInfo) -> Today:
    """A fixed number of statements for a role, whatever there is to show."""
    today = Today(at=now)
    day = local_date(now, zone)
    if actor.may(Permission.REPORT_READ):
        today.columns = _columns(session, today, day, zone)
    _read_articles(session, today, actor, now)
    if actor.may(Permission.EDITION_READ):
        today.editions = queries.list_open_editions(session, end_of_day(day, zone))
        today.out = queries.list_out_on(session, day, zone)
    if actor.roles & OVERSEERS:
        counted = count_by_status(session)
        today.states = [(s, STATE_NAMES[s], counted.get(s, 0)) for s in UNPUBLISHED]
    return today
