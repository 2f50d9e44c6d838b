"""The toolbar, the strip of tools for tables and pictures, and how both are reached."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload

from tests.browser.harness.desk import Desk, document, node, paragraph, plain, table
from tests.browser.harness.server import Answers, picture

pytestmark = pytest.mark.browser

PNG = FilePayload(name="一.png", mimeType="image/png", buffer=picture("一", (64, 40)))
SECOND = FilePayload(name="二.png", mimeType="image/png", buffer=picture("二", (64, 40)))


@pytest.mark.parametrize(
    ("tool", "result"),
    [
        ("bold", "p(<bold>同心)"),
        ("italic", "p(<italic>同心)"),
        ("underline", "p(<underline>同心)"),
        ("strike", "p(<strike>同心)"),
        ("highlight", "p(<highlight>同心)"),
        ("superscript", "p(<superscript>同心)"),
        ("subscript", "p(<subscript>同心)"),
        ("bulletList", "ul(li(p(同心)))"),
        ("orderedList", "ol(li(p(同心)))"),
        ("quote", "quote(p(同心))"),
    ],
)
def test_a_tool_turns_its_format_on_says_so_and_off_again(desk: Desk, tool: str, result: str):
    desk.open(paragraph("同心"))
    desk.select(0, 0, 2)
    desk.tool(tool)
    assert desk.plain == result
    desk.page.wait_for_selector(f'[data-tool="{tool}"][aria-pressed="true"]')
    desk.tool(tool)
    assert desk.plain == "p(同心)"


@pytest.mark.parametrize(
    ("menu", "choice", "result"),
    [
        ("style", "styleHeading2", "h:2(同心)"),
        ("style", "styleHeading4", "h:4(同心)"),
        ("tone", "toneAccent", "p(<tone:accent>同心)"),
        ("tone", "toneGreen", "p(<tone:green>同心)"),
        ("align", "alignCenter", "p:center(同心)"),
        ("align", "alignJustify", "p:justify(同心)"),
        ("code", "codeInline", "p(<code>同心)"),
        ("code", "codeBlock", "pre(同心)"),
    ],
)
def test_a_menu_offers_the_choices_of_the_schema(desk: Desk, menu: str, choice: str, result: str):
    desk.open(paragraph("同心"))
    desk.select(0, 0, 2)
    desk.choose(menu, choice)
    assert desk.plain == result
    desk.type("行")
    assert "行" in desk.plain


def test_super_and_subscript_take_each_others_place(desk: Desk):
    desk.open(paragraph("2"))
    desk.select(0, 0, 1)
    desk.tool("superscript")
    desk.tool("subscript")
    assert desk.plain == "p(<subscript>2)"


def test_a_heading_cannot_be_justified(desk: Desk):
    desk.open(node("heading", "题"))
    desk.select(0, 0)
    desk.tool("align")
    assert desk.page.locator('[role="menu"] [data-tool="alignJustify"]').is_disabled()


def test_a_style_over_text_and_pictures_leaves_the_pictures(desk: Desk):
    desk.open(paragraph("前"), node("figure", "图", asset="a1"), paragraph("后"))
    desk.page.evaluate("window.desk.editor.focus()")
    desk.press("Control+a")
    desk.choose("style", "styleHeading2")
    assert desk.plain == "h:2(前) figure:a1(图) h:2(后)"


def test_clearing_takes_marks_headings_and_alignment_but_not_pictures(desk: Desk):
    desk.open(node("heading", "题", align="center"), node("figure", "图", asset="a1"))
    desk.page.evaluate("window.desk.editor.focus()")
    desk.press("Control+a")
    desk.tool("clear")
    assert desk.plain == "p(题) figure:a1(图)"


def test_a_divider_leaves_a_line_to_go_on_writing(desk: Desk):
    desk.open(paragraph("甲"))
    desk.select(0, 1)
    desk.tool("divider")
    desk.type("乙")
    assert desk.plain == "p(甲) hr p(乙)"


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("https://example.com/", "https://example.com/"),
        ("mp.weixin.qq.com/s/abc", "https://mp.weixin.qq.com/s/abc"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("HTTPS://Example.com/一 二", "https://example.com/%E4%B8%80%20%E4%BA%8C"),
    ],
)
def test_a_link_is_made_from_what_people_type(desk: Desk, typed: str, href: str):
    desk.open(paragraph("社省委"))
    desk.select(0, 0, 3)
    desk.press("Control+k")
    desk.type(typed)
    desk.press("Enter")
    assert desk.plain == f"p(<link:{href}>社省委)"


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "一句话"]
)
def test_other_addresses_are_refused_in_a_sentence(desk: Desk, typed: str):
    desk.open(paragraph("社省委"))
    desk.select(0, 0, 3)
    desk.tool("link")
    desk.type(typed)
    desk.press("Enter")
    assert "https://" in desk.page.locator(".tx-problem").inner_text()
    assert desk.plain == "p(社省委)"
    desk.press("Escape")
    assert desk.page.locator(".tx-popover").count() == 0


def test_a_link_can_be_changed_and_taken_off(desk: Desk):
    link = {"type": "link", "attrs": {"href": "https://example.com/"}}
    desk.open(paragraph({"type": "text", "text": "社省委", "marks": [link]}))
    desk.select(0, 1)
    desk.press("Control+k")
    desk.press("End")
    desk.type("b")
    desk.press("Enter")
    assert desk.plain == "p(<link:https://example.com/b>社省委)"
    desk.tool("link")
    desk.page.get_by_role("button", name="去掉链接").click()
    assert desk.plain == "p(社省委)"


def test_a_table_is_chosen_by_size_with_the_keyboard(desk: Desk):
    desk.open()
    desk.select(0, 0)
    desk.tool("table")
    desk.press("ArrowLeft", "ArrowUp")
    assert desk.page.locator(".tx-size").inner_text() == "2 行 2 列"
    desk.press("Enter")
    assert desk.plain.startswith("table(tr(th(p) th(p)) tr(td(p) td(p)))")


def test_rows_columns_and_merged_cells(desk: Desk):
    desk.open(table(["1", "2"], ["3", "4"]))
    desk.select(0, 0)
    desk.tool("rowAfter")
    desk.tool("columnBefore")
    assert desk.plain == (
        "table(tr(td(p) td(p(1)) td(p(2))) tr(td(p) td(p) td(p)) tr(td(p) td(p(3)) td(p(4))))"
    )
    desk.tool("deleteRow")
    cells = desk.page.locator("td")
    cells.nth(0).drag_to(cells.nth(1))
    desk.tool("mergeCells")
    assert "td:2" in desk.plain
    desk.tool("splitCell")
    assert "td:2" not in desk.plain
    desk.tool("headerRow")
    assert "th" in desk.plain
    desk.tool("deleteTable")
    assert desk.plain == "p"


def test_pictures_are_chosen_from_the_disk_one_by_one_or_as_a_gallery(desk: Desk):
    desk.open(paragraph("前"))
    desk.select(0, 1)
    with desk.page.expect_file_chooser() as chooser:
        desk.tool("picture")
    chooser.value.set_files([PNG])
    desk.page.wait_for_selector(".tx-figure")
    with desk.page.expect_file_chooser() as chooser:
        desk.tool("gallery")
    chooser.value.set_files([PNG, SECOND])
    desk.page.wait_for_selector("[data-gallery]")
    assert plain(document(desk.json["content"][2])).startswith("gallery(figure:asset-")


def test_a_picture_has_its_alt_text_width_and_exchange(desk: Desk):
    desk.open(node("figure", "图", asset="a1"), paragraph())
    desk.page.locator(".tx-picture").click()
    field = desk.page.get_by_label("替代文字")
    field.fill("医疗队合影")
    field.press("Enter")
    desk.choose("figureWidth", "width60")
    with desk.page.expect_file_chooser() as chooser:
        desk.tool("figureReplace")
    chooser.value.set_files([PNG])
    desk.page.wait_for_selector('[data-asset="asset-1"]')
    assert desk.plain == "figure:asset-1:医疗队合影:60(图) p"


def test_one_long_picture_is_rolled_out_by_itself_and_back(desk: Desk):
    desk.open(paragraph("前"), node("figure", "图卷", asset="a1"))
    desk.page.locator(".tx-picture").click()
    desk.tool("figureRoll")
    assert desk.plain == "p(前) gallery:scroll(figure:a1(图卷))"
    desk.tool("gallerySplit")
    assert desk.plain == "p(前) figure:a1(图卷)"


def test_neighbouring_pictures_join_into_a_gallery_and_part_again(desk: Desk):
    desk.open(node("figure", "甲", asset="a1"), node("figure", "乙", asset="a2"))
    desk.page.locator(".tx-picture").first.click()
    desk.tool("figureJoin")
    assert desk.plain == "gallery(figure:a1(甲) figure:a2(乙))"
    desk.choose("galleryLayout", "galleryScroll")
    assert desk.plain == "gallery:scroll(figure:a1(甲) figure:a2(乙))"
    desk.tool("gallerySplit")
    assert desk.plain == "figure:a1(甲) figure:a2(乙)"


def test_pictures_are_added_to_a_gallery(desk: Desk):
    desk.open(node("gallery", node("figure", "甲", asset="a1")))
    desk.select(0, 0)
    with desk.page.expect_file_chooser() as chooser:
        desk.tool("galleryAdd")
    chooser.value.set_files([PNG])
    desk.page.wait_for_selector(".tx-upload", state="detached")
    assert desk.plain == "gallery(figure:a1(甲) figure:asset-1)"


def test_a_failed_exchange_leaves_the_old_picture(desk: Desk, answers: Answers):
    answers.upload = 413
    desk.open(node("figure", "图", asset="a1"), paragraph())
    desk.page.locator(".tx-picture").click()
    with desk.page.expect_file_chooser() as chooser:
        desk.tool("figureReplace")
    chooser.value.set_files([PNG])
    notice = desk.page.locator(".tx-notice", has_text="没有传上")
    notice.wait_for()
    assert notice.inner_text() == "“一.png”没有传上：图片超过 10 MB。 正文没有受影响。"
    assert desk.plain == "figure:a1(图) p"


def test_the_toolbar_is_one_stop_for_tab_and_arrows_move_within(desk: Desk):
    desk.open(paragraph("甲"))
    desk.select(0, 1)
    desk.press("Alt+F10")
    focused = "document.activeElement.dataset.tool"
    assert desk.page.locator('.tx-toolbar [tabindex="0"]').count() == 1
    assert desk.page.evaluate(focused) == "style"
    desk.press("ArrowRight")
    assert desk.page.evaluate(focused) == "bold"
    desk.press("Enter")
    assert desk.page.evaluate(focused) == "bold"
    desk.page.wait_for_selector('[data-tool="bold"][aria-pressed="true"]')
    desk.press("End")
    assert desk.page.evaluate(focused) == "fullscreen"
    desk.press("Escape")
    assert desk.page.evaluate("document.activeElement.className.includes('tx-content')")


def test_a_menu_opens_walks_and_closes_with_the_keyboard(desk: Desk):
    desk.open(paragraph("甲"))
    desk.select(0, 1)
    desk.press("Alt+F10", "Enter")
    assert desk.page.evaluate("document.activeElement.dataset.tool") == "styleParagraph"
    desk.press("ArrowDown", "Enter")
    assert desk.plain == "h:2(甲)"
    desk.press("Alt+F10", "Enter", "Escape")
    assert desk.page.evaluate("document.activeElement.dataset.tool") == "style"


def test_undo_and_redo_wait_until_there_is_something_to_undo(desk: Desk):
    desk.open(paragraph("甲"))
    undo = desk.page.locator('[data-tool="undo"]')
    desk.page.wait_for_selector('[data-tool="undo"]:disabled')
    desk.select(0, 1)
    desk.type("乙")
    desk.page.wait_for_selector('[data-tool="undo"]:enabled')
    undo.click()
    assert desk.plain == "p(甲)"
    desk.tool("redo")
    assert desk.plain == "p(甲乙)"


def test_fullscreen_fills_the_window_and_escape_leaves_it(desk: Desk):
    desk.open(paragraph("甲"))
    desk.select(0, 1)
    desk.tool("fullscreen")
    box = desk.page.locator(".tx-editor").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1280, 800)
    desk.press("Escape")
    assert desk.page.locator(".is-fullscreen").count() == 0


def test_a_picture_is_moved_by_dragging_it_even_from_where_its_tools_appear(desk: Desk):
    desk.open(node("figure", "图", asset="a1", width=40), paragraph("甲"), paragraph("乙"))
    mouse = desk.page.mouse
    picture_box = desk.page.locator(".tx-picture").bounding_box()
    target = desk.content.locator("p").nth(1).bounding_box()
    assert picture_box is not None
    assert target is not None
    mouse.move(picture_box["x"] + 20, picture_box["y"] + 20)
    mouse.down()
    desk.page.wait_for_timeout(60)
    assert desk.page.locator(".tx-context").is_hidden()
    mouse.move(picture_box["x"] + 40, picture_box["y"] + 60, steps=4)
    mouse.move(target["x"] + 20, target["y"] + target["height"] - 2, steps=6)
    mouse.up()
    assert desk.plain == "p(甲) p(乙) figure:a1:40(图)"
    desk.page.wait_for_selector(".tx-context:not([hidden])")


def test_the_tools_for_a_table_go_when_one_writes_elsewhere(desk: Desk):
    desk.open(table(["甲", "乙"]))
    desk.page.locator("td").first.click()
    strip = desk.page.locator(".tx-context")
    strip.wait_for()
    desk.page.evaluate("document.activeElement.blur()")
    assert strip.is_hidden()
