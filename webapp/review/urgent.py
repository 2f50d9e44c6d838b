"""The urgent path (急件): one named leader decides the last stage now, and the article counts as approved; whoever would have
decided the other stages countersigns within a day, or objects (`countersigning`). Nobody publishes first and reviews later: the
leader's approval binds to the text as any other does, and an edit voids all of it, what is owed included."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import writers_of
from webapp.articles.service import submit
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.paging import Page, decode_cursor, encode_cursor
from webapp.review.models import UrgentRequest
from webapp.review.standing import leaders_of
from webapp.review.workflow import REASON_MAX_CHARACTERS
from webapp.users.permissions import Actor, Permission

REPORT_ROWS = 50


def parse_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX_CHARACTERS:
        raise Invalid.of_field(
            "reason", f"要写明为什么急，最长 {REASON_MAX_CHARACTERS} 字；没有送审。"
        )
    return reason


def submit_urgent(
    session: Session,
    article: Article,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    as_of: date | None = None,
) -> UrgentRequest:
    """To the leaders at once. Raises Invalid without a reason, Conflict where the path is not open."""
    actor.require(Permission.ARTICLE_WRITE, article.column_id)
    reason = parse_reason(reason)
    if article.column.stages < 2:
        raise Conflict("这个专栏只有一审，照常送审就是最快的；没有送审。", code="urgent.one_stage")
    writers = writers_of(session, article)
    leaders = [m for m in leaders_of(session, article.column_id, now) if m.user_id not in writers]
    if not leaders:
        raise Conflict(
            "这个专栏还没有（撰稿人以外的）急件负责人，没有送审；请管理员在“代审”页指定，或照常送审。",
            code="urgent.no_leader",
        )
    submit(session, article, actor=actor, now=now, as_of=as_of, urgent=True)
    asked = UrgentRequest(
        article_id=article.id, article=article, round=article.round, reason=reason,
        asked_by=actor.id, asked_at=now,
    )  # fmt: skip
    session.add(asked)
    record(session, "urgent.ask", Subject(kind="article", id=article.id), actor=actor.name, now=now,
           details={"comment": reason, "round": article.round})  # fmt: skip
    return asked


def find_request(session: Session, article: Article) -> UrgentRequest | None:
    """Of the submission at hand."""
    query = select(UrgentRequest).where(
        UrgentRequest.article_id == article.id, UrgentRequest.round == article.round
    )
    return session.scalar(query) if article.urgent else None


def list_requests(session: Session, cursor: str | None = None) -> Page[UrgentRequest]:
    """Newest first."""
    query = select(UrgentRequest).order_by(UrgentRequest.id.desc()).limit(REPORT_ROWS + 1)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        query = query.where(UrgentRequest.id < last)
    rows = session.scalars(query).all()
    items = rows[:REPORT_ROWS]
    more = encode_cursor(items[-1].id) if len(rows) > REPORT_ROWS else None
    return Page(items=items, next_cursor=more)
