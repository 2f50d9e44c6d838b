"""Events, against a real callback server, read with another library than the one that wrote them."""

import xml.etree.ElementTree as ET

import pytest
import requests
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.sandbox.client import Api, Receiver
from tests.sandbox.server import AES_KEY, APPID, CALLBACK_TOKEN, RunningSandbox
from webapp.sandbox.callback import signature


def value(root: ET.Element, path: str) -> str:
    found = root.find(path)
    assert found is not None, path
    return found.text or ""


def test_the_official_vector_of_the_signature():
    # https://developers.weixin.qq.com/doc/service/guide/dev/push/ (2026-11)
    assert (
        signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    )


def test_a_finished_job_is_told_with_its_addresses(api: Api, callback: Receiver):
    told = api.publish()
    ((query, body),) = callback.wait()
    check_signature(CALLBACK_TOKEN, query["signature"], query["timestamp"], query["nonce"])
    root = ET.fromstring(body)
    assert value(root, "Event") == "PUBLISHJOBFINISH"
    assert value(root, "MsgType") == "event"
    assert value(root, "PublishEventInfo/publish_id") == told["publish_id"]
    assert value(root, "PublishEventInfo/publish_status") == "0"
    assert value(root, "PublishEventInfo/article_id") == told["article_id"]
    url = told["article_detail"]["item"][0]["article_url"]
    assert value(root, "PublishEventInfo/article_detail/item/article_url") == url
    assert value(root, "PublishEventInfo/article_detail/count") == "1"
    assert root.find("PublishEventInfo/fail_idx") is None


def test_a_refused_job_names_each_article_that_failed(
    sandbox: RunningSandbox, api: Api, callback: Receiver
):
    sandbox.fault(kind="publish_status:4")
    api.publish(api.draft(api.article(), api.article()))
    root = ET.fromstring(callback.wait()[0][1])
    failed = root.findall("PublishEventInfo/fail_idx")
    assert [index.text for index in failed] == ["1", "2"]
    assert root.find("PublishEventInfo/article_id") is None


def test_safe_mode_sends_cipher_only(sandbox: RunningSandbox, api: Api, callback: Receiver):
    sandbox.settings(mode="safe")
    told = api.publish()
    ((query, body),) = callback.wait()
    assert query["encrypt_type"] == "aes"
    assert told["article_id"] not in body
    crypto = WeChatCrypto(CALLBACK_TOKEN, AES_KEY, APPID)
    plain = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert value(ET.fromstring(plain), "PublishEventInfo/article_id") == told["article_id"]


def test_compatible_mode_sends_both(sandbox: RunningSandbox, api: Api, callback: Receiver):
    sandbox.settings(mode="compatible")
    told = api.publish()
    ((query, body),) = callback.wait()
    assert told["article_id"] in body
    crypto = WeChatCrypto(CALLBACK_TOKEN, AES_KEY, APPID)
    plain = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert told["article_id"] in plain


def test_three_tries_and_then_no_more(sandbox: RunningSandbox, api: Api, callback: Receiver):
    callback.failures_left = 5
    api.publish()
    bodies = {body for _, body in callback.wait(3)}
    assert len(bodies) == 1
    event = wait_for(sandbox, lambda event: event["abandoned"])
    assert (event["attempts"], event["delivered"], event["last_error"]) == (3, False, "HTTP 500")
    assert len(callback.posts) == 3


def test_a_second_try_that_is_heard_is_the_last(
    sandbox: RunningSandbox, api: Api, callback: Receiver
):
    callback.failures_left = 1
    api.publish()
    callback.wait(2)
    event = wait_for(sandbox, lambda event: event["delivered"])
    assert event["attempts"] == 2


def wait_for(sandbox: RunningSandbox, condition) -> dict:
    for _ in range(500):
        (event,) = sandbox.state()["events"]
        if condition(event):
            return event
    raise AssertionError(event)


def test_an_event_can_be_lost_or_come_twice(sandbox: RunningSandbox, api: Api, callback: Receiver):
    sandbox.fault(path="freepublish/submit", kind="no_event")
    sandbox.fault(path="freepublish/submit", kind="duplicate_event", after=1)
    lost, twice = api.publish(), api.publish()
    posts = [body for _, body in callback.wait(2)]
    assert lost["publish_status"] == 0
    assert posts[0] == posts[1]
    assert twice["publish_id"] in posts[0]


def test_the_article_id_may_come_broken_over_two_lines(
    sandbox: RunningSandbox, api: Api, callback: Receiver
):
    sandbox.fault(kind="event_line_break")
    told = api.publish()
    article_id = value(ET.fromstring(callback.wait()[0][1]), "PublishEventInfo/article_id")
    assert "\n" in article_id
    assert "".join(article_id.split()) == told["article_id"]


def test_no_callback_url_no_event(sandbox: RunningSandbox, api: Api):
    api.publish()
    assert sandbox.state()["events"] == []


@pytest.mark.parametrize("echoes", [True, False])
def test_the_console_checks_an_address_by_its_echo(
    sandbox: RunningSandbox, callback: Receiver, echoes: bool
):
    callback.echo = echoes
    url = f"{sandbox.base_url}/_sandbox/callback/verify"
    assert requests.post(url, json={"appid": APPID}, timeout=5).json()["verified"] is echoes
    assert requests.post(url, json={"appid": "x"}, timeout=5).status_code == 400
