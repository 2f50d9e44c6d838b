from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webapp.kernel.clock import end_of_day, parse_day, start_of_day
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import row_number
from webapp.review.workflow import COUNTERSIGNS, VERDICTS, Decision


@dataclass(frozen=True, kw_only=True)
class Verdict:
    decision: Decision
    checksum: str
    comment: str
    deputy_reason: str


def parse_urgent(payload: object) -> str:
    reason = payload.get("reason") if isinstance(payload, Mapping) else None
    if not isinstance(reason, str):
        raise Invalid.of_field("reason", "要写明为什么急；没有送审。")
    return reason


def parse_countersign(payload: object) -> Verdict:
    return parse_verdict(payload, taken=COUNTERSIGNS, words="approve（补签）或 object（异议）")


def parse_verdict(
    payload: object,
    *,
    taken: frozenset[Decision] = VERDICTS,
    words: str = "approve（通过）或 return（退回）",
) -> Verdict:
    if not isinstance(payload, Mapping):
        raise Invalid("审核意见要是一个 JSON 对象，没有记下。", code="bad_json")
    decision, checksum = payload.get("decision"), payload.get("checksum")
    comment = payload.get("comment") or ""
    deputy_reason = payload.get("deputy_reason") or ""
    errors = []
    if decision not in taken:
        errors.append(FieldError("decision", f"只能是 {words}。"))
    if not isinstance(checksum, str) or not checksum:
        errors.append(FieldError("checksum", "要写明您读到的校验码，它在稿件的 wechat 里。"))
    if not isinstance(comment, str):
        errors.append(FieldError("comment", "意见要是文字。"))
    if not isinstance(deputy_reason, str):
        errors.append(FieldError("deputy_reason", "代审理由要是文字。"))
    if errors:
        raise Invalid("审核意见填得不对，没有记下，稿件没有变动。", fields=errors)
    return Verdict(
        decision=Decision(str(decision)),
        checksum=str(checksum),
        comment=str(comment),
        deputy_reason=str(deputy_reason),
    )


@dataclass(frozen=True, kw_only=True)
class MandateRequest:
    """As typed, the days made moments: from the first of `since` on, before the end of `until`."""

    column: str
    stage: int | None
    user_id: int
    for_user_id: int | None
    since: datetime
    until: datetime | None
    reason: str


def _parse_number(value: str) -> int | None:
    try:
        return row_number(value)
    except ValueError:
        return None


def _parse_moment(form: Mapping[str, str], field: str, errors: list[FieldError]) -> date | None:
    if not (typed := form.get(field, "").strip()):
        return None
    try:
        return parse_day(typed)
    except ValueError:
        errors.append(FieldError(field, "日期写成 2026-11-30 这样。"))
        return None


def parse_mandate(form: Mapping[str, str], *, now: datetime, zone: ZoneInfo) -> MandateRequest:
    errors: list[FieldError] = []
    column, stage = form.get("column", ""), form.get("stage", "")
    user_id = _parse_number(form.get("user", ""))
    since, until = (_parse_moment(form, field, errors) for field in ("since", "until"))
    if not column:
        errors.append(FieldError("column", "请选一个专栏。"))
    if stage not in ("", "1", "2", "3"):
        errors.append(FieldError("stage", "审次只有第 1、2、3 审。"))
    if user_id is None:
        errors.append(FieldError("user", "请选一个人。"))
    if errors or user_id is None:
        raise Invalid("有几处填得不对，没有改动。", fields=errors)
    return MandateRequest(
        column=column,
        stage=int(stage) if stage else None,
        user_id=user_id,
        for_user_id=_parse_number(form.get("for_user", "")),
        since=start_of_day(since, zone) if since else now,
        until=end_of_day(until, zone) if until else None,
        reason=form.get("reason", "").strip(),
    )
