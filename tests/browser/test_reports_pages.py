from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import LOOKS, Office, overflow, violations
from tests.reports.test_views import publish

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    room = office.newsroom
    page = office.visit("auditor", "/reports", viewport=viewport, color_scheme=scheme)
    assert violations(page) == []
    publish(room, room.approved())
    found = {}
    for path in ("/reports", "/reports?by=month", "/reports?by=author", "/reports/articles",
                 "/reports?as_of=x", "/columns"):  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        problems = violations(page)
        if overflow(page) > 0:
            problems.append(f"wider than the window by {overflow(page)}")
        if problems:
            found[path] = problems
    assert found == {}


def test_the_sentence_is_copied_and_the_figure_opens_its_articles(office: Office):
    room = office.newsroom
    publish(room, room.approved())
    page = office.visit("auditor", "/reports", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制这句话").click()
    expect(page.get_by_text("已复制。")).to_be_visible()
    sentence = page.evaluate("navigator.clipboard.readText()")
    assert sentence == "截至2026年11月24日，共刊发稿件1篇，其中“同心同行 抗疫有我”1篇。"
    page.get_by_role("link", name="全部 1 篇").click()
    expect(page.get_by_role("link", name="社区里的白大褂")).to_be_visible()
