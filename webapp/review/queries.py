from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.articles.models import Article, Revision
from webapp.articles.queries import list_waiting_for_review
from webapp.articles.workflow import State
from webapp.review.models import Review
from webapp.review.standing import find_mandate, mandates_of
from webapp.review.workflow import Decision, MandateKind
from webapp.users.models import User
from webapp.users.permissions import Actor, Permission, Role

WAITING_MAX = 50


class SealState(StrEnum):
    """How a stage's seal is drawn: pressed, an outline that waits, an outline that is next, broken by an edit;
    of an urgent article a stage still to be countersigned, or objected to."""

    PRESSED = "pressed"
    NEXT = "next"
    WAITING = "waiting"
    BROKEN = "broken"
    OWED = "owed"
    OBJECTED = "objected"


@dataclass(frozen=True, kw_only=True)
class Seal:
    stage: int
    stage_name: str
    state: SealState
    review: Review | None = None


# A seal shows who pressed it; what else they may do is not asked for.
_BY_NAME_ONLY = joinedload(Review.reviewer).lazyload(User.grants)


def list_reviews(session: Session, article_id: int) -> list[Review]:
    """All verdicts of all rounds, in the order they were given."""
    return list(
        session.scalars(
            select(Review)
            .where(Review.article_id == article_id)
            .order_by(Review.id)
            .options(_BY_NAME_ONLY)
        )
    )


def reviews_by_article(session: Session, articles: Iterable[Article]) -> Mapping[int, list[Review]]:
    """One query for a whole list of articles."""
    ids = [a.id for a in articles]
    found: dict[int, list[Review]] = defaultdict(list)
    if ids:
        for review in session.scalars(
            select(Review)
            .where(Review.article_id.in_(ids))
            .order_by(Review.id)
            .options(_BY_NAME_ONLY)
        ):
            found[review.article_id].append(review)
    return found


def _seal_state(article: Article, stage: int, review: Review | None) -> SealState:
    status = State(article.status)
    if review is not None and review.decision == Decision.APPROVE:
        voided = status is State.DRAFT or review.checksum != article.review_checksum
        return SealState.BROKEN if voided else SealState.PRESSED
    if review is not None and review.decision == Decision.OBJECT:
        return SealState.OBJECTED if status is not State.DRAFT else SealState.BROKEN
    if article.urgent and status not in (State.DRAFT, State.IN_REVIEW):
        return SealState.OWED
    if status is State.IN_REVIEW and stage == article.stage:
        return SealState.NEXT
    return SealState.WAITING


def seals_of(article: Article, reviews: Iterable[Review]) -> tuple[Seal, ...]:
    """One a stage of the column's chain, of the newest round. `reviews` are the article's, of any round."""
    current = {r.stage: r for r in reviews if r.round == article.round}
    return tuple(
        Seal(
            stage=stage,
            stage_name=article.column.stage_name(stage),
            state=_seal_state(article, stage, current.get(stage)),
            review=current.get(stage),
        )
        for stage in range(1, article.column.stages + 1)
    )


def review_stages(actor: Actor) -> tuple[tuple[int | None, int | None], ...]:
    """(column, stage) of every place where this person decides; None stands for any."""
    return tuple((g.column_id, g.stage) for g in actor.grants if g.role is Role.REVIEWER)


def writers_by_article(session: Session, articles: Sequence[Article]) -> Mapping[int, set[int]]:
    """Article id → everyone who wrote a part of it."""
    rows = session.execute(
        select(Revision.article_id, Revision.edited_by)
        .where(Revision.article_id.in_([a.id for a in articles]))
        .distinct()
    )
    found: dict[int, set[int]] = {a.id: {a.created_by or 0} for a in articles}
    for article_id, writer in rows:
        found[article_id].add(writer or 0)
    return found


def decided_stages(
    session: Session, actor: Actor, articles: Sequence[Article]
) -> Mapping[int, set[int]]:
    """Article id → the stages of it that this person decided, in any round."""
    decided = session.execute(
        select(Review.article_id, Review.stage).where(
            Review.reviewer_id == actor.id, Review.article_id.in_([a.id for a in articles])
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for article_id, stage in decided:
        found[article_id].add(stage)
    return found


def list_awaiting(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    column_id: int | None = None,
    limit: int = WAITING_MAX,
) -> list[Article]:
    """What waits for this person's decision, by their own right or as a named deputy, the longest waiting first."""
    may = actor.may(Permission.ARTICLE_REVIEW)
    given = mandates_of(session, actor, now, *MandateKind) if may else []
    mandates = [m for m in given if m.kind == MandateKind.DEPUTY]
    leading = [m for m in given if m.kind == MandateKind.URGENT]
    stages = review_stages(actor) + tuple((m.column_id, m.stage) for m in given)
    if column_id is not None:
        stages = tuple((column_id, s) for c, s in stages if c in (None, column_id))
    found = list_waiting_for_review(session, stages, limit)
    if not found:
        return []
    writers, decided = writers_by_article(session, found), decided_stages(session, actor, found)
    return [
        a
        for a in found
        if actor.id not in writers[a.id]
        and not decided.get(a.id, set()) - {a.stage}
        and (
            find_mandate(leading, a, writers[a.id])
            if a.urgent
            else actor.reviews_stage(a.column_id, a.stage)
            or find_mandate(mandates, a, writers[a.id])
        )
    ]
