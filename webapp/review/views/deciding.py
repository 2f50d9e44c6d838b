"""To read, and to decide. What is decided on is what was shown: the form sends the checksum of the text on the page."""

from __future__ import annotations

import re

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp.articles.api import readable
from webapp.articles.models import Article
from webapp.articles.queries import (
    Filters,
    list_articles,
)
from webapp.articles.uses import list_uses
from webapp.columns.service import get_column
from webapp.comments.reading import read_comments
from webapp.comments.workflow import TEXT_MAX_CHARACTERS
from webapp.kernel.errors import Conflict, Forbidden, Invalid, TongxinError
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, today, transaction
from webapp.media.service import get_asset
from webapp.proofreading.workflow import ANSWER_NAMES
from webapp.review.countersigning import find_owed
from webapp.review.forms import parse_verdict
from webapp.review.owed import objections_of, owed_of
from webapp.review.queries import list_awaiting, reviews_by_article, seals_of
from webapp.review.reading import read_article, waits_for
from webapp.review.service import decide
from webapp.review.urgent import find_request
from webapp.review.views.blueprint import bp
from webapp.review.views.phone import phone_page
from webapp.review.workflow import DECISION_NAMES, Decision
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

RECENT_ARTICLES = 3
NEXT_MAX = 10
"""Among so many is one that this person may decide, or none is offered."""
_PICTURE = re.compile(r"〔图 ([0-9a-f]{1,64})〕")


def _picture_address(asset_id: str) -> str:
    """A page that is read with a link brings its own."""
    made = g.get("picture_address")
    return str(made(asset_id)) if made else url_for("media.file", asset_id=asset_id, variant="320")


@bp.app_template_filter()
def with_pictures(text: str) -> Markup:
    """A comparison's text, with the pictures that it names by their asset."""
    parts = _PICTURE.split(text)
    image = Markup('<img class="compare-picture" src="{}" alt="{}">').format
    return Markup("").join(
        image(_picture_address(part), "图片") if index % 2 else part
        for index, part in enumerate(parts)
    )


def _today_dots() -> str:
    day = today()
    return f"{day.year}.{day.month}.{day.day}"


def page(article: Article, *, comment: str = "", wrong: TongxinError | None = None) -> str:
    session, actor = read(), current_actor()
    as_deputy = request.args.get("as") == "deputy" or "deputy_reason" in request.form
    reading = read_article(session, article, actor, now=now(), as_of=today(), as_deputy=as_deputy)
    urgent = find_request(session, article)
    row, case = find_owed(session, article, actor, now()) if urgent else (None, None)
    if case is not None and case.stands_for is not None and not as_deputy:
        row = None  # in another's place only when asked to
    return render_template(
        "review/show.html",
        urgent=urgent,
        owed=owed_of(session, article) if urgent else (),
        objections=objections_of(session, article) if urgent else (),
        countersign_row=row,
        countersign_case=case,
        moment_now=now(),
        reading=reading,
        article=article,
        waits_for=waits_for(session, article, now()) if article.stage else "",
        comment=comment,
        deputy_reason=request.form.get("deputy_reason", ""),
        wrong=wrong,
        today_dots=_today_dots(),
        decision_names=DECISION_NAMES,
        answer_names=ANSWER_NAMES,
        just_decided=request.args.get("done", ""),
        next_one=_next_waiting(article),
        comments=read_comments(session, article, actor, body=reading.content.body),
        comments_at="review",
        comment_max=TEXT_MAX_CHARACTERS,
    )


def _next_waiting(article: Article) -> Article | None:
    """The longest waiting of the others."""
    waiting = list_awaiting(read(), current_actor(), now=now(), limit=NEXT_MAX)
    return next((a for a in waiting if a.id != article.id), None)


@bp.get("/articles/<int:article_id>/review")
@requires(Permission.ARTICLE_READ)
def show(article_id: int) -> str:
    return page(readable(read(), article_id))


@bp.post("/articles/<int:article_id>/review")
@requires(Permission.ARTICLE_REVIEW)
def verdict(article_id: int) -> Response:
    comment = request.form.get("comment", "")
    try:
        found = parse_verdict(request.form)
        with transaction() as session:
            article = readable(session, article_id)
            decide(session, article, found.decision, checksum=found.checksum,
                   comment=found.comment, deputy_reason=found.deputy_reason,
                   countersign_within=context().settings.countersign_within,
                   actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict, Forbidden) as wrong:
        shown = page(readable(read(), article_id), comment=comment, wrong=wrong)
        raise wrong.shown_on(shown) from None
    tell(_told(article, found.decision))
    return redirect(url_for("review.show", article_id=article_id, done=found.decision), 303)


def _told(article: Article, decision: Decision) -> str:
    if decision is Decision.RETURN:
        return str(_("已退回，理由已交给作者。"))
    if article.stage:
        stage = article.column.stage_name(article.stage)
        return str(_("已盖章通过，现在等%(stage)s。", stage=stage))
    return str(_("已盖章通过，这篇稿件审定了，可以编入推送。"))


@bp.get("/articles/<int:article_id>/phone")
@requires(Permission.ARTICLE_READ)
def phone(article_id: int) -> str:
    """`?revision=` pins it."""
    session = read()
    article = readable(session, article_id)
    number = request.args.get("revision", type=row_number) or article.revision
    return phone_page(
        session, article, number, lambda asset_id: url_for("media.file_as_sent", asset_id=asset_id)
    )


@bp.get("/media/<asset_id>/uses")
@requires(Permission.ARTICLE_READ)
def uses(asset_id: str) -> str:
    """Which articles show a picture: a change of its caption, credit or crop voids their approvals."""
    session, actor = read(), current_actor()
    asset = get_asset(session, asset_id)
    shown = list_uses(session, asset.id)
    articles = [a for a in shown if actor.may(Permission.ARTICLE_READ, a.column_id)]
    return _articles_partial(articles, _("还没有稿件用到这张图片。"))


@bp.get("/columns/<slug>/recent")
@requires(Permission.ARTICLE_READ)
def recent(slug: str) -> str:
    """A column's newest articles with their seals, for its card."""
    session = read()
    column = get_column(session, slug)
    current_actor().require(Permission.ARTICLE_READ, column.id)
    page = list_articles(session, Filters(column_ids=(column.id,)), limit=RECENT_ARTICLES)
    return _articles_partial(list(page.items), _("这个专栏还没有稿件。"))


def _articles_partial(articles: list[Article], nothing: str) -> str:
    reviews = reviews_by_article(read(), articles)
    seals = {a.id: seals_of(a, reviews.get(a.id, ())) for a in articles}
    return render_template("review/_articles.html", articles=articles, seals=seals, nothing=nothing)
