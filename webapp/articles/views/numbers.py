"""The numbers of a column's issues: who bears which, which are free."""

from __future__ import annotations

from flask import render_template, request

from webapp.articles.numbering import BEARING, gaps, list_numbers, next_number
from webapp.articles.views.blueprint import bp
from webapp.columns.service import get_column
from webapp.kernel.web import read, today
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission


@bp.get("/issues")
@requires(Permission.ARTICLE_READ)
def issues() -> str:
    session = read()
    column = get_column(session, request.args.get("column", ""))
    current_actor().require(Permission.ARTICLE_READ, column.id)
    articles = list_numbers(session, column)
    year = today().year if column.first_issue_year else 0
    numbers = [a.issue for a in articles if a.issue is not None and a.issue_year == year]
    return render_template(
        "articles/issues.html",
        column=column,
        articles=articles,
        bearing=BEARING,
        gaps=gaps(numbers, column.first_issue_in(year) or 1),
        year=year,
        following=next_number(session, column, year, other_than=0),
    )
