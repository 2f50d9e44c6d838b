from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import writers_of
from webapp.articles.service import advance, compose_head
from webapp.articles.workflow import Action, State
from webapp.review.identity import name_key
from webapp.review.models import Countersign, Review, ReviewLink, UrgentRequest
from webapp.review.standing import leads, stands_for
from webapp.review.workflow import (
    Case,
    Decision,
    Way,
    parse_comment,
    parse_deputy_reason,
    refuse_other_text,
    refuse_unless_may_decide,
)
from webapp.users.permissions import Actor, Permission

COUNTERSIGN_WITHIN = timedelta(hours=24)
"""Unless the settings say otherwise (`countersign_hours`)."""


def _decided_stages(session: Session, article: Article, actor: Actor) -> frozenset[int]:
    """By this account, under this name with a link, or with a link that this person made."""
    own = session.scalars(
        select(Review.stage).where(
            Review.article_id == article.id, Review.reviewer_id == (actor.id or 0)
        )
    ).all()
    links = session.scalars(
        select(ReviewLink).where(
            ReviewLink.article_id == article.id, ReviewLink.used_at.is_not(None)
        )
    )
    mine = [
        link.stage
        for link in links
        if link.made_by == actor.id or link.name_key == name_key(actor.title)
    ]
    return frozenset((*own, *mine))


def case_of(
    session: Session,
    article: Article,
    actor: Actor,
    now: datetime,
    *,
    owed: int | None = None,
    stands_now: str | None = None,
) -> Case:
    """`owed`: a stage that is countersigned, else the one that is next. `stands_now`: the checksum of the head, where it is
    composed already."""
    is_urgent = owed is None and article.urgent
    stage = owed or article.stage
    decided = _decided_stages(session, article, actor)
    writers = writers_of(session, article)
    return Case(
        column_id=article.column_id,
        stage=stage,
        in_review=owed is not None or article.status == State.IN_REVIEW,
        under_review=article.review_checksum or "",
        stands_now=stands_now or compose_head(session, article).checksum,
        writers=writers,
        decided_stages=decided,
        stands_for=None if is_urgent else stands_for(session, article, actor, writers, now, stage),
        urgent=is_urgent,
        leads=is_urgent and leads(session, article, actor, writers, now),
    )


def decide(
    session: Session,
    article: Article,
    decision: Decision,
    *,
    checksum: str,
    comment: str,
    deputy_reason: str = "",
    countersign_within: timedelta = COUNTERSIGN_WITHIN,
    actor: Actor,
    now: datetime,
) -> Review:
    """Give the verdict of the stage that is next. The last approval approves the article; a return makes it a draft again,
    with the reason. `deputy_reason`: why not by a reviewer of the stage; `countersign_within`: how long an urgent article's other
    stages have. Raises Forbidden, ChecksumMismatch or Conflict as
    `workflow` says."""
    actor.require(Permission.ARTICLE_REVIEW)
    comment = parse_comment(decision, comment)
    case = case_of(session, article, actor, now)
    refuse_unless_may_decide(actor, case)
    deputy_reason = parse_deputy_reason(actor, case, deputy_reason)
    refuse_other_text(case, checksum)
    assert actor.id is not None  # a part of the system reviews no stage
    review = Review(
        article_id=article.id,
        revision=article.revision,
        round=article.round,
        stage=article.stage,
        reviewer_id=actor.id,
        way=Way.URGENT if article.urgent else Way.PLAIN,
        decision=decision,
        comment=comment,
        deputy_for=(case.stands_for or "") if deputy_reason else "",
        deputy_reason=deputy_reason,
        checksum=checksum,
        at=now,
    )
    session.add(review)
    session.flush()  # the unique index speaks now, before the state moves
    settle(session, article, review, countersign_within=countersign_within, actor=actor, now=now)
    return review


def owe_the_rest(session: Session, article: Article, now: datetime, within: timedelta) -> None:
    """The stages that were passed over are countersigned in time."""
    asked = session.scalar(
        select(UrgentRequest).where(
            UrgentRequest.article_id == article.id, UrgentRequest.round == article.round
        )
    )
    if asked is not None:
        asked.decided_at = now
    session.add_all(
        Countersign(
            article_id=article.id,
            round=article.round,
            stage=stage,
            checksum=article.review_checksum or "",
            due_at=now + within,
        )
        for stage in range(1, article.column.stages)
    )


def how_signed(review: Review) -> dict[str, object]:
    """For the audit trail, where it is not by one's own right and account."""
    details: dict[str, object] = {}
    if review.link_id is not None:
        details |= {
            "link": review.link_id,
            "signer": review.signer_name,
            "title": review.signer_title,
        }
    if review.is_deputy:
        details |= {"deputy_for": review.deputy_for, "deputy_reason": review.deputy_reason}
    return details


def settle(
    session: Session,
    article: Article,
    review: Review,
    *,
    countersign_within: timedelta = COUNTERSIGN_WITHIN,
    actor: Actor,
    now: datetime,
) -> None:
    """Take the article along, as the verdict says."""
    stage = article.stage
    details = {
        "stage": stage,
        "stage_name": article.column.stage_name(stage),
        "comment": review.comment,
        "checksum": review.checksum,
        **how_signed(review),
    }
    if review.decision == Decision.RETURN:
        article.return_reason = review.comment
        advance(session, article, Action.RETURN, actor=actor, now=now, details=details)
    elif article.urgent:
        advance(session, article, Action.APPROVE_URGENT, actor=actor, now=now, details=details)
        owe_the_rest(session, article, now, countersign_within)
    elif stage >= article.column.stages:
        advance(session, article, Action.APPROVE, actor=actor, now=now, details=details)
    else:
        advance(session, article, Action.PASS_STAGE, actor=actor, now=now, details=details)
        article.stage = stage + 1
