from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wechat import wire as w
from webapp.wechat import errors as e
from webapp.wechat.client import WeChatGateway
from webapp.wechat.codes import MEANINGS, error_of
from webapp.wechat.token import MemoryTokenStore

RID = "68ff2583-479cabd7-08ff32c3"


def reply(errcode: int, errmsg: str = f"nope hint: [abc-0] rid: {RID}") -> dict[str, object]:
    return {"errcode": errcode, "errmsg": errmsg}


@pytest.mark.parametrize(
    ("errcode", "kind", "code", "permanent"),
    [
        (40125, e.BadCredential, "wechat_bad_credential", True),
        (40243, e.BadCredential, "wechat_secret_frozen", True),
        (40164, e.AddressNotAllowed, "wechat_ip_not_allowed", True),
        (89503, e.NeedsAdmin, "wechat_admin_must_allow_ip", False),
        (48001, e.NoRight, "wechat_no_right", True),
        (48004, e.NoRight, "wechat_banned", True),
        (45009, e.QuotaUsedUp, "wechat_quota_used_up", False),
        (45028, e.QuotaUsedUp, "wechat_mass_quota_used_up", False),
        (45011, e.TooFast, "wechat_too_fast", False),
        (53501, e.TooFast, "wechat_too_fast", False),
        (45166, e.BadContent, "wechat_bad_content", True),
        (45003, e.TooLong, "wechat_title_too_long", True),
        (45110, e.TooLong, "wechat_author_too_long", True),
        (45004, e.TooLong, "wechat_digest_too_long", True),
        (40007, e.MissingMaterial, "wechat_missing_material", True),
        (40137, e.BadFile, "wechat_bad_file", True),
        (53503, e.DraftNotPublishable, "wechat_draft_not_publishable", True),
        (53505, e.DraftNotPublishable, "wechat_draft_not_publishable", True),
        (53600, e.NotThere, "wechat_not_there", True),
        (88000, e.NoRight, "wechat_no_comment_right", True),
    ],
)
def test_a_number_becomes_its_error(
    errcode: int, kind: type[e.Refused], code: str, permanent: bool
) -> None:
    error = error_of(reply(errcode))
    assert type(error) is kind
    assert (error.code, error.permanent, error.sent) == (code, permanent, "yes")
    assert (error.errcode, error.rid) == (errcode, RID)
    assert f"{errcode}，rid {RID}" in error.message


def test_every_known_number_says_what_happened_what_is_safe_and_what_to_do() -> None:
    for errcode in MEANINGS:
        message = error_of(reply(errcode)).message
        assert message.startswith("微信没有接受：")
        assert "公众号上没有变化。" in message
        assert "请" in message or "再试" in message or "等" in message
        assert "{" not in message
        assert "。。" not in message


@given(st.integers(1, 10_000_000), st.text(max_size=400))
def test_any_number_and_any_text_become_an_error_with_the_number_in_it(
    errcode: int, errmsg: str
) -> None:
    error = error_of(reply(errcode, errmsg))
    assert isinstance(error, e.Refused)
    assert str(errcode) in error.message
    assert len(error.errmsg) <= e.ERRMSG_MAX


def test_an_unknown_number_names_itself_and_the_request_id() -> None:
    error = error_of(reply(99999, f"strange rid: {RID}"))
    assert (type(error), error.code) == (e.Refused, "wechat_refused")
    assert f"（微信错误码 99999，rid {RID}）" in error.message


def test_the_platforms_own_trouble_leaves_the_outcome_unknown() -> None:
    assert isinstance(error_of(reply(-1, "system error")), e.OutcomeUnknown)


@pytest.mark.parametrize(
    ("errmsg", "ip"),
    [
        ("invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 1-2", "1.2.3.4"),
        ("invalid ip 1.2.3.4, not in whitelist hint: [x]", "1.2.3.4"),
        ("invalid ip , not in whitelist", ""),
        ("invalid ip ::ffff:9.8.7.6, not in whitelist", "9.8.7.6"),
        ("invalid ip 2001:db8::1 ipv6 2001:db8::1, not in whitelist", "2001:db8::1"),
        ("invalid ip <script>, not in whitelist", ""),
        ("something else", ""),
    ],
)
def test_the_address_to_allow_is_read_from_the_refusal(errmsg: str, ip: str) -> None:
    error = error_of(reply(40164, errmsg))
    assert isinstance(error, e.AddressNotAllowed)
    assert error.ip == ip
    assert f"加入 {ip or '这台服务器的公网地址'}，" in error.message


def test_what_else_the_platform_answered_is_kept() -> None:
    error = error_of({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 123456})
    assert isinstance(error, e.Refused)
    assert error.reply == {"msg_id": 123456}


@pytest.mark.parametrize(
    "text",
    [
        f"GET /x?access_token={w.TOKEN}&type=image",
        f'{{"access_token": "{w.TOKEN}", "expires_in": 7200}}',
        f"appid=wx1&secret={w.TOKEN}",
        f"{{'secret': '{w.TOKEN}'}}",
        f"AppSecret: {w.TOKEN}, then more",
    ],
)
def test_whatever_is_called_a_token_or_secret_is_scrubbed(text: str) -> None:
    assert w.TOKEN not in e.scrub(text)
    assert "***" in e.scrub(text)


@given(st.text("abcXYZ019-_", min_size=8, max_size=60), st.text(max_size=50), st.text(max_size=50))
def test_a_known_secret_is_scrubbed_wherever_it_stands(secret: str, a: str, b: str) -> None:
    error = error_of(reply(99999, f"{a} {secret} {b}"), hide=[secret])
    assert secret not in error.errmsg


def test_a_secret_that_the_platform_echoes_does_not_get_into_the_error() -> None:
    echo = w.says({"errcode": 40125, "errmsg": f"invalid appsecret {w.SECRET} rid: {RID}"})
    with w.running_wire(stable_token=echo) as wire:
        gateway = WeChatGateway(
            appid=w.APPID, secret=w.SECRET, store=MemoryTokenStore(), base_url=wire.url
        )
        with pytest.raises(e.BadCredential) as caught:
            gateway.count_drafts()
    assert w.SECRET not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_errors_travel_between_processes() -> None:
    error = error_of(reply(40164, "invalid ip 1.2.3.4, not in whitelist"))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again)) == (type(error), vars(error))
