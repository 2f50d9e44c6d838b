"""Words are chosen and commented, at the desk by keyboard and on a phone with a thumb; the comment leads back to its words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.office import PHONE, Office, overflow, violations
from webapp.articles.queries import get_article
from webapp.comments.queries import list_comments
from webapp.comments.service import Spot, add

pytestmark = pytest.mark.browser

TEXT = "收治病人四十七名，其中重症三名，都用 ECMO 治疗。"


def commented(office: Office, article_id: int, quote: str) -> None:
    actor = office.newsroom.actor("reviewer1")
    with office.newsroom.step() as session:
        add(session, get_article(session, article_id), Spot(quote=quote), "请核对。", actor=actor,
            now=office.newsroom.clock())  # fmt: skip


def marked_words(page: Page) -> list[str]:
    """In the phone's page."""
    return page.frames[1].evaluate(
        "[...(CSS.highlights.get('comments') ?? [])].map((range) => range.toString())"
    )


def choose_one_more(page: Page) -> None:
    """One character more; the editor hears of it when the browser tells of the selection."""
    page.evaluate(
        "() => { window.heard = new Promise("
        "(resolve) => document.addEventListener('selectionchange', () => resolve(), {once: true})); }"
    )
    page.keyboard.press("Shift+ArrowRight")
    page.evaluate("window.heard")


def test_who_can_be_called_is_offered_also_when_the_names_come_after_the_typing(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(text=TEXT))
    page = office.write("editor", article_id)
    held: list[Route] = []
    page.route("**/comments/people", lambda route: held.append(route))
    page.locator(".tx-content p").click()
    page.keyboard.press("Control+Home")
    choose_one_more(page)
    with page.expect_request("**/comments/people"):
        page.keyboard.press("Control+Alt+m")
    page.keyboard.type("请 @reviewer2")
    held[0].continue_()
    page.get_by_role("option", name="reviewer2").click()
    expect(page.locator("[data-new-comment] textarea")).to_have_value("请 @reviewer2姓名 ")


def test_the_writer_comments_by_keyboard_and_the_words_keep_their_mark(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(text=TEXT))
    commented(office, article_id, "重症三名")
    page = office.write("editor", article_id)
    expect(page.locator(".tx-comment")).to_have_text("重症三名")
    page.locator(".tx-content p").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("全院")
    for _ in range(2):
        choose_one_more(page)
    page.keyboard.press("Control+Alt+m")
    expect(page.locator("[data-chosen-words]")).to_have_text("收治")
    page.keyboard.type("措辞请 @reviewer")
    expect(page.get_by_role("listbox", name="可以叫的人")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tx-comment")).to_have_text(["收治", "重症三名"])
    expect(page.locator(".thread").first).to_contain_text("措辞请 @reviewer2姓名")
    with office.newsroom.step() as session:
        assert len(list_comments(session, article_id).items) == 2
        assert get_article(session, article_id).status == "draft"
    page.locator(".tx-comment", has_text="重症").click()
    expect(page.locator(".thread.is-pointed")).to_contain_text("请核对。")
    page.locator(".thread", has_text="请核对").get_by_role("button", name="办结").click()
    expect(page.locator(".tx-comment")).to_have_text(["收治"])
    page.locator("[data-toasts]").get_by_role("button", name="撤销").click()
    expect(page.locator(".tx-comment")).to_have_text(["收治", "重症三名"])
    page.locator("[data-go]", has_text="重症三名").click()
    assert page.evaluate("getSelection().toString()") == "重症三名"


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
def test_a_reviewer_comments_what_was_selected_in_the_phone_and_a_paragraph_by_its_number(
    viewport: dict[str, int], office: Office
):
    article_id = office.newsroom.submitted(content=office.newsroom.content(text=TEXT))
    commented(office, article_id, "重症三名")
    page = office.visit("reviewer1", f"/articles/{article_id}/review", viewport=viewport)
    page.wait_for_load_state("networkidle")
    assert marked_words(page) == ["重症三名"]
    page.frames[1].evaluate(
        """() => {
          const walker = document.createTreeWalker(document.getElementById('js_content'), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf('都用');
            if (at >= 0) getSelection().setBaseAndExtent(node, at, node, node.data.length - 1);
          }
        }"""
    )
    page.get_by_role("button", name="批注选中的字").click()
    page.keyboard.type("设备名要写中文")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_role("button", name="添批注").click()
    expect(page.locator(".thread:target")).to_contain_text("设备名要写中文")
    page.locator("summary", has_text="添批注").click()
    page.get_by_label("批注哪一段").select_option("0")
    page.locator("#comment-new").fill("这段太短")
    page.get_by_role("button", name="添批注").click()
    expect(page.locator(".thread:target")).to_contain_text("整段")
    assert len(marked_words(page)) == 3
    assert overflow(page) == 0
