"""The urgent path: asked for with a reason, decided by a leader, countersigned by the others; and what came of it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.api import readable
from webapp.articles.models import Article
from webapp.articles.service import ChecksOpen
from webapp.columns.service import get_column
from webapp.kernel.errors import Conflict, Forbidden, Invalid, TongxinError, by_field
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, today, transaction
from webapp.review.countersigning import answer_objection, countersign
from webapp.review.forms import parse_countersign
from webapp.review.mandates import name_leader
from webapp.review.owed import count_countersigns, countersigns_of, list_overdue
from webapp.review.standing import leaders_of
from webapp.review.urgent import list_requests, submit_urgent
from webapp.review.views import deciding, deputies
from webapp.review.views.blueprint import bp
from webapp.review.workflow import Decision
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names, get_user_by_id


def _ask_page(article: Article, wrong: TongxinError | None = None) -> str:
    leaders = leaders_of(read(), article.column_id, now())
    return render_template(
        "review/urgent.html",
        article=article,
        leaders="、".join(dict.fromkeys(m.user.display_name for m in leaders)),
        wrong=wrong,
        errors=by_field(wrong),
        reason=request.form.get("reason", ""),
        hours=context().settings.countersign_hours,
    )


@bp.get("/articles/<int:article_id>/urgent")
@requires(Permission.ARTICLE_WRITE)
def ask_urgent(article_id: int) -> str:
    return _ask_page(readable(read(), article_id))


@bp.post("/articles/<int:article_id>/urgent")
@requires(Permission.ARTICLE_WRITE)
def send_urgent(article_id: int) -> Response:
    reason = request.form.get("reason", "")
    try:
        with transaction() as session:
            article = readable(session, article_id)
            submit_urgent(session, article, reason, actor=current_actor(), now=now(), as_of=today())
    except ChecksOpen as open_:
        tell(open_.message)
        return redirect(f"/articles/{article_id}/edit#checks", code=303)
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_ask_page(readable(read(), article_id), wrong)) from None
    tell(_("已按急件送审，等急件负责人来定。"), undo=f"/articles/{article_id}/recall",
         undo_word=_("收回"))  # fmt: skip
    return redirect(f"/articles/{article_id}", code=303)


@bp.post("/articles/<int:article_id>/countersign")
@requires(Permission.ARTICLE_REVIEW)
def sign_afterwards(article_id: int) -> Response:
    comment = request.form.get("comment", "")
    try:
        found = parse_countersign(request.form)
        with transaction() as session:
            countersign(session, readable(session, article_id), found.decision,
                        checksum=found.checksum, comment=found.comment,
                        deputy_reason=found.deputy_reason, actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict, Forbidden) as wrong:
        page = deciding.page(readable(read(), article_id), comment=comment, wrong=wrong)
        raise wrong.shown_on(page) from None
    objected = found.decision is Decision.OBJECT
    tell(_("异议已交给发布人员，由他们定夺。") if objected else _("已补签。"))
    return redirect(url_for("review.show", article_id=article_id), 303)


@bp.post("/articles/<int:article_id>/objections/<int:row_id>/answer")
@requires(Permission.EDITION_PUSH)
def answer(article_id: int, row_id: int) -> Response:
    try:
        with transaction() as session:
            answer_objection(session, readable(session, article_id), row_id,
                             request.form.get("answer", ""), actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        page = deciding.page(readable(read(), article_id), wrong=wrong)
        raise wrong.shown_on(page) from None
    tell(_("答复已记下。"))
    return redirect(url_for("review.show", article_id=article_id), 303)


@bp.get("/reports/urgent")
@requires(Permission.REPORT_READ)
def urgent_report() -> str:
    session, moment = read(), now()
    page = list_requests(session, request.args.get("cursor"))
    rows = countersigns_of(session, page.items)
    return render_template(
        "review/urgent_report.html",
        counts=count_countersigns(session, moment),
        overdue=list_overdue(session, moment),
        page=page,
        rows=rows,
        people=display_names(session, [r.asked_by for r in page.items]),
        moment_now=moment,
        cursor=request.args.get("cursor"),
    )


@bp.post("/review/leaders")
@requires(Permission.USER_MANAGE)
def name_a_leader() -> Response:
    user_id = request.form.get("leader", type=row_number)
    try:
        if user_id is None:
            raise Invalid.of_field("leader", "请选一个人。")
        with transaction() as session:
            column = get_column(session, request.form.get("column", ""))
            user = get_user_by_id(session, user_id)
            mandate = name_leader(session, column, user, actor=current_actor(), now=now())
    except Invalid as wrong:
        raise wrong.shown_on(deputies.page(wrong)) from None
    tell(_("已指定%(name)s定急件。", name=mandate.user.display_name),
         undo=url_for("review.end_mandate", mandate_id=mandate.id))  # fmt: skip
    return redirect(url_for("review.deputies"), 303)
