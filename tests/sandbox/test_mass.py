import xml.etree.ElementTree as ET
from typing import Any

import pytest

from tests.sandbox.client import Api, Receiver
from tests.sandbox.server import RunningSandbox


def send(api: Api, media_id: str | None = None, **changes: Any) -> dict[str, Any]:
    body = {
        "filter": {"is_to_all": True},
        "msgtype": "mpnews",
        "mpnews": {"media_id": media_id or api.draft()},
        "send_ignore_reprint": 0,
    }
    return api.post("message/mass/sendall", body | changes)


def test_a_send_is_accepted_then_done_and_the_draft_is_gone(sandbox: RunningSandbox, api: Api):
    sandbox.settings(mass_delay_seconds=60)
    media_id = api.draft()
    reply = send(api, media_id)
    assert set(reply) == {"errcode", "errmsg", "msg_id", "msg_data_id"}
    assert reply["errmsg"] == "send job submission success"
    job = {"msg_id": reply["msg_id"]}
    assert api.post("message/mass/get", job) == {**job, "msg_status": "SENDING"}
    assert api.post("message/mass/delete", job)["errcode"] == 40204
    sandbox.advance(61)
    assert (
        api.post("message/mass/get", {"msg_id": str(reply["msg_id"])})["msg_status"]
        == "SEND_SUCCESS"
    )
    assert api.post("draft/get", {"media_id": media_id})["errcode"] == 40007


def test_the_same_clientmsgid_within_a_day_is_the_earlier_job(sandbox: RunningSandbox, api: Api):
    first = send(api, clientmsgid="edition-7")
    again = send(api, clientmsgid="edition-7")
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert again["errmsg"].startswith("clientmsgid exist")
    sandbox.advance(86_400 + 1)
    api.token = None
    assert send(api, clientmsgid="edition-7")["errcode"] == 0


def test_without_a_clientmsgid_audience_and_content_are_remembered(
    sandbox: RunningSandbox, api: Api
):
    sandbox.settings(mass_delay_seconds=60)
    media_id = api.draft()
    first = send(api, media_id)
    assert send(api, media_id)["msg_id"] == first["msg_id"]


def test_a_clientmsgid_has_a_limit_by_profile(sandbox: RunningSandbox, api: Api):
    sandbox.settings(limits="docs")
    assert send(api, clientmsgid="x" * 33)["errcode"] == 45067
    sandbox.settings(limits="live")
    assert send(api, clientmsgid="x" * 65)["errcode"] == 45067
    assert send(api, clientmsgid="x" * 64)["errcode"] == 0


def test_a_subscription_account_has_one_successful_send_a_day(sandbox: RunningSandbox, api: Api):
    sandbox.fault(path="message/mass/sendall", kind="mass_status:err(10001)")
    failed = send(api)
    assert api.post("message/mass/get", {"msg_id": failed["msg_id"]})["msg_status"] == "SEND_FAIL"
    assert send(api)["errcode"] == 0
    assert send(api)["errcode"] == 45028


def test_a_service_account_has_four_a_month_and_may_choose_followers(
    sandbox: RunningSandbox, api: Api
):
    sandbox.settings(profile="service")
    assert [send(api)["errcode"] for _ in range(3)] == [0, 0, 0]
    body = {"touser": ["a", "b"], "msgtype": "text", "text": {"content": "你好"}}
    assert api.post("message/mass/send", body)["errcode"] == 0
    assert send(api)["errcode"] == 45028
    assert api.post("message/mass/send", body | {"touser": ["a"]})["errcode"] == 40130


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"mpnews": {"media_id": "x"}}, 40007),
        ({"filter": {"is_to_all": False}}, 40152),
        ({"filter": None}, 47001),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 40035),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "voice", "voice": {"media_id": "x"}}, 40007),
        ({"msgtype": "nothing"}, 40035),
    ],
)
def test_sends_that_are_refused(api: Api, changes: dict[str, Any], errcode: int):
    assert send(api, **changes)["errcode"] == errcode


def test_choosing_followers_is_not_for_subscription_accounts(api: Api):
    assert api.post("message/mass/send", {"touser": ["a", "b"]})["errcode"] == 48001


def test_the_end_is_told_by_an_event(api: Api, callback: Receiver):
    reply = send(api, api.draft(api.article(), api.article()))
    root = ET.fromstring(callback.wait()[0][1])
    assert root.findtext("Event") == "MASSSENDJOBFINISH"
    assert root.findtext("MsgID") == str(reply["msg_id"])
    assert root.findtext("Status") == "send success"
    sent, errors = int(root.findtext("SentCount", "")), int(root.findtext("ErrorCount", ""))
    assert sent + errors == int(root.findtext("FilterCount", ""))
    urls = [item.text for item in root.findall("ArticleUrlResult/ResultList/item/ArticleUrl")]
    assert len(urls) == 2
    assert root.findtext("CopyrightCheckResult/CheckState") == "1"
    assert all(api.http.get(url or "", timeout=5).ok for url in urls)


def test_a_refused_send_is_told_with_its_reason(
    sandbox: RunningSandbox, api: Api, callback: Receiver
):
    sandbox.fault(kind="mass_status:err(30003)")
    send(api)
    root = ET.fromstring(callback.wait()[0][1])
    assert (root.findtext("Status"), root.findtext("SentCount")) == ("err(30003)", "0")


def test_sent_articles_are_deleted_by_number_and_by_address(sandbox: RunningSandbox, api: Api):
    reply = send(api, api.draft(api.article(), api.article()))
    articles = sandbox.state()["published"][0]["articles"]
    delete = "message/mass/delete"
    assert api.post(delete, {"msg_id": reply["msg_id"], "article_idx": 3})["errcode"] == 40060
    assert api.post(delete, {"msg_id": reply["msg_id"], "article_idx": 1})["errcode"] == 0
    assert api.post(delete, {"url": articles[1]["url"]})["errcode"] == 0
    assert api.post(delete, {"url": "http://x"})["errcode"] == 40065
    assert api.post("message/mass/get", {"msg_id": reply["msg_id"]})["msg_status"] == "DELETE"
    assert api.post("message/mass/get", {"msg_id": 1})["errcode"] == 40059


def test_a_preview_leaves_the_draft(api: Api):
    media_id = api.draft()
    body = {"towxname": "someone", "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert api.post("message/mass/preview", body)["errmsg"] == "preview success"
    assert "news_item" in api.post("draft/get", {"media_id": media_id})


def test_the_speed_is_remembered(api: Api):
    assert api.post("message/mass/speed/set", {"speed": 1})["errcode"] == 0
    assert api.post("message/mass/speed/get", {}) == {"speed": 1, "realspeed": 60}
    assert api.post("message/mass/speed/set", {"speed": 5})["errcode"] == 45083
