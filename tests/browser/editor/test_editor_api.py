"""What the page may ask of the editor: places, findings, outline, counts, content."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.editor.conftest import OpenPage
from tests.browser.harness.desk import Desk, document, node, paragraph, table
from webapp.document.model import Document
from webapp.document.text import count_characters

pytestmark = pytest.mark.browser

MIXED = (
    paragraph("𠮷野家😀截止目前"),
    node(
        "bulletList",
        node(
            "listItem", paragraph("一项"), node("bulletList", node("listItem", paragraph("子项")))
        ),
    ),
    node("heading", "标题", level=2),
    node("figure", "说明", asset="a1", alt="合影"),
    table(["甲", "乙"]),
    paragraph("上行", node("hardBreak"), "下行截止"),
)
# Text blocks in reading order: 𠮷野家… 一项 子项 标题 说明 甲 乙 上行/下行


def finding(block: int | None, start: int | None, end: int | None, **more: Any) -> dict[str, Any]:
    base = {
        "block": block,
        "start": start,
        "end": end,
        "severity": "should",
        "code": "x",
        "message": "请核对",
    }
    return {**base, **more}


def selected(desk: Desk) -> str:
    result: str = desk.page.evaluate("getSelection().toString()")
    return result


@pytest.mark.parametrize(
    ("block", "start", "end", "words"),
    [
        (0, 4, 6, "截止"),
        (0, 0, 1, "𠮷"),
        (0, 3, 4, "😀"),
        (2, 0, 2, "子项"),
        (4, 0, 2, "说明"),
        (6, 0, 1, "乙"),
        (7, 5, 7, "截止"),
        (7, 5, 99, "截止"),
    ],
)
def test_places_are_text_blocks_and_code_points_as_in_python(
    desk: Desk, block: int, start: int, end: int, words: str
):
    desk.open(*MIXED)
    desk.select(block, start, end)
    assert selected(desk) == words


def test_a_place_that_does_not_exist_is_refused(desk: Desk):
    desk.open(paragraph("甲"))
    assert desk.page.evaluate("window.desk.editor.selectRange(9, 0, 1)") is False


def test_findings_are_underlined_and_tell_when_they_are_clicked(desk: Desk):
    desk.open(*MIXED)
    found = [
        finding(0, 4, 8, severity="must", code="jiezhi", message="应为“截至”"),
        finding(7, 5, 7),
        finding(4, None, None, field="alt", code="alt"),
        finding(None, None, None, field="title"),
        finding(40, 0, 1),
    ]
    desk.page.evaluate("found => window.desk.editor.highlightFindings(found)", found)
    must = desk.page.locator(".tx-finding-must")
    assert must.inner_text() == "截止目前"
    assert desk.page.locator("span.tx-finding-should").inner_text() == "截止"
    assert desk.page.locator("figure.tx-finding-block").count() == 1
    must.click()
    assert desk.said("finding.code") == "jiezhi"


def test_a_finding_stays_on_its_words_while_one_writes_before_it(desk: Desk):
    desk.open(paragraph("今天截止目前"))
    desk.page.evaluate("found => window.desk.editor.highlightFindings(found)", [finding(0, 2, 4)])
    desk.select(0, 0)
    desk.type("前言")
    assert desk.page.locator(".tx-finding").inner_text() == "截止"
    assert desk.plain == "p(前言今天截止目前)"


def test_a_fix_goes_in_only_where_its_words_still_stand(desk: Desk):
    desk.open(paragraph("𠮷截止目前"))
    fix = "([finding, text]) => window.desk.editor.replaceText(finding, text)"
    assert desk.page.evaluate(fix, [finding(0, 1, 3, excerpt="截止"), "截至"])
    assert desk.plain == "p(𠮷截至目前)"
    assert not desk.page.evaluate(fix, [finding(0, 1, 3, excerpt="截止"), "截至"])


def test_the_outline_and_the_count_follow_the_text(desk: Desk):
    desk.open(*MIXED)
    assert desk.page.evaluate("window.desk.editor.getOutline()") == [
        {"index": 2, "block": 3, "level": 2, "text": "标题"}
    ]
    desk.select(3, 2)
    desk.type("二")
    desk.page.wait_for_function("() => window.desk.said.outline?.[0].text === '标题二'")


@pytest.mark.parametrize(
    "words",
    [
        "同心同行，抗疫有我！",
        "截至2020年3月1日，共刊发18篇、69.4046万元。",
        "𠮷野家 COVID-19 don’t stop——“引文”…",
        "　全角空格 与 tab\t换",
        "ｆｕｌｌ　ｗｉｄｔｈ ①②③ ㎡",
    ],
)
def test_characters_are_counted_as_python_counts_them(desk: Desk, words: str):
    raw = document(paragraph(words), node("figure", "图 1", asset="a1"), table(["a b", "甲"]))
    desk.open(*raw["content"])
    counted = count_characters(Document.parse(raw)).characters
    assert desk.said("count") == {"characters": counted}


def test_what_the_editor_gives_back_is_a_document_for_python(desk: Desk):
    desk.open(*MIXED)
    assert Document.parse(desk.json) == Document.parse(document(*MIXED))


@pytest.mark.parametrize(
    "block",
    [
        {"type": "heading", "attrs": {"level": 1}},
        {"type": "video"},
        {"type": "figure"},
        {"type": "gallery"},
        {"type": "paragraph", "attrs": {"align": "start"}},
        {
            "type": "paragraph",
            "content": [
                {
                    "type": "text",
                    "text": "x",
                    "marks": [{"type": "link", "attrs": {"href": "javascript:1"}}],
                }
            ],
        },
    ],
)
def test_a_body_that_is_not_of_the_schema_is_not_opened_rather_than_opened_empty(
    desk: Desk, block: dict[str, Any]
):
    said = desk.page.evaluate(
        "content => { try { window.desk.open(content); return null } catch (error) { return error.message } }",
        document(block),
    )
    assert said.startswith("这篇正文里有编辑器不认识的内容")
    assert desk.page.locator(".tx-editor").count() == 0


def test_setting_content_is_no_change_of_the_writers(desk: Desk):
    desk.open(paragraph("甲"))
    desk.page.evaluate(
        "content => window.desk.editor.setContent(content)", document(paragraph("乙"))
    )
    assert desk.plain == "p(乙)"
    assert desk.said("changes") == 0
    desk.page.evaluate("window.desk.editor.focus('end')")
    desk.press("Control+z")
    assert desk.plain == "p(乙)"
    desk.type("丙")
    assert desk.plain == "p(乙丙)"
    assert desk.said("changes") > 0


def test_a_reader_sees_the_text_without_tools_and_cannot_change_it(desk: Desk):
    desk.open(node("figure", "图", asset="a1"), paragraph("甲"), options={"editable": False})
    assert desk.page.locator(".tx-toolbar").is_hidden()
    desk.content.locator("p").click()
    desk.type("乙")
    desk.paste("<p>丙</p>")
    assert desk.plain == "figure:a1(图) p(甲)"
    desk.page.evaluate("window.desk.editor.setEditable(true)")
    desk.select(1, 1)
    desk.type("乙")
    assert desk.plain == "figure:a1(图) p(甲乙)"


def test_the_outline_leads_to_its_heading_below_the_toolbar(open_page: OpenPage):
    desk = Desk(open_page("editor.html", reduced_motion="reduce"))
    desk.open(
        *(paragraph("行") for _ in range(60)),
        node("heading", "远"),
        *(paragraph("行") for _ in range(60)),
    )
    desk.page.evaluate("window.desk.editor.scrollToBlock(60)")
    box = desk.page.locator("h2").bounding_box()
    bar = desk.page.locator(".tx-toolbar").bounding_box()
    assert box is not None
    assert bar is not None
    assert bar["y"] + bar["height"] <= box["y"] < 200


def test_destroying_leaves_nothing_behind(desk: Desk):
    desk.open(paragraph("甲"))
    desk.page.evaluate("window.desk.editor.destroy()")
    assert desk.page.locator("#desk > *").count() == 0
    desk.page.evaluate("scrollTo(0, 10); dispatchEvent(new Event('resize'))")


def test_the_page_offers_the_editor_to_scripts_without_modules(desk: Desk):
    assert desk.page.evaluate("typeof window.TongxinEditor.mount") == "function"
    assert desk.page.evaluate("document.querySelectorAll('style').length") == 1
