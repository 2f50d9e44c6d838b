"""An official account is connected and examined, against the sandbox over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.office import Office
from tests.sandbox.server import (
    APPID,
    SECRET,
    RunningSandbox,
    account,
    quick_config,
    running_sandbox,
)
from webapp.kernel.audit import list_entries
from webapp.sandbox.config import Profile
from webapp.wechat.service import get_account


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def connected(office: Office, base_url: str, secret: str = SECRET) -> Office:
    ready = office.with_(wechat_api_base_url=base_url)
    ready.say(
        "account", "add", "测试号", "--appid", APPID, "--secret-stdin", stdin=f"{secret}\n"
    ).done()
    return ready


def test_an_account_is_added_and_its_secret_is_neither_shown_nor_kept_in_clear(office: Office):
    said = office.run("account", "add", "测试号", "--appid", APPID, "--secret-stdin",
                      stdin=f"{SECRET}\n".encode())  # fmt: skip
    text = said.done()
    assert "http://127.0.0.1:8000/wechat/callback/1" in text
    assert SECRET not in text
    for file in office.folder.rglob("*"):
        assert file.is_dir() or SECRET.encode() not in file.read_bytes(), file
    context = office.open()
    with context.db.step() as session:
        found = get_account(session, "测试号")
        assert context.box.open(found.locked_secret) == SECRET
        assert found.callback_token in text
        assert SECRET not in str([e.details for e in list_entries(session)])
    context.db.dispose()


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["号", "--appid", "nonsense", "--secret-stdin"], "s\n", "AppID 以 wx 开头"),
        (["号", "--appid", APPID, "--secret-stdin"], "\n", "AppSecret 不能为空"),
        (["", "--appid", APPID, "--secret-stdin"], "s\n", "要有名称"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    office: Office, arguments: list[str], stdin: str, sentence: str
):
    assert sentence in office.say("account", "add", *arguments, stdin=stdin).refused()


def test_an_account_is_connected_once(office: Office):
    connected(office, "http://127.0.0.1:1")
    said = office.say("account", "add", "别名", "--appid", APPID, "--secret-stdin", stdin="s\n")
    assert "已经接入，没有改动" in said.refused()


def test_without_the_secret_key_no_secret_is_taken(office: Office):
    said = office.with_(secret_key="").say(
        "account", "add", "号", "--appid", APPID, "--secret-stdin", stdin="s\n"
    )
    assert "TONGXIN_SECRET_KEY" in said.refused()


def test_a_healthy_account_is_told_to_be_so_in_every_respect(
    office: Office, sandbox: RunningSandbox
):
    text = connected(office, sandbox.base_url).say("account", "check", "测试号").done()
    lines = text.splitlines()
    assert [line.split()[0] for line in lines] == ["正常"] * 4
    for word in ("AppSecret 正确", "白名单内", "草稿", "可以通过接口发布", "今天还可调用"):
        assert word in text


def test_a_wrong_secret_is_named(office: Office, sandbox: RunningSandbox):
    ready = connected(office, sandbox.base_url, secret="0" * 32)
    sentence = ready.say("account", "check", "测试号").refused()
    assert "AppSecret" in sentence
    assert "0" * 32 not in sentence


def test_an_address_that_is_not_allowed_is_named_with_what_to_do(office: Office):
    with running_sandbox(quick_config(allow_list=("192.0.2.1",))) as sandbox:
        said = connected(office, sandbox.base_url).say("account", "check", "测试号")
    sentence = said.refused()
    assert "白名单" in sentence
    assert "127.0.0.1" in sentence
    assert "有问题  凭证与 IP 白名单" in said.text


def test_an_account_without_the_right_to_publish_is_told_so(office: Office):
    config = quick_config(accounts=(account(profile=Profile.PERSONAL),))
    with running_sandbox(config) as sandbox:
        said = connected(office, sandbox.base_url).say("account", "check", "测试号")
    assert "权限" in said.refused()
    assert "有问题  发布权限" in said.text
    assert "正常  凭证与 IP 白名单" in said.text


def test_a_platform_that_does_not_answer_is_said_so(office: Office):
    connected(office, "http://127.0.0.1:1").say("account", "check", "测试号").refused()


def test_an_account_that_is_not_there_is_said_so_with_those_that_are(office: Office):
    connected(office, "http://127.0.0.1:1")
    sentence = office.say("account", "check", "别的号").refused()
    assert "没有名为“别的号”的公众号" in sentence
    assert "测试号" in sentence


def test_another_secret_key_than_the_one_it_was_stored_with_is_said_so(office: Office):
    ready = connected(office, "http://127.0.0.1:1")
    ready = ready.with_(secret_key="another secret key that is long enough")
    assert "换回原来的密钥" in ready.say("account", "check", "测试号").refused()


@pytest.mark.postgres
def test_an_account_on_postgresql(grown: Office, sandbox: RunningSandbox):
    assert "正常" in connected(grown, sandbox.base_url).say("account", "check", "测试号").done()
