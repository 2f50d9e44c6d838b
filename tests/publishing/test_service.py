"""What people may do, and what they are told."""

from __future__ import annotations

import pytest

from tests.publishing.pressroom import Pressroom
from webapp.articles.queries import get_article
from webapp.articles.service import revise
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import ChecksumMismatch, Conflict, Forbidden, Invalid

LINK = "https://mp.weixin.qq.com/s/abc"


def edit(room: Pressroom, article_id: int) -> None:
    actor = room.newsroom.actor("editor")
    content = room.newsroom.content("改过的题目")
    with room.newsroom.step() as session:
        article = get_article(session, article_id)
        revise(session, article, content, base_revision=article.revision, actor=actor,
               now=room.clock())  # fmt: skip


# Asking


def test_asking_twice_pushes_once(room: Pressroom):
    edition_id = room.edition()
    room.queue(edition_id)
    room.queue(edition_id)
    room.finish(edition_id)
    room.queue(edition_id)
    assert room.finish(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 1)


def test_asking_while_it_is_under_way_changes_nothing(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=60)
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    before = room.publication(edition_id)
    room.queue(edition_id)
    after = room.publication(edition_id)
    assert (after.state, after.wake_at) == (before.state, before.wake_at)


def test_only_a_publisher_may_push(room: Pressroom):
    edition_id = room.edition()
    with pytest.raises(Forbidden):
        room.queue(edition_id, by="editor")
    assert room.find(edition_id).status == "planned"


def test_an_article_that_was_edited_after_it_was_put_in_is_not_pushed(room: Pressroom):
    edition_id = room.edition()
    edit(room, room.articles[0])
    with pytest.raises(ChecksumMismatch) as refused:
        room.queue(edition_id)
    assert refused.value.code == "push.not_approved"
    assert "什么也没有发出" in refused.value.message


def test_what_failed_is_not_pushed_again_after_an_edit(room: Pressroom):
    room.fault("freepublish/submit", "publish_status:4")
    edition_id = room.edition()
    assert room.push(edition_id).status == "failed"
    edit(room, room.articles[0])
    with pytest.raises(ChecksumMismatch):
        room.queue(edition_id)
    room.withdraw(edition_id)
    assert room.finish(edition_id).status == "withdrawn"
    assert room.drafts(edition_id) == 0


def test_a_withdrawn_edition_is_not_pushed(room: Pressroom):
    edition_id = room.edition()
    room.withdraw(edition_id)
    with pytest.raises(Conflict, match="已撤回"):
        room.queue(edition_id)


# Holding


def test_an_article_cannot_be_edited_while_it_is_on_its_way(room: Pressroom):
    edition_id = room.edition()
    room.queue(edition_id)
    with pytest.raises(Conflict) as refused:
        edit(room, room.articles[0])
    assert refused.value.code == "article.held"


@pytest.mark.parametrize("state", ["queued", "needs_attention", "drafted", "withdrawing"])
def test_an_article_stays_held_until_its_fate_is_known(room: Pressroom, state: str):
    delivery = Delivery.DRAFT if state == "drafted" else Delivery.PUBLISH
    edition_id = room.edition(delivery=delivery)
    room.queue(edition_id)
    if state == "needs_attention":
        room.fault("freepublish/submit", "drop_before")
    if state != "queued":
        room.finish(edition_id)
    if state == "withdrawing":
        room.withdraw(edition_id)
    assert room.publication(edition_id).state == state
    assert room.newsroom.article(room.articles[0]).held


def test_an_article_is_let_go_when_nothing_went_out(room: Pressroom):
    room.fault("draft/add", "errcode:45166")
    edition_id = room.edition()
    assert room.push(edition_id).status == "failed"
    edit(room, room.articles[0])
    assert room.newsroom.article(room.articles[0]).status == "draft"


# Two editions


def test_an_article_stands_in_one_edition_at_most(room: Pressroom):
    first = room.edition()
    with pytest.raises(Invalid, match=f"第 {first} 号推送"):
        room.edition()
    room.withdraw(first)
    assert room.push(room.edition()).status == "published"


def test_what_failed_still_holds_its_articles(room: Pressroom):
    room.fault("draft/add", "errcode:45166")
    room.push(room.edition())
    with pytest.raises(Invalid):
        room.edition()


# Links


def test_links_are_taken_for_a_draft_that_was_published_by_hand(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    room.record_links(edition_id, f" {LINK} ")
    assert room.find(edition_id).status == "published"
    assert room.find(edition_id).articles[0].url == LINK
    assert room.newsroom.article(room.articles[0]).url == LINK
    assert [p.url for p in room.postings(edition_id)] == [LINK]


def test_links_are_taken_for_a_manual_delivery_and_no_call_is_made(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.MANUAL)
    assert room.push(edition_id).status == "drafted"
    room.record_links(edition_id, LINK)
    assert room.find(edition_id).status == "published"
    assert room.calls() == {}


def test_links_are_taken_when_the_interface_refused_and_a_person_published_the_draft(
    room: Pressroom,
):
    room.sandbox.settings(profile="personal")
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "wechat_no_right")
    assert "存入草稿箱" in edition.error
    assert "人工发布" in edition.error
    assert room.drafts(edition_id) == 1
    room.publish_by_hand()
    room.record_links(edition_id, LINK)
    assert room.find(edition_id).status == "published"
    assert len(room.postings(edition_id)) == 1


def test_links_of_a_mass_send_are_filled_in_later_and_count_once(room: Pressroom):
    edition_id = room.edition(delivery=Delivery.MASS)
    assert room.push(edition_id).articles[0].url == ""
    room.record_links(edition_id, LINK)
    assert room.find(edition_id).articles[0].url == LINK
    assert [p.url for p in room.postings(edition_id)] == [LINK]
    with pytest.raises(Conflict):
        room.record_links(edition_id, LINK)


@pytest.mark.parametrize(
    "urls",
    [
        [],
        [LINK],
        [LINK, LINK],
        [LINK, "https://example.org/s/abc"],
        [LINK, "mp.weixin.qq.com/s/x"],
        [LINK, f"{LINK}1", f"{LINK}2"],
        [LINK, 'https://mp.weixin.qq.com/s/"><script>'],
    ],
)
def test_links_must_be_one_of_the_platform_for_each_article(room: Pressroom, urls: list[str]):
    edition_id = room.edition(*room.articles[:2], delivery=Delivery.DRAFT)
    room.push(edition_id)
    with pytest.raises(Invalid, match="没有记下"):
        room.record_links(edition_id, *urls)
    assert room.find(edition_id).status == "drafted"
    assert room.postings(edition_id) == []


@pytest.mark.parametrize("delivery", [Delivery.PUBLISH, Delivery.DRAFT])
def test_links_are_not_taken_before_there_is_anything_to_link_to(
    room: Pressroom, delivery: Delivery
):
    edition_id = room.edition(delivery=delivery)
    with pytest.raises(Conflict):
        room.record_links(edition_id, LINK)
    room.queue(edition_id)
    with pytest.raises(Conflict):
        room.record_links(edition_id, LINK)


# Counts


def test_what_is_out_is_counted_once_for_each_article(room: Pressroom):
    edition_id = room.edition(*room.articles)
    room.push(edition_id)
    postings = room.postings(edition_id)
    assert sorted(p.article_id for p in postings) == sorted(room.articles)
    assert all(p.url and p.author == "李四" and p.channel == "wechat" for p in postings)
    assert _counted(room) == 3
    room.withdraw(edition_id)
    room.finish(edition_id)
    assert _counted(room) == 0


def _counted(room: Pressroom) -> int:
    with room.newsroom.step() as session:
        return room.newsroom.column(session).published_count


def test_a_draft_counts_nothing(room: Pressroom):
    room.push(room.edition(delivery=Delivery.DRAFT))
    assert _counted(room) == 0
