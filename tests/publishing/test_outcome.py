"""What the platform says of a job that it accepted."""

from __future__ import annotations

import pytest

from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.sandbox.records import PublishJob

LATE = 7200
"""Longer than anybody waits for an outcome."""


def test_a_job_that_is_not_done_yet_is_waited_for(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=600)
    edition_id = room.edition()
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1
    assert 10 < room.calls()["freepublish/get"] < 60


def test_a_job_without_an_outcome_is_never_submitted_again_however_often_it_is_pushed(
    room: Pressroom,
):
    room.sandbox.settings(publish_delay_seconds=LATE)
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.no_outcome")
    assert "没有重复提交" in edition.error
    assert room.push(edition_id).status == "needs_attention"
    room.clock.advance(seconds=LATE)
    edition = room.push(edition_id)
    assert (edition.status, edition.error) == ("published", "")
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 1)


@pytest.mark.parametrize("status", [2, 3, 4])
def test_a_job_that_failed_leaves_the_draft_and_may_be_pushed_again(room: Pressroom, status: int):
    room.fault("freepublish/submit", f"publish_status:{status}")
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", f"publish.status_{status}")
    assert "草稿还在草稿箱" in edition.error
    assert (room.out(edition_id), room.drafts(edition_id)) == (0, 1)
    assert room.push(edition_id).status == "published"
    assert (room.out(edition_id), room.drafts(edition_id)) == (1, 0)


@pytest.mark.parametrize("status", [5, 6])
def test_what_was_taken_down_before_we_asked_is_not_out_and_its_draft_is_written_anew(
    room: Pressroom, status: int
):
    room.fault("freepublish/submit", f"publish_status:{status}")
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", f"publish.status_{status}")
    assert "草稿还在" not in edition.error
    assert room.out(edition_id) == 0
    edition = room.push(edition_id)
    assert (edition.status, edition.error) == ("published", "")
    assert (room.out(edition_id), room.drafts(edition_id)) == (1, 0)


def test_an_answer_that_this_version_does_not_know_is_shown_to_a_person(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=60)
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    store = room.platform.store
    with store.transaction():
        (job,) = store.list_all(PublishJob)
        store.put(job.model_copy(update={"status": 9, "outcome": 9}))
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "publish.status_9")
    assert "没有重复提交" in edition.error


def test_a_failed_mass_send_can_be_sent_again_on_the_same_day(room: Pressroom):
    room.fault("message/mass/sendall", "mass_status:send fail")
    edition_id = room.edition(delivery=Delivery.MASS)
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "mass.failed")
    assert room.out(edition_id) == 0
    edition = room.push(edition_id)
    assert (edition.status, edition.error) == ("published", "")
    assert room.out(edition_id) == 1


def test_trouble_while_asking_is_passed_over(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=20)
    room.fault("freepublish/get", "http_502", times=2)
    edition_id = room.edition()
    assert room.push(edition_id).status == "published"
