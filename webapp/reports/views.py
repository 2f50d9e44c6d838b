"""The count: first the sentence, then the chart, the table, the files; every figure opens the articles behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import select

from webapp.articles.models import Article
from webapp.columns.service import list_columns
from webapp.kernel.errors import Invalid, by_field
from webapp.kernel.web import context, read, today
from webapp.reports.exports import to_csv, to_json, to_xlsx
from webapp.reports.forms import parse_by, parse_span
from webapp.reports.queries import (
    BY_NAMES,
    By,
    Counts,
    Span,
    count_behind,
    count_newest_months,
    count_published,
    list_counted,
)
from webapp.users.access import requires
from webapp.users.permissions import Permission

bp = Blueprint("reports", __name__, url_prefix="/reports")

_FILES: Mapping[str, tuple[Callable[[Counts], str | bytes], str]] = {
    "csv": (to_csv, "text/csv"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (to_json, "application/json"),
}


def _asked() -> tuple[By, Span]:
    return parse_by(request.args.get("by")), parse_span(request.args, today())


def _words(by: By, span: Span) -> dict[str, Any]:
    """The question as query arguments, for every link on the page."""
    return {
        "by": by,
        "from": span.since.isoformat() if span.since else None,
        "as_of": span.as_of.isoformat(),
    }


@bp.get("")
@requires(Permission.REPORT_READ)
def index() -> str | tuple[str, int]:
    wrong: Invalid | None = None
    try:
        by, span = _asked()
    except Invalid as refused:
        wrong, by, span = refused, By.COLUMN, Span(as_of=today())
    counts = _counts(by, span)
    page = render_template(
        "reports/index.html",
        counts=counts,
        targets={c.slug: c.target for c in list_columns(read())},
        by_names=BY_NAMES,
        asked=_words(by, span),
        typed={key: request.args.get(key, "") for key in ("from", "as_of")},
        errors=by_field(wrong),
    )
    return (page, 422) if wrong else page


def _counts(by: By, span: Span) -> Counts:
    zone = context().settings.zone
    if by is By.MONTH:
        return count_newest_months(read(), span, zone, cursor=request.args.get("cursor"))
    return count_published(read(), by, span, zone)


@bp.get("/counts.<any('csv', 'xlsx', 'json'):kind>")
@requires(Permission.REPORT_READ)
def export(kind: str) -> Response:
    by, span = _asked()
    counts = count_published(read(), by, span, context().settings.zone)
    make, mimetype = _FILES[kind]
    response = Response(make(counts), mimetype=mimetype)
    name = f"刊发统计-按{BY_NAMES[by]}-截至{span.as_of.isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@bp.get("/articles")
@requires(Permission.REPORT_READ)
def articles() -> str:
    """The articles behind one figure, or behind the total."""
    by, span = _asked()
    zone, key = context().settings.zone, request.args.get("key")
    page = list_counted(read(), by, key, span, zone, cursor=request.args.get("cursor"))
    ids = [posting.article_id for posting in page.items]
    found = read().scalars(select(Article).where(Article.id.in_(ids)))
    return render_template(
        "reports/articles.html",
        page=page,
        found={article.id: article for article in found},
        row=count_behind(read(), by, key, span, zone),
        by_name=BY_NAMES[by],
        span=span,
        key=key,
        back=url_for("reports.index", **_words(by, span)),
        asked={**_words(by, span), "key": key},
    )
