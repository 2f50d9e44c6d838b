"""What is gathered leaves as one message, is tried again when it was not taken, and goes nowhere that was not allowed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.notices.ears import Chat, Post, chat_server, mail_server
from tests.visitor import signed_in
from webapp.kernel.audit import AuditEntry
from webapp.kernel.errors import Invalid
from webapp.kernel.settings import Settings
from webapp.kernel.web import Context, create_context
from webapp.notices.forms import parse_channel
from webapp.notices.models import NoticeMessage
from webapp.notices.queries import list_channels
from webapp.notices.senders import Destination, request_of
from webapp.notices.service import Wanted, add_channel, delete_channel, prefer
from webapp.notices.worker import Courier
from webapp.notices.workflow import ChannelKind, Kind, MessageState, Mode


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as server:
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


@pytest.fixture
def context(settings: Settings, clock: FakeClock, chat: Chat, post: Post) -> Iterator[Context]:
    there = {"webhook_extra_origins": chat.origin, "smtp_host": "127.0.0.1", "smtp_port": post.port,
             "smtp_security": "none", "smtp_from": "编辑部 <desk@example.org>"}  # fmt: skip
    made = create_context(settings.model_copy(update=there), clock=clock)
    yield made
    made.db.dispose()


@pytest.fixture(autouse=True)
def _listening(app: Flask) -> None:
    """The roof listens."""


@pytest.fixture
def courier(context: Context, clock: FakeClock) -> Courier:
    return Courier(db=context.db, box=context.box, settings=context.settings, now=clock)


def run(courier: Courier) -> None:
    while courier.turn():
        pass


def address_of(newsroom: Newsroom, name: str, mode: Mode = Mode.SOON) -> None:
    actor = newsroom.actor(name)
    with newsroom.step() as session:
        prefer(session, mode, f"{name}@example.org", actor=actor, now=newsroom.clock())


def channel(newsroom: Newsroom, address: str, kind: ChannelKind = ChannelKind.WECOM) -> None:
    wanted = Wanted(kind=kind, name="编辑部群", address=address, secret="SEC-geheim",
                    kinds=(Kind.SUBMITTED, Kind.TROUBLE), hint="…")  # fmt: skip
    actor = newsroom.actor("admin")
    with newsroom.step() as session:
        add_channel(session, wanted, box=newsroom.context.box, actor=actor, now=newsroom.clock())


def messages(newsroom: Newsroom) -> list[tuple[str, int, str]]:
    with newsroom.step() as session:
        return [(m.state, m.attempts, m.error) for m in session.query(NoticeMessage).order_by(NoticeMessage.id)]  # fmt: skip


def test_what_comes_within_minutes_goes_out_as_one_letter_with_its_addresses(
    newsroom: Newsroom, courier: Courier, clock: FakeClock, post: Post
):
    address_of(newsroom, "reviewer1")
    first = newsroom.submitted(content=newsroom.content(title="第一篇"))
    clock.advance(minutes=3)
    newsroom.submitted(content=newsroom.content(title="第二篇"))
    run(courier)
    assert post.letters == []
    clock.advance(minutes=2)
    run(courier)
    run(courier)
    (letter,) = post.letters
    assert (letter["To"], letter["Subject"]) == ("reviewer1@example.org", "【同心】2 条提醒")
    text = letter.get_content()  # type: ignore[attr-defined]
    assert "送审：《第一篇》等初审" in text
    assert f"http://localhost/articles/{first}/review" in text
    assert "第二篇" in text
    assert messages(newsroom) == [(MessageState.SENT, 1, "")]


def test_a_daily_letter_waits_for_the_morning_and_none_goes_to_who_wants_none(
    newsroom: Newsroom, courier: Courier, clock: FakeClock, post: Post
):
    address_of(newsroom, "reviewer1", Mode.DAILY)
    address_of(newsroom, "allstages", Mode.OFF)
    newsroom.submitted()
    clock.advance(hours=21)  # 07:00 of the next day in Shanghai
    run(courier)
    assert post.letters == []
    clock.advance(hours=1)
    run(courier)
    assert [letter["To"] for letter in post.letters] == ["reviewer1@example.org"]


def test_a_server_that_does_not_take_it_is_asked_again_later_and_at_last_given_up(
    newsroom: Newsroom, courier: Courier, clock: FakeClock, post: Post
):
    address_of(newsroom, "reviewer1")
    post.is_refusing = True
    newsroom.submitted()
    for attempt, wait in enumerate((5, 1, 5, 30, 120), start=1):
        clock.advance(minutes=wait - 0.5)
        run(courier)
        assert messages(newsroom)[0][1] == attempt - 1
        clock.advance(minutes=0.5)
        run(courier)
        assert messages(newsroom)[0][1] == attempt
    ((state, _, error),) = messages(newsroom)
    assert state == MessageState.FAILED
    assert "没有收下" in error
    assert "example.org" not in error


def test_a_worker_that_died_while_sending_loses_nothing(
    newsroom: Newsroom, courier: Courier, clock: FakeClock, post: Post
):
    address_of(newsroom, "reviewer1")
    newsroom.submitted()
    clock.advance(minutes=5)
    assert courier._begin() is not None  # and then the power went out
    run(courier)
    assert post.letters == []
    clock.advance(minutes=6)
    run(courier)
    assert len(post.letters) == 1


def test_a_group_hears_what_it_wants_who_was_told_and_no_secret_is_stored_or_logged(
    newsroom: Newsroom, courier: Courier, clock: FakeClock, chat: Chat, caplog: Any
):
    caplog.set_level(logging.DEBUG, "webapp")  # the worker keeps urllib3 quiet
    channel(newsroom, f"{chat.origin}/cgi-bin/webhook/send?key=geheim")
    newsroom.decide(newsroom.submitted(), "reviewer1")
    chat.answers.append((200, {"errcode": 45009, "errmsg": "api freq out of limit"}))
    clock.advance(minutes=5)
    run(courier)
    clock.advance(minutes=1)
    run(courier)
    (_, first), (_, second) = chat.heard
    assert first == second
    assert first["msgtype"] == "text"
    text = first["text"]["content"]
    assert "送审：《社区里的白大褂》等初审（reviewer1姓名、allstages姓名）" in text
    assert "待审" not in text
    assert messages(newsroom) == [(MessageState.SENT, 2, "")]
    assert "geheim" not in caplog.text
    with newsroom.step() as session:
        (kept,) = list_channels(session)
        assert "geheim" not in kept.locked_address + kept.locked_secret


@pytest.mark.parametrize("answer", [(302, {}), (500, {}), (200, ["no"]), (200, {"errcode": 93000})])
def test_what_is_no_yes_is_a_no(
    answer: tuple[int, Any], newsroom: Newsroom, courier: Courier, clock: FakeClock, chat: Chat
):
    channel(newsroom, f"{chat.origin}/hook")
    chat.answers.append(answer)
    newsroom.submitted()
    clock.advance(minutes=5)
    run(courier)
    assert [path for path, _ in chat.heard] == ["/hook"]
    assert messages(newsroom)[0][0] == MessageState.WAITING


def signed(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()  # fmt: skip


def test_dingtalk_and_feishu_are_signed_as_they_ask(clock: FakeClock):
    ding = Destination(kind=ChannelKind.DINGTALK, secret="SEC1",
                       address="https://oapi.dingtalk.com/robot/send?access_token=t")  # fmt: skip
    address, body = request_of(ding, "好", clock())
    asked = parse_qs(urlsplit(address).query)
    milliseconds = str(int(clock().timestamp() * 1000))
    assert asked == {"access_token": ["t"], "timestamp": [milliseconds],
                     "sign": [signed("SEC1", f"{milliseconds}\nSEC1")]}  # fmt: skip
    assert body == {"msgtype": "text", "text": {"content": "好"}}
    lark = Destination(kind=ChannelKind.FEISHU, secret="s", address="https://open.feishu.cn/h")
    address, body = request_of(lark, "好" * 2000, clock())
    seconds = str(int(clock().timestamp()))
    assert address == "https://open.feishu.cn/h"
    assert (body["timestamp"], body["sign"]) == (seconds, signed(f"{seconds}\ns", ""))
    assert len(body["content"]["text"].encode()) <= 2048


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
        "https://qyapi.weixin.qq.com.evil.example/k",
        "https://qyapi.weixin.qq.com@evil.example/k",
        "https://evil.example/?qyapi.weixin.qq.com",
        "https://qyapi.weixin.qq.com:8443/k",
        "https://oapi.dingtalk.com/robot/send",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_only_the_platforms_hosts_are_taken(address: str, settings: Settings):
    form = MultiDict([("kind", "wecom"), ("name", "群"), ("address", address), ("kinds", "submitted")])  # fmt: skip
    with pytest.raises(Invalid) as refused:
        parse_channel(form, settings)
    assert [f.field for f in refused.value.fields] == ["address"]


def test_a_channel_is_added_tried_and_switched_off_by_an_administrator(
    app: Flask, newsroom: Newsroom, chat: Chat, post: Post
):
    admin = signed_in(app, "admin")
    form = {"kind": "feishu", "name": "编辑部群", "address": f"{chat.origin}/open-apis/geheim",
            "secret": "sss", "kinds": ["submitted", "trouble", "mention"]}  # fmt: skip
    wrong = admin.post("/system/notices", data={**form, "kinds": [], "name": ""})
    assert wrong.status_code == 422
    assert "至少选一类提醒" in wrong.text
    assert admin.post("/system/notices", data=form).status_code == 303
    page = unescape(admin.get("/system/notices").text)
    assert "127.0.0.1 …heim" in page
    assert "/open-apis/" not in page
    with newsroom.step() as session:
        (kept,) = list_channels(session)
        assert kept.kinds == ["submitted", "trouble"]
    admin.post(f"/system/notices/{kept.id}/test")
    assert chat.heard[0][1]["msg_type"] == "text"
    assert "送到了" in admin.get("/system/notices").text
    chat.answers.append((200, {"code": 19021, "msg": "sign match fail"}))
    admin.post(f"/system/notices/{kept.id}/test")
    assert "19021" in admin.get("/system/notices").text
    admin.post(f"/system/notices/{kept.id}/switch", data={"active": "0"})
    newsroom.submitted()
    assert messages(newsroom) == []
    assert signed_in(app, "editor").get("/system/notices").status_code == 403
    address_of(newsroom, "admin")
    admin.post("/system/notices/test-mail")
    assert [letter["Subject"] for letter in post.letters] == ["【同心】测试"]


def test_a_deleted_channel_is_gone_with_its_address_and_what_waited_for_it(
    app: Flask, newsroom: Newsroom, chat: Chat, courier: Courier
):
    admin = signed_in(app, "admin")
    form = {"kind": "feishu", "name": "旧群", "address": f"{chat.origin}/hook", "kinds": ["submitted"]}  # fmt: skip
    admin.post("/system/notices", data=form)
    newsroom.submitted()
    with newsroom.step() as session:
        (kept,) = list_channels(session)
    assert "删掉就找不回来" in admin.get("/system/notices").text
    path = f"/system/notices/{kept.id}/delete"
    assert signed_in(app, "editor").post(path).status_code == 403
    assert admin.post(path).status_code == 303
    assert admin.post(path).status_code == 404
    with newsroom.step() as session:
        assert list_channels(session) == []
        assert list(session.query(NoticeMessage).filter_by(channel_id=kept.id)) == []
        assert session.query(AuditEntry).filter_by(action="notice.channel_delete").count() == 1
    newsroom.submitted()
    while courier.turn():
        pass
    assert chat.heard == []


def test_a_message_on_its_way_to_a_channel_that_is_deleted_ends_quietly(
    newsroom: Newsroom, clock: FakeClock, chat: Chat, courier: Courier
):
    admin = newsroom.actor("admin")
    wanted = Wanted(kind=ChannelKind.FEISHU, name="群", address=f"{chat.origin}/hook", secret="",
                    kinds=(Kind.SUBMITTED,), hint="")  # fmt: skip
    with newsroom.step() as session:
        add_channel(session, wanted, box=newsroom.context.box, actor=admin, now=clock())
    newsroom.submitted()
    clock.advance(minutes=6)
    begun = courier._begin()
    assert begun is not None
    with newsroom.step() as session:
        delete_channel(session, list_channels(session)[0], actor=admin, now=clock())
    courier._end(begun[0], "")
    assert not courier.turn()


def test_how_one_wants_to_be_told_is_chosen_on_one_s_own_page(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert "随时发" in editor.get("/me").text
    editor.post("/notices/preference", data={"mode": "daily", "address": "not an address"})
    assert "邮箱地址写得不对" in editor.get("/me").text
    editor.post("/notices/preference", data={"mode": "daily", "address": "e@example.org"})
    page = editor.get("/me").text
    assert 'value="daily" checked' in page
    assert 'value="e@example.org"' in page
