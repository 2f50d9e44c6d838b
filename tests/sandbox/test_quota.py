from tests.sandbox.client import Api
from tests.sandbox.server import APPID, SECRET, RunningSandbox


def test_the_day_ends_a_path_and_leaves_the_others(sandbox: RunningSandbox, api: Api):
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 2})
    codes = [api.get("draft/count").get("errcode", 0) for _ in range(3)]
    assert codes == [0, 0, 45009]
    assert api.post("draft/switch", {})["errcode"] == 0
    sandbox.advance(86_400)
    api.token = None
    assert "total_count" in api.get("draft/count")


def test_a_refused_call_counts_too(sandbox: RunningSandbox, api: Api):
    sandbox.settings(daily_limits={"/cgi-bin/draft/get": 1})
    assert api.post("draft/get", {"media_id": "none"})["errcode"] == 40007
    assert api.post("draft/get", {"media_id": "none"})["errcode"] == 45009


def test_the_minute_quota_is_another_refusal_and_passes(sandbox: RunningSandbox, api: Api):
    sandbox.settings(minute_limits={"/cgi-bin/draft/count": 1})
    api.get("draft/count")
    assert api.get("draft/count")["errcode"] == 45011
    sandbox.advance(61)
    assert "total_count" in api.get("draft/count")


def test_what_is_left_can_be_asked(sandbox: RunningSandbox, api: Api):
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 10})
    api.get("draft/count")
    told = api.post("openapi/quota/get", {"cgi_path": "/cgi-bin/draft/count"})
    assert told["quota"] == {"daily_limit": 10, "used": 1, "remain": 9}
    assert set(told["rate_limit"]) == {"call_count", "refresh_second"}
    assert api.post("openapi/quota/get", {"cgi_path": "/cgi-bin/no/such"})["errcode"] == 76021


def test_counts_are_cleared_ten_times_a_month_by_either_call(sandbox: RunningSandbox, api: Api):
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 1})
    secret = {"appid": APPID, "appsecret": SECRET}
    for turn in range(10):
        api.get("draft/count")
        path, body = ("clear_quota/v2", secret) if turn % 2 else ("clear_quota", {"appid": APPID})
        assert api.post(path, body)["errcode"] == 0
    assert "total_count" in api.get("draft/count")
    assert api.post("clear_quota", {"appid": APPID})["errcode"] == 48006
    assert api.post("clear_quota/v2", secret)["errcode"] == 48006


def test_a_past_request_is_shown_by_its_rid(api: Api):
    refusal = api.post("draft/get", {"media_id": "none"})
    rid = refusal["errmsg"].rpartition("rid: ")[2]
    shown = api.post("openapi/rid/get", {"rid": rid})["request"]
    assert shown["request_body"] == '{"media_id": "none"}'
    assert "40007" in shown["response_body"]
    assert api.post("openapi/rid/get", {"rid": "0-0-0"})["errcode"] == 76001
