from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.columns.chain import reviewers_by_stage
from webapp.columns.forms import parse_order, parse_settings
from webapp.columns.looks import list_looks, stylesheet
from webapp.columns.models import KIND_NAMES, Column
from webapp.columns.service import (
    archive,
    arrange,
    bring_back,
    change_column,
    get_column,
    list_columns,
)
from webapp.kernel.errors import Invalid, Stale
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, transaction
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.permissions import Permission
from webapp.wechat.service import list_accounts

bp = Blueprint("columns", __name__, url_prefix="/columns")


@bp.get("")
@requires(Permission.COLUMN_READ)
def index() -> str:
    return _index()


def _index(wrong: str = "") -> str:
    everything = list_columns(read())
    columns = [column for column in everything if column.archived_at is None]
    return render_template(
        "columns/index.html",
        columns=columns,
        archived=[column for column in everything if column.archived_at is not None],
        campaigns=list({c.campaign_id: c.campaign for c in columns}.values()),
        chains=reviewers_by_stage(read(), columns),
        kind_names=KIND_NAMES,
        order=[column.slug for column in columns],
        may_order=current_actor().may(Permission.COLUMN_MANAGE) and len(columns) > 1,
        wrong=wrong,
    )


@bp.get("/looks.css")
@signed_in
def looks() -> AnyResponse:
    """The accents of the themes, for the cards."""
    response = Response(stylesheet(list_looks()), mimetype="text/css")
    response.add_etag()
    response.cache_control.private = True
    response.cache_control.max_age = 300
    return response.make_conditional(request)


@bp.get("/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def settings(slug: str) -> str:
    column = get_column(read(), slug)
    values = {
        "name": column.name,
        "introduction": column.introduction,
        "theme": column.theme,
        "stages": str(column.stages),
        "target": str(column.target or ""),
        "credit_labels": "\n".join(column.credit_labels),
        "first_issue": str(column.first_issue or ""),
        "issue_format": column.issue_format,
        "account_id": str(column.account_id or ""),
    }
    return _settings(column, values)


def _settings(column: Column, values: Mapping[str, str], wrong: Invalid | None = None) -> str:
    return render_template(
        "columns/settings.html",
        column=column,
        values=values,
        wrong=wrong,
        errors={f.field: f.message for f in reversed(wrong.fields)} if wrong else {},
        looks=[(look.name, look.label) for look in list_looks()],
        accounts=[(str(a.id), a.name) for a in list_accounts(read())],
        kind_names=KIND_NAMES,
    )


@bp.post("/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def change(slug: str) -> AnyResponse | tuple[str, int]:
    column = get_column(read(), slug)
    try:
        values = parse_settings(
            request.form,
            themes=[look.name for look in list_looks()],
            account_ids=[a.id for a in list_accounts(read())],
        )
    except Invalid as wrong:
        typed = {key: request.form.get(key, "") for key in _KEYS}
        return _settings(column, typed, wrong), 422
    with transaction() as session:
        column = get_column(session, slug)
        current_actor().require(Permission.COLUMN_MANAGE, column.id)
        change_column(session, column, values, actor=current_actor(), now=now())
    tell(f"“{values['name']}”的设置已保存。")
    return redirect(url_for("columns.index"), 303)


@bp.post("/order")
@requires(Permission.COLUMN_MANAGE)
def order() -> AnyResponse:
    """`order`: the slugs of all open columns, with commas between them."""
    slugs = parse_order(request.form.get("order", ""))
    try:
        with transaction() as session:
            before = arrange(session, slugs, actor=current_actor(), now=now())
    except Stale as stale:
        raise stale.shown_on(_index(stale.message)) from None
    if before != slugs:
        tell(
            "专栏的次序改好了，各处都照它排。",
            undo=url_for("columns.order"),
            fields={"order": ",".join(before)},
        )
    return redirect(url_for("columns.index"), 303)


@bp.post("/<slug>/archive")
@requires(Permission.COLUMN_MANAGE)
def put_away(slug: str) -> AnyResponse:
    with transaction() as session:
        column = get_column(session, slug)
        archive(session, column, actor=current_actor(), now=now())
    tell(
        f"“{column.name}”已归档：不再收新稿，稿件和篇数都留着。",
        undo=url_for("columns.take_out", slug=slug),
    )
    return redirect(url_for("columns.index"), 303)


@bp.post("/<slug>/bring-back")
@requires(Permission.COLUMN_MANAGE)
def take_out(slug: str) -> AnyResponse:
    with transaction() as session:
        column = get_column(session, slug)
        bring_back(session, column, actor=current_actor(), now=now())
    tell(f"“{column.name}”又收稿了。", undo=url_for("columns.put_away", slug=slug))
    return redirect(url_for("columns.index"), 303)


_KEYS = (
    "name", "introduction", "theme", "stages", "target", "credit_labels", "first_issue", "issue_format", "account_id",
)  # fmt: skip
