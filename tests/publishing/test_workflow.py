"""Every state × action pair of publication and edition is decided here, and nowhere else."""

from __future__ import annotations

import pytest

from webapp.editions import workflow as editions
from webapp.kernel.errors import Conflict
from webapp.publishing import workflow as pushes
from webapp.publishing.workflow import StepKind, Verdict, backoff, patient, verdict_on
from webapp.wechat import errors as e

# One row a state; what is not named is refused.
PUSHES = {
    "queued": "start:uploading draft:drafted fail:failed ask:needs_attention",
    "uploading": "uploaded:drafting fail:failed ask:needs_attention",
    "drafting": "reupload:uploading draft:drafted fail:failed ask:needs_attention",
    "drafted": "submit:submitting publish:published withdraw:withdrawing fail:failed ask:needs_attention",
    "submitting": "redraft:drafting accept:submitted publish:published fail:failed ask:needs_attention",
    "submitted": "publish:published fail:failed ask:needs_attention",
    "published": "withdraw:withdrawing",
    "failed": "requeue:queued publish:published withdraw:withdrawing",
    "needs_attention": "requeue:queued publish:published withdraw:withdrawing",
    "withdrawing": "withdrawn:withdrawn",
    "withdrawn": "",
}
EDITIONS = {
    "planned": "queue:queued withdraw:withdrawn",
    "queued": "begin:pushing fail:failed",
    "pushing": "begin:pushing draft:drafted publish:published fail:failed ask:needs_attention",
    "drafted": "publish:published withdraw:withdrawn",
    "published": "withdraw:withdrawn",
    "failed": "queue:queued publish:published withdraw:withdrawn",
    "needs_attention": "queue:queued publish:published withdraw:withdrawn",
    "withdrawn": "",
}


def pairs(module, table):
    assert set(table) == set(module.State)
    for state in module.State:
        allowed = dict(arrow.split(":") for arrow in table[state].split())
        assert set(allowed) <= set(module.Action)
        for action in module.Action:
            yield pytest.param(module, state, action, allowed.get(action), id=f"{state}-{action}")


@pytest.mark.parametrize(
    ("module", "state", "action", "after"), [*pairs(pushes, PUSHES), *pairs(editions, EDITIONS)]
)
def test_an_action_leads_where_the_table_says_or_is_refused(module, state, action, after):
    if after is None:
        with pytest.raises(Conflict, match="没有改动") as refused:
            module.next_state(state, action)
        assert module.STATE_NAMES[state] in refused.value.message
    else:
        assert module.next_state(state, action) == after


def test_every_state_and_every_step_has_a_name_for_people():
    assert set(pushes.STATE_NAMES) == set(pushes.State)
    assert set(editions.STATE_NAMES) == set(editions.State)
    assert set(pushes.STEP_NAMES) == set(StepKind)
    assert set(editions.DELIVERY_NAMES) == set(editions.Delivery)


def test_wherever_a_worker_is_at_work_it_can_stop_with_a_word():
    for state in pushes.ACTIVE - {pushes.State.WITHDRAWING}:
        assert (state, pushes.Action.FAIL) in pushes.TRANSITIONS
        assert (state, pushes.Action.ASK) in pushes.TRANSITIONS


UPLOADS = (StepKind.UPLOAD_COVER, StepKind.UPLOAD_IMAGE, StepKind.UPLOAD_PICTURE)
DELETIONS = (StepKind.DELETE_DRAFT, StepKind.DELETE_PUBLISHED)


@pytest.mark.parametrize("kind", StepKind)
def test_what_certainly_did_not_arrive_or_came_too_fast_is_tried_again(kind: StepKind):
    assert verdict_on(kind, e.NotReached("x")) is Verdict.RETRY
    assert verdict_on(kind, e.TooFast("x")) is Verdict.RETRY


@pytest.mark.parametrize("kind", StepKind)
def test_an_unknown_outcome_is_looked_up_wherever_a_repeat_would_show(kind: StepKind):
    harmless = kind in UPLOADS + DELETIONS
    verdict = verdict_on(kind, e.OutcomeUnknown("x"))
    assert verdict is (Verdict.RETRY if harmless else Verdict.LOOK)


@pytest.mark.parametrize("kind", StepKind)
@pytest.mark.parametrize(
    "error",
    [e.BadCredential, e.AddressNotAllowed, e.NoRight, e.QuotaUsedUp, e.BadContent, e.BadFile],
)
def test_a_refusal_ends_the_push(kind: StepKind, error: type[e.Refused]):
    assert verdict_on(kind, error("x")) is Verdict.GIVE_UP


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (StepKind.UPLOAD_COVER, Verdict.GIVE_UP),
        (StepKind.ADD_DRAFT, Verdict.REUPLOAD),
        (StepKind.SUBMIT, Verdict.LOOK),
    ],
)
def test_a_missing_media_id_means_something_else_for_each_call(kind: StepKind, verdict: Verdict):
    assert verdict_on(kind, e.MissingMaterial("x")) is verdict


def test_pauses_grow_and_are_bounded():
    pauses = [backoff(n).total_seconds() for n in range(1, 12)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (2, 60)
    assert patient(backoff(1), backoff(2)) == backoff(2)
    assert patient(backoff(5) * 60, backoff(2)) == backoff(5) * 10
