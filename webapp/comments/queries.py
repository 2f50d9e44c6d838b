from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.articles.models import Revision
from webapp.comments.models import Comment, Remark
from webapp.comments.workflow import State
from webapp.document.model import Document
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor


def get_comment(session: Session, article_id: int, comment_id: int) -> Comment:
    found = session.get(Comment, comment_id)
    if found is None or found.article_id != article_id:
        raise NotFound("这篇稿件没有这条批注：链接可能抄错了。")
    return found


def list_comments(
    session: Session,
    article_id: int,
    *,
    state: State | None = None,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Comment]:
    """Newest first."""
    query = select(Comment).where(Comment.article_id == article_id).order_by(Comment.id.desc())
    if state is not None:
        query = query.where(Comment.state == state)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        query = query.where(Comment.id < last)
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


def list_open_first(session: Session, article_id: int, limit: int) -> list[Comment]:
    """The open ones, then the resolved, the newest of each first."""
    query = (
        select(Comment)
        .where(Comment.article_id == article_id)
        .order_by(Comment.state, Comment.id.desc())  # "open" stands before "resolved"
        .limit(limit)
    )
    return list(session.scalars(query))


def remarks_by_comment(session: Session, comments: Sequence[Comment]) -> Mapping[int, list[Remark]]:
    """One statement for all threads, in the order they were said."""
    found: dict[int, list[Remark]] = {c.id: [] for c in comments}
    if found:
        query = select(Remark).where(Remark.comment_id.in_(found)).order_by(Remark.id)
        for remark in session.scalars(query):
            found[remark.comment_id].append(remark)
    return found


def count_open(session: Session, article_id: int) -> int:
    return open_counts(session, [article_id]).get(article_id, 0)


def open_counts(session: Session, article_ids: Iterable[int]) -> Mapping[int, int]:
    """Article id → open comments, where there are any. One statement, from the index alone."""
    ids = list(article_ids)
    if not ids:
        return {}
    query = (
        select(Comment.article_id, func.count())
        .where(Comment.article_id.in_(ids), Comment.state == State.OPEN)
        .group_by(Comment.article_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_body(session: Session, article_id: int, number: int) -> Document | None:
    body = session.scalar(
        select(Revision.body).where(Revision.article_id == article_id, Revision.number == number)
    )
    return None if body is None else Document.parse(body)
