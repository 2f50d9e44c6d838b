"""A picture message goes out whole, is known again after a lost answer, and is what was approved."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import ChecksumMismatch, Invalid
from webapp.media.models import Artwork
from webapp.publishing.workflow import StepKind
from webapp.sandbox.records import Draft, Post


def approve(room: Pressroom, title: str = "松风三帧", **fields: Any) -> int:
    content = room.newsroom.content(
        title, "笔墨寄情。", pictures=3, form="newspic", cover_id=None, digest="", **fields
    )
    return room.newsroom.approved(content=content)


def lost_draft(room: Pressroom) -> int:
    """Asked for, arrived, and the answer lost."""
    room.fault("draft/add", "drop_after")
    edition_id = room.edition(approve(room), delivery=Delivery.DRAFT)
    room.queue(edition_id)
    room.sweep()
    return edition_id


def change_at_the_platform(room: Pressroom, **changes: Any) -> None:
    store = room.platform.store
    with store.transaction():
        (draft,) = store.list_all(Draft)
        draft.articles = [one.model_copy(update=changes) for one in draft.articles]
        store.put(draft)


def test_its_pictures_go_up_as_permanent_ones_and_its_text_as_text(room: Pressroom):
    article_id = approve(room)
    edition_id = room.edition(room.articles[0], article_id)
    assert room.push(edition_id).status == "published"
    (post,) = room.records(Post)
    news, newspic = post.articles
    assert (news.article_type, newspic.article_type) == ("news", "newspic")
    assert newspic.content == "笔墨寄情。\n\n" + "\n".join(f"{n}. 图：摄影 张三" for n in (1, 2, 3))
    sent = [step for step in room.steps(edition_id) if step.kind == StepKind.UPLOAD_PICTURE]
    assert newspic.image_info == {
        "image_list": [{"image_media_id": step.result["media_id"]} for step in sent]
    }
    assert newspic.cover_info is not None
    assert len(newspic.pictures) == len(sent) == 3
    assert room.newsroom.article(article_id).url.startswith("http")


def test_after_a_lost_answer_it_is_found_by_what_it_is(room: Pressroom):
    edition_id = lost_draft(room)
    change_at_the_platform(
        room, content="笔墨寄情。<br>1. 图：摄影&nbsp;张三\r\n2. 图：摄影 张三3. 图：摄影 张三"
    )
    assert room.finish(edition_id).status == "drafted"
    assert room.calls()["draft/add"] == len(room.records(Draft)) == 1
    (step,) = [s for s in room.steps(edition_id) if s.kind == StepKind.ADD_DRAFT]
    assert (step.state, step.result["found"]) == ("done", True)


@pytest.mark.parametrize(
    "changes",
    [{"content": "别的文字。"}, {"image_info": {"image_list": [{"image_media_id": "x"}]}}],
    ids=["another text", "another picture"],
)
def test_one_of_its_name_that_is_not_the_same_is_a_persons_to_judge(
    room: Pressroom, changes: dict[str, Any]
):
    edition_id = lost_draft(room)
    change_at_the_platform(room, **changes)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("needs_attention", "push.unsure_draft")
    assert room.calls()["draft/add"] == len(room.records(Draft)) == 1


def test_one_that_never_arrived_is_written_again(room: Pressroom):
    room.fault("draft/add", "drop_before")
    edition_id = room.edition(approve(room))
    assert room.push(edition_id).status == "published"
    assert (room.calls()["draft/add"], len(room.records(Post))) == (2, 1)


def test_a_lost_answer_to_the_publication_is_found_as_well(room: Pressroom):
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition(approve(room))
    assert room.push(edition_id).status == "published"
    assert (room.calls()["freepublish/submit"], len(room.records(Post))) == (1, 1)


def test_a_picture_deleted_at_the_platform_is_uploaded_anew(room: Pressroom):
    room.fault("draft/add", "errcode:40007")
    edition_id = room.edition(approve(room), delivery=Delivery.DRAFT)
    assert room.push(edition_id).status == "drafted"
    uploads = [s for s in room.steps(edition_id) if s.kind == StepKind.UPLOAD_PICTURE]
    assert len(uploads) == 6


def test_a_caption_changed_after_the_approval_keeps_it_here(room: Pressroom):
    article_id = approve(room)
    edition_id = room.edition(article_id)
    asset_id = room.newsroom.article(article_id).cover_asset
    assert asset_id is not None
    with room.newsroom.step() as session:
        session.add(Artwork(asset_id=asset_id, title="松风", artist="王五", consent=True))
    with pytest.raises(ChecksumMismatch, match="图片说明"):
        room.queue(edition_id)
    assert room.records(Draft) == []


def test_it_is_not_sent_to_followers_from_here(room: Pressroom):
    article_id = approve(room)
    with pytest.raises(Invalid, match=r"图片消息.*没有写明能群发"):
        room.edition(article_id, delivery=Delivery.MASS)


def test_the_message_as_a_follower_sees_it(room: Pressroom):
    room.push(room.edition(approve(room)))
    (post,) = room.records(Post)
    url = f"{room.sandbox.base_url}/s/{post.articles[0].page}"
    page = requests.get(url, timeout=10).text
    assert page.count("<figure>") == 3
    assert "笔墨寄情。" in page
