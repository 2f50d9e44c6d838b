"""One edition, live, with what may be done about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.articles.api import readable
from webapp.articles.composition import load_assets
from webapp.articles.embargo import is_embargoed
from webapp.document.text import plain_text
from webapp.editions.forms import parse_move
from webapp.editions.models import Edition
from webapp.editions.queries import get_edition
from webapp.editions.service import refuse_moved
from webapp.editions.workflow import DELIVERY_NAMES, Delivery, State
from webapp.kernel.errors import (
    ChecksumMismatch,
    Conflict,
    Invalid,
    NotFound,
    TongxinError,
    by_field,
)
from webapp.kernel.toast import tell
from webapp.kernel.web import after_commit, context, now, read, transaction
from webapp.publishing.foresight import foresee, plan_of
from webapp.publishing.models import Publication
from webapp.publishing.overview import (
    MEANINGS,
    default_schedule,
    standing_of,
)
from webapp.publishing.package import composed_place, packages_of
from webapp.publishing.planning import move as move_edition
from webapp.publishing.service import (
    Embargoed,
    confirm_withdrawn,
    queue,
    record_published,
    refuse_early,
    withdraw,
)
from webapp.publishing.views.blueprint import bp
from webapp.publishing.waking import wake
from webapp.publishing.workflow import STEP_NAMES
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names


def _readable(edition_id: int) -> Edition:
    """Raises NotFound, or Forbidden for an edition with articles of columns that are not this person's to read."""
    edition = get_edition(read(), edition_id)
    for place in edition.articles:
        current_actor().require(Permission.ARTICLE_READ, place.article.column_id)
    return edition


def _standing(edition: Edition) -> dict[str, Any]:
    standing = standing_of(read(), edition, current_actor())
    asked = standing.publication.requested_by if standing.publication else None
    return {
        "standing": standing,
        "edition": edition,
        "names": display_names(read(), (edition.created_by, asked)),
        "step_names": STEP_NAMES,
        "delivery_name": DELIVERY_NAMES[Delivery(edition.delivery)],
        "meaning": MEANINGS[Delivery(edition.delivery)],
    }


def _concerns(edition: Edition) -> list[str]:
    """Only before it begins; what stands against an article names it."""
    if edition.status != State.PLANNED:
        return []
    titles = {place.article_id: f"《{place.article.title}》" for place in edition.articles}
    found = foresee(read(), plan_of(edition, edition.scheduled_at), now=now())
    return [titles.get(c.article_id or 0, "") + c.sentence for c in found]


def _show(edition: Edition, wrong: TongxinError | None = None, **typed: Any) -> str:
    values = _standing(edition)
    packages = packages_of(read(), edition) if values["standing"].has_package else []
    # A browser parses what is copied under the page's own rules, and complains of each look in it.
    g.style_attributes = bool(packages)
    wanted = {p.article.cover_asset for p in edition.articles if p.article.cover_asset}
    covers, _artworks = load_assets(read(), wanted)
    return render_template(
        "publishing/show.html",
        **values,
        packages=packages,
        concerns=_concerns(edition),
        is_early=any(is_embargoed(place.article, now()) for place in edition.articles),
        covers=covers,
        wrong=wrong,
        errors=by_field(wrong),
        typed=typed,
        earliest=default_schedule(now(), context().settings.zone),
    )


@bp.get("/<int:edition_id>")
@requires(Permission.EDITION_READ)
def show(edition_id: int) -> str:
    return _show(_readable(edition_id))


@bp.get("/<int:edition_id>/live")
@requires(Permission.EDITION_READ)
def live(edition_id: int) -> Response | str | tuple[str, int]:
    """The moving part of the page. 204 while nothing changed; when it comes to rest the whole page is asked for."""
    edition = _readable(edition_id)
    values = _standing(edition)
    if not values["standing"].is_moving:
        response = Response("")
        response.headers["HX-Refresh"] = "true"
        return response
    if values["standing"].fingerprint == request.args.get("seen"):
        return "", 204
    return render_template("publishing/_live.html", **values)


def _wake(publication: Publication | None) -> None:
    if publication is not None:
        after_commit(partial(wake, context().queue, publication.id))


@bp.post("/<int:edition_id>/push")
@requires(Permission.EDITION_PUSH)
def push(edition_id: int) -> Response:
    """A second click finds the push that the first began."""
    try:
        with transaction() as session:
            edition = get_edition(session, edition_id)
            publication = queue(session, edition, actor=current_actor(), now=now())
            session.flush()  # the id is what wakes the worker
            _wake(publication)
    except (ChecksumMismatch, Embargoed) as refusal:
        raise refusal.shown_on(_show(_readable(edition_id), refusal)) from None
    return redirect(url_for("publishing.show", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/withdraw")
@requires(Permission.EDITION_PUSH)
def take_back(edition_id: int) -> Response:
    reason = request.form.get("reason", "")
    try:
        with transaction() as session:
            edition = get_edition(session, edition_id)
            _wake(withdraw(session, edition, reason, actor=current_actor(), now=now()))
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_show(_readable(edition_id), wrong, reason=reason)) from None
    return redirect(url_for("publishing.show", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/withdrawn")
@requires(Permission.EDITION_PUSH)
def confirm(edition_id: int) -> Response:
    """A person took it down at the console."""
    with transaction() as session:
        confirm_withdrawn(session, get_edition(session, edition_id), actor=current_actor(),
                          now=now())  # fmt: skip
    tell("已记下：这次推送撤回了，不再计入刊发篇数。")
    return redirect(url_for("publishing.show", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/links")
@requires(Permission.EDITION_PUSH)
def links(edition_id: int) -> Response:
    urls = request.form.getlist("urls")
    try:
        with transaction() as session:
            record_published(session, get_edition(session, edition_id), urls,
                             actor=current_actor(), now=now(),
                             any_host=context().settings.demo)  # fmt: skip
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_show(_readable(edition_id), wrong, urls=urls)) from None
    tell("链接已记下，这几篇算作已刊发。")
    return redirect(url_for("publishing.show", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/schedule")
@requires(Permission.EDITION_WRITE)
def change_schedule(edition_id: int) -> Response:
    zone = context().settings.zone
    try:
        with transaction() as session:
            edition = get_edition(session, edition_id)
            move = parse_move(request.form, edition.scheduled_at, zone, now())
            if move.knows:
                refuse_moved(edition, move.seen, zone)
            move_edition(session, edition, move.scheduled_at, actor=current_actor(), now=now())
    except (Invalid, Conflict) as refused:
        typed = request.form.get("scheduled_at", "")
        raise refused.shown_on(_show(_readable(edition_id), refused, scheduled_at=typed)) from None
    tell("已改期。" if move.scheduled_at else "已取消定时，等人来推。")
    return redirect(url_for("publishing.show", edition_id=edition_id), 303)


@bp.get("/<int:edition_id>/articles/<int:position>/html")
@requires(Permission.EDITION_READ)
def article_html(edition_id: int, position: int) -> dict[str, Any]:
    """For the copy button: the body as it would be sent, pictures from here, and the same as plain text."""
    edition = get_edition(read(), edition_id)
    place = next((p for p in edition.articles if p.position == position), None)
    if place is None:
        raise NotFound(f"这次推送没有第 {position} 篇。")
    readable(read(), place.article_id)
    refuse_early(read(), edition, now())
    composed = composed_place(read(), place)
    return {
        "html": composed.html,
        "text": composed.newspic.text if composed.newspic else plain_text(composed.piece.body),
        "pictures": [picture.url for picture in composed.piece.pictures.values()],
    }
