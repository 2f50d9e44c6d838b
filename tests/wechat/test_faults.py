"""Every fault of the sandbox: what the error says must be what happened there."""

from __future__ import annotations

import traceback

import pytest

from tests.sandbox.server import RunningSandbox
from tests.wechat.conftest import gateway_of
from tests.wechat.test_client import PNG, article
from webapp.wechat import errors as e
from webapp.wechat.client import WeChatGateway

LOST = [
    ("drop_before", "wechat_connection_lost", 0),
    ("drop_after", "wechat_connection_lost", 1),
    ("hang_before", "wechat_timeout", 0),
    ("hang_after", "wechat_timeout", 1),
]
BROKEN = ["http_502", "not_json", "empty_body"]


@pytest.mark.parametrize(("kind", "code", "drafts"), LOST)
def test_a_lost_answer_leaves_the_outcome_open_and_nothing_is_sent_twice(
    gateway: WeChatGateway, sandbox: RunningSandbox, kind: str, code: str, drafts: int
) -> None:
    one = article(gateway)
    sandbox.fault(path="draft/add", kind=kind, seconds=2.5)
    with pytest.raises(e.OutcomeUnknown) as caught:
        gateway.add_draft([one])
    assert (caught.value.code, caught.value.sent) == (code, "maybe")
    assert len(sandbox.state()["drafts"]) == drafts


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("commit", [True, False])
def test_a_broken_answer_leaves_the_outcome_open(
    gateway: WeChatGateway, sandbox: RunningSandbox, kind: str, commit: bool
) -> None:
    one = article(gateway)
    sandbox.fault(path="draft/add", kind=kind, commit=commit)
    with pytest.raises(e.OutcomeUnknown) as caught:
        gateway.add_draft([one])
    assert (caught.value.code, caught.value.sent) == ("wechat_bad_answer", "maybe")
    assert len(sandbox.state()["drafts"]) == int(commit)


def test_a_busy_platform_leaves_the_outcome_open(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    one = article(gateway)
    sandbox.fault(path="draft/add", kind="errcode", errcode=-1, commit=True)
    with pytest.raises(e.OutcomeUnknown):
        gateway.add_draft([one])
    assert len(sandbox.state()["drafts"]) == 1


@pytest.mark.parametrize("kind", [kind for kind, _, _ in LOST] + BROKEN)
def test_trouble_at_the_token_means_that_nothing_was_done(
    gateway: WeChatGateway, sandbox: RunningSandbox, kind: str
) -> None:
    sandbox.fault(path="stable_token", kind=kind, seconds=2.5)
    with pytest.raises(e.NotReached) as caught:
        gateway.submit_publish("any")
    assert caught.value.sent == "no"
    assert [c for c in sandbox.state()["calls"] if c["path"].endswith("submit")] == []


def test_a_token_that_dies_on_the_way_is_renewed_and_the_call_repeated_once(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    one = article(gateway)
    sandbox.fault(path="draft/add", kind="expire_token")
    assert gateway.add_draft([one])
    state = sandbox.state()
    assert len(state["drafts"]) == 1
    assert len([c for c in state["calls"] if c["path"] == "/cgi-bin/draft/add"]) == 2


def test_a_token_that_dies_during_an_upload_does_not_lose_the_picture(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.fault(path="media/uploadimg", kind="expire_token")
    assert gateway.upload_body_image("a.png", PNG, "image/png")
    (image,) = sandbox.state()["images"]
    assert image["size"] == len(PNG)


def test_a_token_that_is_never_accepted_ends_after_two_calls(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.fault(path="draft/count", kind="errcode", errcode=40001, times=-1)
    with pytest.raises(e.BadCredential):
        gateway.count_drafts()
    assert len([c for c in sandbox.state()["calls"] if c["path"] == "/cgi-bin/draft/count"]) == 2


def test_a_token_that_ran_out_of_time_is_replaced_unasked(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    assert gateway.count_drafts() == 0
    sandbox.advance(7300)
    assert gateway.count_drafts() == 0


def test_a_wrong_secret_is_named(sandbox: RunningSandbox) -> None:
    with pytest.raises(e.BadCredential, match="AppSecret"):
        gateway_of(sandbox, secret="wrong-secret").count_drafts()


def test_a_foreign_address_is_told_with_the_address_to_allow(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(allow_list=["203.0.113.0/24"])
    with pytest.raises(e.AddressNotAllowed, match=r"加入 127\.0\.0\.1") as caught:
        gateway.count_drafts()
    assert caught.value.ip == "127.0.0.1"
    assert caught.value.rid


def test_a_personal_account_may_draft_but_not_publish(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(profile="personal")
    media_id = gateway.add_draft([article(gateway)])
    with pytest.raises(e.NoRight, match="微信认证"):
        gateway.submit_publish(media_id)
    assert gateway.count_drafts() == 1


def test_a_used_up_quota_and_a_hasty_caller_are_told_apart(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 1})
    gateway.count_drafts()
    with pytest.raises(e.QuotaUsedUp) as used_up:
        gateway.count_drafts()
    assert (used_up.value.errcode, used_up.value.permanent) == (45009, False)
    sandbox.settings(daily_limits={}, minute_limits={"/cgi-bin/draft/count": 1})
    sandbox.advance(120)
    gateway.count_drafts()
    with pytest.raises(e.TooFast) as hasty:
        gateway.count_drafts()
    assert (hasty.value.errcode, hasty.value.permanent) == (45011, False)


@pytest.mark.parametrize("errcode", [53503, 53504, 53505])
def test_a_draft_that_wants_a_person_first_says_so(
    gateway: WeChatGateway, sandbox: RunningSandbox, errcode: int
) -> None:
    sandbox.fault(path="freepublish/submit", kind="errcode", errcode=errcode)
    with pytest.raises(e.DraftNotPublishable, match="在公众号后台打开它"):
        gateway.submit_publish(gateway.add_draft([article(gateway)]))


FAULTS: list[dict[str, object]] = [
    {"kind": "drop_before"},
    {"kind": "http_502"},
    {"kind": "not_json"},
    {"kind": "empty_body"},
    {"kind": "errcode", "errcode": 40001, "times": 2},
    {"kind": "errcode", "errcode": 40164},
    {"kind": "errcode", "errcode": 48001},
    {"kind": "errcode", "errcode": 45009},
    {"kind": "errcode", "errcode": -1},
    {"kind": "errcode", "errcode": 123456},
]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_holds_a_secret_or_a_token(
    gateway: WeChatGateway, sandbox: RunningSandbox, fault: dict[str, object]
) -> None:
    gateway.check_token()
    sandbox.fault(path="draft/count", **fault)
    with pytest.raises(e.GatewayError) as caught:
        gateway.count_drafts()
    error = caught.value
    token = gateway._tokens._store.get(gateway._appid)
    assert token is not None
    told = "".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])
    assert not any(secret in told for secret in (token.value, gateway._secret))
    assert "access_token=" not in told
    assert (error.__cause__, error.__context__) == (None, None)
