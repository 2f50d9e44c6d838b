"""A lost answer: what is looked at, for how long, and what is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.workflow import TRIES_MAX, StepKind
from webapp.sandbox.records import Draft


def lost_draft(room: Pressroom, kind: str = "drop_after", **more: object) -> int:
    """An edition whose draft was asked for, and the answer lost."""
    room.fault("draft/add", kind, **more)
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.queue(edition_id)
    room.sweep()
    return edition_id


def test_a_draft_that_arrived_is_found_and_not_written_again(room: Pressroom):
    edition_id = lost_draft(room)
    assert room.finish(edition_id).status == "drafted"
    assert (room.drafts(edition_id), room.calls()["draft/add"]) == (1, 1)
    (step,) = [s for s in room.steps(edition_id) if s.kind == StepKind.ADD_DRAFT]
    assert (step.state, step.result["found"]) == ("done", True)


def test_a_draft_that_never_arrived_is_looked_for_twice_and_written_again(room: Pressroom):
    edition_id = lost_draft(room, "drop_before")
    began = room.clock()
    assert room.finish(edition_id).status == "drafted"
    assert (room.drafts(edition_id), room.calls()["draft/add"]) == (1, 2)
    assert [s for k, s in room.told(edition_id) if k == "add_draft"] == ["absent", "done"]
    assert room.clock() - began >= timedelta(seconds=2 * room.press.settings.reconcile_seconds)


def test_nobody_looks_before_the_request_can_have_arrived(room: Pressroom):
    edition_id = lost_draft(room)
    room.clock.advance(seconds=room.press.settings.reconcile_seconds - 1)
    room.sweep()
    assert room.calls()["draft/batchget"] == 0
    room.clock.advance(seconds=1)
    room.sweep()
    assert room.calls()["draft/batchget"] == 1
    assert room.find(edition_id).status == "drafted"


@pytest.mark.parametrize("delivery", [Delivery.PUBLISH, Delivery.MASS])
def test_a_knock_from_the_platform_makes_nobody_decide_too_early(
    room: Pressroom, delivery: Delivery
):
    """An event of some other job wakes whatever waits for an outcome."""
    path = "freepublish/submit" if delivery == Delivery.PUBLISH else "message/mass/sendall"
    room.fault(path, "drop_before")
    edition_id = room.edition(delivery=delivery)
    room.queue(edition_id)
    room.sweep()
    room.clock.advance(seconds=room.press.settings.reconcile_seconds - 1)
    with room.newsroom.step() as session:
        session.execute(update(Publication).values(wake_at=room.clock()))
    room.sweep()
    assert room.calls()["freepublish/batchget"] == 0
    assert room.calls()[path] == 1


def test_a_draft_that_arrives_between_the_two_looks_is_found(room: Pressroom):
    edition_id = lost_draft(room)
    (draft,) = room.platform.store.list_all(Draft)
    room.delete_drafts_by_hand()
    room.clock.advance(seconds=room.press.settings.reconcile_seconds)
    room.sweep()
    room.platform.store.put(draft)
    assert room.finish(edition_id).status == "drafted"
    assert (room.drafts(edition_id), room.calls()["draft/add"]) == (1, 1)


def test_a_twin_that_came_late_stops_the_push_before_readers_see_anything(room: Pressroom):
    room.fault("draft/add", "drop_after")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    (late,) = room.platform.store.list_all(Draft)
    room.delete_drafts_by_hand()
    _arrives_with_the_second_request(room, late)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.two_drafts")
    assert (room.out(edition_id), room.drafts(edition_id)) == (0, 2)


def _arrives_with_the_second_request(room: Pressroom, late: Draft) -> None:
    """Both looks see nothing; then it is there."""
    inner = room.press.gateway_of

    def gateway_of(account):
        gateway = inner(account)
        add_draft = gateway.add_draft

        def add(articles):
            room.platform.store.put(late)
            return add_draft(articles)

        gateway.add_draft = add  # type: ignore[method-assign]
        return gateway

    object.__setattr__(room.press, "gateway_of", gateway_of)


def test_the_drafts_of_other_people_do_not_hide_ours(room: Pressroom):
    edition_id = lost_draft(room)
    store = room.platform.store
    (ours,) = store.list_all(Draft)
    for number in range(60):
        article = ours.articles[0].model_copy(
            update={"content": "<p>别人的</p>", "title": f"别人的第 {number} 篇"}
        )
        store.put(
            ours.model_copy(
                update={
                    "key": f"foreign-{number:03}",
                    "articles": [article],
                    "update_time": room.platform.now() + number,
                }
            )
        )
    assert room.finish(edition_id).status == "drafted"
    assert room.calls()["draft/add"] == 1
    assert room.calls()["draft/batchget"] == 4


def test_a_busy_platform_is_not_asked_for_ever(room: Pressroom):
    room.fault("draft/add", "errcode", errcode=-1, times=-1)
    edition_id = room.edition(delivery=Delivery.DRAFT)
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "push.no_draft")
    assert room.calls()["draft/add"] == TRIES_MAX
    room.no_more_faults()
    assert room.push(edition_id).status == "drafted"
    assert room.drafts(edition_id) == 1


def test_two_drafts_of_ours_are_a_persons_to_choose_from(room: Pressroom):
    edition_id = lost_draft(room)
    store = room.platform.store
    (draft,) = store.list_all(Draft)
    store.put(draft.model_copy(update={"key": draft.key[::-1]}))
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.two_drafts")
    assert "2 份" in edition.error
    store.delete(draft)
    assert room.push(edition_id).status == "drafted"
    assert (room.drafts(edition_id), room.calls()["draft/add"]) == (1, 1)


def test_a_draft_of_the_same_name_without_our_mark_is_asked_about(room: Pressroom):
    edition_id = lost_draft(room)
    store = room.platform.store
    (draft,) = store.list_all(Draft)
    bare = draft.articles[0].model_copy(update={"content": "<p>记号被平台去掉了</p>"})
    store.put(draft.model_copy(update={"articles": [bare]}))
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.unsure_draft")
    assert "没有重复写入" in edition.error
    assert room.push(edition_id).status == "drafted"  # a person says: it is not ours
    assert room.calls()["draft/add"] == 2


def test_a_draft_that_another_push_made_is_not_taken(room: Pressroom):
    """Its withdrawal was confirmed by hand although the draft still lay there."""
    first = room.edition(delivery=Delivery.DRAFT)
    room.push(first)
    room.fault("draft/delete", "errcode:48001")
    room.withdraw(first)
    room.finish(first)
    room.confirm_withdrawn(first)
    second = lost_draft(room, "drop_before")
    assert room.finish(second).status == "drafted"
    assert room.publication(second).media_id != room.publication(first).media_id
    assert room.calls()["draft/add"] == 3


# Publishing


def test_a_submit_that_arrived_is_found_when_it_is_out(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=300)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition(*room.articles[:2])
    edition = room.push(edition_id)
    assert (edition.status, edition.error) == ("published", "")
    assert all(place.url for place in edition.articles)
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 1)


def test_a_submit_that_never_arrived_is_a_persons_to_repeat(room: Pressroom):
    room.fault("freepublish/submit", "drop_before")
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.lost_submit")
    assert "没有重复提交" in edition.error
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (0, 1)
    assert room.push(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 2)


def test_a_person_who_errs_about_a_lost_submit_does_not_make_it_come_out_twice(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=3600)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    assert room.push(edition_id).error_code == "push.lost_submit"
    room.clock.advance(seconds=1800)  # it came out meanwhile
    assert room.push(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 1)


def test_a_lost_submit_is_not_looked_after_all_the_time(room: Pressroom):
    room.fault("freepublish/submit", "drop_before")
    edition_id = room.edition()
    room.push(edition_id)
    assert 2 <= room.calls()["freepublish/batchget"] <= 25


def test_a_draft_that_somebody_published_meanwhile_is_taken_for_what_it_is(room: Pressroom):
    room.fault("freepublish/submit", "errcode:45011")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    room.publish_by_hand()
    assert room.finish(edition_id).status == "published"
    assert (room.out(edition_id), room.drafts(edition_id)) == (1, 0)


def test_a_draft_that_somebody_deleted_is_asked_about_soon_and_written_anew_on_demand(
    room: Pressroom,
):
    room.fault("freepublish/submit", "errcode:45011")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    room.delete_drafts_by_hand()
    began = room.clock()
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.draft_gone")
    assert room.clock() - began < timedelta(minutes=5)
    assert room.push(edition_id).status == "published"
    assert (room.out(edition_id), room.drafts(edition_id)) == (1, 0)


def test_when_nobody_can_look_a_person_is_told_why(room: Pressroom):
    room.fault(
        "draft/batchget",
        "errcode:40164",
        errmsg="invalid ip 203.0.113.9, not in whitelist",
        times=-1,
    )
    edition_id = lost_draft(room)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.cannot_look")
    assert "203.0.113.9" in edition.error
    assert "没有重复" in edition.error
    room.no_more_faults()
    assert room.push(edition_id).status == "drafted"
    assert room.drafts(edition_id) == 1


# Sending to all


def test_a_mass_send_that_is_under_way_is_recognised_by_its_id(room: Pressroom):
    room.sandbox.settings(mass_delay_seconds=300)
    room.fault("message/mass/sendall", "drop_after")
    edition_id = room.edition(delivery=Delivery.MASS)
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1
    assert room.mass_jobs() == 1


def test_a_mass_send_that_is_done_already_is_asked_about_not_called_failed(room: Pressroom):
    room.fault("message/mass/sendall", "drop_after")
    edition_id = room.edition(delivery=Delivery.MASS)
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "mass.draft_gone")
    assert "多半已经群发" in edition.error
    assert room.out(edition_id) == 1
    room.record_links(edition_id, "https://mp.weixin.qq.com/s/abc")
    assert room.find(edition_id).status == "published"
    assert len(room.postings(edition_id)) == 1


def test_a_person_who_errs_about_a_mass_send_does_not_make_it_go_out_twice(room: Pressroom):
    room.fault("message/mass/sendall", "drop_after")
    edition_id = room.edition(delivery=Delivery.MASS)
    assert room.push(edition_id).error_code == "mass.draft_gone"
    edition = room.push(edition_id)
    assert (edition.status, room.out(edition_id)) == ("published", 1)
    assert room.mass_jobs() == 1


def test_a_mass_send_that_never_arrived_is_repeated_under_the_same_id(room: Pressroom):
    room.fault("message/mass/sendall", "drop_before", times=2)
    edition_id = room.edition(delivery=Delivery.MASS)
    assert room.push(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["message/mass/sendall"]) == (1, 3)


def test_a_mass_send_is_not_repeated_once_the_platform_may_have_forgotten_the_first(
    room: Pressroom,
):
    room.fault("message/mass/sendall", "drop_before", times=2)
    edition_id = room.edition(delivery=Delivery.MASS)
    room.queue(edition_id)
    room.sweep()
    room.clock.advance(hours=22)
    room.sweep()
    room.clock.advance(hours=3)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "mass.too_late")
    assert room.calls()["message/mass/sendall"] == 2
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1


def test_a_mass_send_that_gets_no_answer_at_all_ends_with_a_question(room: Pressroom):
    room.fault("message/mass/sendall", "http_502", times=-1)
    edition_id = room.edition(delivery=Delivery.MASS)
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "mass.no_answer")
    assert room.calls()["message/mass/sendall"] == TRIES_MAX
    room.no_more_faults()
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1


@pytest.mark.parametrize("errcode", [89504, 89505])
def test_a_mass_send_that_waits_for_the_administrator_is_not_called_failed(
    room: Pressroom, errcode: int
):
    room.fault("message/mass/sendall", "errcode", errcode=errcode)
    edition_id = room.edition(delivery=Delivery.MASS)
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "mass.admin")
    assert "管理员" in edition.error
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1


def test_steps_tell_when_each_call_was_begun_and_ended(room: Pressroom):
    edition_id = room.edition()
    room.push(edition_id)
    steps: list[PublicationStep] = room.steps(edition_id)
    assert all(s.finished_at is not None and s.state == "done" for s in steps)
