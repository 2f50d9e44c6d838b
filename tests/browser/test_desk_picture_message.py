"""A picture message is chosen, measured, looked at and reviewed on the same pages as an article."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import PHONE, Office, overflow, violations
from webapp.articles.queries import get_article, head_revision

pytestmark = pytest.mark.browser


def shown(page: Page):
    """The preview that is in front."""
    return page.locator(".phone-screen iframe:not([aria-hidden])").content_frame


def test_a_set_of_pictures_is_begun_from_blank_paper(office: Office):
    page = office.visit("editor", "/articles/new")
    page.get_by_text("抗疫文苑").click()
    assert violations(page) == []
    page.get_by_role("button", name="开始放图片").click()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_role("radio", name="图片消息")).to_be_checked()
    expect(page.locator(".newspic-bar").first).to_contain_text("图片 0/20")
    expect(shown(page).locator(".slides-none")).to_contain_text("还没有图片")


def test_an_article_becomes_a_picture_message_and_is_reviewed_as_one(office: Office):
    content = office.newsroom.content(
        "松风三帧", "笔墨寄情。", pictures=3, cover_id=None, digest=""
    )
    article_id = office.newsroom.draft(content)
    page = office.write("editor", article_id)
    expect(shown(page).locator("#js_content img")).to_have_count(3)
    page.locator(".form-pick", has_text="图片消息").click()
    expect(shown(page).locator(".slides img")).to_have_count(3)
    expect(shown(page).locator("#js_content")).to_contain_text("3. 图：摄影 张三")
    expect(page.locator("[data-bar-word=pictures]")).to_have_text("图片 3/20")
    expect(page.locator("[data-bar-word=text]")).to_contain_text("文字 ")
    expect(page.locator("[data-bar-word=title]")).to_have_text("标题 8/40")
    expect(page.locator("[data-cover]")).to_be_hidden()
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/articles/{article_id}")
    with office.newsroom.step() as session:
        article = get_article(session, article_id)
        assert (article.status, article.form) == ("in_review", "newspic")
        assert head_revision(session, article).form == "newspic"
        assert article.cover_asset == content.body.content[1].string("asset")
    review = office.visit("reviewer1", f"/articles/{article_id}/review", viewport=PHONE)
    phone = review.locator(".phone-screen iframe").content_frame
    expect(phone.locator(".slides img")).to_have_count(3)
    box = phone.locator(".slides").evaluate(
        "one => [one.scrollWidth, one.clientWidth, [...one.querySelectorAll('img')].every(i => i.naturalWidth)]"
    )
    assert box[0] == 3 * box[1]
    assert box[2]
    assert overflow(review) <= 0
    review.goto("/articles")
    row = review.locator(".row", has_text="松风三帧")
    expect(row.get_by_text("图片消息")).to_be_visible()
    assert overflow(review) <= 0
