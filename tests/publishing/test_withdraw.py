"""Taking back: what is said to be withdrawn is not to be seen, or a person was asked."""

from __future__ import annotations

import pytest

from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import Conflict, Invalid

DELETED = "已在后台删除"


def test_what_was_only_planned_goes_at_once_and_frees_its_articles(room: Pressroom):
    edition_id = room.edition()
    room.withdraw(edition_id)
    assert (room.find(edition_id).status, room.find(edition_id).withdraw_reason) == (
        "withdrawn",
        "内容有误",
    )
    assert room.edition(room.articles[0]) != edition_id


def test_a_withdrawal_needs_a_reason(room: Pressroom):
    edition_id = room.edition()
    with pytest.raises(Invalid, match="理由"):
        room.withdraw(edition_id, "   ")
    assert room.find(edition_id).status == "planned"


def test_what_is_on_its_way_cannot_be_withdrawn(room: Pressroom):
    edition_id = room.edition()
    room.queue(edition_id)
    with pytest.raises(Conflict, match="等待推送"):
        room.withdraw(edition_id)


def test_a_draft_is_deleted_at_the_platform(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    assert room.push(edition_id).status == "drafted"
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.drafts(edition_id) == 0
    assert not room.newsroom.article(room.articles[0]).held


def test_what_is_published_is_deleted_and_taken_off_the_count(room: Pressroom):
    edition_id = room.edition(*room.articles[:2])
    room.push(edition_id)
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert (room.out(edition_id), room.postings(edition_id)) == (0, [])
    assert room.newsroom.article(room.articles[0]).status == "withdrawn"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_lost_answer_while_deleting_a_draft_is_no_reason_to_ask(room: Pressroom, kind: str):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    room.fault("draft/delete", kind)
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.drafts(edition_id) == 0


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_lost_answer_while_deleting_a_publication_is_no_reason_to_ask(room: Pressroom, kind: str):
    edition_id = room.edition()
    room.push(edition_id)
    room.fault("freepublish/delete", kind)
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.out(edition_id) == 0


def test_a_draft_that_somebody_published_at_the_console_is_not_called_withdrawn(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    room.publish_by_hand()
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("drafted", "withdraw.published_by_hand")
    assert DELETED in edition.error
    assert room.out(edition_id) == 1


@pytest.mark.parametrize("origin", ["mass", None])
def test_a_draft_that_is_gone_without_a_trace_is_asked_about(room: Pressroom, origin: str | None):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    if origin:
        room.publish_by_hand("mass")
    else:
        room.delete_drafts_by_hand()
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("drafted", "withdraw.draft_gone")
    assert DELETED in edition.error
    room.confirm_withdrawn(edition_id)
    assert room.find(edition_id).status == "withdrawn"


def test_a_mass_send_cannot_be_called_back_by_interface_even_without_links(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.MASS)
    assert room.push(edition_id).status == "published"
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("published", "withdraw.by_hand")
    assert len(room.postings(edition_id)) == 1
    room.confirm_withdrawn(edition_id)
    assert room.find(edition_id).status == "withdrawn"
    assert room.postings(edition_id) == []


def test_a_submit_without_an_answer_may_still_come_out_and_is_not_called_withdrawn(
    room: Pressroom,
):
    room.sandbox.settings(publish_delay_seconds=3600)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.lost_submit")
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "withdraw.check")
    room.clock.advance(seconds=3600)
    assert room.out(edition_id) == 1
    room.withdraw(edition_id)  # once more: now it is there to be found
    assert room.finish(edition_id).status == "withdrawn"
    assert (room.out(edition_id), room.drafts(edition_id)) == (0, 0)


def test_a_job_that_was_accepted_is_awaited_and_then_taken_down(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=3600)
    edition_id = room.edition()
    assert room.push(edition_id).error_code == "push.no_outcome"
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    if edition.status != "withdrawn":
        assert (edition.status, edition.error_code) == ("needs_attention", "withdraw.check")
        room.clock.advance(seconds=3600)
        room.withdraw(edition_id)
        assert room.finish(edition_id).status == "withdrawn"
    assert room.out(edition_id) == 0


def test_a_draft_whose_answer_was_lost_is_found_and_deleted(room: Pressroom):
    room.fault("draft/add", "drop_after")
    room.fault("draft/batchget", "errcode:48001", times=-1)
    edition_id = room.edition(delivery=Delivery.DRAFT)
    assert room.push(edition_id).error_code == "push.cannot_look"
    room.no_more_faults()
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.drafts(edition_id) == 0


def test_two_drafts_of_one_edition_are_both_deleted(room: Pressroom):
    room.fault("draft/add", "drop_after")
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.queue(edition_id)
    room.sweep()
    store = room.platform.store
    with store.transaction():
        from webapp.sandbox.records import Draft

        (draft,) = store.list_all(Draft)
        store.put(draft.model_copy(update={"key": draft.key[::-1]}))
    assert room.finish(edition_id).error_code == "push.two_drafts"
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.drafts(edition_id) == 0


def test_a_withdrawal_that_was_refused_can_be_asked_for_again(room: Pressroom):
    edition_id = room.edition()
    room.push(edition_id)
    room.fault("freepublish/delete", "errcode:48001")
    room.withdraw(edition_id)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("published", "wechat_no_right")
    assert "撤回没有完成" in edition.error
    assert room.out(edition_id) == 1
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.out(edition_id) == 0


def test_who_withdrew_and_why_stands_in_the_audit_trail(room: Pressroom):
    from sqlalchemy import select

    from webapp.kernel.audit import AuditEntry

    edition_id = room.edition()
    room.push(edition_id)
    room.withdraw(edition_id, "数字有误")
    with room.newsroom.step() as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "edition.withdraw_asked")
        )
        assert (entry.actor, entry.details["reason"]) == ("publisher", "数字有误")
