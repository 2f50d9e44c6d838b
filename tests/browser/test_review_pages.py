"""To read and to decide: by axe, on a desk and on a phone, by day and by night, with a keyboard and with a thumb."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import LOOKS, PHONE, Office, overflow, violations
from tests.cast import Newsroom
from tests.review.test_links import link as signing_link
from tests.services import PATIENCE_MILLISECONDS
from webapp.review.workflow import Decision

pytestmark = pytest.mark.browser

LONG = "这一段是为了让文章在手机上长到要翻好几屏。" * 40


def returned(room: Newsroom) -> int:
    article_id = room.submitted(content=room.content(title="隔离病区里的三十六小时", pictures=2))
    room.decide(article_id, "reviewer1", Decision.RETURN, "第二段的数字请核对。")
    return article_id


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    room = office.newsroom
    ids = [
        room.submitted(content=room.content(text=LONG, pictures=2)),
        returned(room),
        room.approved(),
    ]
    page, found = office.visit("reviewer1", viewport=viewport, color_scheme=scheme), {}
    for path in [f"/articles/{i}/{part}" for i in ids for part in ("review", "sheet")]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        problems = violations(page)
        if overflow(page) > 0:
            problems.append(f"wider than the window by {overflow(page)}")
        if problems:
            found[path] = problems
    assert found == {}


def test_control_enter_approves_and_the_seal_is_pressed(office: Office):
    article_id = office.newsroom.submitted()
    page = office.visit("reviewer1", f"/articles/{article_id}/review")
    page.get_by_label("意见", exact=True).fill("同意。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"done=approve"))
    expect(page.locator(".seal-fresh")).to_have_count(1)
    expect(page.get_by_text("已盖章通过，现在等复审。")).to_be_visible()
    assert office.newsroom.article(article_id).stage == 2


def test_a_return_asks_for_its_reason_where_one_types_it(office: Office):
    article_id = office.newsroom.submitted()
    page = office.visit("reviewer1", f"/articles/{article_id}/review")
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_text("退回要写明理由，作者才知道改哪里。")).to_be_visible()
    expect(page.get_by_label("意见", exact=True)).to_be_focused()
    page.keyboard.type("数字请核对。")
    page.get_by_role("button", name="退回").click()
    page.wait_for_url(re.compile(r"done=return"))
    assert office.newsroom.article(article_id).return_reason == "数字请核对。"


def test_what_one_typed_survives_a_reload_and_a_conflict(office: Office):
    room = office.newsroom
    article_id = room.submitted()
    page = office.visit("reviewer1", f"/articles/{article_id}/review")
    page.get_by_label("意见", exact=True).fill("写了很久的意见")
    page.reload()
    expect(page.get_by_label("意见", exact=True)).to_have_value("写了很久的意见")
    room.decide(article_id, "allstages")
    page.get_by_role("button", name=re.compile("通过")).click()
    expect(page.get_by_role("alert")).to_contain_text("您写的意见还在下面")
    expect(page.get_by_label("您写的意见")).to_have_value("写了很久的意见")


def frame_scrolls(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => {
              const page = document.querySelector('iframe[data-grows]').contentDocument.scrollingElement;
              return page.scrollHeight > page.clientHeight + 1;
            }"""
        )
    )


def await_growth(page: Page) -> None:
    """Told by the browser: a page with our content policy lets no string be evaluated over and over."""
    page.evaluate(
        """(patience) => new Promise((resolve, reject) => {
          const frame = document.querySelector('iframe[data-grows]');
          new ResizeObserver(() => frame.offsetHeight > 900 && resolve()).observe(frame);
          setTimeout(() => reject(new Error('the frame did not grow')), patience);
        })""",
        PATIENCE_MILLISECONDS,
    )


def test_with_a_thumb_one_reads_comments_and_decides(office: Office):
    room = office.newsroom
    article_id = room.submitted(content=room.content(text=LONG, pictures=2))
    page = office.visit("reviewer1", f"/articles/{article_id}/review", viewport=PHONE)
    page.wait_for_load_state("networkidle")
    await_growth(page)
    assert not frame_scrolls(page)
    for name in ("退回", re.compile("通过")):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= PHONE["height"]
    page.get_by_label("意见", exact=True).fill("在车上看完了，同意。")
    page.get_by_role("button", name=re.compile("通过")).click()
    page.wait_for_url(re.compile(r"done=approve"))


def test_the_phone_s_page_runs_nothing(office: Office):
    article_id = office.newsroom.submitted()
    page = office.visit("reviewer1", f"/articles/{article_id}/review")
    frame = page.locator("iframe[data-grows]")
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    inside = page.frame_locator("iframe[data-grows]")
    expect(inside.locator("h1")).to_have_text("社区里的白大褂")
    expect(inside.locator("script")).to_have_count(0)


def test_the_sheet_prints_on_paper(office: Office):
    article_id = office.newsroom.approved()
    page = office.visit("auditor", f"/articles/{article_id}/sheet", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.locator(".masthead")).to_be_hidden()
    ground = page.locator(".sheet").evaluate("e => getComputedStyle(e).backgroundColor")
    ink = page.locator(".sheet h1").evaluate("e => getComputedStyle(e).color")
    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")


def test_a_leader_decides_with_a_link_by_thumb(office: Office):
    room = office.newsroom
    article_id = room.submitted(content=room.content(text=LONG, pictures=1))
    page = office.visit(None, f"/sign/{signing_link(room, article_id)}", viewport=PHONE)
    await_growth(page)
    assert not frame_scrolls(page)
    assert overflow(page) == 0
    assert violations(page) == []
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_text("退回要写明理由，作者才知道改哪里。")).to_be_visible()
    for name in ("退回", re.compile("通过")):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= PHONE["height"]
    page.get_by_label("意见", exact=True).fill("同意。")
    page.get_by_role("button", name=re.compile("通过")).click()
    expect(page.get_by_text("您的意见已记下：初审通过")).to_be_visible()
    expect(page.locator(".seal-pressed")).to_have_count(1)
    assert overflow(page) == 0
    assert room.article(article_id).stage == 2
