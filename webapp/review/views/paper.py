"""The 审签单, to be printed and filed, and whether a paper says what stands here."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, render_template, request

from webapp.articles.api import readable
from webapp.articles.workflow import STATE_NAMES, State
from webapp.kernel.errors import TongxinError
from webapp.kernel.web import context, now, read
from webapp.review.codes import Checked, check_code
from webapp.review.sheet import how_decided, is_void, read_sheet, write_docx
from webapp.review.views.blueprint import bp
from webapp.review.workflow import DECISION_NAMES
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/articles/<int:article_id>/sheet")
@requires(Permission.ARTICLE_READ)
def sheet(article_id: int) -> str:
    article = readable(read(), article_id)
    return render_template(
        "review/sheet.html",
        sheet=read_sheet(read(), article, context().box, now=now()),
        article=article,
        decision_names=DECISION_NAMES,
        is_void=is_void,
        how_decided=how_decided,
    )


@bp.get("/articles/<int:article_id>/sheet.docx")
@requires(Permission.ARTICLE_READ)
def sheet_docx(article_id: int) -> Response:
    article, settings = readable(read(), article_id), context().settings
    found = read_sheet(read(), article, context().box, now=now())
    status = STATE_NAMES[State(article.status)]
    if article.stage:
        status = f"待{article.column.stage_name(article.stage)}"
    body = write_docx(found, institution=settings.institution, status=status, zone=settings.zone)
    response = Response(body, mimetype=DOCX)
    name = quote(f"审签单-{article.id}.docx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _checked(typed: str) -> tuple[Checked | None, TongxinError | None]:
    try:
        found = check_code(read(), context().box, typed)
        current_actor().require(Permission.ARTICLE_READ, found.article.column_id)
    except TongxinError as wrong:
        return None, wrong
    return found, None


def _check_page(typed: str) -> str:
    found, wrong = _checked(typed) if typed else (None, None)
    page = render_template("review/check.html", typed=typed, found=found, wrong=wrong)
    if wrong is not None:
        raise wrong.shown_on(page)
    return page


@bp.get("/check")
@requires(Permission.ARTICLE_READ)
def check() -> str:
    return _check_page(request.args.get("code", "").strip())


@bp.get("/check/<code>")
@requires(Permission.ARTICLE_READ)
def check_one(code: str) -> str:
    return _check_page(code.strip())
