import pytest

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox


def test_publishing_ends_with_permanent_addresses_that_open(sandbox: RunningSandbox, api: Api):
    media_id = api.draft(api.article(title="头条"), api.article(title="次条"))
    told = api.publish(media_id)
    assert told["publish_status"] == 0
    assert told["fail_idx"] == []
    detail = told["article_detail"]
    assert [item["idx"] for item in detail["item"]] == [1, 2]
    assert detail["count"] == 2
    for item, title in zip(detail["item"], ("头条", "次条"), strict=True):
        assert item["article_url"].startswith(f"{sandbox.base_url}/s/")
        assert title in api.http.get(item["article_url"], timeout=5).text


def test_submit_accepts_and_the_job_takes_its_time(sandbox: RunningSandbox, api: Api):
    sandbox.settings(publish_delay_seconds=60)
    media_id = api.draft()
    job = api.post("freepublish/submit", {"media_id": media_id})
    assert set(job) == {"errcode", "errmsg", "publish_id", "msg_data_id"}
    running = api.post("freepublish/get", {"publish_id": job["publish_id"]})
    assert running == {"publish_id": job["publish_id"], "publish_status": 1, "fail_idx": []}
    assert "news_item" in api.post("draft/get", {"media_id": media_id})
    sandbox.advance(61)
    assert api.post("freepublish/get", {"publish_id": job["publish_id"]})["publish_status"] == 0


def test_a_published_draft_is_dead(api: Api):
    media_id = api.draft()
    api.publish(media_id)
    for path in ("draft/get", "draft/delete", "freepublish/submit"):
        assert api.post(path, {"media_id": media_id})["errcode"] == 40007
    assert api.get("draft/count")["total_count"] == 0


def test_publish_id_is_taken_as_text_and_as_a_number(api: Api):
    publish_id = api.publish()["publish_id"]
    assert isinstance(publish_id, str)
    assert api.post("freepublish/get", {"publish_id": int(publish_id)})["publish_status"] == 0
    assert api.post("freepublish/get", {"publish_id": "1"})["errcode"] == 53502


@pytest.mark.parametrize(("status", "failed"), [(2, [1]), (3, []), (4, [1])])
def test_a_job_that_fails_leaves_the_draft(
    sandbox: RunningSandbox, api: Api, status: int, failed: list[int]
):
    sandbox.fault(path="freepublish/submit", kind=f"publish_status:{status}")
    media_id = api.draft()
    told = api.publish(media_id)
    assert (told["publish_status"], told["fail_idx"]) == (status, failed)
    assert "article_id" not in told
    assert "news_item" in api.post("draft/get", {"media_id": media_id})
    assert api.publish(media_id)["publish_status"] == 0


@pytest.mark.parametrize("status", [5, 6])
def test_what_was_taken_down_after_success_cannot_be_read(
    sandbox: RunningSandbox, api: Api, status: int
):
    sandbox.fault(path="*", kind="publish_status", status=str(status))
    told = api.publish()
    assert told["publish_status"] == status
    assert sandbox.state()["published"][0]["articles"][0]["is_deleted"]


def test_one_article_of_several_can_be_deleted_then_all(sandbox: RunningSandbox, api: Api):
    told = api.publish(api.draft(api.article(title="甲"), api.article(title="乙")))
    article_id = told["article_id"]
    assert (
        api.post("freepublish/delete", {"article_id": article_id, "index": 3})["errcode"] == 40114
    )
    assert api.post("freepublish/delete", {"article_id": article_id, "index": 2})["errcode"] == 0
    items = api.post("freepublish/getarticle", {"article_id": article_id})["news_item"]
    assert [(item["title"], item["is_deleted"]) for item in items] == [("甲", False), ("乙", True)]
    assert "已被发布者删除" in api.http.get(items[1]["url"], timeout=5).text
    assert api.post("freepublish/delete", {"article_id": article_id})["errcode"] == 0
    assert api.post("freepublish/batchget", {"offset": 0, "count": 20})["total_count"] == 0
    assert api.post("freepublish/get", {"publish_id": told["publish_id"]})["publish_status"] == 5


def test_unknown_articles_are_refused(api: Api):
    assert api.post("freepublish/getarticle", {"article_id": "x"})["errcode"] == 53600
    assert api.post("freepublish/delete", {"article_id": "x"})["errcode"] == 53600


def test_the_list_is_newest_first_and_holds_no_mass_sends(api: Api):
    first, second = api.publish()["article_id"], api.publish()["article_id"]
    media_id = api.draft()
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert api.post("message/mass/sendall", body)["errcode"] == 0
    page = api.post("freepublish/batchget", {"offset": 0, "count": 20, "no_content": 1})
    assert [item["article_id"] for item in page["item"]] == [second, first]
    assert "content" not in page["item"][0]["content"]["news_item"][0]
    assert page["total_count"] == 2


def test_two_submits_before_the_first_is_done_make_two_posts(sandbox: RunningSandbox, api: Api):
    sandbox.settings(publish_delay_seconds=10)
    media_id = api.draft()
    for _ in range(2):
        assert api.post("freepublish/submit", {"media_id": media_id})["errcode"] == 0
    sandbox.advance(11)
    assert len(sandbox.state()["published"]) == 2
