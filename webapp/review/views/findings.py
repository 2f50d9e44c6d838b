"""Findings answered from the writing and the reviewing page: while writing by the writers, later by whoever may decide."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.articles.api import payload, readable
from webapp.articles.models import Article
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, today, transaction, wants_json
from webapp.proofreading.forms import ALLOW, Given, parse_answer
from webapp.proofreading.models import Disposition
from webapp.proofreading.queries import dispositions_by_fingerprint
from webapp.proofreading.service import (
    answer,
    find_problem,
    let_pass,
    may_answer,
    stage_of,
    take_back,
)
from webapp.proofreading.workflow import ANSWER_NAMES
from webapp.review.reading import may_decide
from webapp.review.views.blueprint import bp
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.permissions import Permission
from webapp.users.service import display_names


def _may_decide(session: Session, article: Article) -> bool:
    return may_decide(session, article, current_actor(), now())


def _answer_json(article: Article, kept: Disposition, by: str) -> dict[str, Any]:
    stage_name = article.column.stage_name(kept.stage) if kept.stage else str(_("写作"))
    return {"answer": kept.answer, "reason": kept.reason, "by": by, "stage": kept.stage,
            "stage_name": stage_name, "at": kept.at.isoformat()}  # fmt: skip


@bp.get("/articles/<int:article_id>/findings")
@requires(Permission.ARTICLE_READ)
def answers(article_id: int) -> Response:
    """`answers`: fingerprint → what was answered, the writer's first; and what this person may answer now."""
    session, actor = read(), current_actor()
    article = readable(session, article_id)
    kept = dispositions_by_fingerprint(session, article.id)
    names = display_names(session, [d.user_id for group in kept.values() for d in group])
    told = {
        fingerprint: [_answer_json(article, d, names.get(d.user_id or 0, "")) for d in group]
        for fingerprint, group in kept.items()
    }
    return jsonify(
        answers=told,
        stage=stage_of(article),
        may_answer=may_answer(article, actor, may_decide=_may_decide(session, article)),
        may_allow=actor.may(Permission.ARTICLE_WRITE),
    )


def _keep(session: Session, article: Article, fingerprint: str, given: Given) -> dict[str, Any]:
    actor = current_actor()
    finding = find_problem(session, article, fingerprint, today())
    if given.answer is not None:
        kept = answer(session, article, finding, given.answer, given.reason,
                      may_decide=_may_decide(session, article), actor=actor, now=now())  # fmt: skip
        return _answer_json(article, kept, actor.title)
    allowed = let_pass(session, finding, given.phrase, given.reason, actor=actor, now=now())
    return {"answer": ALLOW, "reason": allowed.reason, "by": actor.title, "phrase": allowed.phrase,
            "stage": stage_of(article), "allowed_id": allowed.id}  # fmt: skip


@bp.post("/articles/<int:article_id>/findings/<fingerprint>")
@signed_in
def answer_finding(article_id: int, fingerprint: str) -> Response:
    """A form is led back to its finding, whatever came of it."""
    is_json = wants_json()
    try:
        given = parse_answer(payload() if request.is_json else request.form)
        with transaction() as session:
            told = _keep(session, readable(session, article_id), fingerprint, given)
    except Invalid as wrong:
        if is_json:
            raise
        tell(wrong.message)
    else:
        if is_json:
            return jsonify(told)
        tell(_("记下了：%(answer)s。", answer=ANSWER_NAMES.get(told["answer"], _("放行"))))
    return redirect(_page_of(readable(read(), article_id), fingerprint), 303)


def _take_back(session: Session, article: Article, fingerprint: str) -> None:
    take_back(session, article, fingerprint, may_decide=_may_decide(session, article),
              actor=current_actor(), now=now())  # fmt: skip


@bp.delete("/articles/<int:article_id>/findings/<fingerprint>")
@signed_in
def take_back_by_script(article_id: int, fingerprint: str) -> Response:
    with transaction() as session:
        _take_back(session, readable(session, article_id), fingerprint)
    return jsonify(taken_back=fingerprint)


@bp.post("/articles/<int:article_id>/findings/<fingerprint>/take-back")
@signed_in
def take_back_by_form(article_id: int, fingerprint: str) -> Response:
    try:
        with transaction() as session:
            _take_back(session, readable(session, article_id), fingerprint)
    except NotFound as wrong:
        tell(wrong.message)
    else:
        tell(_("收回了答复，这一处又等人答复。"))
    return redirect(_page_of(readable(read(), article_id), fingerprint), 303)


def _page_of(article: Article, fingerprint: str) -> str:
    if stage_of(article):
        return f"/articles/{article.id}/review#finding-{fingerprint}"
    return f"/articles/{article.id}/edit#checks"
