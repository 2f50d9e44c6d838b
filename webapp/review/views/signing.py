"""What a leader without an account opens on a phone. The token in the address lets one in and nothing else does: no session
is looked at or begun, so that there is none to be misused from another site. Looking never decides: previews of links open
them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import select

from webapp.articles.models import Article
from webapp.articles.queries import get_article
from webapp.articles.service import compose_head
from webapp.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TongxinError
from webapp.kernel.web import context, now, read, today, transaction
from webapp.media.files import Variant
from webapp.media.views import picture as picture_file
from webapp.review.links import (
    LinkState,
    decide_by_link,
    find_states,
    get_link,
    refusal_of,
    way_of,
)
from webapp.review.models import Review, ReviewLink
from webapp.review.reading import read_article
from webapp.review.views.phone import phone_page
from webapp.review.workflow import DECISION_NAMES, Decision
from webapp.users.access import public
from webapp.users.permissions import Actor
from webapp.users.service import display_names

bp = Blueprint("signing", __name__, url_prefix="/sign")

NOBODY = Actor(id=0, name="", grants=())


@dataclass(frozen=True, kw_only=True)
class Case:
    link: ReviewLink
    article: Article
    state: LinkState
    verdict: Review | None


@bp.after_request
def _keep_to_oneself(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _closed(error: TongxinError) -> TongxinError:
    """Whoever comes by a link has no desk to be led back to."""
    return error.shown_on(render_template("review/sign_closed.html", sentence=error.message))


def _case(token: str) -> Case:
    session = read()
    try:
        link = get_link(session, token)
    except NotFound as unknown:
        raise _closed(unknown) from None
    article = get_article(session, link.article_id)
    [state] = find_states(session, article, [link], now())
    verdict = session.scalar(select(Review).where(Review.link_id == link.id))
    return Case(link=link, article=article, state=state, verdict=verdict)


def _open_case(token: str) -> Case:
    """The text itself is shown only while there is something to decide. Raises NotFound."""
    case = _case(token)
    if case.state is not LinkState.OPEN:
        raise _closed(NotFound("这个签批链接已经不能用了。"))
    return case


def _page(token: str, *, comment: str = "", wrong: TongxinError | None = None) -> str:
    case = _case(token)
    if case.state is LinkState.USED and case.verdict is not None:
        page = render_template("review/signed.html", case=case, names=DECISION_NAMES)
    elif case.state is LinkState.OPEN:
        page = _deciding_page(case, token, comment=comment, wrong=wrong)
    else:
        raise _closed(refusal_of(case.state))
    if wrong is not None:
        raise wrong.shown_on(page)
    return page


def _deciding_page(case: Case, token: str, *, comment: str, wrong: TongxinError | None) -> str:
    g.picture_address = lambda asset_id: url_for("signing.picture", token=token, asset_id=asset_id)
    maker = display_names(read(), [case.link.made_by])
    return render_template(
        "review/sign.html",
        case=case,
        token=token,
        reading=read_article(read(), case.article, NOBODY, now=now(), as_of=today()),
        decision_names=DECISION_NAMES,
        way=way_of(case.link, case.article),
        maker=maker.get(case.link.made_by or 0, ""),
        comment=comment,
        wrong=wrong,
        errors=getattr(wrong, "fields", ()),
        today_dots=f"{today().year}.{today().month}.{today().day}",
    )


@bp.get("/<token>")
@public
def show(token: str) -> str:
    return _page(token)


@bp.post("/<token>")
@public
def decide(token: str) -> Any:
    comment = request.form.get("comment", "")
    try:
        decision = Decision(request.form.get("decision", ""))
    except ValueError:
        return _page(
            token, comment=comment, wrong=Invalid("请选下面两个按钮中的一个，意见没有记下。")
        )
    try:
        with transaction() as session:
            decide_by_link(session, token, decision, comment=comment,
                           countersign_within=context().settings.countersign_within, now=now())  # fmt: skip
    except (Invalid, Conflict, Forbidden, NotFound) as wrong:
        return _page(token, comment=comment, wrong=wrong)
    return redirect(url_for("signing.show", token=token), 303)


@bp.get("/<token>/phone")
@public
def phone(token: str) -> Any:
    case = _open_case(token)
    return phone_page(
        read(),
        case.article,
        case.link.revision,
        lambda asset_id: url_for("signing.picture", token=token, asset_id=asset_id),
    )


@bp.get("/<token>/pictures/<asset_id>")
@public
def picture(token: str, asset_id: str) -> Any:
    """Only what this text shows."""
    composed = compose_head(read(), _open_case(token).article)
    shown = {*composed.assets, *([composed.cover.id] if composed.cover else ())}
    if asset_id not in shown:
        raise _closed(NotFound("这篇稿件里没有这张图片。"))
    return picture_file(asset_id, Variant.BODY)


@bp.record_once
def _limit(state: BlueprintSetupState) -> None:
    """By address; the pictures of a page are not counted."""
    limiter = next(iter(cast("set[Any]", state.app.extensions["limiter"])))
    views = state.app.view_functions
    rate = _rate(state)
    for endpoint in ("signing.show", "signing.decide"):
        views[endpoint] = limiter.limit(rate)(views[endpoint])


def _rate(state: BlueprintSetupState) -> str:
    rate: str = state.app.extensions["tongxin"].settings.review_link_rate
    return rate
