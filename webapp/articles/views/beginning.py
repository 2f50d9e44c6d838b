"""A new article: empty, from a file, or from pasted text."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.api import payload
from webapp.articles.cleanups import options_for
from webapp.articles.content import Content
from webapp.articles.importing import (
    Brought,
    cleanups_json,
    draft_imported,
    keep_pictures,
    paste_imported,
)
from webapp.articles.queries import columns_with_template
from webapp.articles.service import draft
from webapp.articles.templates import get_template
from webapp.articles.views.blueprint import bp, tells_its_message, writable
from webapp.columns.models import KIND_NAMES, Column, Kind
from webapp.columns.service import get_column, list_open_columns, refuse_archived
from webapp.intake.file import ACCEPTED, import_file
from webapp.intake.html import from_html
from webapp.intake.model import Imported
from webapp.intake.text import from_text
from webapp.kernel.errors import Conflict, FieldError, Invalid, TongxinError
from webapp.kernel.web import context, now, read, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission


def _own_columns() -> list[Column]:
    ids = current_actor().columns_with(Permission.ARTICLE_WRITE)
    return [c for c in list_open_columns(read()) if ids is None or c.id in ids]


def _show(chosen: str, errors: dict[str, str]) -> str:
    columns = _own_columns()
    return render_template(
        "articles/new.html",
        columns=columns,
        with_template=columns_with_template(read()) & {c.id for c in columns},
        kinds={str(kind): KIND_NAMES[kind] for kind in Kind},
        chosen=chosen or (columns[0].slug if len(columns) == 1 else ""),
        accepted=",".join(ACCEPTED),
        text=request.form.get("text", ""),
        keep_titles="keep_titles" in request.form,
        errors=errors,
    )


@bp.get("/new")
@requires(Permission.ARTICLE_WRITE)
def begin() -> str:
    return _show(request.args.get("column", ""), {})


def _read_source(way: str) -> tuple[Imported, str]:
    """What was sent, and a title for want of a better. Raises Invalid with the field it concerns."""
    options = options_for(read(), keep_titles="keep_titles" in request.form)
    if way == "text":
        text = request.form.get("text", "")
        if not text.strip():
            raise Invalid.of_field("text", "还没有粘贴文字，没有建立稿件。")
        return from_text(text, options=options), ""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid.of_field("file", "还没有选文件，没有建立稿件。")
    imported = import_file(upload.filename, upload.read(), options=options)
    return imported, PurePath(upload.filename).stem


def _brought(way: str) -> tuple[Brought, str]:
    try:
        imported, name = _read_source(way)
    except Invalid as wrong:
        if not wrong.fields:
            wrong.fields = (FieldError("text" if way == "text" else "file", wrong.message),)
        raise
    settings = context().settings
    return keep_pictures(context().store, imported, max_bytes=settings.upload_max_bytes), name


@bp.post("/new")
@requires(Permission.ARTICLE_WRITE)
def create() -> Response:
    slug, way = request.form.get("column", ""), request.form.get("how", "blank")
    if not slug:
        wrong = Invalid.of_field("column", str(_("先选一个专栏；您写的都还在。")))
        raise wrong.shown_on(_show(slug, {"column": wrong.message}))
    column = get_column(read(), slug)
    current_actor().require(Permission.ARTICLE_WRITE, column.id)
    if way in ("blank", "pictures", "template"):
        return _begin(slug, way)
    try:
        refuse_archived(column)
        brought, name = _brought(way)
    except TongxinError as wrong:
        field = "text" if way == "text" else "file"
        raise wrong.shown_on(_show(slug, {field: wrong.message})) from None
    return _keep(slug, brought, name)


def _first_text(column: Column, way: str) -> Content:
    if way == "template":
        return get_template(column)
    return Content(title="", form="newspic" if way == "pictures" else "news")


def _begin(slug: str, way: str) -> Response:
    try:
        with transaction() as session:
            column = get_column(session, slug)
            article = draft(session, column, _first_text(column, way),
                            actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_show(slug, {"column": wrong.message})) from None
    return redirect(f"/articles/{article.id}/edit", code=303)


def _keep(slug: str, brought: Brought, name: str) -> Response:
    with transaction() as session:
        article = draft_imported(session, get_column(session, slug), brought, name=name,
                                 actor=current_actor(), now=now())  # fmt: skip
    told = cleanups_json(brought)
    if not told:
        flash(_("导入好了，没有需要清理的地方。"))
        return redirect(f"/articles/{article.id}/edit", code=303)
    return redirect(f"/articles/{article.id}/cleanups", code=303)


@bp.post("/<int:article_id>/import-html")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def import_html(article_id: int) -> Response:
    """Pasted foreign HTML → what the editor can put in, with all that was changed or lost."""
    writable(read(), article_id)
    sent = payload()
    html = sent.get("html") if isinstance(sent, dict) else None
    if not isinstance(html, str) or not html.strip():
        raise Invalid.of_field("html", "没有收到粘贴的内容，稿件没有改动。")
    brought = keep_pictures(
        context().store,
        from_html(html, options=options_for(read())),
        max_bytes=context().settings.upload_max_bytes,
    )
    with transaction() as session:
        body = paste_imported(session, writable(session, article_id), brought,
                              actor=current_actor(), now=now())  # fmt: skip
    return jsonify(_imported_json(brought, body.to_json()))


def _imported_json(brought: Brought, body: dict[str, Any]) -> dict[str, Any]:
    told = cleanups_json(brought)
    return {
        "title": brought.imported.title,
        "body": body,
        "cleanups": [one for one in told if not one["kind"].startswith("loss")],
        "losses": [one for one in told if one["kind"].startswith("loss")],
    }
