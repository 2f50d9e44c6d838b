"""The pages one reads: looked at by axe, on a desk and on a phone, by day and by night, and walked by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.office import LOOKS, PHONE, Office, overflow, violations
from webapp.review.workflow import Decision
from webapp.users.service import get_user

pytestmark = pytest.mark.browser


def fill(office: Office) -> dict[str, int]:
    """One article of every kind."""
    room = office.newsroom
    returned = room.submitted(content=room.content(title="隶书“同舟共济”，退回来再核对释文"))
    room.decide(returned, "reviewer1", Decision.RETURN, "释文第二句与原作不符。")
    return {
        "draft": room.draft(room.content(title="社区里的白大褂", pictures=1)),
        "returned": returned,
        "submitted": room.submitted(content=room.content(title="风雪夜归人")),
        "approved": room.approved(content=room.content(title="口罩厂的灯亮了一夜")),
    }


def paths(ids: dict[str, int]) -> list[str]:
    articles = [f"/articles/{i}" for i in ids.values()]
    more = [f"/articles/{ids['draft']}/{part}" for part in ("history", "cleanups")]
    return ["/", "/articles", "/articles?q=一线", "/articles?q=无此文", "/articles/new", "/me",
            *articles, *more]  # fmt: skip


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    page = office.visit("editor", viewport=viewport, color_scheme=scheme)
    found = {}
    for path in paths(fill(office)):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        problems = violations(page)
        if overflow(page) > 0:
            problems.append(f"wider than the window by {overflow(page)}")
        if problems:
            found[path] = problems
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_door_is_open_to_all(scheme: str, office: Office):
    page = office.visit(color_scheme=scheme, path="/login", viewport=PHONE)
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_label("用户名").fill("editor")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.get_by_label("用户名")).to_have_value("editor")


@pytest.mark.parametrize("name", ["reviewer1", "publisher", "admin", "auditor"])
def test_today_is_each_persons_own(name: str, office: Office):
    fill(office)
    page = office.visit(name)
    assert violations(page) == []
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    own = {"reviewer1": "等我审", "publisher": "可以推送"}.get(name, "稿件都在哪里")
    assert any(own in heading for heading in headings)


def test_the_keys_find_write_and_explain_themselves(office: Office):
    fill(office)
    page = office.visit("editor", "/articles")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("风雪")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row mark")).to_have_text("风雪")
    assert "q=" in page.url  # the state can be sent to a colleague
    page.locator("#q").blur()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("n")
    page.wait_for_url("**/articles/new")


def test_submitting_is_undone_from_the_toast(office: Office):
    article_id = office.newsroom.draft()
    page = office.visit("editor", f"/articles/{article_id}")
    page.get_by_role("button", name="送审").click()
    toast = page.get_by_role("status")
    expect(toast).to_contain_text("已送审，等初审。")
    toast.get_by_role("button", name="收回").click()
    expect(page.locator(".article-column")).to_contain_text("草稿")


def test_the_phone_shows_the_article_in_a_frame_that_runs_nothing(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(pictures=1))
    page = office.visit("editor", f"/articles/{article_id}")
    frame = page.frame_locator(".phone iframe")
    expect(frame.get_by_role("heading", name="社区里的白大褂")).to_be_visible()
    assert "allow-scripts" not in (page.locator(".phone iframe").get_attribute("sandbox") or "")
    expect(frame.locator("img")).to_have_js_property("complete", True)


def test_a_page_is_under_250_kb_with_all_that_it_fetches(office: Office):
    ids = fill(office)
    for path in ("/", "/articles", f"/articles/{ids['draft']}"):
        page = office.visit(
            "editor", "/me"
        )  # a fresh browser: nothing is kept from the page before
        page.goto(path)
        page.wait_for_load_state("networkidle")
        fetched = page.evaluate(
            "performance.getEntries().reduce((sum, one) => sum + (one.transferSize || 0), 0)"
        )
        assert 0 < fetched < 250_000, path


def test_a_thumb_on_a_phone_reaches_everything(office: Office):
    fill(office)
    page = office.visit("editor", "/articles", viewport=PHONE, has_touch=True)
    small = page.eval_on_selector_all(
        "main a, main button, .nav a",
        """(all) => all.filter((one) => one.checkVisibility())
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
          .filter(([, height]) => height > 0 && height < 24)""",
    )
    assert small == []


def test_a_one_time_password_is_changed_before_anything_else(office: Office):
    with office.newsroom.step() as session:
        get_user(session, "editor").must_change_password = True
    page = office.visit("editor")
    assert re.search(r"/me$", page.url)
    page.get_by_label("现在的密码").fill("a-good-password")
    page.get_by_label("新密码").fill("a-better-password")
    page.get_by_label("再写一遍").fill("a-better-password")
    page.get_by_role("button", name="换密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码改好了")
    page.goto("/articles")
    expect(page.get_by_role("heading", name="稿件", exact=True)).to_be_visible()
