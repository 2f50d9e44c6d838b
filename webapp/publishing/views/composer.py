"""The composer: what is chosen stands in the address, so that any state of it is a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.articles.api import readable_columns
from webapp.articles.composition import load_assets
from webapp.articles.queries import head_revision
from webapp.columns.service import list_columns
from webapp.editions.forms import parse_new
from webapp.editions.workflow import DELIVERY_NAMES, MAX_ARTICLES, Delivery
from webapp.kernel.clock import parse_moment
from webapp.kernel.errors import Conflict, Invalid, by_field
from webapp.kernel.web import context, now, read, transaction
from webapp.publishing.foresight import Plan, foresee
from webapp.publishing.overview import (
    MEANINGS,
    chosen_articles,
    default_schedule,
    ready_articles,
)
from webapp.publishing.planning import plan
from webapp.publishing.views.blueprint import bp
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.wechat.service import default_account, find_account, get_account, list_accounts


def _chosen_ids(sent: MultiDict[str, str]) -> list[int]:
    value = ",".join(sent.getlist("articles"))
    ids = [int(part) for part in value.split(",") if part.isdecimal() and len(part) < 19]
    return list(dict.fromkeys(ids))[:MAX_ARTICLES]


@bp.get("/new")
@requires(Permission.EDITION_WRITE)
def compose() -> str:
    return _composer(_chosen_ids(request.args), request.args)


def _plan(session: Session, ids: list[int], typed: Mapping[str, str]) -> Plan:
    """As far as it is filled in; what is wrong there is told when it is sent."""
    wanted = typed.get("delivery")
    delivery = Delivery(wanted) if wanted in set(Delivery) else Delivery.PUBLISH
    account = find_account(session, typed.get("account", "")) or default_account(session)
    try:
        at = parse_moment(typed.get("scheduled_at"), context().settings.zone)
    except ValueError:
        at = None
    return Plan(article_ids=ids, delivery=delivery, at=at,
                account=None if delivery is Delivery.MANUAL else account)  # fmt: skip


def _composer(
    ids: list[int], typed: Mapping[str, str], wrong: Invalid | Conflict | None = None
) -> str:
    session = read()
    columns = list_columns(session)
    wanted = next((c for c in columns if c.slug == request.args.get("column")), None)
    allowed = readable_columns()
    column_ids = (wanted.id,) if wanted else tuple(allowed or ())
    words = request.args.get("q", "").strip()[:100]
    ready = ready_articles(session, words=words, column_ids=column_ids)
    chosen = chosen_articles(session, ids, current_actor())
    covers, _artworks = load_assets(session, {a.cover_asset for a in chosen if a.cover_asset})
    digest = head_revision(session, chosen[0]).digest if len(chosen) == 1 else ""
    account = typed.get("account") or ""
    concerns = foresee(session, _plan(session, [a.id for a in chosen], typed), now=now())
    return render_template(
        "publishing/compose.html",
        chosen=chosen,
        chosen_ids=[a.id for a in chosen],
        ready=[a for a in ready if a.id not in {c.id for c in chosen}],
        covers=covers,
        digest=digest,
        words=words,
        column=wanted,
        columns=[c for c in columns if c.archived_at is None or c is wanted],
        accounts=list_accounts(session),
        account=account,
        concerns=concerns,
        delivery=typed.get("delivery") or Delivery.PUBLISH,
        scheduled_at=typed.get("scheduled_at", ""),
        earliest=default_schedule(now(), context().settings.zone),
        deliveries=[(d, DELIVERY_NAMES[d], MEANINGS[d]) for d in Delivery],
        most=MAX_ARTICLES,
        wrong=wrong,
        errors=by_field(wrong),
    )


def _payload(form: Mapping[str, str], ids: list[int]) -> dict[str, Any]:
    return {
        "articles": ids,
        "delivery": form.get("delivery"),
        "account": form.get("account") or None,
        "scheduled_at": form.get("scheduled_at") or None,
    }


@bp.post("/new")
@requires(Permission.EDITION_WRITE)
def create() -> Response | str:
    """`look`: only tell what stands against it; with a script that is told while one fills in."""
    ids = _chosen_ids(request.form)
    if request.form.get("look"):
        return _composer(ids, request.form)
    try:
        form = parse_new(_payload(request.form, ids), context().settings.zone)
        with transaction() as session:
            account = get_account(session, form.account) if form.account else None
            if form.delivery is not Delivery.MANUAL:
                account = account or default_account(session)
            edition = plan(session, form.articles, delivery=form.delivery, account=account,
                               scheduled_at=form.scheduled_at, actor=current_actor(),
                               now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_composer(ids, request.form, wrong)) from None
    return redirect(url_for("publishing.show", edition_id=edition.id), 303)
