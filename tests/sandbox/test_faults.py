"""Each fault as a plain requests client meets it, and what the sandbox had done by then."""

from time import monotonic

import pytest
import requests

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox


def add(api: Api, timeout: float = 10) -> requests.Response:
    return api.send("draft/add", {"articles": [api.article()]}, timeout=timeout)


def drafts(sandbox: RunningSandbox) -> int:
    return len(sandbox.state()["drafts"])


@pytest.mark.parametrize(("kind", "done"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_is_closed_without_a_byte(
    sandbox: RunningSandbox, api: Api, kind: str, done: int
):
    sandbox.fault(path="/cgi-bin/draft/add", kind=kind)
    with pytest.raises(requests.ConnectionError) as dropped:
        add(api)
    assert "RemoteDisconnected" in str(dropped.value)
    assert drafts(sandbox) == done
    assert "media_id" in add(api).json()


@pytest.mark.parametrize(("kind", "done"), [("hang_before", 0), ("hang_after", 1)])
def test_a_hanging_call_times_out_before_or_after_its_work(
    sandbox: RunningSandbox, api: Api, kind: str, done: int
):
    api.stable()
    sandbox.fault(path="draft/add", kind=kind, seconds=1.0)
    with pytest.raises(requests.ReadTimeout):
        add(api, timeout=0.3)
    assert drafts(sandbox) == done


@pytest.mark.parametrize("commit", [False, True])
def test_answers_can_be_spoilt_before_and_after_the_work(
    sandbox: RunningSandbox, api: Api, commit: bool
):
    for kind in ("http_502", "not_json", "empty_body"):
        sandbox.fault(path="draft/add", kind=kind, commit=commit)
    bad_gateway, not_json, empty = add(api), add(api), add(api)
    assert (bad_gateway.status_code, bad_gateway.headers["Content-Type"]) == (502, "text/html")
    assert not_json.text.startswith("<!DOCTYPE")
    assert empty.content == b""
    assert drafts(sandbox) == (3 if commit else 0)


def test_any_errcode_can_be_ordered_as_often_as_wanted(sandbox: RunningSandbox, api: Api):
    sandbox.fault(path="draft/add", kind="errcode", errcode=-1, times=2, after=1)
    codes = [add(api).json().get("errcode", 0) for _ in range(4)]
    assert codes == [0, -1, -1, 0]
    sandbox.fault(path="draft/add", kind="errcode:45009", times=-1)
    assert [add(api).json()["errcode"] for _ in range(3)] == [45009] * 3


def test_slowness_comes_on_top_of_anything(sandbox: RunningSandbox, api: Api):
    api.article()
    sandbox.fault(path="draft/count", kind="slow", seconds=0.2)
    sandbox.fault(path="draft/count", kind="errcode", errcode=-1)
    started = monotonic()
    assert api.get("draft/count")["errcode"] == -1
    assert monotonic() - started >= 0.2


def test_latency_is_before_every_answer(sandbox: RunningSandbox, api: Api):
    api.stable()
    sandbox.settings(latency_ms=100)
    started = monotonic()
    api.get("draft/count")
    assert monotonic() - started >= 0.1


def test_a_token_can_run_out_in_the_middle(sandbox: RunningSandbox, api: Api):
    sandbox.fault(path="draft/count", kind="expire_token")
    assert api.get("draft/count")["errcode"] == 42001
    assert api.get("draft/count")["errcode"] == 42001
    api.token = None
    assert "total_count" in api.get("draft/count")


def test_a_fault_strikes_its_path_only_and_the_log_tells_it(sandbox: RunningSandbox, api: Api):
    sandbox.fault(path="draft/delete", kind="errcode")
    assert "total_count" in api.get("draft/count")
    assert len(sandbox.state()["faults"]) == 1
    assert api.post("draft/delete", {"media_id": "x"})["errcode"] == -1
    call = sandbox.state()["calls"][-1]
    assert (call["path"], call["fault"], call["errcode"]) == (
        "/cgi-bin/draft/delete",
        "errcode",
        -1,
    )
    assert sandbox.state()["faults"] == []


def test_token_calls_can_fail_too(sandbox: RunningSandbox, api: Api):
    sandbox.fault(path="stable_token", kind="http_502")
    reply = requests.post(api.url("stable_token"), data="{}", timeout=5)
    assert reply.status_code == 502


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "nothing"},
        {"kind": "publish_status:9"},
        {"kind": "slow", "second": 1},
        {"times": "x"},
        [],
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_chinese(sandbox: RunningSandbox, fault: object):
    url = f"{sandbox.base_url}/_sandbox/faults"
    reply = requests.post(url, json=fault, timeout=5)
    if fault == []:
        assert reply.json() == {"faults": []}
    else:
        assert reply.status_code == 400
        assert "没有登记故障" in reply.json()["error"]
    assert sandbox.state()["faults"] == []
