"""How the editor looks and is reached: measure, phone, dark paper, assistive technology."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.editor.conftest import OpenPage
from tests.browser.harness.desk import Desk, node, paragraph, table

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 375, "height": 720}, "has_touch": True, "is_mobile": True}


def test_the_sheet_is_36_characters_wide_and_headings_are_song(desk: Desk):
    desk.open(node("heading", "标题"), paragraph("同" * 100))
    width = desk.page.locator("p").first.evaluate(
        "p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize)"
    )
    assert 34 <= width <= 38
    style = desk.page.locator("p").first.evaluate(
        "p => [getComputedStyle(p).fontSize, getComputedStyle(p).lineHeight]"
    )
    assert style == ["16px", "28px"]
    assert "Song" in desk.page.locator("h2").evaluate("h => getComputedStyle(h).fontFamily")


def test_on_a_phone_the_toolbar_scrolls_sideways_and_is_big_enough_for_a_thumb(open_page: OpenPage):
    desk = Desk(open_page("editor.html", **PHONE))
    desk.open(paragraph("甲"), table(["乙", "丙"]), *(paragraph("丁") for _ in range(30)))
    page = desk.page
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    bar = page.locator(".tx-toolbar")
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth && bar.clientHeight < 60")
    small = page.evaluate(
        """[...document.querySelectorAll('.tx-toolbar button')]
             .map((button) => button.getBoundingClientRect())
             .filter(({width, height}) => width && (width < 40 || height < 40)).length"""
    )
    assert small == 0
    page.locator("td").first.tap()
    strip = page.locator(".tx-context")
    strip.wait_for()
    box = strip.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(720, abs=2)
    page.evaluate("scrollTo(0, 600)")
    top = bar.bounding_box()
    assert top is not None
    assert top["y"] == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_assistive_technology(open_page: OpenPage, scheme: str):
    desk = Desk(open_page("editor.html", color_scheme=scheme))
    desk.open(
        node("heading", "标题"),
        paragraph("正文"),
        node("figure", "图", asset="a1", alt="合影"),
        table(["甲", "乙"]),
    )
    desk.page.locator("td").first.click()
    desk.page.wait_for_selector(".tx-context:not([hidden])")
    found = Axe().run(desk.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [
        (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found.response["violations"]
    ] == []
    editable = desk.page.get_by_role("textbox", name="正文", exact=True)
    assert editable.get_attribute("aria-multiline") == "true"


def test_a_picture_that_cannot_be_had_says_so_in_its_place(desk: Desk):
    missing = {"type": "figure", "attrs": {"asset": "gone"}}
    desk.page.route("**/media/gone.png", lambda route: route.abort())
    desk.open(missing)
    desk.page.wait_for_selector(".tx-figure.is-missing")
    said = desk.page.locator(".tx-picture").evaluate("p => getComputedStyle(p, '::after').content")
    assert said == '"这张图片取不到"'


def test_lists_and_rules_keep_their_look_under_the_desks_own_styles(open_page: OpenPage):
    desk = Desk(open_page("desk.html"))
    items = node(
        "listItem", paragraph("一"), node("orderedList", node("listItem", paragraph("二")))
    )
    desk.open(node("bulletList", items), node("horizontalRule"), paragraph("后"))
    styles = desk.page.evaluate(
        "['ul', 'ol'].map((tag) => getComputedStyle(document.querySelector(`.tx-content ${tag}`)).listStyleType)"
    )
    assert styles == ["disc", "decimal"]
    bar = desk.page.locator(".tx-toolbar").bounding_box()
    assert bar is not None
    assert bar["y"] >= 56


@pytest.mark.parametrize("width", [1440, 1200, 1100, 1000, 900, 800, 740, 657])
def test_all_tools_stand_in_one_row_even_between_two_side_columns(open_page: OpenPage, width: int):
    desk = Desk(open_page("editor.html", viewport={"width": width, "height": 600}))
    desk.open(paragraph("甲"))
    tops = desk.page.evaluate(
        "[...document.querySelectorAll('.tx-toolbar .tx-group')].map((g) => g.getBoundingClientRect().top)"
    )
    assert len(set(tops)) == 1
    small = desk.page.evaluate(
        "[...document.querySelectorAll('.tx-toolbar button')].filter((b) => b.offsetWidth && (b.offsetWidth < 28 || b.offsetHeight < 28)).length"
    )
    assert small == 0
