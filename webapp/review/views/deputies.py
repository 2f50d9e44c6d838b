"""Who decides in a reviewer's place, named beforehand."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.columns.models import Column
from webapp.columns.service import get_column, list_columns
from webapp.kernel.errors import Forbidden, Invalid, by_field
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, transaction
from webapp.review.forms import MandateRequest, parse_mandate
from webapp.review.mandates import (
    Wanted,
    get_mandate,
    give_again,
    may_name,
    may_take_back,
    name_deputy,
    take_back,
)
from webapp.review.standing import list_mandates
from webapp.review.views.blueprint import bp
from webapp.review.workflow import MandateKind
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.models import User
from webapp.users.permissions import Permission
from webapp.users.service import get_user_by_id, list_users


def _stage_options() -> list[tuple[str, str]]:
    return [("", _("各审次")), ("1", _("第一审")), ("2", _("第二审")), ("3", _("第三审"))]


def _own_columns(columns: list[Column]) -> list[Column]:
    """Where this person could name somebody."""
    actor = current_actor()
    if actor.may(Permission.USER_MANAGE):
        return columns
    return [c for c in columns if actor.reviews_column(c.id)]


def _reviewing() -> list[User]:
    people = [u for u in list_users(read()) if u.active]
    return [u for u in people if u.actor.may(Permission.ARTICLE_REVIEW)]


def page(wrong: Invalid | None = None) -> str:
    actor, people = current_actor(), _reviewing() if may_name(current_actor()) else []
    is_manager = actor.may(Permission.USER_MANAGE)
    mandates = list_mandates(read(), MandateKind.DEPUTY, now())
    return render_template(
        "review/deputies.html",
        mandates=[(m, may_take_back(m, actor)) for m in mandates],
        leaders=list_mandates(read(), MandateKind.URGENT, now()),
        columns=[(c.slug, c.listed_name) for c in _own_columns(list_columns(read()))],
        stages=_stage_options(),
        people=[(u.id, u.display_name) for u in people if u.id != actor.id],
        stood_for=[(u.id, u.display_name) for u in people],
        is_manager=is_manager,
        may_name=may_name(actor),
        wrong=wrong,
        errors=by_field(wrong),
        typed=request.form,
        moment_now=now(),
        countersign_hours=context().settings.countersign_hours,
    )


@bp.get("/review/deputies")
@requires(Permission.COLUMN_READ)
def deputies() -> str:
    return page()


@bp.post("/review/deputies")
@signed_in
def name() -> Response:
    """For administrators, and reviewers for themselves: the service tells them apart."""
    actor = current_actor()
    if not may_name(actor):
        raise Forbidden("指定代审人要有审核角色，或是管理员；没有改动。")
    try:
        form = parse_mandate(request.form, now=now(), zone=context().settings.zone)
        with transaction() as session:
            column = get_column(session, form.column)
            mandate = name_deputy(session, column, get_user_by_id(session, form.user_id),
                                  _wanted(form), actor=actor, now=now())  # fmt: skip
    except Invalid as wrong:
        raise wrong.shown_on(page(wrong)) from None
    tell(
        _("已指定%(name)s代审。", name=mandate.user.display_name),
        undo=url_for("review.end_mandate", mandate_id=mandate.id),
    )
    return redirect(url_for("review.deputies"), 303)


def _wanted(form: MandateRequest) -> Wanted:
    actor = current_actor()
    for_user_id = form.for_user_id if actor.may(Permission.USER_MANAGE) else actor.id
    return Wanted(
        stage=form.stage,
        for_user=get_user_by_id(read(), for_user_id) if for_user_id else None,
        since=form.since,
        until=form.until,
        reason=form.reason,
    )


@bp.post("/review/mandates/<int:mandate_id>/end")
@signed_in
def end_mandate(mandate_id: int) -> Response:
    with transaction() as session:
        take_back(session, get_mandate(session, mandate_id), actor=current_actor(), now=now())
    tell(_("已收回。"), undo=url_for("review.renew_mandate", mandate_id=mandate_id))
    return redirect(url_for("review.deputies"), 303)


@bp.post("/review/mandates/<int:mandate_id>/renew")
@signed_in
def renew_mandate(mandate_id: int) -> Response:
    with transaction() as session:
        give_again(session, get_mandate(session, mandate_id), actor=current_actor(), now=now())
    tell(_("已恢复。"), undo=url_for("review.end_mandate", mandate_id=mandate_id))
    return redirect(url_for("review.deputies"), 303)
