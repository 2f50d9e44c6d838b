"""The outcome of a job that the platform accepted: asked for until it is told."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.publishing.calls import MAY_BE_OUT, WORKER, Held, wait
from webapp.publishing.models import Publication
from webapp.publishing.service import new_client_msg_id, publish
from webapp.publishing.workflow import Action, patient
from webapp.wechat.errors import GatewayError
from webapp.wechat.gateway import MassStatus, PublishState, PublishStatus

_DRAFT_STAYS = "读者看不到这些文章，草稿还在草稿箱，请按微信的提示处理后再推。"
_DRAFT_USED_UP = "读者现在看不到这些文章；再推一次会重新写入草稿，推之前请先弄清原因。"

# What a publish job can come to, and whether the draft is still there.
JOB_FAILURES: Mapping[int, tuple[str, str]] = {
    PublishState.ORIGINAL_CLAIM_FAILED: ("微信判定原创声明不成立", _DRAFT_STAYS),
    PublishState.FAILED: ("微信没有发布成功", _DRAFT_STAYS),
    PublishState.REVIEW_REFUSED: ("微信平台审核没有通过", _DRAFT_STAYS),
    PublishState.DELETED_BY_USER: ("发布以后已有人在公众号后台删除", _DRAFT_USED_UP),
    PublishState.BANNED_BY_PLATFORM: ("发布以后被微信平台封禁", _DRAFT_USED_UP),
}


def poll(held: Held) -> bool:
    with held.step() as (_session, publication):
        publish_id, msg_id = publication.publish_id, publication.msg_id
    try:
        if msg_id:
            return _record_mass(held, held.gateway.mass_status(msg_id))
        return _record_publish(held, held.gateway.publish_status(publish_id))
    except GatewayError as error:
        return ask_later(held, error)


def ask_later(held: Held, error: GatewayError | None = None) -> bool:
    """Still in progress, or no answer to a question that changes nothing; after long enough a person is asked."""
    press = held.press
    with held.step() as (session, publication):
        now = press.now()
        waited = now - publication.updated_at
        if waited < press.patience:
            wait(publication, now + patient(waited, press.poll_every), error)
        else:
            held.advance(session, publication, Action.ASK, error=(
                "push.no_outcome", f"微信受理了，却一直没有给出结果；{MAY_BE_OUT}"))  # fmt: skip
    return False


def _record_publish(held: Held, outcome: PublishStatus) -> bool:
    if outcome.status == PublishState.IN_PROGRESS:
        return ask_later(held)
    with held.step() as (session, publication):
        if outcome.status == PublishState.PUBLISHED:
            publication.wechat_article_id = outcome.article_id
            links = {item.index: item.url for item in outcome.items}
            publish(session, publication, links, actor=WORKER, now=held.press.now())
        elif outcome.status in JOB_FAILURES:
            _record_failure(held, session, publication, outcome)
        else:
            held.advance(session, publication, Action.ASK, error=(
                f"publish.status_{outcome.status}",
                f"微信答复了不认识的发布状态 {outcome.status}；{MAY_BE_OUT}"))  # fmt: skip
    return False


def _record_failure(
    held: Held, session: Session, publication: Publication, outcome: PublishStatus
) -> None:
    reason, consequence = JOB_FAILURES[outcome.status]
    which = "、".join(f"第 {i} 篇" for i in outcome.failed_indexes)
    publication.publish_id = ""
    if consequence is _DRAFT_USED_UP:
        publication.media_id = ""
    held.advance(session, publication, Action.FAIL, error=(
        f"publish.status_{outcome.status}",
        f"{reason}{f'（{which}）' if which else ''}；{consequence}"))  # fmt: skip


def _record_mass(held: Held, outcome: MassStatus) -> bool:
    if outcome.status not in ("SEND_SUCCESS", "SEND_FAIL", "DELETE"):
        return ask_later(held)
    with held.step() as (session, publication):
        if outcome.status == "SEND_SUCCESS":
            links = {int(index): str(url) for index, url in publication.links}
            publish(session, publication, links, actor=WORKER, now=held.press.now())
        elif outcome.status == "SEND_FAIL":
            # The platform remembers the id of the job that failed; a new job needs a new one.
            publication.msg_id, publication.client_msg_id = "", new_client_msg_id()
            held.advance(session, publication, Action.FAIL, error=(
                "mass.failed", "微信没有群发成功；读者没有收到，请到公众号后台查看原因后再推。"))  # fmt: skip
        else:
            held.advance(session, publication, Action.ASK, error=(
                "mass.deleted", "群发以后又在公众号后台删除了；没有重复群发。看过的人可能已经看过，"
                "算已刊发就补上链接，不算就撤回这次推送。"))  # fmt: skip
    return False
