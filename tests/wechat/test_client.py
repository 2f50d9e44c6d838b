"""Every method of the gateway, against the sandbox over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.media import pictures as p
from tests.sandbox.server import RunningSandbox
from tests.wechat.conftest import gateway_of
from webapp.kernel.errors import Invalid
from webapp.media.derive import crops
from webapp.wechat.client import WeChatGateway, article_json
from webapp.wechat.errors import BadContent, BadFile, MissingMaterial, NotThere, TooLong
from webapp.wechat.gateway import CoverCrop, DraftArticle, Gateway, PublishState

JPEG = p.encoded(p.halves(900, 383), "JPEG")
PNG = p.encoded(p.halves(60, 40), "PNG")


def article(
    gateway: Gateway, title: str = "同心同行", content: str = "<p>抗疫有我</p>"
) -> DraftArticle:
    cover = gateway.upload_cover("封面.jpg", JPEG, "image/jpeg")
    return DraftArticle(title=title, content=content, cover_media_id=cover.media_id)


def published(gateway: Gateway) -> str:
    publish_id = gateway.submit_publish(gateway.add_draft([article(gateway)]))
    return gateway.publish_status(publish_id).article_id


def test_the_client_keeps_the_contract(gateway: WeChatGateway) -> None:
    contract: Gateway = gateway
    assert 7000 < contract.check_token() <= 7200


def test_a_body_picture_gets_an_https_address(gateway: Gateway, sandbox: RunningSandbox) -> None:
    url = gateway.upload_body_image("书法 作品.png", PNG, "image/png")
    (image,) = sandbox.state()["images"]
    assert url.removeprefix("https://").removeprefix("http://") == image["url"].partition("://")[2]
    assert image["size"] == len(PNG)


def test_a_cover_becomes_permanent_material(gateway: Gateway, sandbox: RunningSandbox) -> None:
    cover = gateway.upload_cover("封面.jpg", JPEG, "image/jpeg")
    (material,) = sandbox.state()["materials"]
    assert (material["media_id"], material["type"]) == (cover.media_id, "image")
    assert material["expires_at"] is None
    assert cover.url


def test_all_that_an_article_says_arrives(gateway: Gateway, sandbox: RunningSandbox) -> None:
    cover = gateway.upload_cover("封面.jpg", JPEG, "image/jpeg")
    content = "<section><p>疫情就是命令 <strong>🌏</strong></p></section>"
    media_id = gateway.add_draft(
        [
            DraftArticle(
                title="同心同行“抗疫有我”🌏",
                author="张三",
                digest="摘要：一线的故事",
                content=content,
                source_url="https://example.org/a?b=1&c=2",
                cover_media_id=cover.media_id,
                crops=crops(900, 383),
                open_comments=True,
                fans_only_comments=True,
            )
        ]
    )
    (draft,) = sandbox.state()["drafts"]
    (sent,) = draft["articles"]
    assert draft["media_id"] == media_id
    assert sent["content_received"] == content
    assert (sent["title"], sent["author"]) == ("同心同行“抗疫有我”🌏", "张三")
    assert (sent["digest"], sent["thumb_media_id"]) == ("摘要：一线的故事", cover.media_id)
    assert (sent["need_open_comment"], sent["only_fans_can_comment"]) == (1, 1)
    assert (sent["pic_crop_235_1"], sent["pic_crop_1_1"]) == tuple(crops(900, 383).values())

    (kept,) = gateway.get_draft(media_id).articles
    assert (kept.title, kept.author, kept.digest) == (sent["title"], "张三", sent["digest"])
    assert kept.source_url == "https://example.org/a?b=1&c=2"
    assert "疫情就是命令" in kept.content
    assert (kept.cover_media_id, kept.kind) == (cover.media_id, "news")
    assert (kept.open_comments, kept.fans_only_comments) == (True, True)


def test_a_draft_of_pictures_arrives(gateway: Gateway, sandbox: RunningSandbox) -> None:
    pictures = [gateway.upload_cover("a.png", PNG, "image/png").media_id for _ in range(2)]
    media_id = gateway.add_draft(
        [
            DraftArticle(
                kind="newspic",
                title="抗疫文苑",
                content="书法两幅",
                image_media_ids=tuple(pictures),
                cover_crops=(CoverCrop(ratio="1_1", x1="0.1", y1="0", x2="0.9", y2="1"),),
            )
        ]
    )
    (sent,) = sandbox.state()["drafts"][0]["articles"]
    assert sent["article_type"] == "newspic"
    assert sent["cover_info"]["crop_percent_list"][0]["ratio"] == "1_1"
    (kept,) = gateway.get_draft(media_id).articles
    assert (kept.kind, kept.image_media_ids) == ("newspic", tuple(pictures))


def test_what_lacks_its_pictures_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Invalid, match="没有封面素材"):
        DraftArticle(title="无封面", content="<p/>")
    for count in (0, 21):
        with pytest.raises(Invalid, match="1 至 20 张图片"):
            DraftArticle(kind="newspic", title="图", content="", image_media_ids=("x",) * count)


def test_empty_fields_are_left_out_and_a_product_is_nested() -> None:
    fields = article_json(
        DraftArticle(title="题", content="文", cover_media_id="M", product_key="P")
    )
    assert fields == {
        "article_type": "news",
        "title": "题",
        "content": "文",
        "thumb_media_id": "M",
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
        "product_info": {"footer_product_info": {"product_key": "P"}},
    }


def test_drafts_are_listed_newest_first_counted_and_deleted(gateway: Gateway) -> None:
    first = gateway.add_draft([article(gateway, "第一篇")])
    second = gateway.add_draft([article(gateway, "第二篇"), article(gateway, "第三篇")])
    page = gateway.list_drafts(offset=0, count=20, no_content=True)
    assert page.total == gateway.count_drafts() == 2
    assert [item.media_id for item in page.items] == [second, first]
    assert [a.title for a in page.items[0].articles] == ["第二篇", "第三篇"]
    assert page.items[0].articles[0].content == ""
    assert abs(page.items[0].updated_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert gateway.list_drafts(offset=1, count=1, no_content=False).items[0].articles[0].content
    gateway.delete_draft(first)
    assert gateway.count_drafts() == 1
    with pytest.raises(MissingMaterial):
        gateway.get_draft(first)


def test_an_empty_draft_box_is_an_empty_page(gateway: Gateway) -> None:
    page = gateway.list_drafts(offset=0, count=20, no_content=True)
    assert (page.total, page.items) == (0, ())


def test_a_draft_is_published_and_taken_down(gateway: Gateway, sandbox: RunningSandbox) -> None:
    sandbox.settings(publish_delay_seconds=5)
    media_id = gateway.add_draft([article(gateway, "甲"), article(gateway, "乙")])
    publish_id = gateway.submit_publish(media_id)
    waiting = gateway.publish_status(publish_id)
    assert (waiting.publish_id, waiting.status) == (publish_id, PublishState.IN_PROGRESS)
    assert (waiting.article_id, waiting.items) == ("", ())

    sandbox.advance(6)
    done = gateway.publish_status(publish_id)
    assert done.status == PublishState.PUBLISHED
    assert [link.index for link in done.items] == [1, 2]
    assert all("/s/" in link.url for link in done.items)
    with pytest.raises(MissingMaterial):
        gateway.get_draft(media_id)

    listed = gateway.list_published(offset=0, count=1, no_content=True)
    assert (listed.total, listed.items[0].article_id) == (1, done.article_id)
    assert [a.title for a in listed.items[0].articles] == ["甲", "乙"]

    gateway.delete_published(done.article_id, 1)
    first, second = gateway.get_published(done.article_id)
    assert (first.is_deleted, second.is_deleted) == (True, False)
    gateway.delete_published(done.article_id, 0)
    assert gateway.publish_status(publish_id).status == PublishState.DELETED_BY_USER


@pytest.mark.parametrize("status", [2, 3, 4, 6])
def test_a_publication_that_fails_says_how(
    gateway: Gateway, sandbox: RunningSandbox, status: int
) -> None:
    sandbox.fault(path="freepublish/submit", kind=f"publish_status:{status}")
    publish_id = gateway.submit_publish(gateway.add_draft([article(gateway)]))
    result = gateway.publish_status(publish_id)
    assert (result.status, result.article_id) == (status, "")
    assert result.failed_indexes == ((1,) if status in (2, 4) else ())


def test_what_is_not_there_is_named(gateway: Gateway) -> None:
    with pytest.raises(NotThere):
        gateway.publish_status("404")
    with pytest.raises(NotThere):
        gateway.get_published("no-such-article")
    with pytest.raises(MissingMaterial):
        gateway.submit_publish("no-such-draft")


def test_a_mass_send_goes_out_once_for_one_key(gateway: Gateway, sandbox: RunningSandbox) -> None:
    sandbox.settings(mass_delay_seconds=5)
    media_id = gateway.add_draft([article(gateway)])
    first = gateway.mass_send(media_id, client_msg_id="tongxin-1", tag_id=None)
    assert (first.already, bool(first.msg_id), bool(first.msg_data_id)) == (False, True, True)
    again = gateway.mass_send(media_id, client_msg_id="tongxin-1", tag_id=None)
    assert (again.already, again.msg_id) == (True, first.msg_id)
    assert len(sandbox.state()["mass_jobs"]) == 1
    assert gateway.mass_status(first.msg_id).status == "SENDING"
    sandbox.advance(6)
    status = gateway.mass_status(first.msg_id)
    assert (status.msg_id, status.status) == (first.msg_id, "SEND_SUCCESS")


def test_a_mass_send_to_a_tag_is_not_one_to_all(gateway: Gateway, sandbox: RunningSandbox) -> None:
    media_id = gateway.add_draft([article(gateway)])
    gateway.mass_send(media_id, client_msg_id="tongxin-2", tag_id=2)
    (job,) = sandbox.state()["mass_jobs"]
    assert (job["to_all"], job["clientmsgid"]) == (False, "tongxin-2")


def test_the_quota_is_counted_down(gateway: Gateway, sandbox: RunningSandbox) -> None:
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 5})
    gateway.count_drafts()
    quota = gateway.quota("/cgi-bin/draft/count")
    assert (quota.path, quota.daily_limit) == ("/cgi-bin/draft/count", 5)
    assert (quota.used, quota.remaining) == (1, 4)


def test_what_the_platform_does_not_take_is_told_apart(gateway: Gateway) -> None:
    with pytest.raises(TooLong) as caught:
        gateway.add_draft([article(gateway, "题" * 40)])
    assert caught.value.code == "wechat_title_too_long"
    with pytest.raises(BadFile):
        gateway.upload_body_image("a.gif", p.moving(), "image/gif")
    with pytest.raises(BadFile):
        gateway.upload_cover("a.jpg", b"not a picture", "image/jpeg")
    with pytest.raises(MissingMaterial):
        gateway.add_draft([DraftArticle(title="题", content="<p>文</p>", cover_media_id="gone")])


def test_links_that_the_platform_refuses_are_bad_content(
    gateway: Gateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(outside_links="refuse")
    with pytest.raises(BadContent) as caught:
        gateway.add_draft([article(gateway, content='<p><a href="https://example.org">x</a></p>')])
    assert caught.value.errcode == 45166


def test_titles_are_counted_unescaped(gateway: Gateway, sandbox: RunningSandbox) -> None:
    """A body with `\\uXXXX` in it makes the platform count six characters for one."""
    sandbox.settings(limits="escaped")
    assert gateway.add_draft([article(gateway, "同心同行抗疫有我我为抗疫建箴言抗疫文苑")])


def test_two_gateways_of_one_account_share_the_token_of_their_store(
    sandbox: RunningSandbox,
) -> None:
    first, second = gateway_of(sandbox), gateway_of(sandbox)
    assert first.count_drafts() == second.count_drafts() == 0
    assert sandbox.state()["accounts"][0]["tokens"]["stable"] == 1
