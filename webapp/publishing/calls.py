"""One remote call: the intent is committed before it, the result after it, and what a failure means is decided here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.kernel.db import Database
from webapp.kernel.errors import Conflict
from webapp.kernel.settings import Settings
from webapp.kernel.storage import Store
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.queries import (
    count_steps,
    forget_covers,
    may_be_out,
    renew,
)
from webapp.publishing.service import advance, note_error
from webapp.publishing.workflow import (
    CALLS_IN_A_ROW,
    DRAFTS_REFUSED_MAX,
    INTERRUPTED,
    REPEATABLE,
    TOO_FAST_WAIT,
    TRIES_MAX,
    Action,
    State,
    StepKind,
    StepState,
    Verdict,
    backoff,
    reason_of,
    verdict_on,
)
from webapp.users.permissions import Actor
from webapp.wechat.errors import GatewayError, NoRight, TooFast
from webapp.wechat.gateway import Gateway
from webapp.wechat.models import Account

log = logging.getLogger(__name__)

T = TypeVar("T")
WORKER = Actor.system("worker")


@dataclass(frozen=True, kw_only=True)
class Press:
    """What a push works with."""

    db: Database
    settings: Settings
    store: Store
    gateway_of: Callable[[Account], Gateway]
    now: Callable[[], datetime]

    @property
    def longest_step(self) -> timedelta:
        """How long a call may be under way before its request has certainly been sent, or never will be."""
        limits = self.settings
        request = limits.wechat_connect_timeout_seconds + limits.wechat_read_timeout_seconds
        return timedelta(seconds=CALLS_IN_A_ROW * request)

    @property
    def lease(self) -> timedelta:
        """Never shorter than a call may take, whatever the settings say: else two workers would be at one push."""
        return max(timedelta(seconds=self.settings.lease_seconds), self.longest_step)

    @property
    def look_after(self) -> timedelta:
        return timedelta(seconds=self.settings.reconcile_seconds)

    @property
    def poll_every(self) -> timedelta:
        return timedelta(seconds=self.settings.poll_seconds)

    @property
    def patience(self) -> timedelta:
        return timedelta(seconds=self.settings.publish_patience_seconds)


class Moved(Exception):
    """The publication is not where this move began: a person acted meanwhile. Look again and go on from there."""


@dataclass(kw_only=True)
class Held:
    """A publication whose lease is ours. `state` is where the move at hand began."""

    press: Press
    publication_id: int
    owner: str
    account: Account | None
    state: State | None = None
    _gateway: Gateway | None = field(default=None, init=False)

    @property
    def gateway(self) -> Gateway:
        """Made once. Not a cached property: before Python 3.12 one that is being made holds up those of all other pushes."""
        if self.account is None:
            raise Conflict("这次推送没有公众号，不能调用微信接口。", code="no_account")
        if self._gateway is None:
            self._gateway = self.press.gateway_of(self.account)
        return self._gateway

    def close(self) -> None:
        if self._gateway is not None:
            self._gateway.close()

    def renew(self, session: Session) -> Publication:
        """The publication, with the lease renewed. Raises LeaseLost."""
        press = self.press
        return renew(session, self.publication_id, self.owner, now=press.now(), lease=press.lease)

    @contextmanager
    def step(self, *, lasts: bool = False) -> Iterator[tuple[Session, Publication]]:
        """A transaction on the publication as this move expects it. Raises LeaseLost or Moved, and changes nothing then."""
        with self.press.db.step(lasts=lasts) as session:
            publication = self.renew(session)
            if publication.state != self.state:
                raise Moved
            yield session, publication

    def advance(
        self,
        session: Session,
        publication: Publication,
        action: Action,
        *,
        error: tuple[str, str] = ("", ""),
    ) -> None:
        advance(session, publication, action, actor=WORKER, now=self.press.now(), error=error)


def _forget_interrupted(session: Session, publication_id: int, now: datetime) -> None:
    """Steps that a killed worker left behind and that may be made again."""
    session.execute(
        update(PublicationStep)
        .where(
            PublicationStep.publication_id == publication_id,
            PublicationStep.kind.in_(REPEATABLE),
            PublicationStep.state == StepState.INTENT,
        )
        .values(
            state=StepState.FAILED,
            finished_at=now,
            error_code=INTERRUPTED,
            error="工作进程中断了，不知道这一步有没有做完；重做一次不会有坏处。",
        )
    )


def begin_step(held: Held, kind: StepKind, subject: str = "") -> int:
    """Commit the intent, for good: a power cut after the call must not make it forgotten. Its id says which step to
    finish."""
    with held.step(lasts=True) as (session, publication):
        now = held.press.now()
        _forget_interrupted(session, publication.id, now)
        step = PublicationStep(
            publication_id=publication.id,
            kind=kind,
            subject=subject,
            state=StepState.INTENT,
            started_at=now,
        )
        session.add(step)
        session.flush()  # the id is what the caller keeps
        return step.id


def finish_step(
    step: PublicationStep,
    state: StepState,
    now: datetime,
    *,
    result: dict[str, Any] | None = None,
    error: GatewayError | None = None,
) -> None:
    step.state, step.finished_at = state, now
    if result is not None:
        step.result = result
    if error is not None:
        step.error_code, step.error = error.code, error.message
        step.errcode, step.rid = error.errcode, error.rid


def perform(
    held: Held,
    kind: StepKind,
    request: Callable[[Gateway], T],
    on_done: Callable[[Session, Publication, T], dict[str, Any]],
    subject: str = "",
) -> bool:
    """Intent, call, result. True: done, go on. False: stop here; when and whether to go on stands in the publication."""
    gateway = held.gateway
    step_id = begin_step(held, kind, subject)
    try:
        reply = request(gateway)
    except GatewayError as error:
        log.warning(
            "call failed: %s %s errcode=%s rid=%s", kind, error.code, error.errcode, error.rid
        )
        return _record_failure(held, step_id, kind, error)
    with held.press.db.step() as session:
        publication = held.renew(session)
        step = session.get_one(PublicationStep, step_id)
        finish_step(step, StepState.DONE, held.press.now())
        publication.tries = 0
        note_error(publication, "", "")
        if publication.state == held.state:
            step.result = on_done(session, publication, reply)
    return True


def _record_failure(held: Held, step_id: int, kind: StepKind, error: GatewayError) -> bool:
    with held.step() as (session, publication):
        step, now = session.get_one(PublicationStep, step_id), held.press.now()
        verdict = verdict_on(kind, error)
        unknown = verdict is Verdict.LOOK
        finish_step(step, StepState.UNKNOWN if unknown else StepState.FAILED, now, error=error)
        if verdict is Verdict.LOOK:
            wait(publication, now + held.press.look_after, error)
        elif verdict is Verdict.RETRY:
            _retry(held, session, publication, error)
        elif verdict is Verdict.REUPLOAD and _may_reupload(session, publication, kind, error):
            forget_covers(session, publication)
            held.advance(session, publication, Action.REUPLOAD)
            return True
        else:
            give_up(held, session, publication, (error.code, _refusal(kind, error)))
    return False


def _may_reupload(
    session: Session, publication: Publication, kind: StepKind, error: GatewayError
) -> bool:
    session.flush()  # the step at hand counts
    refused = count_steps(session, publication, kind, error_code=error.code)
    return refused < DRAFTS_REFUSED_MAX


def _refusal(kind: StepKind, error: GatewayError) -> str:
    if kind is StepKind.SUBMIT and isinstance(error, NoRight):
        return (
            f"{error.message}草稿已在草稿箱，没有发出：可以在公众号后台发布它，再回来补链接；"
            "以后的推送请选“存入草稿箱”或“人工发布”。"
        )
    return error.message


def wait(publication: Publication, until: datetime, error: GatewayError | None = None) -> None:
    publication.wake_at = until
    if error is not None:
        note_error(publication, error.code, error.message)


def _retry(held: Held, session: Session, publication: Publication, error: GatewayError) -> None:
    publication.tries += 1
    if publication.tries >= TRIES_MAX:
        tried = f"试了 {TRIES_MAX} 次都没有成功：{reason_of(error)}"
        give_up(held, session, publication, (error.code, tried))
        return
    pause = TOO_FAST_WAIT if isinstance(error, TooFast) else backoff(publication.tries)
    wait(publication, held.press.now() + pause, error)


def give_up(held: Held, session: Session, publication: Publication, error: tuple[str, str]) -> None:
    """No further without a person. What is said is what is known: not out; perhaps out; or still up although it was to be
    taken down."""
    code, message = error
    if publication.state == State.WITHDRAWING:
        park(publication, code, f"撤回没有完成：{message}{PARKED}")
    elif may_be_out(session, publication):
        held.advance(session, publication, Action.ASK, error=(code, f"{message}{MAY_BE_OUT}"))
    else:
        told = message if "没有发出" in message else f"{message}没有发出，可以再推一次。"
        held.advance(session, publication, Action.FAIL, error=(code, told))


PARKED = "可以再点一次“撤回”重试；或在公众号后台删除以后，回来点“已在后台删除”。"
MAY_BE_OUT = (
    "没有重复提交。请到公众号后台查看：已发出就补上链接，没有发出就再推一次，系统会先核对再继续。"
)


def park(publication: Publication, code: str, message: str) -> None:
    """Nothing to do until a person acts."""
    publication.wake_at = None
    note_error(publication, code, message)
