import json
from urllib.parse import urlencode

import pytest

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox


def test_a_draft_is_told_as_the_platform_tells_it(api: Api):
    media_id = api.draft(api.article(need_open_comment=1, pic_crop_235_1="0.1945_0_1_0.5236"))
    reply = api.send("draft/get", {"media_id": media_id})
    assert reply.headers["Content-Type"] == "text/plain"
    (item,) = json.loads(reply.content.decode("utf-8"))["news_item"]
    assert item["title"] == "同心抗疫"
    assert item["need_open_comment"] == 1
    assert item["pic_crop_235_1"] == "0.1945_0_1_0.5236"
    assert item["url"].startswith(api.sandbox.base_url)
    assert "errcode" not in item
    assert "同心".encode() in reply.content


def test_success_has_no_errcode_where_the_platform_has_none(api: Api):
    assert set(api.add()) == {"media_id"}
    assert set(api.get("draft/count")) == {"total_count"}


def test_there_is_no_idempotency_the_same_call_makes_two_drafts(api: Api):
    article = api.article()
    assert api.draft(article) != api.draft(article)
    assert api.get("draft/count")["total_count"] == 2


def test_a_body_without_or_with_an_odd_content_type_is_taken(api: Api):
    body = json.dumps({"articles": [api.article()]}, ensure_ascii=False).encode()
    for kind in (
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/x",
        "nonsense",
    ):
        headers = {} if kind is None else {"Content-Type": kind}
        assert "media_id" in api.post("draft/add", body, headers=headers), kind


def test_bodies_that_are_no_json_are_refused(api: Api):
    assert api.post("draft/add", urlencode({"articles": "x"}).encode())["errcode"] == 47001
    assert api.post("draft/add", b"[]")["errcode"] == 47001
    assert api.post("draft/add", b"")["errcode"] == 44002
    assert api.post("draft/add", '{"articles": "标题"}'.encode("gbk"))["errcode"] == 40033
    assert api.get("draft/add")["errcode"] == 43002
    assert api.post("no/such/call", {})["errcode"] == 40066


def test_escaped_text_is_kept_as_it_came(api: Api):
    body = json.dumps({"articles": [api.article(title="写")]}).encode()
    assert b"\\u5199" in body
    media_id = api.post("draft/add", body)["media_id"]
    assert api.post("draft/get", {"media_id": media_id})["news_item"][0]["title"] == "\\u5199"


def test_wrong_nesting_is_no_news(api: Api):
    article = api.article()
    for articles in ([], article, [{"articles": [article]}], [[article]], None):
        assert api.post("draft/add", {"articles": articles})["errcode"] == 44003, articles
    assert api.add(content=" ")["errcode"] == 44003
    assert api.post("draft/add", {"articles": [article] * 9})["errcode"] == 45008


def test_update_takes_one_object_and_an_index_from_zero(api: Api):
    media_id = api.draft(api.article(title="一"), api.article(title="二"))
    new = api.article(title="新")
    update = {"media_id": media_id, "index": 1, "articles": new}
    assert api.post("draft/update", update | {"articles": [new]})["errcode"] == 47001
    assert api.post("draft/update", update | {"index": 2})["errcode"] == 40114
    assert api.post("draft/update", update | {"media_id": "x"})["errcode"] == 40007
    assert api.post("draft/update", update) == {"errcode": 0, "errmsg": "ok"}
    titles = [item["title"] for item in api.post("draft/get", {"media_id": media_id})["news_item"]]
    assert titles == ["一", "新"]


def test_the_cover_must_be_permanent_and_there(api: Api):
    assert api.add(thumb_media_id="")["errcode"] == 40007
    assert api.add(thumb_media_id="nothing")["errcode"] == 40007
    media_id = api.image()
    api.post("material/del_material", {"media_id": media_id})
    assert api.add(thumb_media_id=media_id)["errcode"] == 40007


def test_only_a_single_article_keeps_its_digest_and_an_empty_one_is_taken_from_the_text(api: Api):
    text = "天" * 80
    single = api.draft(api.article(content=f"<p>{text}</p>"))
    double = api.draft(api.article(digest="甲"), api.article(digest="乙"))
    assert api.post("draft/get", {"media_id": single})["news_item"][0]["digest"] == "天" * 54
    digests = [item["digest"] for item in api.post("draft/get", {"media_id": double})["news_item"]]
    assert digests == ["", ""]


def test_a_list_is_newest_first_and_may_leave_the_text_out(api: Api):
    first, second = api.draft(), api.draft()
    page = api.post("draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    assert [item["media_id"] for item in page["item"]] == [second, first]
    assert "content" not in page["item"][0]["content"]["news_item"][0]
    full = api.post("draft/batchget", {"offset": 1, "count": 1})
    assert full["total_count"] == 2
    assert "逆行" in full["item"][0]["content"]["news_item"][0]["content"]
    assert api.post("draft/batchget", {"offset": 0, "count": 21})["errcode"] == 40035


def test_a_deleted_draft_is_gone(api: Api):
    media_id = api.draft()
    assert api.post("draft/delete", {"media_id": media_id})["errcode"] == 0
    assert api.post("draft/get", {"media_id": media_id})["errcode"] == 40007


def test_a_newspic_is_pictures_and_plain_text(api: Api):
    ids = [{"image_media_id": api.image()} for _ in range(2)]
    newspic = {
        "article_type": "newspic",
        "title": "松竹",
        "content": "①《松》\n<b>②</b>《竹》",
        "image_info": {"image_list": ids},
    }
    media_id = api.draft(newspic, api.article())
    pic, news = api.post("draft/get", {"media_id": media_id})["news_item"]
    assert (pic["article_type"], news["article_type"]) == ("newspic", "news")
    assert pic["content"] == "①《松》\n②《竹》"
    assert pic["image_info"]["image_list"] == ids
    for count, errcode in ((0, 44003), (21, 45008)):
        changed = newspic | {"image_info": {"image_list": ids[:1] * count}}
        assert api.post("draft/add", {"articles": [changed]})["errcode"] == errcode
    missing = newspic | {"image_info": {"image_list": [{"image_media_id": "x"}]}}
    assert api.post("draft/add", {"articles": [missing]})["errcode"] == 40007


def test_refusals_carry_a_rid_and_some_a_hint(api: Api):
    even = api.add(title="")  # 40035 is odd
    assert " rid: " in even["errmsg"]
    assert " hint: " not in even["errmsg"]
    assert " hint: [" in api.post("no/such", {})["errmsg"]


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"content_source_url": "ftp://x"}, 41039),
        ({"content_source_url": "example.org"}, 41039),
        ({"content_source_url": "https://e.org/" + "x" * 1024}, 45005),
        ({"pic_crop_235_1": "0_0_2_1"}, 40035),
        ({"pic_crop_1_1": "0.1234567_0_1_1"}, 40035),
        ({"title": 5.5}, 47001),
        ({"need_open_comment": 2}, 47001),
        ({"article_type": "video"}, 40035),
        ({"title": ""}, 40035),
    ],
)
def test_fields_that_are_wrong(api: Api, fields: dict[str, object], errcode: int):
    assert api.add(**fields)["errcode"] == errcode


def test_comments_cannot_be_asked_for_without_the_feature(sandbox: RunningSandbox, api: Api):
    sandbox.settings(comments=False)
    assert api.add(need_open_comment=1)["errcode"] == 88000
    assert "media_id" in api.add(need_open_comment=0)


def test_a_personal_account_may_draft_but_not_publish(sandbox: RunningSandbox, api: Api):
    sandbox.settings(profile="personal")
    media_id = api.draft()
    for path in (
        "freepublish/submit",
        "message/mass/sendall",
        "comment/list",
        "/datacube/getbizsummary",
    ):
        assert api.post(path, {"media_id": media_id})["errcode"] == 48001, path
    assert api.add(need_open_comment=1)["errcode"] == 88000


def test_accounts_do_not_see_each_others_drafts():
    from tests.sandbox.server import account, quick_config, running_sandbox

    other = account(appid="wx5a4db0c0000000002", secret="b" * 32)
    with running_sandbox(quick_config(accounts=(account(), other))) as sandbox:
        mine = Api(sandbox)
        theirs = Api(sandbox, appid=other.appid, secret=other.secret)
        media_id = mine.draft()
        assert theirs.post("draft/get", {"media_id": media_id})["errcode"] == 40007
        assert theirs.get("draft/count")["total_count"] == 0
