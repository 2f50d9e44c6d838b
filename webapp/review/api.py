from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from sqlalchemy.orm import Session

from webapp.articles.api import payload, readable
from webapp.articles.models import Article
from webapp.kernel.openapi import described
from webapp.kernel.web import context, now, read, today, writes
from webapp.review.countersigning import countersign
from webapp.review.forms import parse_countersign, parse_urgent, parse_verdict
from webapp.review.models import Review
from webapp.review.queries import list_reviews
from webapp.review.service import decide
from webapp.review.urgent import submit_urgent
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("review_api", __name__)


class ReviewInput(BaseModel):
    decision: str
    comment: str = ""
    checksum: str
    deputy_reason: str = ""
    """Why it is not a reviewer of the stage who decides; only then."""


class ReviewAnswer(BaseModel):
    stage: int
    stage_name: str
    round: int
    revision: int
    reviewer: str
    """The user name; empty when decided with a link by someone without an account."""
    reviewer_name: str
    reviewer_title: str
    by_link: bool
    way: str
    """`urgent`: by the leader of an urgent article; `countersign`: afterwards; else empty."""
    decision: str
    comment: str
    is_deputy: bool
    deputy_for: str
    deputy_reason: str
    checksum: str
    time: str


class DecidedAnswer(ReviewAnswer):
    article_status: str
    article_stage: int


class ReviewList(BaseModel):
    items: list[ReviewAnswer]
    next_cursor: str | None


def review_json(article: Article, review: Review) -> dict[str, Any]:
    return {
        "stage": review.stage,
        "stage_name": article.column.stage_name(review.stage),
        "round": review.round,
        "revision": review.revision,
        "reviewer": review.reviewer.username if review.reviewer else "",
        "reviewer_name": review.signer,
        "reviewer_title": review.signer_title,
        "way": review.way,
        "by_link": review.link_id is not None,
        "decision": review.decision,
        "comment": review.comment,
        "is_deputy": review.is_deputy,
        "deputy_for": review.deputy_for,
        "deputy_reason": review.deputy_reason,
        "checksum": review.checksum,
        "time": review.at.isoformat(),
    }


@bp.post("/articles/<int:article_id>/reviews")
@requires(Permission.ARTICLE_REVIEW)
@described(
    "审核意见：通过或退回", json=ReviewInput, ok={201: DecidedAnswer}, problems=(404, 409, 422)
)
@writes
def create(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    verdict = parse_verdict(payload())
    review = decide(session, article, verdict.decision, checksum=verdict.checksum,
                    comment=verdict.comment, deputy_reason=verdict.deputy_reason,
                    countersign_within=context().settings.countersign_within,
                    actor=current_actor(), now=now())  # fmt: skip
    session.flush()  # the reviewer is loaded for the answer
    response = jsonify(
        {
            **review_json(article, review),
            "article_status": article.status,
            "article_stage": article.stage,
        }
    )
    response.status_code = 201
    return response


@bp.get("/articles/<int:article_id>/reviews")
@requires(Permission.ARTICLE_READ)
@described("各审次的意见", ok={200: ReviewList}, problems=(404,))
def list_all(article_id: int) -> dict[str, Any]:
    session = read()
    article = readable(session, article_id)
    items = [review_json(article, r) for r in list_reviews(session, article.id)]
    return {"items": items, "next_cursor": None}


class UrgentInput(BaseModel):
    reason: str


class UrgentAnswer(BaseModel):
    article_status: str
    article_stage: int
    round: int
    reason: str


@bp.post("/articles/<int:article_id>/submit/urgent")
@requires(Permission.ARTICLE_WRITE)
@described(
    "按急件送审，写明理由", json=UrgentInput, ok={200: UrgentAnswer}, problems=(404, 409, 422)
)
@writes
def send_urgent(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    reason = parse_urgent(payload())
    asked = submit_urgent(session, article, reason, actor=current_actor(), now=now(), as_of=today())
    return jsonify(
        {
            "article_status": article.status,
            "article_stage": article.stage,
            "round": asked.round,
            "reason": asked.reason,
        }
    )


@bp.post("/articles/<int:article_id>/countersigns")
@requires(Permission.ARTICLE_REVIEW)
@described(
    "急件的补签：approve，或写明理由的 object（异议）",
    json=ReviewInput,
    ok={201: ReviewAnswer},
    problems=(404, 409, 422),
)
@writes
def sign_afterwards(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    verdict = parse_countersign(payload())
    review = countersign(session, article, verdict.decision, checksum=verdict.checksum,
                         comment=verdict.comment, deputy_reason=verdict.deputy_reason,
                         actor=current_actor(), now=now())  # fmt: skip
    session.flush()  # the reviewer is loaded for the answer
    response = jsonify(review_json(article, review))
    response.status_code = 201
    return response
