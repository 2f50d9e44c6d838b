"""Putting an edition on the calendar and moving it there, with a look ahead: what would certainly go wrong is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.editions.models import Edition
from webapp.editions.service import assemble, reschedule
from webapp.editions.workflow import Delivery
from webapp.publishing.foresight import Concern, Plan, foresee_time, plan_of, refuse_clash
from webapp.users.permissions import Actor
from webapp.wechat.models import Account


def plan(
    session: Session,
    article_ids: Sequence[int],
    *,
    delivery: Delivery,
    account: Account | None,
    scheduled_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Edition:
    """Raises as `assemble` does, and Conflict for an hour that cannot be."""
    edition = assemble(session, article_ids, delivery=delivery, account=account,
                       scheduled_at=scheduled_at, actor=actor, now=now)  # fmt: skip
    if scheduled_at is not None:
        wanted = Plan(article_ids=article_ids, delivery=delivery, account=account,
                      at=scheduled_at, edition_id=edition.id)  # fmt: skip
        refuse_clash(foresee_time(session, wanted, now=now))
    return edition


def move(
    session: Session,
    edition: Edition,
    scheduled_at: datetime | None,
    *,
    actor: Actor,
    now: datetime,
) -> list[Concern]:
    """What is worth knowing about the new hour. Raises as `reschedule` does, and Conflict for an hour that cannot be."""
    reschedule(session, edition, scheduled_at, actor=actor, now=now)
    if scheduled_at is None:
        return []
    concerns = foresee_time(session, plan_of(edition, scheduled_at), now=now)
    refuse_clash(concerns)
    return concerns
