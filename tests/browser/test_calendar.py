"""The calendar in a browser: dragged with the mouse, turned with keys, and taken up and put down with a thumb."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import PHONE, Office, overflow, violations

pytestmark = pytest.mark.browser

WEEK = "/editions/calendar?week=2026-11-24"


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert overflow(page) <= 0


def press(page: Page, key: str, heading: str) -> None:
    """The script of a page is there once it is loaded."""
    page.wait_for_load_state()
    page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()


def test_an_edition_is_dragged_and_the_keys_turn_the_pages(office: Office):
    room = office.newsroom
    room.edition(room.approved(content=room.content("一线来信")))
    # So high that nothing scrolls under the mouse while it drags.
    page = office.visit("publisher", WEEK, viewport={"width": 1280, "height": 1200})
    waiting = page.locator(".undated")
    expect(waiting).to_contain_text("等人来推 一线来信")
    page.locator(".mark").drag_to(page.locator('[data-place="2026-11-25T13"]'))
    expect(page.locator('[data-place="2026-11-25T13"]')).to_contain_text("13:00 一线来信")
    slot = page.locator('[data-place="2026-11-27T15"]')
    page.locator(".mark").drag_to(slot)
    expect(slot).to_contain_text("15:00 一线来信")
    looks_right(page)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator('[data-place="2026-11-25T13"]')).to_contain_text("一线来信")
    press(page, "m", "2026年11月")
    day = page.locator('[data-place="2026-12-02"]')
    page.locator(".mark").drag_to(day)
    expect(day).to_contain_text("13:00 一线来信")
    page.locator(".mark").drag_to(waiting)
    expect(waiting).to_contain_text("一线来信")
    looks_right(page)
    press(page, "ArrowRight", "2026年12月")


def test_on_a_phone_it_is_put_down_with_a_tap(office: Office):
    room = office.newsroom
    moment = room.clock() + timedelta(days=1, hours=3)
    room.edition(room.approved(content=room.content("一线来信")), scheduled_at=moment)
    page = office.visit("publisher", WEEK, viewport=PHONE, color_scheme="dark")
    page.get_by_role("link", name="移动《一线来信》").click()
    looks_right(page)
    page.get_by_role("button", name="放到11月28日 9时").click()
    expect(page.get_by_text("已移到11月28日 09:00。")).to_be_visible()
    looks_right(page)


def test_the_composer_tells_what_stands_against_an_hour_while_one_fills_it_in(office: Office):
    room = office.newsroom
    planned, wanted = (room.approved(content=room.content(title)) for title in ("之一", "之二"))
    room.edition(planned, scheduled_at=room.clock() + timedelta(days=1))
    page = office.visit("publisher", f"/editions/new?articles={wanted}")
    page.get_by_label("定时").fill("2026-11-25T10:20")
    page.get_by_label("定时").blur()
    expect(page.locator("#foreseen")).to_contain_text("第 1 号推送与它前后只差 20 分钟")
    looks_right(page)
    page.get_by_label("定时").fill("2026-11-25T10:00")
    page.get_by_label("定时").blur()
    expect(page.locator("#foreseen")).to_contain_text("也排在这一分钟")
