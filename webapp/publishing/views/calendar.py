"""The calendar, and moving a planned edition on it: by dragging, or by taking it up and putting it down with links and
buttons, which are states of the address like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.editions.forms import UNDATED, parse_move
from webapp.editions.models import Edition
from webapp.editions.queries import find_edition, get_edition, list_undated
from webapp.editions.service import refuse_moved
from webapp.editions.workflow import Delivery, State
from webapp.kernel.clock import local, local_date, parse_day
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, today, transaction
from webapp.publishing.calendar import Day, Span, View, read_span
from webapp.publishing.foresight import Concern, find_quota, foresee_many, list_mass_sends
from webapp.publishing.overview import default_schedule, may_read
from webapp.publishing.planning import move as move_edition
from webapp.publishing.views.blueprint import bp
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission


def _parse_span(args: Mapping[str, str], today: date) -> Span:
    """`month=2026-11` or `week=2026-11-23`, any day of it; this month without."""
    week, month = args.get("week", ""), args.get("month", "")
    try:
        if week:
            return Span.around(View.WEEK, parse_day(week))
        return Span.around(View.MONTH, parse_day(f"{month}-01") if month else today)
    except ValueError:
        field, sentence = ("week", "周要写成其中一天，如 2026-11-23。") if week else (
            "month", "月份要写成 2026-11 这样。")  # fmt: skip
        raise Invalid.of_field(field, sentence) from None


def may_move(edition: Edition) -> bool:
    """Planned, and of columns whose editions this person plans."""
    actor = current_actor()
    return edition.status == State.PLANNED and all(
        actor.may(Permission.EDITION_WRITE, place.article.column_id) for place in edition.articles
    )


def _taken_up() -> Edition | None:
    """The edition that is to be put down somewhere."""
    number = request.args.get("move", type=row_number)
    found = find_edition(read(), number) if number else None
    return found if found is not None and may_move(found) else None


def _full_days(moving: Edition, weeks: Sequence[Sequence[Day]]) -> dict[date, str]:
    """Days on which this one could not be mass-sent, and why: looked at by their noon."""
    zone, account = context().settings.zone, moving.account
    if moving.delivery != Delivery.MASS or account is None:
        return {}
    noons = {day.date: datetime.combine(day.date, time(12), tzinfo=zone)
             for week in weeks for day in week}  # fmt: skip
    month = timedelta(days=31)
    sends = list_mass_sends(read(), min(noons.values()) - month, max(noons.values()) + month)
    quotas = {day: find_quota(sends, account, noon, moving.id) for day, noon in noons.items()}
    return {day: found.sentence for day, found in quotas.items() if found}


def address(span: Span, **more: Any) -> str:
    return url_for("publishing.calendar", **{**span.address, **more})


def _page(span: Span, wrong: Invalid | Conflict | None = None) -> str:
    zone = context().settings.zone
    weeks = read_span(read(), span, zone, now())
    undated = list_undated(read())
    marked = [mark.edition for week in weeks for day in week for mark in day.marks] + undated
    moving = _taken_up() if request.method == "GET" else None
    return render_template(
        "publishing/calendar.html",
        span=span,
        weeks=weeks,
        undated=undated,
        undated_place=UNDATED,
        concerns=foresee_many(
            read(), [e for e in marked if may_read(e, current_actor())], now=now()
        ),
        marked={edition.id: edition for edition in marked},
        full_days=_full_days(moving, weeks) if moving else {},
        today_span=Span.around(span.view, today()),
        moving=moving,
        may_move=may_move,
        address=address,
        earliest=default_schedule(now(), zone),
        wrong=wrong,
    )


@bp.get("/calendar")
@requires(Permission.EDITION_READ)
def calendar() -> str:
    return _page(_parse_span(request.args, today()))


def _span_with(span: Span, day: date) -> Span:
    return span if span.shows(day) else Span.around(span.view, day)


def _tell_moved(edition: Edition, before: datetime | None, concerns: Sequence[Concern]) -> None:
    """Where it is now, what is worth knowing about it, and the way back."""
    at = edition.scheduled_at
    back = {"seen": at.isoformat() if at else "", **_parse_span(request.form, today()).address}
    back |= {"scheduled_at": before.isoformat()} if before else {"to": UNDATED}
    told = "已取消定时，等人来推。"
    if at is not None:
        here = local(at, context().settings.zone)
        told = f"已移到{here.month}月{here.day}日 {here:%H:%M}。"
    worth_knowing = "".join(concern.sentence for concern in concerns)
    tell(told + worth_knowing, undo=url_for("publishing.move", edition_id=edition.id), fields=back)


@bp.post("/<int:edition_id>/move")
@requires(Permission.EDITION_WRITE)
def move(edition_id: int) -> Response:
    zone = context().settings.zone
    span = _parse_span(request.form, today())
    try:
        with transaction() as session:
            edition = get_edition(session, edition_id)
            before = edition.scheduled_at
            wanted = parse_move(request.form, edition.scheduled_at, zone, now())
            if wanted.scheduled_at is None and request.form.get("to") != UNDATED:
                raise Invalid.of_field("scheduled_at", "要写明移到什么时间；没有改动。")
            if wanted.knows:
                refuse_moved(edition, wanted.seen, zone)
            concerns = move_edition(session, edition, wanted.scheduled_at, actor=current_actor(),
                                    now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        raise wrong.shown_on(_page(span, wrong)) from None
    _tell_moved(edition, before, concerns)
    at = wanted.scheduled_at
    shown = _span_with(span, local_date(at, zone)) if at else span
    return redirect(address(shown, _anchor=f"edition-{edition_id}"), 303)
