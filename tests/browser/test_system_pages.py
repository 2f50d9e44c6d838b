from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.office import LOOKS, Office, overflow, violations
from webapp.users.service import get_user

pytestmark = pytest.mark.browser


def number_of(office: Office, name: str) -> int:
    with office.newsroom.step() as session:
        return get_user(session, name).id


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    room = office.newsroom
    room.draft()
    room.token("admin")
    with room.step() as session:
        room.account(session)
    pages = {
        "admin": ("/system/people", f"/system/people/{number_of(office, 'editor')}",
                  "/system/accounts", "/system/accounts/1", "/system/tokens",
                  "/columns/frontline/settings", "/columns/new", "/proofreading/lexicons"),
        "auditor": ("/system/audit", "/system/accounts/1"),
    }  # fmt: skip
    found = {}
    for name, paths in pages.items():
        page = office.visit(name, viewport=viewport, color_scheme=scheme)
        for path in paths:
            page.goto(path)
            problems = violations(page)
            if overflow(page) > 0:
                problems.append(f"wider than the window by {overflow(page)}")
            if problems:
                found[path] = problems
    assert found == {}


def test_a_reset_asks_first_and_shows_the_password_once(office: Office):
    path = f"/system/people/{number_of(office, 'editor')}"
    page = office.visit("admin", path, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="重设密码").click()
    page.get_by_role("button", name="不了").click()
    expect(page.locator("#password")).to_have_count(0)
    page.get_by_role("button", name="重设密码").click()
    page.get_by_role("button", name="重设", exact=True).click()
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_text("已复制。")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#password").inner_text()
    page.goto(path)
    expect(page.locator("#password")).to_have_count(0)


def test_taking_a_grant_away_is_undone_with_one_click(office: Office):
    page = office.visit("admin", f"/system/people/{number_of(office, 'editor')}")
    page.get_by_role("button", name=re.compile("^收回")).click()
    expect(page.get_by_text("还没有角色，登录后什么也做不了。")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".grant-line")).to_contain_text("编辑 · 所有专栏")
