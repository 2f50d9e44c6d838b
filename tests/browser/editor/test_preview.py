"""preview.js in a real browser: fast, calm, and nothing in it runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, Page

from tests.browser.editor.conftest import OpenPage
from tests.browser.harness.server import Answers

pytestmark = pytest.mark.browser

LONG = "".join(f"<p>第{n}段</p>" for n in range(200))


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    opened = open_page("modules.html")
    opened.evaluate("window.desk.startPreview()")
    return opened


def write(page: Page, title: str) -> None:
    page.evaluate("title => window.desk.write(title, window.desk.preview)", title)


def shown(page: Page) -> Frame:
    handle = page.wait_for_selector("#phone iframe:not([aria-hidden])")
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    return frame


def wait_for_text(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#phone iframe:not([aria-hidden])').contentDocument.body?.textContent.includes(text)",
        arg=text,
    )


def test_one_request_leaves_200_ms_after_typing_stops(page: Page, answers: Answers):
    answers.preview_html = "<p>第一版</p>"
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    for title in ("同", "同心", "同心同行"):
        write(page, title)
        page.clock.run_for(150)
    assert answers.asked == []
    page.clock.run_for(50)
    wait_for_text(page, "第一版")
    [(_, path, body, headers)] = answers.asked
    assert (path, body["title"], headers["x-csrftoken"]) == ("/preview/42", "同心同行", "token-1")
    assert page.evaluate("window.desk.results[0].units.title") == 4


def test_the_reader_stays_where_they_were(page: Page, answers: Answers):
    answers.preview_html = LONG
    write(page, "一")
    wait_for_text(page, "第199段")
    shown(page).evaluate("document.scrollingElement.scrollTop = 900")
    answers.preview_html = LONG + "<p>新加的</p>"
    write(page, "二")
    wait_for_text(page, "新加的")
    assert shown(page).evaluate("document.scrollingElement.scrollTop") == 900


def test_nothing_in_the_preview_runs(page: Page, answers: Answers):
    answers.preview_html = (
        "<p>文</p><script>parent.hit = 1</script><img src=x onerror='parent.hit = 1'>"
    )
    write(page, "一")
    wait_for_text(page, "文")
    page.wait_for_timeout(150)
    assert page.evaluate("window.hit") is None
    assert page.locator("#phone iframe").first.get_attribute("sandbox") == "allow-same-origin"


def test_inline_styles_of_the_rendered_page_are_shown(page: Page, answers: Answers):
    answers.preview_html = '<section style="color: rgb(183, 52, 44)">朱红</section>'
    write(page, "一")
    wait_for_text(page, "朱红")
    colour = shown(page).evaluate("getComputedStyle(document.querySelector('section')).color")
    assert colour == "rgb(183, 52, 44)"


def test_only_the_newest_answer_is_shown(page: Page, answers: Answers):
    answers.preview_html = "<p>旧</p>"
    answers.hold("preview")
    with page.expect_request("**/preview/42"):
        write(page, "一")
    answers.preview_html = "<p>新</p>"
    with page.expect_request("**/preview/42"):
        write(page, "二")
    answers.let_go("preview")
    wait_for_text(page, "新")
    assert [result["html"] for result in page.evaluate("window.desk.results")] == ["<p>新</p>"]


def test_a_failure_leaves_the_last_preview_and_says_so(page: Page, answers: Answers):
    answers.preview_html = "<p>好的</p>"
    write(page, "一")
    wait_for_text(page, "好的")
    page.context.set_offline(True)
    write(page, "二")
    page.wait_for_function("() => window.desk.states.at(-1).code === 'failed'")
    assert page.evaluate("window.desk.states.at(-1).text") == "预览暂时没有更新，正文不受影响"
    wait_for_text(page, "好的")
    page.context.set_offline(False)


def test_only_the_frame_that_is_shown_can_be_reached(page: Page, answers: Answers):
    write(page, "一")
    wait_for_text(page, "预览")
    assert page.locator("#phone iframe").count() == 2
    assert page.locator("#phone iframe[aria-hidden=true][tabindex='-1']").count() == 1
    page.evaluate("window.desk.preview.stop()")
    assert page.locator("#phone iframe").count() == 0
