"""The clean-up's changes put back beside the sheet, and on a page of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import PHONE, Office, overflow, violations
from webapp.articles.cleanups import cleanup_json
from webapp.articles.content import Content
from webapp.articles.service import draft
from webapp.intake.text import from_text

pytestmark = pytest.mark.browser

SCRAPED = "密碼:\n\n九三學(xué)社員讀書\n\n時(shí)近歲末,他讀《後漢書》,很忙。\n第二段在此(cǐ)。"


def imported(office: Office) -> int:
    found, newsroom = from_text(SCRAPED), office.newsroom
    editor = newsroom.actor("editor")
    with newsroom.step() as session:
        article = draft(session, newsroom.column(session), Content(title=found.title, body=found.body),
                        actor=editor, now=newsroom.clock(),
                        cleanups=[cleanup_json(c) for c in found.cleanups])  # fmt: skip
    return article.id


def test_what_is_being_written_stays_while_a_change_is_put_back_beside_it(office: Office):
    page = office.write("editor", imported(office))
    page.locator("#title").fill("刚写的题目")
    page.get_by_role("tab", name="清理").click()
    change = page.locator(".cleanup-list li", has_text="後漢書")
    change.get_by_role("button", name="恢复原样").click()
    expect(page.locator("[data-desk]")).to_contain_text("《後漢書》")
    expect(page.locator("#title")).to_have_value("刚写的题目")
    expect(change).to_contain_text("已恢复原样")
    assert violations(page) == []
    page.locator("[data-toasts]").get_by_role("button", name="撤销").click()
    expect(page.locator("[data-desk]")).to_contain_text("《后汉书》")


def test_without_a_script_a_change_is_put_back_and_taken_back_on_a_phone(office: Office):
    article_id = imported(office)
    page = office.visit("editor", f"/articles/{article_id}/cleanups", viewport=PHONE)
    assert violations(page) == []
    assert overflow(page) == 0
    context = office.browser.new_context(
        base_url=office.address,
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    plain.goto(f"/articles/{article_id}/cleanups")
    change = plain.locator(".cleanup-list li", has_text="後漢書")
    change.get_by_role("button", name="恢复原样").click()
    expect(change).to_contain_text("已恢复原样")
    plain.get_by_role("button", name="撤销").click()
    expect(change.get_by_role("button", name="恢复原样")).to_be_visible()
    context.close()
