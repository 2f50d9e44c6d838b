from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor
from webapp.proofreading.models import Disposition, Sweep, SweepItem
from webapp.proofreading.workflow import ItemState, SweepState

COUNTED_MAX = 1_000


def list_dispositions(session: Session, article_id: int) -> list[Disposition]:
    return list(
        session.scalars(
            select(Disposition)
            .where(Disposition.article_id == article_id)
            .order_by(Disposition.stage, Disposition.id)
        )
    )


def find_disposition(
    session: Session, article_id: int, fingerprint: str, stage: int
) -> Disposition | None:
    return session.scalar(
        select(Disposition).where(
            Disposition.article_id == article_id,
            Disposition.fingerprint == fingerprint,
            Disposition.stage == stage,
        )
    )


def dispositions_by_fingerprint(session: Session, article_id: int) -> dict[str, list[Disposition]]:
    """Fingerprint → the answers, the writer's first, then stage by stage."""
    found: dict[str, list[Disposition]] = {}
    for disposition in list_dispositions(session, article_id):
        found.setdefault(disposition.fingerprint, []).append(disposition)
    return found


def find_running_sweep(session: Session) -> Sweep | None:
    return session.scalar(select(Sweep).where(Sweep.state == SweepState.RUNNING).limit(1))


def newest_sweep(session: Session) -> Sweep | None:
    return session.scalar(select(Sweep).order_by(Sweep.id.desc()).limit(1))


Columns = Collection[int] | None
"""Ids of the columns to look in; None: all."""


def _in_columns(query: Select[Any], columns: Columns) -> Select[Any]:
    if columns is None:
        return query
    return query.join(Article, SweepItem.article_id == Article.id).where(
        Article.column_id.in_(columns)
    )


def count_open(session: Session, *, columns: Columns = None) -> str:
    """As it is shown: nothing for none, and no more than “999+”, since a word that comes to be doubted may stand in every
    article there is."""
    query = select(SweepItem.id).where(SweepItem.state == ItemState.OPEN)
    counted = _in_columns(query, columns).limit(COUNTED_MAX).subquery()
    number = session.scalar(select(func.count()).select_from(counted)) or 0
    return f"{COUNTED_MAX - 1}+" if number >= COUNTED_MAX else str(number or "")


def get_item(session: Session, item_id: int) -> SweepItem:
    item = session.get(SweepItem, item_id)
    if item is None:
        raise NotFound("没有这一条，它可能已被处理。")
    return item


def list_items(
    session: Session,
    *,
    state: ItemState = ItemState.OPEN,
    columns: Columns = None,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[SweepItem]:
    """Newest first."""
    query = select(SweepItem).where(SweepItem.state == state).order_by(SweepItem.id.desc())
    query = _in_columns(query, columns)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        query = query.where(SweepItem.id < last)
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)
