"""In whose place somebody may decide: named for it (a mandate), or a reviewer of the same column.

A mandate does not count for an article on which the person wrote who gave it, or who is stood in for: nobody picks the judge
of their own text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.articles.models import Article
from webapp.review.models import Mandate
from webapp.review.workflow import MandateKind
from webapp.users.models import User
from webapp.users.permissions import Actor
from webapp.users.service import reviewers_of

MANDATES_MAX = 200
_BY_NAME_ONLY = (
    joinedload(Mandate.user, innerjoin=True).lazyload(User.grants),
    joinedload(Mandate.for_user).lazyload(User.grants),
)


def _in_force(now: datetime, *kinds: MandateKind) -> Select[Mandate]:
    return (
        select(Mandate)
        .where(
            Mandate.kind.in_(kinds),
            Mandate.revoked_at.is_(None),
            Mandate.since <= now,
            (Mandate.until > now) | Mandate.until.is_(None),
        )
        .order_by(Mandate.id)
        .options(*_BY_NAME_ONLY)
        .limit(MANDATES_MAX)
    )


def list_mandates(session: Session, kind: MandateKind, now: datetime) -> list[Mandate]:
    """In force or to come, the newest first."""
    query = (
        select(Mandate)
        .where(
            Mandate.kind == kind,
            Mandate.revoked_at.is_(None),
            (Mandate.until > now) | Mandate.until.is_(None),
        )
        .order_by(Mandate.id.desc())
        .options(*_BY_NAME_ONLY)
        .limit(MANDATES_MAX)
    )
    return list(session.scalars(query))


def mandates_of(
    session: Session, actor: Actor, now: datetime, *kinds: MandateKind
) -> list[Mandate]:
    """Those of these kinds that let this person decide now."""
    query = _in_force(now, *kinds).where(Mandate.user_id == (actor.id or 0))
    return list(session.scalars(query))


def deputies_of(session: Session, column_id: int, stage: int, now: datetime) -> list[Mandate]:
    query = _in_force(now, MandateKind.DEPUTY).where(
        Mandate.column_id == column_id, (Mandate.stage == stage) | Mandate.stage.is_(None)
    )
    return [one for one in session.scalars(query) if one.user.active]


def counts_for(
    mandate: Mandate, article: Article, writers: Collection[int], stage: int | None = None
) -> bool:
    return (
        mandate.column_id == article.column_id
        and mandate.stage in (None, stage or article.stage)
        and mandate.created_by not in writers
        and mandate.for_user_id not in writers
    )


def find_mandate(
    mandates: Sequence[Mandate],
    article: Article,
    writers: Collection[int],
    stage: int | None = None,
) -> Mandate | None:
    """One that names whom it stands for, before one that does not. `stage`: the one at hand, unless given."""
    fitting = [m for m in mandates if counts_for(m, article, writers, stage)]
    return next((m for m in fitting if m.for_user_id is not None), next(iter(fitting), None))


def stands_for(
    session: Session,
    article: Article,
    actor: Actor,
    writers: Collection[int],
    now: datetime,
    stage: int,
) -> str | None:
    """In whose place, by name; empty when nobody is named for the stage; None when in nobody's. A reviewer of the stage
    decides by their own right: None."""
    if actor.reviews_stage(article.column_id, stage):
        return None
    mandate = find_mandate(
        mandates_of(session, actor, now, MandateKind.DEPUTY), article, writers, stage
    )
    if mandate is None and not actor.reviews_column(article.column_id):
        return None
    if mandate is not None and mandate.for_user is not None:
        return mandate.for_user.display_name
    people = reviewers_of(session, article.column_id, stage)
    return "、".join(person.display_name for person in people)


def leaders_of(session: Session, column_id: int, now: datetime) -> list[Mandate]:
    """Who may decide what is urgent there."""
    query = _in_force(now, MandateKind.URGENT).where(Mandate.column_id == column_id)
    return [one for one in session.scalars(query) if one.user.active]


def leads(
    session: Session, article: Article, actor: Actor, writers: Collection[int], now: datetime
) -> bool:
    mandates = mandates_of(session, actor, now, MandateKind.URGENT)
    return find_mandate(mandates, article, writers) is not None
