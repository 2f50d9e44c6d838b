"""Signing afterwards what a leader approved as urgent, or objecting; and what those who publish say to an objection."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.workflow import Action, State, next_state
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import (
    ChecksumMismatch,
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    TongxinError,
)
from webapp.review.models import Countersign, Review
from webapp.review.owed import owed_of
from webapp.review.service import case_of, how_signed
from webapp.review.workflow import (
    REASON_MAX_CHARACTERS,
    Case,
    Decision,
    Way,
    parse_comment,
    parse_deputy_reason,
    refuse_unless_may_decide,
)
from webapp.users.permissions import Actor, Permission


def text_stands(article: Article, approved: str, stands_now: str) -> bool:
    """Whether what was approved is what would be read now; once it is out, readers have seen it, whatever became of its looks."""
    return article.status != State.APPROVED or stands_now == approved


def find_obstacle(
    session: Session, row: Countersign, actor: Actor, now: datetime
) -> TongxinError | None:
    """Why this person may not countersign this stage."""
    try:
        _refuse(actor, case_of(session, row.article, actor, now, owed=row.stage))
    except TongxinError as refused:
        return refused
    return None


def _refuse(actor: Actor, case: Case) -> None:
    actor.require(Permission.ARTICLE_REVIEW)
    refuse_unless_may_decide(actor, case)


def find_owed(
    session: Session, article: Article, actor: Actor, now: datetime
) -> tuple[Countersign | None, Case | None]:
    """The stage that this person may countersign: their own first, else one in another's place."""
    open_ = [r for r in owed_of(session, article) if find_obstacle(session, r, actor, now) is None]
    own = [r for r in open_ if actor.reviews_stage(article.column_id, r.stage)]
    found = next(iter(own or open_), None)
    return found, case_of(session, article, actor, now, owed=found.stage) if found else None


def _refuse_to_countersign(session: Session, article: Article, actor: Actor, now: datetime) -> None:
    """Says why, where there is nothing this person may sign."""
    actor.require(Permission.ARTICLE_REVIEW)
    for row in owed_of(session, article):
        if (obstacle := find_obstacle(session, row, actor, now)) is not None:
            raise obstacle
    raise Conflict(
        "这篇稿件没有要补签的审次，意见没有记下；请刷新后再看。", code="countersign.none"
    )


def countersign(
    session: Session,
    article: Article,
    decision: Decision,
    *,
    checksum: str,
    comment: str,
    deputy_reason: str = "",
    actor: Actor,
    now: datetime,
) -> Review:
    """Sign afterwards, or object with a reason, which goes to those who publish. Raises Forbidden for the leader, the
    writers and whoever decided another stage; ChecksumMismatch when the text is another."""
    comment = parse_comment(decision, comment)
    row, case = find_owed(session, article, actor, now)
    if row is None or case is None:
        _refuse_to_countersign(session, article, actor, now)
    assert row is not None
    assert case is not None
    deputy_reason = parse_deputy_reason(actor, case, deputy_reason)
    if checksum != row.checksum or not text_stands(article, row.checksum, case.stands_now):
        raise ChecksumMismatch("您看到的不是按急件审定的那一版，意见没有记下；请刷新后再看。")
    review = Review(
        article_id=article.id, revision=article.revision, round=article.round, stage=row.stage,
        reviewer_id=actor.id, way=Way.COUNTERSIGN, decision=decision, comment=comment,
        deputy_for=(case.stands_for or "") if deputy_reason else "", deputy_reason=deputy_reason,
        checksum=checksum, at=now,
    )  # fmt: skip
    settle_owed(session, row, review, actor=actor, now=now)
    return review


def settle_owed(
    session: Session, row: Countersign, review: Review, *, actor: Actor, now: datetime
) -> None:
    """Keep a signature, or an objection, by whatever right it was given."""
    is_objection = review.decision == Decision.OBJECT
    action = Action.OBJECT if is_objection else Action.COUNTERSIGN
    next_state(State(row.article.status), action)
    session.add(review)
    session.flush()  # the unique index speaks now
    row.settled_at, row.decision = now, review.decision
    row.comment = review.comment if is_objection else ""
    record(session, f"article.{action}", Subject(kind="article", id=row.article_id),
           actor=actor.name, now=now,
           details={"stage": row.stage, "stage_name": row.stage_name, "comment": review.comment,
                    "checksum": review.checksum, "late": now > row.due_at,
                    **how_signed(review)})  # fmt: skip


def answer_objection(
    session: Session, article: Article, row_id: int, answer: str, *, actor: Actor, now: datetime
) -> None:
    """Whoever publishes lets the article stand, and says why; a withdrawal answers by itself."""
    actor.require(Permission.EDITION_PUSH, article.column_id)
    row = session.get(Countersign, row_id)
    if row is None or row.article_id != article.id or row.decision != Decision.OBJECT:
        raise NotFound("没有这条异议，没有改动。")
    if row.answered_at is not None:
        raise Conflict("这条异议已经答复过了，没有改动。", code="objection.answered")
    if not (answer := answer.strip()) or len(answer) > REASON_MAX_CHARACTERS:
        message = f"要写明怎么处理，最长 {REASON_MAX_CHARACTERS} 字；没有记下。"
        raise Invalid(message, fields=[FieldError("answer", message)])
    row.answer, row.answered_by, row.answered_at = answer, actor.id, now
    record(session, "urgent.answer", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details={"stage": row.stage, "comment": answer})  # fmt: skip
