from typing import Any

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox


def published(sandbox: RunningSandbox, api: Api, **fields: Any) -> dict[str, Any]:
    api.publish(api.draft(api.article(), api.article(**({"need_open_comment": 1} | fields))))
    post = sandbox.state()["published"][-1]
    return {"msg_data_id": post["msg_data_id"], "index": 1, "url": post["articles"][1]["url"]}


def ask(api: Api, path: str, post: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return api.post(f"comment/{path}", {k: post[k] for k in ("msg_data_id", "index")} | fields)


def test_readers_write_and_the_account_lists(sandbox: RunningSandbox, api: Api):
    post = published(sandbox, api)
    for text in ("一", "二", "三"):
        sandbox.comment(post["url"], text)
    told = ask(api, "list", post, begin=0, count=2, type=0)
    assert told["total"] == 3
    assert [comment["content"] for comment in told["comment"]] == ["三", "二"]
    assert ask(api, "list", post | {"index": 0}, begin=0, count=49)["total"] == 0
    assert ask(api, "list", post, begin=0, count=50)["errcode"] == 88010


def test_a_comment_is_elected_answered_and_deleted(sandbox: RunningSandbox, api: Api):
    post = published(sandbox, api)
    sandbox.comment(post["url"], "致敬")
    (comment,) = ask(api, "list", post, begin=0, count=9)["comment"]
    name = {"user_comment_id": comment["user_comment_id"]}
    assert ask(api, "markelect", post, **name)["errcode"] == 0
    assert ask(api, "list", post, begin=0, count=9, type=2)["total"] == 1
    assert ask(api, "list", post, begin=0, count=9, type=1)["total"] == 0
    assert ask(api, "reply/add", post, **name, content="谢谢")["errcode"] == 0
    assert ask(api, "reply/add", post, **name, content="谢谢")["errcode"] == 88005
    assert ask(api, "reply/add", post, **name, content=" ")["errcode"] == 88007
    (shown,) = ask(api, "list", post, begin=0, count=9)["comment"]
    assert (shown["comment_type"], shown["reply"]["content"]) == (1, "谢谢")
    page = api.http.get(post["url"], timeout=5).text
    assert "致敬" in page
    assert "谢谢" in page
    assert ask(api, "reply/delete", post, **name)["errcode"] == 0
    assert ask(api, "unmarkelect", post, **name)["errcode"] == 0
    assert ask(api, "delete", post, **name)["errcode"] == 0
    assert ask(api, "delete", post, **name)["errcode"] == 88008


def test_comments_are_opened_and_closed_afterwards(sandbox: RunningSandbox, api: Api):
    post = published(sandbox, api, need_open_comment=0)
    form: dict[str, Any] = {"data": {"content": "晚了"}, "timeout": 5}
    assert api.http.post(post["url"] + "/comments", **form).status_code == 409
    assert ask(api, "open", post)["errcode"] == 0
    assert api.http.post(post["url"] + "/comments", **form).ok
    assert ask(api, "close", post)["errcode"] == 0
    assert api.http.post(post["url"] + "/comments", **form).status_code == 409


def test_comments_on_nothing_or_without_the_feature(sandbox: RunningSandbox, api: Api):
    post = published(sandbox, api)
    assert ask(api, "open", post | {"index": 2})["errcode"] == 88001
    assert ask(api, "open", post | {"msg_data_id": 1})["errcode"] == 88001
    sandbox.settings(comments=False)
    assert ask(api, "open", post)["errcode"] == 88000


def test_another_sites_form_cannot_write(sandbox: RunningSandbox, api: Api):
    post = published(sandbox, api)
    headers = {"Origin": "https://elsewhere.example"}
    reply = api.http.post(
        post["url"] + "/comments", data={"content": "x"}, headers=headers, timeout=5
    )
    assert reply.status_code == 403
    assert sandbox.state()["comments"] == []
