from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only, subqueryload
from sqlalchemy.orm.interfaces import LoaderOption

from webapp.articles.models import Article
from webapp.editions.models import Edition, EditionArticle
from webapp.editions.workflow import HOLDING, State
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor


def get_edition(session: Session, edition_id: int) -> Edition:
    edition = session.get(Edition, edition_id)
    if edition is None:
        raise NotFound("没有这次推送：它可能已被移走，或链接抄错了。")
    return edition


def find_edition(session: Session, edition_id: int) -> Edition | None:
    return session.get(Edition, edition_id)


def list_editions(
    session: Session,
    *,
    status: State | None = None,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Edition]:
    """Newest first."""
    query = select(Edition).order_by(Edition.id.desc())
    if status is not None:
        query = query.where(Edition.status == status)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        query = query.where(Edition.id < last)
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


def holding_editions(session: Session, article_ids: Sequence[int]) -> dict[int, Edition]:
    """Article id → the edition it stands in already."""
    if not article_ids:
        return {}
    # Said by what does not hold, which no index serves: else SQLite, given many articles, reads every edition there was.
    rows = session.execute(
        select(EditionArticle.article_id, Edition)
        .join(Edition, Edition.id == EditionArticle.edition_id)
        .where(EditionArticle.article_id.in_(article_ids))
        .where(Edition.status.not_in(set(State) - HOLDING))
    )
    return {row.article_id: row.Edition for row in rows}


def editions_of(session: Session, article_id: int) -> list[Edition]:
    """Newest first."""
    return list(
        session.scalars(
            select(Edition)
            .join(EditionArticle)
            .where(EditionArticle.article_id == article_id)
            .order_by(Edition.id.desc())
        )
    )


def list_due(session: Session, now: datetime, limit: int = 50) -> list[Edition]:
    """Planned editions whose moment has come."""
    return list(
        session.scalars(
            select(Edition)
            .where(Edition.status == State.PLANNED, Edition.scheduled_at <= now)
            .order_by(Edition.scheduled_at)
            .limit(limit)
        )
    )


UNDATED_MAX = 20


def list_undated(session: Session) -> list[Edition]:
    """Planned for no time: they wait for a person. The newest `UNDATED_MAX`."""
    query = (
        select(Edition)
        .where(Edition.status == State.PLANNED, Edition.scheduled_at.is_(None))
        .order_by(Edition.id.desc())
        .limit(UNDATED_MAX)
        .options(_titles())
    )
    return list(session.scalars(query))


def list_between(session: Session, since: datetime, until: datetime) -> list[Edition]:
    """Scheduled within the span, or finished in it: what a calendar shows. Of the articles little is read: a month
    may have a thousand."""
    moment = (Edition.scheduled_at >= since) & (Edition.scheduled_at < until)
    finished = (Edition.finished_at >= since) & (Edition.finished_at < until)
    query = select(Edition).where(moment | finished).order_by(Edition.id).options(_titles())
    return list(session.scalars(query))


def _titles() -> LoaderOption:
    titles = joinedload(EditionArticle.article, innerjoin=True).options(
        load_only(
            Article.title,
            Article.column_id,
            Article.status,
            Article.revision,
            Article.review_checksum,
            Article.embargo_until,
        ),
        lazyload(Article.column),
    )
    return subqueryload(Edition.articles).options(titles)
