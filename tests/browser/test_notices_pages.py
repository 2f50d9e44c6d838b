"""The bell, the list behind it, and where the institution hears of it: walked once, and looked at by axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import LOOKS, Office, overflow, violations
from tests.clock import FakeClock

pytestmark = pytest.mark.browser

FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/0123456789abcdef"


def test_a_notice_leads_from_the_bell_to_its_place_and_all_are_read_and_unread_again(
    office: Office, clock: FakeClock
):
    for number in (1, 2):
        office.newsroom.submitted(content=office.newsroom.content(f"第 {number} 篇"))
    page = office.visit("reviewer1")
    page.get_by_role("link", name="提醒，2 条没读").click()
    page.get_by_role("button", name="第 1 篇").click()
    expect(page.get_by_role("heading", name="第 1 篇")).to_be_visible()
    clock.advance(minutes=1)
    page.get_by_role("link", name="提醒，1 条没读").click()
    page.get_by_role("button", name="全部已读").click()
    expect(page.get_by_role("link", name="提醒，都读过了")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("link", name="提醒，1 条没读")).to_be_visible()


def add_channel(office: Office, **looks: object):
    page = office.visit("admin", "/system/notices", **looks)
    page.get_by_label("去处").select_option("feishu")
    page.get_by_label("名字").fill("编辑部群")
    page.get_by_label("机器人的 Webhook 地址，或邮箱").fill(FEISHU)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_text("open.feishu.cn …cdef")).to_be_visible()
    return page


def test_a_group_is_added_switched_off_and_on_again_and_deleting_it_asks(office: Office):
    page = add_channel(office)
    page.get_by_role("button", name="停用").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("button", name="停用")).to_be_visible()
    page.locator(".channel-delete summary").click()
    expect(page.get_by_text("删掉就找不回来")).to_be_visible()
    page.get_by_role("button", name="删除“编辑部群”").click()
    expect(page.get_by_text("删除了“编辑部群”")).to_be_visible()
    expect(page.get_by_text("还没有。把编辑部的群机器人加在这里")).to_be_visible()


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    office.newsroom.submitted()
    pages = [
        add_channel(office, viewport=viewport, color_scheme=scheme),
        office.visit("reviewer1", "/notices", viewport=viewport, color_scheme=scheme),
        office.visit("editor", "/notices", viewport=viewport, color_scheme=scheme),
    ]
    pages[0].locator(".channel-delete summary").click()
    assert [[*violations(page), overflow(page)] for page in pages] == [[0]] * len(pages)
