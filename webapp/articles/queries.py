from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from webapp.articles.models import Article, Autosave, Paste, Revision
from webapp.articles.search import ARTICLE_WORDS
from webapp.articles.workflow import State
from webapp.columns.models import Column
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor
from webapp.kernel.wordindex import search
from webapp.rendering.model import Form


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to. `since` and `until` bound the last change: from `since` on, before `until`."""

    column_ids: tuple[int, ...] = ()
    status: State | None = None
    stage: int | None = None
    form: Form | None = None
    created_by: int | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None


def get_article(session: Session, article_id: int) -> Article:
    article = session.get(Article, article_id)
    if article is None:
        raise NotFound("没有这篇稿件：它可能已被移走，或链接抄错了。")
    return article


def find_revision(session: Session, article_id: int, number: int) -> Revision | None:
    return session.scalar(
        select(Revision).where(Revision.article_id == article_id, Revision.number == number)
    )


def get_revision(session: Session, article_id: int, number: int) -> Revision:
    revision = find_revision(session, article_id, number)
    if revision is None:
        raise NotFound(f"这篇稿件没有第 {number} 版。")
    return revision


def head_revision(session: Session, article: Article) -> Revision:
    return get_revision(session, article.id, article.revision)


def list_heads(session: Session, articles: Iterable[Article]) -> list[Revision]:
    """The newest revision of each."""
    newest = [(a.id, a.revision) for a in articles]
    query = select(Revision).where(tuple_(Revision.article_id, Revision.number).in_(newest))
    return list(session.scalars(query)) if newest else []


def list_embargoed(session: Session, ids: Sequence[int], at: datetime) -> Sequence[Article]:
    """Those of `ids` that may not go out at that moment, in the order of their time."""
    query = select(Article).where(Article.id.in_(ids), Article.embargo_until > at)
    return session.scalars(query.order_by(Article.embargo_until, Article.id)).all()


def columns_with_template(session: Session) -> frozenset[int]:
    return frozenset(session.scalars(select(Column.id).where(Column.template.is_not(None))))


def find_autosave(session: Session, article_id: int) -> Autosave | None:
    return session.get(Autosave, article_id)


def list_revisions(session: Session, article_id: int, limit: int = 100) -> list[Revision]:
    """Newest first."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.article_id == article_id)
            .order_by(Revision.number.desc())
            .limit(limit)
        )
    )


def find_import(session: Session, article_id: int) -> Revision | None:
    """The newest revision that came in with something to tell."""
    return session.scalar(
        select(Revision)
        .where(Revision.article_id == article_id, cast(Revision.cleanups, Text) != "[]")
        .order_by(Revision.number.desc())
        .limit(1)
    )


def was_cleaned(session: Session, article_id: int) -> bool:
    """Whether an import or a paste had anything to tell, without reading what."""
    told = select(Revision.id).where(
        Revision.article_id == article_id, cast(Revision.cleanups, Text) != "[]"
    )
    pasted = select(Paste.id).where(Paste.article_id == article_id)
    return any(session.scalar(one.limit(1)) is not None for one in (told, pasted))


def get_paste(session: Session, article_id: int, paste_id: int) -> Paste:
    """Raises NotFound."""
    found = session.get(Paste, paste_id)
    if found is None or found.article_id != article_id:
        raise NotFound("没有这一次粘贴的记录，什么也没有动；请刷新后再看。")
    return found


def list_pastes(
    session: Session, article_id: int, *, limit: int, before: int | None = None
) -> Sequence[Paste]:
    """The newest first; those before the paste `before`."""
    found = select(Paste).where(Paste.article_id == article_id).order_by(Paste.id.desc())
    if before is not None:
        found = found.where(Paste.id < before)
    return session.scalars(found.limit(limit)).all()


def writers_of(session: Session, article: Article) -> frozenset[int]:
    """Everyone who wrote a part of it: none of them may review it."""
    rows = session.scalars(
        select(Revision.edited_by).where(Revision.article_id == article.id).distinct()
    )
    return frozenset(i for i in (*rows, article.created_by) if i is not None)


NEWEST_CHANGE = (Article.updated_at.desc(), Article.id.desc())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """All but the columns and the words. Picture messages are few, articles nearly all: the few are looked up, alone or with
    their column, and whatever else is asked is said in a way that no index serves. SQLite, which knows nothing of how many
    there are, would otherwise look up the many."""
    found: list[ColumnElement[bool]] = []
    of_few = filters.form == "newspic"
    if filters.form is not None:
        found.append(Article.form == "newspic" if of_few else Article.form != "newspic")
    if filters.status is not None:
        others = set(State) - {filters.status}
        found.append(Article.status.not_in(others) if of_few else Article.status == filters.status)
    if filters.stage is not None:
        found.append(Article.stage == filters.stage)
    if filters.created_by is not None:
        writer = Article.created_by + 0 if of_few else Article.created_by
        found.append(writer == filters.created_by)
    if filters.since is not None:
        found.append(Article.updated_at >= filters.since)
    if filters.until is not None:
        found.append(Article.updated_at < filters.until)
    return found


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    if not cursor:
        return []
    moment, last = decode_cursor(cursor, datetime, int)
    return [tuple_(Article.updated_at, Article.id) < (moment, last)]


def _of_each_column(
    column_ids: Sequence[int], conditions: Sequence[ColumnElement[bool]], limit: int
) -> CompoundSelect[int]:
    """The newest of each column, which are all that the newest of several columns can be. Each is read along its index;
    one statement over several columns would sort them all, or read past all the others."""
    return union_all(
        *(
            select(Article.id)
            .where(Article.column_id == column_id, *conditions)
            .order_by(*NEWEST_CHANGE)
            .limit(limit)
            .subquery()
            .select()
            for column_id in column_ids
        )
    )


def _found_articles(
    session: Session, filters: Filters, cursor: str | None, limit: int
) -> Page[Article]:
    conditions = _conditions(filters)
    if filters.column_ids:
        conditions.append(Article.column_id.in_(filters.column_ids))
    (before,) = decode_cursor(cursor, int) if cursor else (None,)
    ids = search(session, ARTICLE_WORDS, filters.q, conditions, before=before, limit=limit + 1)
    shown = ids[:limit]
    query = select(Article).where(Article.id.in_(shown)).order_by(Article.id.desc())
    items = session.scalars(query).all() if shown else []
    return Page(items=items, next_cursor=encode_cursor(shown[-1]) if len(ids) > limit else None)


def list_articles(
    session: Session, filters: Filters, *, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Article]:
    """Newest change first; those found by words, newest article first (see `search`)."""
    if filters.q:
        return _found_articles(session, filters, cursor, limit)
    conditions = [*_conditions(filters), *_after(cursor)]
    if len(filters.column_ids) == 1:
        conditions.append(Article.column_id == filters.column_ids[0])
    elif filters.column_ids:
        conditions = [Article.id.in_(_of_each_column(filters.column_ids, conditions, limit + 1))]
    query = select(Article).where(*conditions).order_by(*NEWEST_CHANGE)
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    more = len(rows) > limit
    next_cursor = encode_cursor(items[-1].updated_at.isoformat(), items[-1].id) if more else None
    return Page(items=items, next_cursor=next_cursor)


def list_waiting_for_review(
    session: Session, stages: Iterable[tuple[int | None, int | None]], limit: int
) -> list[Article]:
    """In review at a (column, stage) of those given, longest waiting first; None stands for any."""
    conditions = [
        and_(
            true() if column_id is None else Article.column_id == column_id,
            true() if stage is None else Article.stage == stage,
        )
        for column_id, stage in stages
    ]
    if not conditions:
        return []
    query = (
        select(Article)
        .where(Article.status == State.IN_REVIEW, or_(*conditions))
        .order_by(Article.updated_at, Article.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def count_by_status(session: Session, column_id: int | None = None) -> dict[State, int]:
    """From the (status, …) index alone. The published are counted in the column's own counter, not here."""
    query = (
        select(Article.status, func.count())
        .where(Article.status.in_((State.DRAFT, State.IN_REVIEW, State.APPROVED)))
        .group_by(Article.status)
    )
    if column_id is not None:
        query = query.where(Article.column_id == column_id)
    return {State(status): number for status, number in session.execute(query)}


def last_published(session: Session, column_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Column id → when it last published. One statement, one look at the index for each column."""
    if not column_ids:
        return {}
    newest = union_all(
        *(
            select(Article.column_id, Article.published_at)
            .where(Article.column_id == column_id, Article.status == State.PUBLISHED)
            .order_by(Article.updated_at.desc(), Article.id.desc())
            .limit(1)
            .subquery()
            .select()
            for column_id in column_ids
        )
    )
    return {row.column_id: row.published_at for row in session.execute(newest) if row.published_at}
