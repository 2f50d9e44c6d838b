"""The push itself: what is done in each state. Every move commits what it decided before it calls, and what came of it
after; then the state is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from webapp.editions.workflow import Delivery
from webapp.kernel.errors import ChecksumMismatch
from webapp.publishing import payload
from webapp.publishing.calls import Held, perform
from webapp.publishing.matching import find_drafts, signs_of
from webapp.publishing.models import Publication
from webapp.publishing.outcome import poll
from webapp.publishing.queries import count_steps, find_last, find_unsettled
from webapp.publishing.reconcile import (
    ask_two_drafts,
    look_failed,
    our_drafts,
    settle_draft,
    settle_mass,
    settle_submit,
    wanted_of,
)
from webapp.publishing.service import Embargoed, refuse_unready
from webapp.publishing.takedown import take_down
from webapp.publishing.workflow import Action, State, StepKind, StepState
from webapp.wechat.errors import GatewayError
from webapp.wechat.gateway import Gateway, MassReply


def _has_begun(session: Session, publication: Publication) -> bool:
    """A draft was written, or may have been: what is in it was approved, and held ever since."""
    lost = find_unsettled(session, publication.id, StepKind.ADD_DRAFT)
    return bool(publication.media_id) or lost is not None


def _start(held: Held) -> bool:
    """The last look before anything leaves: what goes out is what was approved, or nothing goes out."""
    with held.step() as (session, publication):
        if not _has_begun(session, publication):
            try:
                refuse_unready(session, publication.edition, held.press.now())
            except (ChecksumMismatch, Embargoed) as refusal:
                held.advance(session, publication, Action.FAIL,
                             error=(refusal.code, refusal.message))  # fmt: skip
                return False
        manual = publication.edition.delivery == Delivery.MANUAL
        held.advance(session, publication, Action.DRAFT if manual else Action.START)
    return not manual


def _upload(held: Held) -> bool:
    """The next picture that the account does not have yet; when there is none, on to the draft."""
    with held.step() as (session, publication):
        is_written = _has_begun(session, publication)
        missing = None if is_written else payload.next_missing(session, publication)
        if missing is None:
            held.advance(session, publication, Action.UPLOADED)
            return True
    upload = payload.upload_of(held, missing)
    return perform(held, upload.kind, upload.send, upload.keep, subject=upload.asset_id)


def _add_draft(held: Held) -> bool:
    with held.step() as (session, publication):
        may_have_twin = _may_have_twin(session, publication)
        if publication.media_id and not may_have_twin:
            held.advance(session, publication, Action.DRAFT)
            return True
        lost = find_unsettled(session, publication.id, StepKind.ADD_DRAFT)
        is_written = bool(publication.media_id)
    if is_written:
        return _look_for_twin(held)
    if lost is not None:
        return settle_draft(held, lost.id)
    articles = payload.draft_articles(held)
    if articles is None:
        return _upload_again(held)

    def drafted(session: Session, publication: Publication, media_id: str) -> dict[str, Any]:
        publication.media_id = media_id
        if not _may_have_twin(session, publication):
            held.advance(session, publication, Action.DRAFT)
        return {"media_id": media_id}

    signs = " ".join(signs_of(articles))
    return perform(
        held, StepKind.ADD_DRAFT, lambda g: g.add_draft(articles), drafted, subject=signs
    )


def _may_have_twin(session: Session, publication: Publication) -> bool:
    """It was written a second time, because the first was lost and looked for in vain; but a request can be late."""
    absent = count_steps(session, publication, StepKind.ADD_DRAFT, state=StepState.ABSENT)
    return absent > 0


def _look_for_twin(held: Held) -> bool:
    """Before anybody sees the draft."""
    with held.step() as (session, publication):
        wanted = wanted_of(session, publication)
    try:
        drafts = find_drafts(held.gateway, wanted)
    except GatewayError as error:
        return look_failed(held, error)
    with held.step() as (session, publication):
        number = len(our_drafts(session, publication, drafts))
        if number < 2:
            held.advance(session, publication, Action.DRAFT)
            return True
        _doubt(session, publication)
        ask_two_drafts(held, session, publication, number)
    return False


def _doubt(session: Session, publication: Publication) -> None:
    """Which of them a person keeps is found out when the push goes on."""
    publication.media_id = ""
    written = find_last(session, publication.id, StepKind.ADD_DRAFT)
    if written is not None:
        written.state = StepState.UNKNOWN


def _upload_again(held: Held) -> bool:
    with held.step() as (session, publication):
        held.advance(session, publication, Action.REUPLOAD)
    return True


def _leave_draft(held: Held) -> bool:
    with held.step() as (session, publication):
        held.advance(session, publication, Action.SUBMIT)
    return True


def _submit(held: Held) -> bool:
    with held.step() as (session, publication):
        if publication.publish_id or publication.msg_id:
            # It was accepted earlier. Its outcome is awaited, however often a person asks for another push.
            held.advance(session, publication, Action.ACCEPT)
            return True
        media_id, client_msg_id = publication.media_id, publication.client_msg_id
        is_mass = publication.edition.delivery == Delivery.MASS
        lost = find_unsettled(session, publication.id, StepKind.SUBMIT)
    if lost is not None and is_mass:
        return settle_mass(held, lost.id)
    if lost is not None:
        return settle_submit(held, lost.id, media_id)
    if is_mass:
        return _send_to_followers(held, media_id, client_msg_id)

    def accepted(session: Session, publication: Publication, publish_id: str) -> dict[str, Any]:
        publication.publish_id = publish_id
        held.advance(session, publication, Action.ACCEPT)
        return {"publish_id": publish_id}

    return perform(held, StepKind.SUBMIT, lambda g: g.submit_publish(media_id), accepted)


def _send_to_followers(held: Held, media_id: str, client_msg_id: str) -> bool:
    def request(gateway: Gateway) -> MassReply:
        return gateway.mass_send(media_id, client_msg_id=client_msg_id, tag_id=None)

    def accepted(session: Session, publication: Publication, reply: MassReply) -> dict[str, Any]:
        publication.msg_id = reply.msg_id
        held.advance(session, publication, Action.ACCEPT)
        return {"msg_id": reply.msg_id, "msg_data_id": reply.msg_data_id, "already": reply.already}

    return perform(held, StepKind.SUBMIT, request, accepted, subject=client_msg_id)


MOVES: Mapping[State, Callable[[Held], bool]] = {
    State.QUEUED: _start,
    State.UPLOADING: _upload,
    State.DRAFTING: _add_draft,
    State.DRAFTED: _leave_draft,
    State.SUBMITTING: _submit,
    State.SUBMITTED: poll,
    State.WITHDRAWING: take_down,
}
