"""What urgent articles still owe: countersignatures, and answers to objections. It lapses with the text that was approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, lazyload

from webapp.articles.models import Article
from webapp.articles.workflow import State
from webapp.review.models import Countersign, Review, UrgentRequest
from webapp.review.queries import decided_stages, writers_by_article
from webapp.review.workflow import Decision
from webapp.users.models import User
from webapp.users.permissions import Actor, Permission
from webapp.users.service import reviewers_of

OWED_MAX = 200
STANDS = (State.APPROVED, State.PUBLISHED, State.WITHDRAWN)


def _still_stands() -> ColumnElement[bool]:
    return (
        Article.status.in_(STANDS)
        & (Article.round == Countersign.round)
        & (Article.review_checksum == Countersign.checksum)
    )


def _owed() -> Select[Countersign]:
    return (
        select(Countersign)
        .join(Article, Article.id == Countersign.article_id)
        .where(Countersign.settled_at.is_(None), _still_stands())
        .order_by(Countersign.due_at, Countersign.id)
    )


def owed_of(session: Session, article: Article) -> list[Countersign]:
    query = _owed().where(Countersign.article_id == article.id)
    return list(session.scalars(query.order_by(None).order_by(Countersign.stage)))


@dataclass(frozen=True, kw_only=True)
class Owed:
    """For reminders: what is owed, until when, and by whom, the longest owed first."""

    countersign: Countersign
    people: tuple[User, ...]


def list_owed(session: Session, *, limit: int = OWED_MAX) -> list[Owed]:
    """Only those who may sign: not the writers, not the leader, nobody who decided another stage. Three statements, and one
    for each stage of a column that owes something."""
    rows = list(session.scalars(_owed().limit(limit)))
    if not rows:
        return []
    articles = [row.article for row in rows]
    closed = {k: set(v) for k, v in writers_by_article(session, articles).items()}
    for review in _reviews_of(session, articles):
        closed[review.article_id].add(review.reviewer_id or 0)
    places = {(row.article.column_id, row.stage) for row in rows}
    people = {place: reviewers_of(session, *place) for place in places}
    return [
        Owed(
            countersign=row,
            people=tuple(
                user
                for user in people[(row.article.column_id, row.stage)]
                if user.id not in closed[row.article_id]
            ),
        )
        for row in rows
    ]


def _reviews_of(session: Session, articles: Sequence[Article]) -> list[Review]:
    query = select(Review).where(Review.article_id.in_([a.id for a in articles]))
    return list(session.scalars(query.options(lazyload(Review.reviewer))))


def list_overdue(session: Session, now: datetime, *, limit: int = OWED_MAX) -> list[Countersign]:
    return list(session.scalars(_owed().where(Countersign.due_at < now).limit(limit)))


def owed_by(session: Session, actor: Actor) -> list[Countersign]:
    """What this person is asked to countersign as a reviewer of the stage. Three statements."""
    columns = actor.columns_with(Permission.ARTICLE_REVIEW)
    query = _owed().limit(OWED_MAX)
    if columns is not None:
        query = query.where(Article.column_id.in_(columns))
    rows = [
        row
        for row in session.scalars(query)
        if actor.reviews_stage(row.article.column_id, row.stage)
    ]
    if not rows:
        return []
    articles = [row.article for row in rows]
    writers, decided = (
        writers_by_article(session, articles),
        decided_stages(session, actor, articles),
    )
    return [
        row
        for row in rows
        if actor.id not in writers[row.article_id]
        and not decided.get(row.article_id, set()) - {row.stage}
    ]


def list_objections(
    session: Session, *, of: Sequence[int] | None = None, limit: int = OWED_MAX
) -> list[Countersign]:
    """Not answered yet, and the article still stands; `of` these articles, else of all."""
    query = (
        select(Countersign)
        .join(Article, Article.id == Countersign.article_id)
        .where(
            Countersign.decision == Decision.OBJECT,
            Countersign.answered_at.is_(None),
            Article.status != State.WITHDRAWN,
            _still_stands(),
        )
        .order_by(Countersign.id)
        .limit(limit)
    )
    if of is not None:
        query = query.where(Countersign.article_id.in_(of))
    return list(session.scalars(query))


def objections_of(session: Session, article: Article) -> list[Countersign]:
    """Of the submission at hand, answered or not."""
    query = select(Countersign).where(
        Countersign.article_id == article.id,
        Countersign.round == article.round,
        Countersign.decision == Decision.OBJECT,
    )
    return list(session.scalars(query.order_by(Countersign.id)))


def count_countersigns(session: Session, now: datetime) -> Mapping[str, int]:
    """`in_time`, `late`, `open`, `overdue`, `void` (the text was changed before it was signed)."""
    settled, in_time = (
        Countersign.settled_at.is_not(None),
        Countersign.settled_at <= Countersign.due_at,
    )
    kind = case(
        (settled & in_time, "in_time"),
        (settled, "late"),
        (~_still_stands(), "void"),
        (Countersign.due_at < now, "overdue"),
        else_="open",
    )
    query = select(kind, func.count()).join(Article, Article.id == Countersign.article_id)
    found = {row[0]: row[1] for row in session.execute(query.group_by(kind))}
    return {name: found.get(name, 0) for name in ("in_time", "late", "open", "overdue", "void")}


def countersigns_of(
    session: Session, requests: Sequence[UrgentRequest]
) -> Mapping[tuple[int, int], list[Countersign]]:
    """(article, round) → what was or is owed, in one statement."""
    ids = [r.article_id for r in requests]
    found: dict[tuple[int, int], list[Countersign]] = {}
    query = select(Countersign).where(Countersign.article_id.in_(ids))
    for row in session.scalars(query.order_by(Countersign.stage)):
        found.setdefault((row.article_id, row.round), []).append(row)
    return found
