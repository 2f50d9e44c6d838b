"""A column's template, written in the same editor as its articles."""

from __future__ import annotations

import json
from typing import Any

from flask import g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.content import Content
from webapp.articles.templates import (
    credit_lines,
    find_template,
    keep_template,
    parse_credit_lines,
    parse_template,
)
from webapp.articles.views.blueprint import bp
from webapp.columns.models import Column
from webapp.columns.service import get_column
from webapp.document.model import EMPTY
from webapp.kernel.errors import Invalid, by_field
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission


def _column(slug: str) -> Column:
    column = get_column(read(), slug)
    current_actor().require(Permission.COLUMN_MANAGE, column.id)
    return column


def _show(column: Column, typed: dict[str, Any], wrong: Invalid | None = None) -> str:
    # ProseMirror writes alignment and picture width as style attributes.
    g.style_attributes = True
    return render_template(
        "articles/template.html",
        column=column,
        typed=typed,
        may_upload=current_actor().may(Permission.MEDIA_WRITE),
        wrong=wrong,
        errors={field.split(".")[0]: said for field, said in by_field(wrong).items()},
    )


@bp.get("/template/<slug>")
@requires(Permission.COLUMN_MANAGE)
def template(slug: str) -> str:
    column = _column(slug)
    found = find_template(column) or Content(title="")
    body = found.body.to_json()
    return _show(column, {"source": found.source, "credits": credit_lines(found.credits),
                          "body": body})  # fmt: skip


def _sent_body() -> object:
    try:
        return json.loads(request.form.get("body", ""))
    except ValueError:
        raise Invalid("没有收到正文，模板没有改动；请打开浏览器的脚本再来。") from None


@bp.post("/template/<slug>")
@requires(Permission.COLUMN_MANAGE)
def change_template(slug: str) -> Response:
    column, form, body = _column(slug), request.form, _sent_body()
    sent = {"source": form.get("source", ""), "body": body,
            "credits": parse_credit_lines(form.get("credits", ""))}  # fmt: skip
    try:
        content = parse_template(sent)
        with transaction() as session:
            keep_template(
                session, get_column(session, slug), content, actor=current_actor(), now=now()
            )
    except Invalid as wrong:
        is_whole = not any(f.field.startswith("body") for f in wrong.fields)
        typed = {"source": form.get("source", ""), "credits": form.get("credits", ""),
                 "body": body if is_whole else EMPTY.to_json()}  # fmt: skip
        raise wrong.shown_on(_show(_column(slug), typed, wrong)) from None
    tell(
        _("“%(name)s”的模板已保存，新稿可以从它开始。", name=column.name)
        if content
        else _("“%(name)s”不再有模板。", name=column.name)
    )
    return redirect(f"/columns/{slug}/settings", 303)
