"""Writing when something is amiss: a slow network, a session that ran out, the same article in two tabs. What is typed stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.office import Office
from tests.browser.writing import saved, type_at_end
from tests.cast import PASSWORD
from webapp.articles.queries import find_autosave, list_revisions

pytestmark = pytest.mark.browser


def autosaved(office: Office, article_id: int) -> str:
    with office.newsroom.step() as session:
        found = find_autosave(session, article_id)
        return str(found.content) if found else ""


def sign_in_beside(page: Page, name: str) -> None:
    """On another page of the same browser."""
    beside = page.context.new_page()
    beside.goto("/login")
    beside.get_by_label("用户名").fill(name)
    beside.get_by_label("密码", exact=True).fill(PASSWORD)
    beside.keyboard.press("Enter")
    beside.wait_for_url("**/")
    beside.close()


def test_while_the_network_is_slow_a_button_shows_that_it_works_and_a_second_click_does_nothing(
    office: Office,
):
    article_id = office.newsroom.draft()
    held: list[Route] = []
    page = office.write("editor", article_id)
    page.route("**/save", lambda route: held.append(route))
    type_at_end(page, "网很慢。")
    button = page.get_by_role("button", name="保存版本")
    with page.expect_request("**/save"):
        button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="送审").dispatch_event("click")
    type_at_end(page, "等着的时候写的。")
    held[0].continue_()
    expect(page.get_by_role("status").last).to_contain_text("存作第 2 版")
    expect(button).not_to_have_attribute("aria-busy", "true")
    saved(page)
    assert len(held) == 1
    assert office.newsroom.article(article_id).status == "draft"
    assert "等着的时候写的。" in autosaved(office, article_id)
    with office.newsroom.step() as session:
        assert len(list_revisions(session, article_id)) == 2


def test_an_article_is_sent_to_review_once_however_often_one_clicks(office: Office):
    article_id = office.newsroom.draft()
    held: list[Route] = []
    page = office.write("editor", article_id)
    page.route("**/save", lambda route: held.append(route))
    button = page.get_by_role("button", name="送审")
    with page.expect_request("**/save"):
        button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.dispatch_event("click")
    held[0].continue_()
    page.wait_for_url(f"**/articles/{article_id}")
    assert len(held) == 1
    article = office.newsroom.article(article_id)
    assert (article.status, article.round) == ("in_review", 1)


def test_after_a_session_expired_one_signs_in_beside_it_and_goes_on(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    page.context.clear_cookies()
    type_at_end(page, "登录过期后写的。")
    expect(page.locator("[data-saved]")).to_contain_text("登录已过期")
    goes_on = page.get_by_role("button", name="登录好了，接着存")
    goes_on.click()
    expect(page.get_by_role("status").last).to_contain_text("还没有登录")
    sign_in_beside(page, "editor2")
    goes_on.click()
    expect(page.get_by_role("status").last).to_contain_text("另一个人")
    assert autosaved(office, article_id) == ""
    page.context.clear_cookies()
    sign_in_beside(page, "editor")
    goes_on.click()
    saved(page)
    expect(goes_on).to_have_count(0)
    assert "登录过期后写的。" in autosaved(office, article_id)
    page.get_by_role("button", name="保存版本").click()
    expect(page.get_by_role("status").last).to_contain_text("存作第 2 版")


def test_who_signed_in_again_meanwhile_writes_on_without_noticing(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    page.context.clear_cookies()
    sign_in_beside(page, "editor")
    type_at_end(page, "又登录了一次。")
    saved(page)
    assert "又登录了一次。" in autosaved(office, article_id)


@pytest.mark.parametrize(
    ("who", "key", "told"),
    [
        ("editor", "", "您在另一个窗口也写了这一篇"),
        ("editor2", "Control+s", "editor姓名也在写这一篇"),
    ],
    ids=["another window, saved by itself", "another person, saving a version"],
)
def test_who_began_at_the_same_time_is_told_and_neither_text_is_lost(
    who: str, key: str, told: str, office: Office
):
    article_id = office.newsroom.draft()
    first = office.write("editor", article_id)
    second = first.context.new_page() if who == "editor" else office.visit(who)
    second.goto(f"/articles/{article_id}/edit")
    second.wait_for_selector("html[data-ready]")
    type_at_end(first, "先存下的。")
    saved(first)
    type_at_end(second, "后来写的。")
    if key:
        second.keyboard.press(key)
    expect(second.locator("[data-writer-notice]")).to_contain_text(told)
    assert "先存下的。" in autosaved(office, article_id)
    second.get_by_role("button", name="接手来写").click()
    second.wait_for_url("**/conflict")
    for words in ("先存下的。", "后来写的。"):
        expect(second.locator(".two-texts")).to_contain_text(words)


def test_a_window_that_is_loaded_again_goes_on_with_its_own_text(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    type_at_end(page, "先写的。")
    saved(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    type_at_end(page, "又写的。")
    saved(page)
    assert page.locator("[data-writer-notice]").count() == 0
    assert "先写的。又写的。" in autosaved(office, article_id)
