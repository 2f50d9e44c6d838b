"""Typing: Chinese input methods, shorthand, keys, and what must never happen to a picture."""

from __future__ import annotations

import pytest

from tests.browser.harness.desk import Desk, node, paragraph, table, text

pytestmark = pytest.mark.browser

FIGURE = node("figure", "旧说明", asset="a1")


def test_an_input_method_writes_on_an_empty_line(desk: Desk):
    desk.open()
    desk.select(0, 0)
    desk.compose("n", "ni", "nihao")
    desk.commit("你好")
    assert desk.plain == "p(你好)"
    desk.press("Control+z")
    assert desk.plain == "p"


def test_an_input_method_writes_at_the_bold_start_of_a_line(desk: Desk):
    desk.open(paragraph(text("同心", "bold"), "同行"))
    desk.select(0, 0)
    desk.compose("k", "kang")
    desk.commit("抗")
    assert desk.plain in ("p(抗 <bold>同心 同行)", "p(<bold>抗同心 同行)")


def test_bold_that_was_switched_on_holds_through_a_composition(desk: Desk):
    desk.open()
    desk.select(0, 0)
    desk.press("Control+b")
    desk.compose("t", "tong")
    desk.commit("同心")
    assert desk.plain == "p(<bold>同心)"


def test_a_composition_replaces_a_selection_over_several_paragraphs(desk: Desk):
    desk.open(paragraph("甲一"), paragraph("乙二"), paragraph("丙三"))
    desk.page.evaluate("window.desk.editor.focus()")
    desk.select_from_to("p:nth-of-type(1)", "p:nth-of-type(3)")
    desk.compose("d", "ding")
    desk.commit("丁")
    assert desk.plain == "p(丁)"


def test_an_input_method_writes_in_a_table_cell(desk: Desk):
    desk.open(table(["", "旁"], ["下", "角"]))
    desk.select(0, 0)
    desk.compose("x", "xian")
    desk.commit("陕西")
    assert desk.plain == "table(tr(td(p(陕西)) td(p(旁))) tr(td(p(下)) td(p(角))))"


def test_a_cancelled_composition_leaves_the_text_as_it_was(desk: Desk):
    desk.open(paragraph("同心同行"))
    desk.select(0, 2)
    desk.compose("k", "ka", "kan")
    desk.cancel_composition()
    assert desk.plain == "p(同心同行)"
    desk.type("，")
    assert desk.plain == "p(同心，同行)"


def test_a_composition_in_a_caption_stays_in_the_caption(desk: Desk):
    desk.open(FIGURE, paragraph("后文"))
    desk.select(0, 3)
    desk.compose("x", "xin")
    desk.commit("新")
    assert desk.plain == "figure:a1(旧说明新) p(后文)"


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("## 小标题", "h:2(小标题)"),
        ("#### 细目", "h:4(细目)"),
        ("# 一级", "p(# 一级)"),
        ("##### 五级", "p(##### 五级)"),
        ("- 一项", "ul(li(p(一项)))"),
        ("* 一项", "ul(li(p(一项)))"),
        ("3. 第三", "ol:3(li(p(第三)))"),
        ("2020. 那一年", "p(2020. 那一年)"),
        ("> 引", "quote(p(引))"),
        ("```python x = 1", "pre:python(x = 1)"),
        ("**不是加粗**", "p(**不是加粗**)"),
        ("——破折号——", "p(——破折号——)"),
        ("---", "p(---)"),
        ("1、顿号", "p(1、顿号)"),
        ("-　全角空格", "p(-　全角空格)"),
        ("~~波浪~~", "p(~~波浪~~)"),
    ],
)
def test_shorthand_at_the_start_of_a_line_and_only_that(desk: Desk, typed: str, result: str):
    desk.open()
    desk.select(0, 0)
    desk.type(typed)
    assert desk.plain == result


def test_backspace_takes_a_shorthand_back(desk: Desk):
    desk.open()
    desk.select(0, 0)
    desk.type("- ")
    desk.press("Backspace")
    desk.type("一")
    assert desk.plain == "p(- 一)"


def test_a_new_line_after_a_centred_heading_is_a_plain_paragraph(desk: Desk):
    desk.open(node("heading", "标题", level=2, align="center"))
    desk.select(0, 2)
    desk.press("Enter")
    desk.type("正文")
    assert desk.plain == "h:2:center(标题) p(正文)"


def test_a_new_line_after_a_centred_paragraph_is_centred_too(desk: Desk):
    desk.open(paragraph("落款", align="center"))
    desk.select(0, 2)
    desk.press("Enter")
    desk.type("日期")
    assert desk.plain == "p:center(落款) p:center(日期)"


def test_typing_over_a_selected_picture_writes_its_caption(desk: Desk):
    desk.open(FIGURE, paragraph("后文"))
    desk.page.locator(".tx-picture").click()
    desk.type("新")
    assert desk.plain == "figure:a1(旧说明新) p(后文)"


def test_composing_over_a_selected_picture_writes_its_caption(desk: Desk):
    desk.open(FIGURE, paragraph("后文"))
    desk.page.locator(".tx-picture").click()
    desk.compose("x", "xin")
    desk.commit("新")
    assert desk.plain == "figure:a1(旧说明新) p(后文)"


def test_delete_removes_a_selected_picture(desk: Desk):
    desk.open(paragraph("前"), FIGURE, paragraph("后"))
    desk.page.locator(".tx-picture").click()
    desk.press("Delete")
    assert desk.plain == "p(前) p(后)"


def test_enter_in_a_caption_goes_on_below_the_picture(desk: Desk):
    desk.open(FIGURE)
    desk.select(0, 3)
    desk.press("Enter")
    desk.type("正文")
    assert desk.plain == "figure:a1(旧说明) p(正文)"


def test_enter_in_a_gallery_goes_to_the_next_caption_and_then_below(desk: Desk):
    desk.open(node("gallery", node("figure", asset="a1"), node("figure", asset="a2")))
    desk.select(0, 0)
    desk.type("一")
    desk.press("Enter")
    desk.type("二")
    desk.press("Enter")
    desk.type("三")
    assert desk.plain == "gallery(figure:a1(一) figure:a2(二)) p(三)"


def test_backspace_at_the_start_of_a_caption_takes_hold_of_the_picture(desk: Desk):
    desk.open(paragraph("前"), FIGURE)
    desk.select(1, 0)
    desk.press("Backspace")
    assert desk.plain == "p(前) figure:a1(旧说明)"
    desk.press("Backspace")
    assert desk.plain == "p(前)"


def test_backspace_after_a_picture_keeps_the_picture_and_the_text(desk: Desk):
    desk.open(FIGURE, paragraph("后文"))
    desk.select(1, 0)
    desk.press("Backspace")
    assert desk.plain == "figure:a1(旧说明) p(后文)"


@pytest.mark.parametrize("keys", ["Control+Alt+2", "Control+Alt+0", "Control+Alt+c"])
def test_no_style_turns_a_picture_into_a_paragraph(desk: Desk, keys: str):
    desk.open(paragraph("前"), FIGURE, paragraph("后"))
    desk.page.evaluate("window.desk.editor.focus()")
    desk.press("Control+a", keys)
    assert "figure:a1(旧说明)" in desk.plain
    assert desk.page.evaluate("window.desk.editor.getJSON().content.length") == 3


def test_shorthand_in_a_caption_is_text(desk: Desk):
    desk.open(node("figure", asset="a1"))
    desk.select(0, 0)
    desk.type("## 一")
    assert desk.plain == "figure:a1(## 一)"


def test_deleting_the_last_picture_of_a_gallery_takes_the_gallery_along(desk: Desk):
    desk.open(paragraph("前"), node("gallery", node("figure", asset="a1")))
    desk.page.locator(".tx-picture").click()
    desk.press("Delete")
    assert desk.plain in ("p(前)", "p(前) p")


def test_select_all_and_delete_leaves_one_empty_paragraph(desk: Desk):
    desk.open(node("heading", "标题"), FIGURE, table(["甲", "乙"]))
    desk.page.evaluate("window.desk.editor.focus()")
    desk.press("Control+a", "Delete")
    assert desk.plain == "p"


def test_tab_nests_a_list_but_not_deeper_than_the_schema_allows(desk: Desk):
    desk.open(node("bulletList", node("listItem", paragraph("零"))))
    desk.select(0, 1)
    for _ in range(7):
        desk.press("Enter")
        desk.type("子")
        desk.press("Tab")
    deepest = desk.plain.count("ul(")
    assert deepest == 5
    assert desk.page.locator(".tx-notice").inner_text() == "层级太深，手机上排不下，已停在这一级。"


def test_tab_in_a_table_goes_to_the_next_cell_and_adds_a_row_at_the_end(desk: Desk):
    desk.open(table(["甲", "乙"]))
    desk.select(0, 1)
    desk.press("Tab")
    desk.type("丙")
    desk.press("Tab")
    desk.type("丁")
    assert desk.plain == "table(tr(td(p(甲)) td(p(丙))) tr(td(p(丁)) td(p)))"


def test_the_page_keeps_command_enter_and_command_s(desk: Desk):
    desk.open(paragraph("甲"))
    desk.page.evaluate(
        """() => { window.keys = []; addEventListener('keydown', (event) => {
          if (event.ctrlKey && (event.key === 'Enter' || event.key === 's')) {
            event.preventDefault(); window.keys.push(event.key); } }); }"""
    )
    desk.select(0, 1)
    desk.press("Control+Enter", "Control+s")
    assert desk.page.evaluate("window.keys") == ["Enter", "s"]
    assert desk.plain == "p(甲)"


def test_a_click_on_the_blank_paper_goes_on_writing_at_the_end(desk: Desk):
    desk.open(FIGURE)
    box = desk.page.locator(".tx-sheet").bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)
    desk.type("尾")
    assert desk.plain == "figure:a1(旧说明) p(尾)"
