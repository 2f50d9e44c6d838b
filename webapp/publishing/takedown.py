"""Taking back. What is out is deleted, what is a draft is removed, and where nobody can know, a person is asked: nothing is
called withdrawn that readers may still see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from webapp.editions.workflow import Delivery
from webapp.publishing.calls import WORKER, Held, park, perform, wait
from webapp.publishing.matching import find_published
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.outcome import JOB_FAILURES
from webapp.publishing.queries import (
    find_last,
    find_unsettled,
    list_postings,
    list_steps,
)
from webapp.publishing.reconcile import (
    Sight,
    found,
    look_failed,
    look_for_draft,
    look_for_publication,
    never_arrived,
    our_drafts,
    our_publication,
    seen_enough,
    settle,
    wanted_of,
)
from webapp.publishing.service import finish_withdrawal
from webapp.publishing.workflow import LOST_CODES, StepKind, patient
from webapp.wechat.errors import GatewayError, MissingMaterial, NotThere
from webapp.wechat.gateway import Gateway, PublishState, PublishStatus

_CONFIRM = "确认没有在外以后，回来点“已在后台删除”。"
BY_HAND = (
    "withdraw.by_hand",
    f"这次推送不是经发布接口发出的，接口删不掉；请到公众号后台删除文章，{_CONFIRM}",
)
MASS_UNSURE = (
    "withdraw.mass",
    f"群发已经提交，接口收不回，也查不到结果；请到公众号后台查看，发出了就删除文章，{_CONFIRM}",
)
JOB_RUNNING = (
    "withdraw.check",
    "微信受理了发布，还没有给出结果，现在删不掉。请过一会儿再点一次“撤回”，系统会再查；"
    f"或到公众号后台处理，{_CONFIRM}",
)
SUBMIT_LOST = (
    "withdraw.check",
    "草稿已不在草稿箱，但先前提交的发布没有回音，仍可能稍后发出。请过一会儿再点一次“撤回”，系统会再查；"
    f"或到公众号后台核对，{_CONFIRM}",
)
PUBLISHED_BY_HAND = (
    "withdraw.published_by_hand",
    f"这份草稿已有人在公众号后台发布，系统没有删它；请到公众号后台删除文章，{_CONFIRM}",
)
DRAFT_GONE = (
    "withdraw.draft_gone",
    "草稿已不在草稿箱，不是系统删的：可能有人删了，也可能已经群发。"
    f"请到公众号后台核对，发出了就删除文章，{_CONFIRM}",
)

Act = Callable[[Held], bool]


def take_down(held: Held) -> bool:
    """The next thing to do about it."""
    with held.step() as (session, publication):
        act = _next_act(session, publication)
    return act(held)


def _next_act(session: Session, publication: Publication) -> Act:
    is_out = bool(list_postings(session, publication.edition_id))
    delivery = publication.edition.delivery
    lost_submit = find_unsettled(session, publication.id, StepKind.SUBMIT)
    if publication.wechat_article_id:
        return partial(_delete_published, article_id=publication.wechat_article_id)
    if is_out:
        return partial(_park, question=BY_HAND)
    if delivery == Delivery.MASS and (publication.msg_id or lost_submit):
        return partial(_park, question=MASS_UNSURE)
    if publication.publish_id:
        return partial(_await_job, publish_id=publication.publish_id)
    if publication.media_id:
        return partial(_delete_draft, media_id=publication.media_id)
    if lost_submit is not None:
        return partial(_look_for_publication, step_id=lost_submit.id)
    return _about_the_draft(session, publication)


def _about_the_draft(session: Session, publication: Publication) -> Act:
    """None is known of, or not any more."""
    lost = find_unsettled(session, publication.id, StepKind.ADD_DRAFT)
    if lost is not None:
        return partial(_look_for_draft, step_id=lost.id)
    deleted = find_last(session, publication.id, StepKind.DELETE_DRAFT)
    if deleted is not None and deleted.result.get("was_gone"):
        return _look_for_a_trace
    return _finish


def _park(held: Held, question: tuple[str, str]) -> bool:
    with held.step() as (_session, publication):
        park(publication, *question)
    return False


def _finish(held: Held) -> bool:
    with held.step() as (session, publication):
        finish_withdrawal(session, publication, actor=WORKER, now=held.press.now())
    return False


def _delete_published(held: Held, article_id: str) -> bool:
    def request(gateway: Gateway) -> bool:
        return _was_gone(partial(gateway.delete_published, article_id, 0))

    def done(session: Session, publication: Publication, was_gone: bool) -> dict[str, Any]:
        finish_withdrawal(session, publication, actor=WORKER, now=held.press.now())
        return {"was_gone": was_gone}

    return perform(held, StepKind.DELETE_PUBLISHED, request, done, subject=article_id)


def _delete_draft(held: Held, media_id: str) -> bool:
    def request(gateway: Gateway) -> bool:
        return _was_gone(partial(gateway.delete_draft, media_id))

    def done(session: Session, publication: Publication, was_gone: bool) -> dict[str, Any]:
        publication.media_id = ""
        ours = was_gone and _may_have_deleted(session, publication, media_id)
        return {"was_gone": was_gone and not ours}

    return perform(held, StepKind.DELETE_DRAFT, request, done, subject=media_id)


def _was_gone(request: Callable[[], None]) -> bool:
    try:
        request()
    except (MissingMaterial, NotThere):
        return True
    return False


def _may_have_deleted(session: Session, publication: Publication, media_id: str) -> bool:
    """An earlier request of ours to delete it was left without an answer."""
    return any(
        step.kind == StepKind.DELETE_DRAFT
        and step.subject == media_id
        and step.error_code in LOST_CODES
        for step in list_steps(session, publication.id)
    )


def _await_job(held: Held, publish_id: str) -> bool:
    try:
        outcome = held.gateway.publish_status(publish_id)
    except GatewayError as error:
        return look_failed(held, error)
    with held.step() as (_session, publication):
        if outcome.status == PublishState.PUBLISHED:
            publication.wechat_article_id = outcome.article_id
            return True
        if outcome.status in JOB_FAILURES:
            publication.publish_id = ""
            return True
        return _wait_for_job(held, publication, outcome)


def _wait_for_job(held: Held, publication: Publication, outcome: PublishStatus) -> bool:
    now = held.press.now()
    waited = now - publication.updated_at
    if outcome.status == PublishState.IN_PROGRESS and waited < held.press.patience:
        wait(publication, now + patient(waited, held.press.poll_every))
    else:
        park(publication, *JOB_RUNNING)
    return False


def _look_for_publication(held: Held, step_id: int) -> bool:
    """A submit without an answer, whose draft is gone by now."""

    def decide(
        session: Session, publication: Publication, step: PublicationStep, sight: Sight
    ) -> bool:
        ours = our_publication(session, publication, sight)
        if ours is not None:
            publication.wechat_article_id = ours.article_id
            found(held, step, article_id=ours.article_id)
            return True
        if seen_enough(held, publication, step):
            was_refused = step.error_code == MissingMaterial.code
            park(publication, *(DRAFT_GONE if was_refused else SUBMIT_LOST))
        return False

    return settle(held, step_id, look_for_publication(""), decide)


def _look_for_draft(held: Held, step_id: int) -> bool:
    """A draft that was asked for without an answer. Should there be several, each is deleted in its turn."""

    def decide(
        session: Session, publication: Publication, step: PublicationStep, sight: Sight
    ) -> bool:
        drafts = our_drafts(session, publication, sight.drafts)
        if drafts:
            publication.media_id = drafts[0]
            return True
        if our_publication(session, publication, sight) is not None:
            park(publication, *PUBLISHED_BY_HAND)
            return False
        if seen_enough(held, publication, step):
            never_arrived(held, step)
            return True
        return False

    return settle(held, step_id, look_for_draft, decide)


def _look_for_a_trace(held: Held) -> bool:
    """The draft was gone when it was to be deleted: did somebody publish it?"""
    with held.step() as (session, publication):
        wanted = wanted_of(session, publication)
    try:
        published = find_published(held.gateway, wanted)
    except GatewayError as error:
        return look_failed(held, error)
    return _park(held, PUBLISHED_BY_HAND if published else DRAFT_GONE)
