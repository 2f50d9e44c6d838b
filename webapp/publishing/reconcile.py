"""What a lost answer meant. An intent without a result is looked up at the platform, at least twice and not at once, since
a request may still be under way; only then is it decided. Never is a call that readers can see simply sent again.

A draft: found by its markers, it is ours and the push goes on; looked for twice and not there, it never arrived and is
written again. A publication: found, it is out; not found, a person is asked, because a job that was accepted may yet run.
A mass send carries an id that the platform remembers for a day, so until then it may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.articles.service import marker_of
from webapp.publishing.calls import WORKER, Held, finish_step, give_up, wait
from webapp.publishing.matching import (
    Found,
    FoundDrafts,
    Wanted,
    find_drafts,
    find_published,
)
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.queries import (
    count_steps,
    find_last,
    first_begun,
    known_article_ids,
    known_media_ids,
)
from webapp.publishing.service import note_error, publish
from webapp.publishing.workflow import (
    ADMIN_MASS,
    CLIENT_MSG_ID_MEMORY,
    LOOK_TRIES_MAX,
    LOOKS_MIN,
    TRIES_MAX,
    Action,
    State,
    StepKind,
    StepState,
    backoff,
    patient,
    reason_of,
)
from webapp.wechat.errors import GatewayError, MissingMaterial, NotThere
from webapp.wechat.gateway import Gateway

CHECK_CONSOLE = "请到公众号后台核对：已发出就补上链接，没有发出就再推一次。"


def wanted_of(session: Session, publication: Publication) -> Wanted:
    """By the signs of what was sent last; a step of an older version kept none, and knew articles only."""
    places = publication.edition.articles
    sent = find_last(session, publication.id, StepKind.ADD_DRAFT)
    signs = sent.subject.split() if sent is not None else []
    return Wanted(
        signs=tuple(signs) or tuple(marker_of(p.article, p.revision) for p in places),
        titles=tuple(place.article.title for place in places),
        since=publication.created_at,
    )


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was to be seen at the platform."""

    drafts: FoundDrafts
    published: tuple[Found, ...]


Look = Callable[[Gateway, Wanted], Sight]
Decide = Callable[[Session, Publication, PublicationStep, Sight], bool]


def look_for_draft(gateway: Gateway, wanted: Wanted) -> Sight:
    drafts = find_drafts(gateway, wanted)
    published = () if drafts.ours else find_published(gateway, wanted)
    return Sight(drafts=drafts, published=published)


def look_for_publication(media_id: str) -> Look:
    def look(gateway: Gateway, wanted: Wanted) -> Sight:
        published = find_published(gateway, wanted)
        is_there = not published and _draft_exists(gateway, media_id)
        drafts = FoundDrafts(ours=(media_id,) if is_there else (), alike=())
        return Sight(drafts=drafts, published=published)

    return look


def _draft_exists(gateway: Gateway, media_id: str) -> bool:
    try:
        gateway.get_draft(media_id)
    except (MissingMaterial, NotThere):
        return False
    return True


def settle(held: Held, step_id: int, look: Look, decide: Decide) -> bool:
    """Look, unless the call may still be under way, and decide. True: settled, go on. False: stop for now."""
    with held.step() as (session, publication):
        step = session.get_one(PublicationStep, step_id)
        earliest = (step.finished_at or step.started_at) + held.press.look_after
        if held.press.now() < earliest:
            wait(publication, earliest)
            return False
        wanted = wanted_of(session, publication)
    try:
        sight = look(held.gateway, wanted)
    except GatewayError as error:
        return look_failed(held, error)
    with held.step() as (session, publication):
        publication.tries = 0
        return decide(session, publication, session.get_one(PublicationStep, step_id), sight)


def look_failed(held: Held, error: GatewayError) -> bool:
    """Looking changes nothing, so it is tried again, with patience; in the end a person must look."""
    with held.step() as (session, publication):
        publication.tries += 1
        if publication.tries < LOOK_TRIES_MAX:
            wait(publication, held.press.now() + backoff(publication.tries), error)
        else:
            last = f"最后一次的原因：{reason_of(error)}"
            give_up(held, session, publication,
                    ("push.cannot_look", f"刚才那一步有没有生效，一直查不出来。{last}"))  # fmt: skip
    return False


def seen_enough(held: Held, publication: Publication, step: PublicationStep) -> bool:
    """Count a look that found nothing."""
    step.looks += 1
    if step.looks >= LOOKS_MIN:
        return True
    wait(publication, held.press.now() + held.press.look_after)
    return False


def _is_confirmed(publication: Publication, step: PublicationStep) -> bool:
    """A person said, after this call: nothing is out, go on."""
    return publication.confirmed_at is not None and publication.confirmed_at > step.started_at


def found(held: Held, step: PublicationStep, **result: str) -> None:
    finish_step(step, StepState.DONE, held.press.now(), result={**result, "found": True})


def never_arrived(held: Held, step: PublicationStep) -> None:
    finish_step(step, StepState.ABSENT, held.press.now())


def our_drafts(session: Session, publication: Publication, drafts: FoundDrafts) -> list[str]:
    others = known_media_ids(session, drafts.ours, publication.id)
    return [media_id for media_id in drafts.ours if media_id not in others]


def our_publication(session: Session, publication: Publication, sight: Sight) -> Found | None:
    others = known_article_ids(session, [f.article_id for f in sight.published], publication.id)
    return next((f for f in sight.published if f.article_id not in others), None)


def _take_published(
    held: Held, session: Session, publication: Publication, step: PublicationStep, sight: Sight
) -> bool:
    """It is out already: record it as such."""
    ours = our_publication(session, publication, sight)
    if ours is None:
        return False
    publication.wechat_article_id = ours.article_id
    found(held, step, article_id=ours.article_id)
    if publication.state == State.DRAFTING:
        held.advance(session, publication, Action.DRAFT)
    publish(session, publication, ours.links, actor=WORKER, now=held.press.now())
    return True


# A draft


def settle_draft(held: Held, step_id: int) -> bool:
    def decide(
        session: Session, publication: Publication, step: PublicationStep, sight: Sight
    ) -> bool:
        drafts = our_drafts(session, publication, sight.drafts)
        if len(drafts) > 1:
            ask_two_drafts(held, session, publication, len(drafts))
            return False
        if drafts:
            publication.media_id = drafts[0]
            found(held, step, media_id=drafts[0])
            held.advance(session, publication, Action.DRAFT)
            return True
        if _take_published(held, session, publication, step, sight):
            return True
        if sight.drafts.alike and not _is_confirmed(publication, step):
            _ask_unsure_draft(held, session, publication)
            return False
        return seen_enough(held, publication, step) and _write_again(
            held, session, publication, step
        )

    return settle(held, step_id, look_for_draft, decide)


def _write_again(
    held: Held, session: Session, publication: Publication, step: PublicationStep
) -> bool:
    never_arrived(held, step)
    session.flush()  # it counts
    lost = count_steps(session, publication, StepKind.ADD_DRAFT, state=StepState.ABSENT)
    if lost < TRIES_MAX:
        note_error(publication, "", "")
        return True
    give_up(held, session, publication,
            ("push.no_draft", f"写入草稿箱试了 {lost} 次，微信都没有收下。"))  # fmt: skip
    return False


def ask_two_drafts(held: Held, session: Session, publication: Publication, number: int) -> None:
    held.advance(session, publication, Action.ASK, error=(
        "push.two_drafts", f"草稿箱里有 {number} 份同样的草稿；没有发布，"
        "请到公众号后台只留一份，再推一次。"))  # fmt: skip


def _ask_unsure_draft(held: Held, session: Session, publication: Publication) -> None:
    held.advance(session, publication, Action.ASK, error=(
        "push.unsure_draft", "写入草稿箱没有回音，草稿箱里有一份同名的草稿，认不出是不是这一份；没有重复写入。"
        "请到公众号后台看：不要的就删掉，再推一次会重新写入。"))  # fmt: skip


# A publication


def settle_submit(held: Held, step_id: int, media_id: str) -> bool:
    def decide(
        session: Session, publication: Publication, step: PublicationStep, sight: Sight
    ) -> bool:
        if _take_published(held, session, publication, step, sight):
            return True
        if not seen_enough(held, publication, step):
            return False
        draft_is_there = bool(sight.drafts.ours)
        if _is_confirmed(publication, step):
            never_arrived(held, step)
            if not draft_is_there:
                write_anew(held, session, publication)
            return True
        if step.error_code == MissingMaterial.code:
            _ask_draft_gone(held, session, publication)
            return False
        return _wait_or_ask(held, session, publication, step, draft_is_there=draft_is_there)

    return settle(held, step_id, look_for_publication(media_id), decide)


def write_anew(held: Held, session: Session, publication: Publication) -> None:
    """The draft is used up or deleted, and it is not out."""
    publication.media_id = ""
    held.advance(session, publication, Action.REDRAFT)


def _ask_draft_gone(held: Held, session: Session, publication: Publication) -> None:
    held.advance(session, publication, Action.ASK, error=(
        "push.draft_gone", "草稿已不在草稿箱，也查不到已发布，可能有人在公众号后台删除或群发了它；没有重复提交。"
        f"{CHECK_CONSOLE}再推会重新写入草稿。"))  # fmt: skip


def _wait_or_ask(
    held: Held,
    session: Session,
    publication: Publication,
    step: PublicationStep,
    *,
    draft_is_there: bool,
) -> bool:
    """A job that was accepted may still be running: what was looked for twice may be there in a while."""
    now = held.press.now()
    waited = now - step.started_at
    if waited < held.press.patience:
        wait(publication, now + patient(waited, held.press.look_after))
        return False
    there = "草稿还在草稿箱里" if draft_is_there else "草稿已不在草稿箱"
    held.advance(session, publication, Action.ASK, error=(
        "push.lost_submit",
        f"提交发布没有回音，{there}，目前查不到已发布；没有重复提交。{CHECK_CONSOLE}"))  # fmt: skip
    return False


# A mass send


def settle_mass(held: Held, step_id: int) -> bool:
    """What was mass-sent is in no list, so there is nothing to look at: the platform itself must recognise a repeat."""
    with held.step() as (session, publication):
        step = session.get_one(PublicationStep, step_id)
        if _is_confirmed(publication, step):
            return _send_again_on_demand(held, session, publication, step)
        question = _question(held, session, publication, step)
        if question is not None:
            held.advance(session, publication, Action.ASK, error=question)
            return False
        earliest = (step.finished_at or step.started_at) + held.press.look_after
        if held.press.now() < earliest:
            wait(publication, earliest)
            return False
        finish_step(step, StepState.FAILED, held.press.now(), result={"repeat_is_safe": True})
        return True


def _send_again_on_demand(
    held: Held, session: Session, publication: Publication, step: PublicationStep
) -> bool:
    """The id stays the same: should the person err, the platform still recognises the repeat for a day."""
    never_arrived(held, step)
    if step.error_code == MissingMaterial.code:
        write_anew(held, session, publication)
    return True


def _question(
    held: Held, session: Session, publication: Publication, step: PublicationStep
) -> tuple[str, str] | None:
    """Why it may not be repeated without a person, or None."""
    if step.error_code == MissingMaterial.code:
        # The draft is used up, so an earlier request most likely was carried out.
        return "mass.draft_gone", f"草稿已不在草稿箱，多半已经群发；没有重复群发。{CHECK_CONSOLE}"
    if step.error_code == ADMIN_MASS:
        return "mass.admin", (
            "群发要等公众号管理员在微信里确认，确认以后微信可能就发出了；没有重复群发。"
            f"请管理员先确认。{CHECK_CONSOLE}"
        )
    client_msg_id = publication.client_msg_id
    first = first_begun(session, publication.id, StepKind.SUBMIT, client_msg_id)
    if held.press.now() - (first or step.started_at) >= CLIENT_MSG_ID_MEMORY:
        return "mass.too_late", (
            f"群发请求没有回音，且已过了微信能辨认重复的 24 小时；没有重复群发。{CHECK_CONSOLE}"
        )
    if count_steps(session, publication, StepKind.SUBMIT, subject=client_msg_id) >= TRIES_MAX:
        return "mass.no_answer", (
            f"群发请求试了 {TRIES_MAX} 次都没有回音，不知道有没有群发；没有重复群发。{CHECK_CONSOLE}"
        )
    return None
