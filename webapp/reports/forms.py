from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from webapp.kernel.clock import parse_day
from webapp.kernel.errors import Invalid
from webapp.reports.queries import By, Span


def _parse_day(value: str | None, name: str) -> date | None:
    if not value:
        return None
    try:
        return parse_day(value)
    except ValueError:
        raise Invalid.of_field(name, "日期要写成 2026-11-24 这样。") from None


def parse_by(value: str | None) -> By:
    if not value:
        return By.COLUMN
    try:
        return By(value)
    except ValueError:
        raise Invalid.of_field("by", f"只能按 {'、'.join(By)} 统计。") from None


def parse_span(args: Mapping[str, str], today: date) -> Span:
    """`as_of`, or `to`, is the last day; without one it is today."""
    as_of = _parse_day(args.get("as_of"), "as_of") or _parse_day(args.get("to"), "to") or today
    since = _parse_day(args.get("from"), "from")
    if since is not None and since > as_of:
        raise Invalid.of_field("from", "开始的日期在截止日期之后。")
    return Span(as_of=as_of, since=since)
