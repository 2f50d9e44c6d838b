"""What a column owns, as editors and administrators meet it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import PHONE, Office, overflow, violations
from tests.cast import SYSTEM
from webapp.columns.service import change_column

pytestmark = pytest.mark.browser


def shown(page: Page):
    """The preview that is in front."""
    return page.locator(".phone-screen iframe:not([aria-hidden])").content_frame


def change(office: Office, **values: object) -> None:
    with office.newsroom.step() as session:
        column = office.newsroom.column(session)
        change_column(session, column, values, actor=SYSTEM, now=office.newsroom.clock())


def test_a_number_is_seen_while_writing_corrected_and_continued_by_itself(office: Office):
    change(office, first_issue=13)
    office.newsroom.submitted()
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    number, told = page.get_by_label("期号"), page.locator("[data-issue-told]")
    expect(number).to_have_value("14")
    expect(told).to_contain_text("接着编是第14期")
    expect(shown(page).locator("#js_content")).to_contain_text("第14期")
    number.fill("13")
    expect(told).to_contain_text("第13期已是《社区里的白大褂》（审核中）的")
    expect(shown(page).locator("#js_content")).to_contain_text("第13期")
    assert violations(page) == []
    number.fill("")
    expect(told).to_contain_text("接着编是第14期")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/articles/{article_id}")
    expect(page.locator(".facts")).to_contain_text("第14期")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto("/articles/issues?column=frontline")
    expect(page.locator(".issue")).to_have_count(2)
    assert violations(page) == []
    assert overflow(page) == 0


def test_the_year_of_a_number_is_chosen_while_writing(office: Office):
    change(office, first_issue=9, first_issue_year=2026, issue_format="{year}年第{n}期")
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    year, told = page.get_by_label("哪一年的期号"), page.locator("[data-issue-told]")
    expect(year).to_have_value("")
    box = page.get_by_label("期号", exact=True).bounding_box()
    assert box is not None
    assert box["width"] > 60
    expect(told).to_contain_text("接着编是2026年第9期")
    year.select_option("2027")
    expect(told).to_contain_text("接着编是2027年第1期")
    assert violations(page) == []
    assert overflow(page) == 0
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/articles/{article_id}")
    expect(page.locator(".facts")).to_contain_text("2027年第1期")


def test_a_template_is_written_in_the_editor_and_a_new_article_starts_from_it(office: Office):
    page = office.visit("admin", "/articles/template/frontline")
    page.wait_for_selector("html[data-ready]")
    page.locator(".tx-content").click()
    page.keyboard.type("编者按：写一线的事。")
    page.get_by_label("署名").fill("监制：王五")
    assert violations(page) == []
    page.get_by_role("button", name="保存模板").click()
    page.wait_for_url("**/columns/frontline/settings")
    begin = office.visit("editor", "/articles/new?column=advice", viewport=PHONE)
    start = begin.get_by_role("button", name="从模板开始")
    expect(start).to_be_hidden()
    begin.locator(".pick-name", has_text="同心同行 抗疫有我").click()
    expect(start).to_be_visible()
    assert violations(begin) == []
    assert overflow(begin) == 0
    start.click()
    begin.wait_for_selector("html[data-ready]")
    expect(begin.locator(".tx-content")).to_contain_text("编者按：写一线的事。")


def test_a_column_is_archived_and_taken_back_at_once(office: Office):
    page = office.visit("admin", "/columns/advice/settings")
    assert violations(page) == []
    page.get_by_role("button", name="归档这个专栏").click()
    expect(page.locator(".archived")).to_contain_text("我为抗疫建箴言")
    expect(page.locator(".column-card")).to_have_count(2)
    assert violations(page) == []
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".column-card")).to_have_count(3)


def test_columns_are_put_in_order_by_dragging_and_by_buttons(office: Office):
    page = office.visit("admin", "/columns")
    page.wait_for_selector("html[data-ready]")
    names = page.locator(".column-card h2")
    assert violations(page) == []
    handle = page.locator("[data-slug=calligraphy] [data-handle]")
    handle.drag_to(page.locator("[data-slug=frontline]"), target_position={"x": 20, "y": 60})
    expect(names).to_have_text(["抗疫文苑", "同心同行 抗疫有我", "我为抗疫建箴言"])
    page.get_by_role("button", name="撤销").click()
    expect(names).to_have_text(["同心同行 抗疫有我", "我为抗疫建箴言", "抗疫文苑"])
    page.get_by_role("button", name="把“我为抗疫建箴言”往前移").press("Enter")
    expect(names).to_have_text(["我为抗疫建箴言", "同心同行 抗疫有我", "抗疫文苑"])
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert overflow(page) == 0
