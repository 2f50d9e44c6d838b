"""Naming and taking back who may decide in a reviewer's place, and who decides what is urgent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.columns.models import Column
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from webapp.review.models import Mandate
from webapp.review.standing import leaders_of
from webapp.review.workflow import REASON_MAX_CHARACTERS, MandateKind
from webapp.users.models import User
from webapp.users.permissions import Actor, Permission

OWN_PERIOD_MAX = timedelta(days=92)
"""A reviewer's own deputy is for an absence; what lasts longer is an administrator's to arrange."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`stage` None: every stage. `until` None: until taken back; it is the first moment that no longer counts."""

    stage: int | None
    for_user: User | None
    since: datetime
    until: datetime | None
    reason: str


def _reviews(actor: Actor, column: Column, stage: int | None) -> bool:
    stages = range(1, column.stages + 1) if stage is None else (stage,)
    return all(actor.reviews_stage(column.id, one) for one in stages)


def may_name(actor: Actor) -> bool:
    """Anybody at all."""
    return actor.may(Permission.USER_MANAGE) or actor.may(Permission.ARTICLE_REVIEW)


def _refuse_unless_may_name(actor: Actor, column: Column, wanted: Wanted) -> None:
    if actor.may(Permission.USER_MANAGE):
        return
    actor.require(Permission.ARTICLE_REVIEW, column.id)
    if not _reviews(actor, column, wanted.stage):
        raise Forbidden("只能为自己负责的审次指定代审人，没有改动；别的请管理员来指定。")
    if wanted.for_user is None or wanted.for_user.id != actor.id:
        raise Forbidden("只能指定代自己审的人，没有改动；别的请管理员来指定。")


def _period_problems(actor: Actor, wanted: Wanted, now: datetime) -> list[FieldError]:
    problems = []
    if wanted.until is not None and wanted.until <= max(now, wanted.since):
        problems.append(FieldError("until", "止期要在今天以后，而且不早于起期。"))
    if actor.may(Permission.USER_MANAGE):
        return problems
    if wanted.until is None:
        problems.append(FieldError("until", "要写明代到哪一天。"))
    elif wanted.until - wanted.since > OWN_PERIOD_MAX:
        problems.append(
            FieldError("until", f"自己指定最长 {OWN_PERIOD_MAX.days} 天；更久的请管理员指定。")
        )
    return problems


def _deputy_problems(
    actor: Actor, deputy: User, column: Column, wanted: Wanted
) -> list[FieldError]:
    theirs, problems = deputy.actor, []
    if deputy.id == actor.id:
        problems.append("不能指定自己代审；请由别人来指定。")
    elif wanted.for_user is not None and deputy.id == wanted.for_user.id:
        problems.append("代审的和被代的不能是同一个人。")
    elif not deputy.active or not theirs.may(Permission.ARTICLE_REVIEW):
        problems.append("代审人要有审核角色，账号要在用。")
    elif not theirs.may(Permission.ARTICLE_READ, column.id):
        problems.append("这个人读不到这个专栏的稿件；请管理员先授权。")
    found = [FieldError("user", problem) for problem in problems]
    if wanted.for_user is not None and not any(
        wanted.for_user.actor.reviews_stage(column.id, stage)
        for stage in range(1, column.stages + 1)
        if wanted.stage in (None, stage)
    ):
        found.append(FieldError("for_user", "被代的人不审这个审次。"))
    return found


def name_deputy(
    session: Session, column: Column, deputy: User, wanted: Wanted, *, actor: Actor, now: datetime
) -> Mandate:
    """By an administrator for anybody, by a reviewer for their own stage and a period. Raises Forbidden, or Invalid with
    every wrong field."""
    _refuse_unless_may_name(actor, column, wanted)
    problems = [
        *_period_problems(actor, wanted, now),
        *_deputy_problems(actor, deputy, column, wanted),
    ]
    if wanted.stage is not None and not 1 <= wanted.stage <= column.stages:
        problems.append(FieldError("stage", f"这个专栏只有 {column.stages} 个审次。"))
    if not wanted.reason or len(wanted.reason) > REASON_MAX_CHARACTERS:
        problems.append(FieldError("reason", f"要写明理由，最长 {REASON_MAX_CHARACTERS} 字。"))
    if problems:
        raise Invalid("代审没有指定成，有几处填得不对。", fields=problems)
    mandate = _mandate(column, deputy, wanted, actor, now)
    session.add(mandate)
    record(session, "deputy.name", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details=_details(mandate))  # fmt: skip
    session.flush()  # its id is the way back
    return mandate


def _mandate(column: Column, deputy: User, wanted: Wanted, actor: Actor, now: datetime) -> Mandate:
    return Mandate(
        kind=MandateKind.DEPUTY,
        column_id=column.id,
        column=column,
        stage=wanted.stage,
        user_id=deputy.id,
        user=deputy,
        for_user_id=wanted.for_user.id if wanted.for_user else None,
        for_user=wanted.for_user,
        reason=wanted.reason,
        since=wanted.since,
        until=wanted.until,
        created_by=actor.id,
        created_at=now,
    )


def _details(mandate: Mandate) -> dict[str, object]:
    return {
        "kind": mandate.kind,
        "stage": mandate.stage,
        "deputy": mandate.user.username,
        "for": mandate.for_user.username if mandate.for_user else None,
        "reason": mandate.reason,
        "since": mandate.since.isoformat(),
        "until": mandate.until.isoformat() if mandate.until else None,
    }


def name_leader(
    session: Session, column: Column, user: User, *, actor: Actor, now: datetime
) -> Mandate:
    """By an administrator: this person may decide what is urgent in this column, until taken back."""
    actor.require(Permission.USER_MANAGE)
    theirs = user.actor
    if user.id == actor.id:
        raise Invalid.of_field("leader", "不能指定自己；请由另一位管理员来指定。")
    may_read = theirs.may(Permission.ARTICLE_READ, column.id)
    if not user.active or not theirs.may(Permission.ARTICLE_REVIEW) or not may_read:
        raise Invalid.of_field("leader", "急件负责人要有审核角色、读得到这个专栏，账号在用。")
    if any(m.user_id == user.id for m in leaders_of(session, column.id, now)):
        raise Invalid.of_field("leader", "他已经是这个专栏的急件负责人。")
    mandate = Mandate(
        kind=MandateKind.URGENT, column_id=column.id, column=column, stage=None, user_id=user.id,
        user=user, reason="", since=now, until=None, created_by=actor.id, created_at=now,
    )  # fmt: skip
    session.add(mandate)
    record(session, "urgent.name", Subject(kind="column", id=column.id), actor=actor.name, now=now,
           details={"deputy": user.username})  # fmt: skip
    session.flush()  # its id is the way back
    return mandate


def get_mandate(session: Session, mandate_id: int) -> Mandate:
    mandate = session.get(Mandate, mandate_id)
    if mandate is None:
        raise NotFound("没有这项委托：它可能已被收回，或链接抄错了。")
    return mandate


def may_take_back(mandate: Mandate, actor: Actor) -> bool:
    """An administrator, who is stood in for, and who gave it."""
    if actor.may(Permission.USER_MANAGE):
        return True
    if mandate.kind == MandateKind.URGENT:
        return False
    return actor.id is not None and actor.id in (mandate.for_user_id, mandate.created_by)


def _set_revoked(
    session: Session,
    mandate: Mandate,
    at: datetime | None,
    action: str,
    actor: Actor,
    now: datetime,
) -> None:
    if not may_take_back(mandate, actor):
        raise Forbidden("这项委托不是您给的，没有改动；请管理员来办。")
    if (mandate.revoked_at is None) is (at is None):
        raise Conflict("这项委托已经是这样了，没有改动；请刷新后再看。", code="mandate.state")
    mandate.revoked_at = at
    record(session, action, Subject(kind="column", id=mandate.column_id), actor=actor.name,
           now=now, details=_details(mandate))  # fmt: skip


def take_back(session: Session, mandate: Mandate, *, actor: Actor, now: datetime) -> None:
    """It counts no more from now on; what was decided by it stands."""
    _set_revoked(session, mandate, now, f"{mandate.kind}.take_back", actor, now)


def give_again(session: Session, mandate: Mandate, *, actor: Actor, now: datetime) -> None:
    """The way back from `take_back`. Raises Forbidden for one's own."""
    if mandate.user_id == actor.id:
        raise Forbidden("不能给自己恢复委托，没有改动；请由别人来办。")
    _set_revoked(session, mandate, None, f"{mandate.kind}.give_again", actor, now)
