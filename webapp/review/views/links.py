"""Links for leaders without an account: made, seen, taken back."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.api import readable
from webapp.articles.models import Article
from webapp.articles.workflow import State
from webapp.kernel.errors import Conflict, Forbidden, Invalid, TongxinError, by_field
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, transaction
from webapp.review.links import (
    LINK_WORDS,
    LinkState,
    find_states,
    list_links,
    make_link,
    may_make,
    parse_signer,
    revoke_link,
    stages_to_sign,
)
from webapp.review.views.blueprint import bp
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.permissions import Permission
from webapp.users.service import display_names


def _page(article: Article, *, wrong: TongxinError | None = None, address: str = "") -> str:
    session = read()
    links = list_links(session, article.id)
    states = find_states(session, article, links, now())
    is_urgent = article.urgent and article.status == State.IN_REVIEW
    return render_template(
        "review/links.html",
        article=article,
        links=list(zip(links, states, strict=True)),
        words=LINK_WORDS,
        open_state=LinkState.OPEN,
        makers=display_names(session, [link.made_by for link in links]),
        may_make=may_make(current_actor(), article.column_id),
        stages=[(n, article.column.stage_name(n)) for n in stages_to_sign(session, article)],
        is_urgent=is_urgent,
        waits_for_manager=is_urgent and not current_actor().may(Permission.USER_MANAGE),
        hours=context().settings.review_link_hours,
        wrong=wrong,
        errors=by_field(wrong),
        typed=request.form if wrong else {},
        address=address,
    )


@bp.get("/articles/<int:article_id>/links")
@requires(Permission.ARTICLE_READ)
def links(article_id: int) -> str:
    return _page(readable(read(), article_id))


@bp.post("/articles/<int:article_id>/links")
@signed_in
def make(article_id: int) -> str:
    """Answers with the address on the page itself: it is shown this once and not kept."""
    settings = context().settings
    lasts = timedelta(hours=settings.review_link_hours)
    current_actor().require(Permission.ARTICLE_READ)
    try:
        signer = parse_signer(*(request.form.get(key, "") for key in ("name", "title", "phone")))
        with transaction() as session:
            article = readable(session, article_id)
            _link, token = make_link(session, article, signer,
                                     stage=request.form.get("stage", type=row_number), box=context().box, lasts=lasts,
                                     actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict, Forbidden) as wrong:
        raise wrong.shown_on(_page(readable(read(), article_id), wrong=wrong)) from None
    return _page(article, address=settings.public_url + url_for("signing.show", token=token))


@bp.post("/articles/<int:article_id>/links/<int:link_id>/revoke")
@signed_in
def revoke(article_id: int, link_id: int) -> Response:
    current_actor().require(Permission.ARTICLE_READ)
    with transaction() as session:
        article = readable(session, article_id)
        revoke_link(session, article, link_id, actor=current_actor(), now=now())
    tell(_("链接已收回，打开它的人定不了了。"))
    return redirect(url_for("review.links", article_id=article_id), 303)
