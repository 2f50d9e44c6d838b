"""Reads across the rooms, each a fixed number of statements however much there is, each along an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.orm import Session, defer

from webapp.articles.models import Article, Revision
from webapp.articles.queries import Filters, list_articles
from webapp.articles.workflow import State
from webapp.editions.models import Edition
from webapp.editions.queries import holding_editions
from webapp.editions.workflow import State as EditionState
from webapp.kernel.clock import end_of_day, start_of_day
from webapp.publishing.models import Posting
from webapp.review.queries import Seal, reviews_by_article, seals_of

MINE_MAX = 8
READY_MAX = 20
OPEN_EDITIONS = (
    EditionState.PLANNED,
    EditionState.QUEUED,
    EditionState.PUSHING,
)
TROUBLED_EDITIONS = (EditionState.FAILED, EditionState.NEEDS_ATTENTION)
REVISIONS_MAX = 200


def list_returned(session: Session, user_id: int, limit: int = READY_MAX) -> list[Article]:
    return list(
        session.scalars(
            select(Article)
            .where(
                Article.created_by == user_id,
                Article.status == State.DRAFT,
                Article.return_reason != "",
            )
            .order_by(Article.updated_at.desc(), Article.id.desc())
            .limit(limit)
        )
    )


def list_mine(session: Session, user_id: int, limit: int = MINE_MAX) -> list[Article]:
    """The newest of what this person began and that is not out yet."""
    states = (State.DRAFT, State.IN_REVIEW, State.APPROVED)
    newest = union_all(
        *(
            select(Article.id)
            .where(Article.created_by == user_id, Article.status == state)
            .order_by(Article.updated_at.desc(), Article.id.desc())
            .limit(limit)
            .subquery()
            .select()
            for state in states
        )
    )
    query = (
        select(Article)
        .where(Article.id.in_(newest))
        .order_by(Article.updated_at.desc(), Article.id.desc())
    )
    return list(session.scalars(query.limit(limit)))


def list_ready(session: Session, limit: int = READY_MAX) -> list[Article]:
    """Approved and in no edition yet."""
    page = list_articles(session, Filters(status=State.APPROVED), limit=limit)
    taken = holding_editions(session, [a.id for a in page.items]) if page.items else {}
    return [a for a in page.items if a.id not in taken]


def list_open_editions(session: Session, until: datetime) -> list[Edition]:
    """On their way, or planned to be by `until`, the soonest first; those in trouble before all. Drafts that wait at the
    platform come last and newest first: of those there may be as many as the office ever left there."""
    in_trouble = Edition.status.in_(TROUBLED_EDITIONS)
    soonest = func.coalesce(Edition.scheduled_at, Edition.created_at)
    due = or_(Edition.scheduled_at < until, Edition.scheduled_at.is_(None))
    moving = session.scalars(
        select(Edition)
        .where(Edition.status.in_((*OPEN_EDITIONS, *TROUBLED_EDITIONS)), due)
        .order_by(in_trouble.desc(), soonest)
        .limit(READY_MAX)
    ).all()
    drafted = session.scalars(
        select(Edition)
        .where(Edition.status == EditionState.DRAFTED, due)
        .order_by(Edition.id.desc())
        .limit(READY_MAX - len(moving))
    ).all()
    return [*moving, *drafted]


@dataclass(frozen=True, kw_only=True)
class Out:
    """An article that came out."""

    article_id: int
    title: str
    at: datetime
    url: str


def list_out_on(session: Session, day: date, zone: ZoneInfo, limit: int = READY_MAX) -> list[Out]:
    rows = session.execute(
        select(Posting.article_id, Article.title, Posting.published_at, Posting.url)
        .join(Article, Article.id == Posting.article_id)
        .where(
            Posting.published_at >= start_of_day(day, zone),
            Posting.published_at < end_of_day(day, zone),
            Posting.withdrawn_at.is_(None),
        )
        .order_by(Posting.published_at)
        .limit(limit)
    )
    return [Out(article_id=r.article_id, title=r.title, at=r.published_at, url=r.url) for r in rows]


def seals_by_article(session: Session, articles: Sequence[Article]) -> dict[int, tuple[Seal, ...]]:
    """One statement for a whole list."""
    reviews = reviews_by_article(session, articles)
    return {a.id: seals_of(a, reviews.get(a.id, ())) for a in articles}


def _texts(node: Any) -> str:
    """The words of a stored body, without checking it: it was checked when it was stored."""
    if isinstance(node, dict):
        if node.get("type") == "text":
            return str(node.get("text", ""))
        inner = "".join(_texts(child) for child in node.get("content", ()))
        return inner if node.get("type") in ("doc", "blockquote", "listItem") else f"{inner} "
    return ""


def texts_by_article(session: Session, articles: Sequence[Article]) -> dict[int, str]:
    """The head revisions' words as they stand, for the snippets of a search."""
    if not articles:
        return {}
    rows = session.execute(
        select(Revision.article_id, Revision.body)
        .join(Article, (Article.id == Revision.article_id) & (Article.revision == Revision.number))
        .where(Article.id.in_([a.id for a in articles]))
    )
    return {row.article_id: _texts(row.body) for row in rows}


def list_revision_heads(session: Session, article_id: int) -> list[Revision]:
    """Newest first, without the bodies."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.article_id == article_id)
            .order_by(Revision.number.desc())
            .limit(REVISIONS_MAX)
            .options(defer(Revision.body, raiseload=True), defer(Revision.cleanups, raiseload=True))
        )
    )
