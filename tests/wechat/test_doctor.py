from __future__ import annotations

import pytest

from tests.sandbox.server import RunningSandbox
from tests.wechat.conftest import gateway_of
from webapp.wechat.client import WeChatGateway
from webapp.wechat.doctor import Finding, diagnose


def stands(findings: tuple[Finding, ...]) -> dict[str, bool]:
    return {finding.subject: finding.ok for finding in findings}


def test_a_sound_account_is_found_sound(gateway: WeChatGateway, sandbox: RunningSandbox) -> None:
    findings = diagnose(gateway)
    assert stands(findings) == {
        "凭证与 IP 白名单": True,
        "草稿箱": True,
        "发布权限": True,
        "今日次数": True,
    }
    state = sandbox.state()
    assert state["drafts"] == state["publish_jobs"] == []


def test_an_address_off_the_list_is_named_and_the_rest_left_out(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(allow_list=["203.0.113.7"])
    (finding,) = diagnose(gateway)
    assert not finding.ok
    assert "加入 127.0.0.1" in finding.sentence


def test_a_wrong_secret_is_named_and_the_rest_left_out(sandbox: RunningSandbox) -> None:
    (finding,) = diagnose(gateway_of(sandbox, secret="wrong"))
    assert not finding.ok
    assert "AppSecret" in finding.sentence


def test_a_personal_account_is_told_to_push_drafts(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    sandbox.settings(profile="personal")
    findings = diagnose(gateway)
    assert stands(findings)["草稿箱"] is True
    (publishing,) = (f for f in findings if f.subject == "发布权限")
    assert not publishing.ok
    assert "只推送草稿" in publishing.sentence


@pytest.mark.parametrize(("limit", "ok"), [(5, False), (500, True)])
def test_a_low_quota_is_worth_a_word(
    gateway: WeChatGateway, sandbox: RunningSandbox, limit: int, ok: bool
) -> None:
    sandbox.settings(daily_limits={"/cgi-bin/draft/add": limit})
    (quota,) = (f for f in diagnose(gateway) if f.subject == "今日次数")
    assert quota.ok is ok
    assert f"{limit} 次" in quota.sentence


def test_an_unreachable_platform_is_a_finding_and_no_crash(sandbox: RunningSandbox) -> None:
    gateway = WeChatGateway(
        appid="wx",
        secret="s",
        store=gateway_of(sandbox)._tokens._store,
        base_url="http://127.0.0.1:9",
    )
    (finding,) = diagnose(gateway)
    assert not finding.ok
    assert "连不上微信接口" in finding.sentence
