"""autosave.js in a real browser: nothing written is lost, and the state is told in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.editor.conftest import OpenPage
from tests.browser.harness.server import Answers

pytestmark = pytest.mark.browser

KEY = "tongxin:autosave:7:42"
SAVED = (200, {"saved_at": "2026-11-24T03:04:05Z", "characters": 2})
STALE = (409, {"code": "stale_revision", "message": "另有新版本", "revision": 4})


@pytest.fixture
def page(open_page: OpenPage, answers: Answers) -> Page:
    answers.autosave = SAVED
    opened = open_page("modules.html", timezone_id="Asia/Shanghai")
    opened.evaluate("window.desk.startAutosave()")
    return opened


def write(page: Page, title: str) -> None:
    page.evaluate("title => window.desk.write(title, window.desk.autosave)", title)


def wait_for(page: Page, code: str) -> str:
    page.wait_for_function("code => window.desk.states.at(-1).code === code", arg=code)
    words: str = page.evaluate("window.desk.states.at(-1).text")
    return words


def local_copy(page: Page) -> Any:
    return page.evaluate(f"JSON.parse(localStorage.getItem('{KEY}'))")


def sent(answers: Answers) -> list[str]:
    return [body["title"] for body in answers.bodies("/autosave/42")]


def test_a_change_is_sent_once_writing_pauses_with_its_base_and_token(page: Page, answers: Answers):
    for title in ("同", "同心", "同心同行"):
        write(page, title)
    assert wait_for(page, "saved") == "已保存 11:04"
    [(method, _, body, headers)] = answers.asked
    assert method == "PUT"
    assert headers["x-csrftoken"] == "token-1"
    assert body == {
        "base_revision": 3, "title": "同心同行", "author": "", "digest": "", "source": "",
        "source_url": "", "cover_id": None, "credits": [], "body": None,
    }  # fmt: skip
    codes = page.evaluate("window.desk.states.map((state) => state.code)")
    assert codes == ["clean", "waiting", "saving", "saved"]
    assert local_copy(page) is None


def test_what_is_written_while_a_save_is_under_way_is_saved_after_it(page: Page, answers: Answers):
    answers.hold("autosave")
    write(page, "一")
    wait_for(page, "saving")
    write(page, "二")
    answers.let_go("autosave")
    page.wait_for_function(
        "() => window.desk.states.filter((s) => s.code === 'saved').length === 2"
    )
    assert sent(answers) == ["一", "二"]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_in_trouble_is_offline_with_the_text_kept_here(
    page: Page, answers: Answers, status: int
):
    answers.autosave = (status, {})
    write(page, "离线")
    assert wait_for(page, "offline") == "离线，已存在本机"
    assert local_copy(page)["fields"]["title"] == "离线"


def test_without_a_network_the_text_is_kept_and_sent_when_the_network_returns(
    page: Page, answers: Answers
):
    page.context.set_offline(True)
    write(page, "断网")
    assert wait_for(page, "offline") == "离线，已存在本机"
    page.context.set_offline(False)
    wait_for(page, "saved")
    assert sent(answers)[-1] == "断网"
    assert local_copy(page) is None


def test_it_tries_again_by_itself(page: Page, answers: Answers):
    answers.autosave = (503, {})
    write(page, "再试")
    wait_for(page, "offline")
    answers.autosave = SAVED
    wait_for(page, "saved")
    assert sent(answers) == ["再试", "再试"]


def test_an_expired_session_is_said_and_sending_stops_until_one_has_signed_in(
    page: Page, answers: Answers
):
    answers.autosave = (401, {})
    write(page, "过期")
    assert wait_for(page, "expired") == "登录已过期，改动已存在本机，请重新登录"
    write(page, "过期以后")
    page.wait_for_timeout(500)
    assert sent(answers) == ["过期"]
    assert local_copy(page)["fields"]["title"] == "过期以后"
    answers.autosave = SAVED
    page.evaluate("window.desk.autosave.resume()")
    wait_for(page, "saved")
    assert sent(answers)[-1] == "过期以后"


def test_a_conflict_is_handed_over_and_nothing_is_sent_until_it_is_settled(
    page: Page, answers: Answers
):
    answers.autosave = STALE
    write(page, "我的")
    assert wait_for(page, "conflict") == "别人已存了新版本，您的改动已存在本机"
    assert page.evaluate("window.desk.conflicts") == [STALE[1]]
    assert local_copy(page)["fields"]["title"] == "我的"
    write(page, "我的又改")
    page.wait_for_timeout(400)
    assert sent(answers) == ["我的"]
    answers.autosave = SAVED
    page.evaluate("window.desk.autosave.rebase(4)")
    wait_for(page, "saved")
    assert answers.bodies("/autosave/42")[-1]["base_revision"] == 4


def test_a_refusal_is_said_in_the_servers_words(page: Page, answers: Answers):
    answers.autosave = (422, {"message": "标题太长：最多 64 个字。"})
    write(page, "长")
    assert wait_for(page, "refused") == "标题太长：最多 64 个字。"
    answers.autosave = SAVED
    write(page, "短")
    wait_for(page, "saved")


def test_a_copy_that_the_server_never_got_is_offered_when_the_page_opens_again(
    page: Page, answers: Answers
):
    answers.autosave = (503, {})
    write(page, "昨晚写的")
    wait_for(page, "offline")
    page.reload()
    page.wait_for_function("() => window.ready === true")
    answers.autosave = SAVED
    page.evaluate("window.desk.startAutosave()")
    [offered] = page.evaluate("window.desk.asked")
    assert (offered["fields"]["title"], offered["base"], offered["isNewer"]) == (
        "昨晚写的",
        3,
        True,
    )
    assert page.evaluate("window.desk.fields.title") == "昨晚写的"
    wait_for(page, "saved")
    assert local_copy(page) is None


def test_a_copy_that_is_declined_goes(page: Page, answers: Answers):
    answers.autosave = (503, {})
    write(page, "不要了")
    wait_for(page, "offline")
    page.reload()
    page.wait_for_function("() => window.ready === true")
    page.evaluate(
        "window.desk.answerToRestore = false; window.desk.startAutosave({serverSavedAt: '2099-01-01T00:00:00Z'})"
    )
    page.wait_for_function("() => window.desk.asked.length === 1")
    assert page.evaluate("window.desk.asked[0].isNewer") is False
    page.wait_for_function(f"() => localStorage.getItem('{KEY}') === null")


def test_when_the_small_store_is_full_the_copy_goes_to_the_large_one(page: Page, answers: Answers):
    page.evaluate("localStorage.setItem('filler', 'x'.repeat(5 * 1024 * 1024 - 200))")
    answers.autosave = (503, {})
    write(page, "大" * 5000)
    assert wait_for(page, "offline") == "离线，已存在本机"
    assert local_copy(page) is None
    page.reload()
    page.wait_for_function("() => window.ready === true")
    page.evaluate("window.desk.startAutosave()")
    page.wait_for_function("() => window.desk.asked.length === 1")
    assert page.evaluate("window.desk.fields.title.length") == 5000


def test_where_nothing_can_be_kept_the_writer_is_told_not_to_leave(page: Page, answers: Answers):
    page.evaluate(
        """() => { Storage.prototype.setItem = () => { throw new Error('full') };
                   indexedDB.constructor.prototype.open = () => { throw new Error('none') } }"""
    )
    answers.autosave = (503, {})
    write(page, "危险")
    assert wait_for(page, "offline") == "离线，还没有存下，请不要关闭页面"


def test_leaving_the_page_sends_what_is_pending(page: Page, answers: Answers):
    page.evaluate("window.desk.autosave.options.quietMs = 60000")
    write(page, "要走了")
    page.goto("about:blank")
    for _ in range(200):
        if sent(answers):
            break
        page.wait_for_timeout(50)
    assert sent(answers) == ["要走了"]
    page.evaluate("window.faults = []")


def test_stopping_ends_it(page: Page, answers: Answers):
    write(page, "停")
    page.evaluate("window.desk.autosave.stop()")
    page.wait_for_timeout(300)
    assert sent(answers) == []


def test_the_words_name_the_time_on_the_writers_clock(page: Page):
    write(page, "钟")
    assert re.fullmatch(r"已保存 \d\d:\d\d", wait_for(page, "saved"))
