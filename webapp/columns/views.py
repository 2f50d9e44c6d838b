from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.columns.chain import reviewers_by_stage
from webapp.columns.forms import (
    SWITCH,
    TEXT_SIZES,
    Choices,
    parse_campaign,
    parse_new,
    parse_order,
    parse_settings,
)
from webapp.columns.looks import list_looks, stylesheet
from webapp.columns.models import ISSUE_FORMAT, KIND_NAMES, STAGE_NAMES, Campaign, Column
from webapp.columns.service import (
    archive,
    arrange,
    bring_back,
    change_campaign,
    change_column,
    create_column,
    get_campaign,
    get_column,
    list_campaigns,
    list_columns,
)
from webapp.kernel.errors import Invalid, Stale, by_field
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, today, transaction
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.permissions import Permission
from webapp.wechat.service import list_accounts

bp = Blueprint("columns", __name__, url_prefix="/columns")

USUAL_CREDITS = ("来源", "供稿", "编辑", "审核", "监制")
"""What a new column proposes; its administrator writes over it."""


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
        may_manage=current_actor().may(Permission.COLUMN_MANAGE),
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


def _choices() -> Choices:
    return Choices(
        themes=[look.name for look in list_looks()],
        account_ids=[account.id for account in list_accounts(read())],
        campaign_ids=[campaign.id for campaign in list_campaigns(read())],
        year=today().year,
    )


def _form(
    template: str,
    values: Mapping[str, str],
    wrong: Invalid | None,
    column: Column | None = None,
    campaign: Campaign | None = None,
) -> str:
    return render_template(
        f"columns/{template}.html",
        values={key: values.get(key, "") for key in _KEYS},
        wrong=wrong,
        errors=by_field(wrong),
        looks=[(look.name, look.label) for look in list_looks()],
        accounts=[(str(a.id), a.name) for a in list_accounts(read())],
        campaigns=[(str(c.id), c.name) for c in list_campaigns(read())],
        kind_names=KIND_NAMES,
        sizes=[(str(size), f"{size} 像素") for size in TEXT_SIZES],
        column=column,
        campaign=campaign,
    )


@bp.get("/new")
@requires(Permission.COLUMN_MANAGE)
def new() -> str:
    campaigns = list_campaigns(read())
    return _form("new", {
        "campaign_id": str(campaigns[0].id) if campaigns else "",
        "stages": str(len(STAGE_NAMES)),
        "credit_labels": "\n".join(USUAL_CREDITS),
        "issue_format": ISSUE_FORMAT,
    }, None)  # fmt: skip


@bp.post("/new")
@requires(Permission.COLUMN_MANAGE)
def create() -> AnyResponse:
    try:
        form = parse_new(request.form, _choices())
        with transaction() as session:
            column = create_column(session, form.column, campaign=form.campaign,
                                   actor=current_actor(), now=now())  # fmt: skip
    except Invalid as wrong:
        raise wrong.shown_on(_form("new", request.form, wrong)) from None
    tell(f"“{column.name}”建好了，可以写稿了。各审次由谁来审，在“系统—人员”里授权。")
    return redirect(url_for("columns.index"), 303)


def _switch(value: bool | None) -> str:
    return next(word for word, meaning in SWITCH.items() if meaning is value)


@bp.get("/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def settings(slug: str) -> str:
    column = get_column(read(), slug)
    values = {
        "name": column.name,
        "introduction": column.introduction,
        "campaign_id": str(column.campaign_id),
        "theme": column.theme,
        "first_line_indent": _switch(column.first_line_indent),
        "justify": _switch(column.justify),
        "text_size": str(column.text_size or ""),
        "stages": str(column.stages),
        "target": str(column.target or ""),
        "credit_labels": "\n".join(column.credit_labels),
        "first_issue": str(column.first_issue_in(today().year) or ""),
        "issue_count": "yearly" if column.first_issue_year else "through",
        "issue_format": column.issue_format,
        "account_id": str(column.account_id or ""),
    }
    return _form("settings", values, None, column=column)


@bp.post("/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def change(slug: str) -> AnyResponse:
    column = get_column(read(), slug)
    try:
        values = parse_settings(request.form, _choices())
    except Invalid as wrong:
        raise wrong.shown_on(_form("settings", request.form, wrong, column=column)) from None
    with transaction() as session:
        column = get_column(session, slug)
        current_actor().require(Permission.COLUMN_MANAGE, column.id)
        change_column(session, column, values, actor=current_actor(), now=now())
    tell(f"“{values['name']}”的设置已保存。")
    return redirect(url_for("columns.index"), 303)


@bp.get("/campaigns/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def campaign(slug: str) -> str:
    found = get_campaign(read(), slug)
    return _form("campaign", {"name": found.name, "introduction": found.introduction}, None,
                 campaign=found)  # fmt: skip


@bp.post("/campaigns/<slug>/settings")
@requires(Permission.COLUMN_MANAGE)
def change_its_campaign(slug: str) -> AnyResponse:
    try:
        values = parse_campaign(request.form)
    except Invalid as wrong:
        page = _form("campaign", request.form, wrong, campaign=get_campaign(read(), slug))
        raise wrong.shown_on(page) from None
    with transaction() as session:
        change_campaign(
            session, get_campaign(session, slug), values, actor=current_actor(), now=now()
        )
    tell(f"专题“{values['name']}”已保存。")
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
    return _put(slug, archive, "“{}”已归档：不再收新稿，稿件和篇数都留着。", "columns.take_out")


@bp.post("/<slug>/bring-back")
@requires(Permission.COLUMN_MANAGE)
def take_out(slug: str) -> AnyResponse:
    return _put(slug, bring_back, "“{}”又收稿了。", "columns.put_away")


def _put(slug: str, act: Callable[..., None], told: str, undone_by: str) -> AnyResponse:
    with transaction() as session:
        column = get_column(session, slug)
        act(session, column, actor=current_actor(), now=now())
    tell(told.format(column.name), undo=url_for(undone_by, slug=slug))
    return redirect(url_for("columns.index"), 303)


_KEYS = (
    "name", "introduction", "theme", "first_line_indent", "justify", "text_size", "stages", "target", "credit_labels", "first_issue", "issue_count", "issue_format", "account_id",
    "slug", "kind", "campaign_id", "campaign_slug", "campaign_name", "campaign_introduction",
)  # fmt: skip
