from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from webapp.editions.workflow import Delivery
from webapp.kernel.clock import local, parse_day, parse_moment
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import LARGEST_ID


@dataclass(frozen=True, kw_only=True)
class NewEdition:
    articles: tuple[int, ...]
    delivery: Delivery
    account: str | None
    scheduled_at: datetime | None


_PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([01][0-9]|2[0-3]))?")


UNDATED = "undated"
"""The place on the calendar of what waits for a person."""
MORNING = time(9)


def parse_place(value: str, was: datetime | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """A day of the calendar (`2026-11-26`), where an edition keeps its time of day, an hour of it (`2026-11-26T13`),
    where it keeps its minutes, or `UNDATED`. What had no time goes out in the morning, or at the next full hour of a day
    whose morning is over. Raises ValueError."""
    if value == UNDATED:
        return None
    found = _PLACE.fullmatch(value)
    if found is None:
        raise ValueError(value)
    day = parse_day(found[1])
    here = local(was, zone).time() if was else MORNING
    if found[2]:
        here = here.replace(hour=int(found[2]))
    elif was is None:
        here = max(here, _next_hour(day, local(now, zone)))
    return datetime.combine(day, here, tzinfo=zone).astimezone(UTC)


def _next_hour(day: date, now: datetime) -> time:
    """Of a day that is today; the last one stays the last. Of another day any will do."""
    return time(min(now.hour + 1, 23)) if day == now.date() else time.min


@dataclass(frozen=True, kw_only=True)
class Move:
    """When an edition is to go out (None: it waits for a person), and when it was to when that was decided; `knows`: the
    caller told."""

    scheduled_at: datetime | None
    seen: datetime | None
    knows: bool


def parse_move(
    form: Mapping[str, str], was: datetime | None, zone: ZoneInfo, now: datetime
) -> Move:
    """`to` is a place of the calendar, else `scheduled_at` a moment; `seen` is a moment. Raises Invalid."""
    place, moment = form.get("to"), form.get("scheduled_at")
    try:
        at = parse_place(place, was, zone, now) if place else parse_moment(moment, zone)
        seen = parse_moment(form.get("seen"), zone)
    except ValueError:
        raise Invalid.of_field(
            "scheduled_at", "时间要写成 2026-11-24T18:30 这样，没有改期。"
        ) from None
    return Move(scheduled_at=at, seen=seen, knows="seen" in form)


def parse_rescheduling(payload: object, zone: ZoneInfo, now: datetime) -> Move:
    """`scheduled_at` a moment or null; `seen`, where it is sent, the moment that the caller went by. Raises Invalid."""
    if not isinstance(payload, Mapping) or payload.get("scheduled_at", "") == "":
        raise Invalid.of_field("scheduled_at", "要写明改到什么时间，取消定时就写 null；没有改期。")
    return parse_move(
        {k: payload[k] for k in ("scheduled_at", "seen") if k in payload}, None, zone, now
    )


def _parse_ids(value: Any, errors: list[FieldError]) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(
        type(i) is int and 0 < i <= LARGEST_ID for i in value
    ):
        errors.append(FieldError("articles", "要是稿件编号的列表。"))
        return ()
    return tuple(value)


def parse_new(payload: object, zone: ZoneInfo) -> NewEdition:
    if not isinstance(payload, Mapping):
        raise Invalid("请求要是一个 JSON 对象，没有建立推送。", code="bad_json")
    errors: list[FieldError] = []
    ids = _parse_ids(payload.get("articles"), errors)
    delivery = payload.get("delivery")
    if delivery not in set(Delivery):
        errors.append(FieldError("delivery", f"只能是 {'、'.join(Delivery)}。"))
    account = payload.get("account")
    if account is not None and not isinstance(account, str):
        errors.append(FieldError("account", "要用公众号的名称。"))
    moment = None
    try:
        moment = parse_moment(payload.get("scheduled_at"), zone)
    except ValueError:
        errors.append(FieldError("scheduled_at", "时间要写成 2026-11-24T18:30:00+08:00 这样。"))
    if errors:
        raise Invalid("推送填得不对，没有建立。", fields=errors)
    return NewEdition(
        articles=ids,
        delivery=Delivery(str(delivery)),
        account=account or None,
        scheduled_at=moment,
    )
