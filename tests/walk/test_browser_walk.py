"""The main job as its people do it, each in a browser of their own: from the scraped bulletin to the follower's phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.office import note_refusals
from tests.cast import picture
from tests.walk.installation import PASSWORD, Installation, running_installation

pytestmark = pytest.mark.browser

PATIENCE = 30_000
TITLE = "同心抗疫 共克时艰"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running_installation(tmp_path) as made:
        yield made


class Desk:
    def __init__(self, browser: Browser, installation: Installation) -> None:
        self._browser, self._installation = browser, installation
        self.refused: list[str] = []

    def sign_in(self, name: str, width: int = 1280) -> Page:
        context = self._browser.new_context(
            base_url=self._installation.url,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
        )
        note_refusals(context, self.refused)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto("/login")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name=re.compile("登录")).click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page


def write(editor: Page) -> None:
    """Mend what the checks found, put a cover on it, and see it on the phone."""
    body = editor.locator(".ProseMirror")
    body.wait_for()
    phone = editor.frame_locator("[data-preview] iframe:not([aria-hidden])").locator("body")
    expect(phone).to_contain_text("九三学社")
    editor.get_by_role("tab", name="检查").click()
    expect(editor.locator("[data-findings]")).to_contain_text("截止目前")
    editor.evaluate(
        """() => {
          const walk = document.createTreeWalker(document.querySelector('.ProseMirror'), NodeFilter.SHOW_TEXT);
          for (let node; (node = walk.nextNode());) {
            const at = node.data.indexOf('截止目前');
            if (at >= 0) { const s = getSelection(); s.setBaseAndExtent(node, at, node, at + 4); return; }
          }
        }"""
    )
    editor.keyboard.insert_text("截至目前")
    expect(body).not_to_contain_text("截止目前")
    editor.locator("[data-cover-file]").set_input_files(
        {"name": "封面.jpg", "mimeType": "image/jpeg", "buffer": picture(1800, 1200)}
    )
    expect(editor.locator("[data-cover-shown]")).to_be_visible()
    expect(editor.locator("[data-saved]")).to_contain_text("已保存")


def decide(desk: Desk, name: str, decision: str, comment: str = "") -> None:
    """At the width of a phone: a reviewer decides with a thumb."""
    reviewer = desk.sign_in(name, width=375)
    reviewer.get_by_role("link", name=re.compile(TITLE)).first.click()
    if "/review" not in reviewer.url:
        reviewer.get_by_role("link", name=re.compile("审")).first.click()
    if comment:
        reviewer.get_by_placeholder("写意见").fill(comment)
    reviewer.get_by_role("button", name=re.compile(f"^{decision}")).click()
    reviewer.wait_for_url(re.compile(r"review\?d"))
    reviewer.context.close()


def submit(page: Page) -> None:
    page.get_by_role("button", name="送审").click()
    page.wait_for_url(re.compile(r"/articles/\d+$"))


def test_the_bulletin_from_the_web_page_to_the_follower_s_phone(
    browser: Browser, installation: Installation
):
    desk = Desk(browser, installation)
    editor = desk.sign_in("editor")
    for column in ("同心同行 抗疫有我", "我为抗疫建箴言", "抗疫文苑"):
        expect(editor.get_by_role("link", name=column).first).to_be_visible()
    editor.get_by_role("link", name=TITLE).first.click()
    editor.get_by_role("link", name="导入和粘贴时清理了什么").click()
    expect(editor.get_by_text(re.compile("174")).first).to_be_visible()
    editor.go_back()
    editor.get_by_role("link", name=re.compile("修改")).first.click()
    write(editor)
    submit(editor)

    decide(desk, "reviewer1", "退回", "第二段的专栏名称请核对")
    editor.goto("/")
    expect(editor.get_by_text("第二段的专栏名称请核对").first).to_be_visible()
    editor.get_by_role("link", name=TITLE).first.click()
    expect(editor.get_by_text("第二段的专栏名称请核对").first).to_be_visible()
    submit(editor)
    for name in ("reviewer1", "reviewer2", "reviewer3"):
        decide(desk, name, "通过")

    publisher = desk.sign_in("publisher")
    publisher.goto("/editions/new")
    publisher.locator("[id^=add-]").first.click()
    expect(publisher.locator(".chosen-line")).to_have_count(1)
    publisher.locator("input[name=delivery][value=publish]").check()
    publisher.get_by_role("button", name="建立推送").click()
    publisher.wait_for_url(re.compile(r"/editions/\d+$"))
    publisher.get_by_role("button", name="推送", exact=True).click()
    publisher.get_by_role("dialog").get_by_role("button", name="发布").dblclick()
    expect(publisher.get_by_text("已刊发").first).to_be_visible(timeout=60_000)

    assert len(installation.published()) == 1
    follows = browser.new_context(viewport={"width": 375, "height": 800})
    note_refusals(follows, desk.refused)
    follower = follows.new_page()
    follower.goto(installation.sandbox_url)
    follower.get_by_text(TITLE).first.click()
    expect(follower.get_by_text("截至目前").first).to_be_visible()
    expect(follower.get_by_text("截止目前")).to_have_count(0)

    editor.goto("/")
    expect(editor.get_by_text(re.compile("共刊发稿件1篇")).first).to_be_visible()
    assert desk.refused == []
