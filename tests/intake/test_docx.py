from __future__ import annotations

import io

import pytest
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import RGBColor

from tests.intake.word_files import (
    ABSTRACT,
    AS_WRITTEN,
    body_html,
    html,
    losses,
    p,
    png,
    r,
    word,
    word_of_xml,
)
from webapp.document.model import asset_ids
from webapp.document.text import plain_text
from webapp.intake.docx import from_docx

# What Word writes every day


def test_title_headings_paragraphs_and_emphasis_come_along():
    def build(document: WordDocument) -> None:
        document.add_heading("社员在一线", 0)
        document.add_heading("一、西安", 1)
        paragraph = document.add_paragraph("普通，")
        paragraph.add_run("加粗").bold = True
        paragraph.add_run("斜体").italic = True
        paragraph.add_run("下划线").underline = True
        paragraph.add_run("删除线").font.strike = True
        paragraph.add_run("2").font.superscript = True
        paragraph.add_run("红字").font.color.rgb = RGBColor(0xC0, 0, 0)
        right = document.add_paragraph("宣传处")
        right.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    imported = from_docx(word(build))
    assert imported.title == "社员在一线"
    assert html(imported) == (
        "<h2>一、西安</h2><p>普通，<strong>加粗</strong><em>斜体</em><u>下划线</u><s>删除线</s>"
        '<sup>2</sup><span data-tone="red">红字</span></p><p style="text-align:right">宣传处</p>'
    )
    assert imported.losses == ()


def test_a_file_without_headings_takes_its_short_first_line_as_title():
    imported = from_docx(word_of_xml(p("关于防控的倡议") + p("各位社员：")))
    assert imported.title == "关于防控的倡议"
    assert html(imported) == "<p>各位社员：</p>"


def test_a_long_first_paragraph_stays_in_the_body():
    imported = from_docx(word_of_xml(p("近日，" + "疫" * 70) + p("第二段。")))
    assert imported.title == ""
    assert len(imported.body.content) == 2


def test_pictures_come_in_order_each_content_once_also_those_in_cells():
    red, blue = png(4, 4, 250), png(4, 4, 10)

    def build(document: WordDocument) -> None:
        document.add_paragraph("图集")
        document.add_picture(io.BytesIO(red))
        cell = document.add_table(1, 1).cell(0, 0)
        cell.paragraphs[0].add_run().add_picture(io.BytesIO(blue))
        document.add_picture(io.BytesIO(red))

    imported = from_docx(word(build))
    assert dict(imported.pictures) == {"import:1": red, "import:2": blue}
    assert asset_ids(imported.body) == ("import:1", "import:2")
    assert html(imported).count('src="import:1"') == 2
    stored = imported.body.replace_assets({"import:1": "a1", "import:2": "a2"})
    assert asset_ids(stored) == ("a1", "a2")


def test_merged_cells_and_header_rows_stay():
    table = (
        "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:trPr><w:tblHeader/></w:trPr>"
        f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("表头")}</w:tc><w:tc>{p("备注")}</w:tc></w:tr>'
        f'<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("竖")}</w:tc><w:tc>{p("甲")}</w:tc><w:tc>{p("1")}</w:tc></w:tr>'
        f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('')}</w:tc><w:tc>{p('乙')}</w:tc><w:tc>{p('2')}</w:tc></w:tr></w:tbl>"
    )
    assert body_html(table + p("完。")) == (
        '<table><tbody><tr><th colspan="2"><p>表头</p></th><th><p>备注</p></th></tr>'
        '<tr><td rowspan="2"><p>竖</p></td><td><p>甲</p></td><td><p>1</p></td></tr>'
        "<tr><td><p>乙</p></td><td><p>2</p></td></tr></tbody></table><p>完。</p>"
    )


def test_a_table_in_a_cell_loses_its_frame_but_no_word():
    inner = f"<w:tbl><w:tr><w:tc>{p('里一')}</w:tc><w:tc>{p('里二')}</w:tc></w:tr></w:tbl>"
    imported = from_docx(
        word_of_xml(f"<w:tbl><w:tr><w:tc>{p('外')}{inner}{p('后')}</w:tc></w:tr></w:tbl>")
    )
    assert plain_text(imported.body) == "外\n里一\n里二\n后"
    assert "cell" in losses(imported)


# Numbering


def numbered(text: str, number_id: int, level: int = 0, style: str = "") -> str:
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = (
        f'{style}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number_id}"/></w:numPr>'
    )
    return p(text, properties=properties)


def test_labels_that_word_counts_itself_become_text_because_others_refer_to_them():
    xml = (
        numbered("背景", 1)
        + numbered("形势", 1, 1)
        + numbered("要求", 1, 1)
        + numbered("细则", 1, 2)
        + p("中间一段。")
        + numbered("做法", 1)
        + numbered("动员", 1, 1)
    )
    assert plain_text(from_docx(word_of_xml(xml, numbering=ABSTRACT)).body).split("\n") == [
        "一、背景", "（一）形势", "（二）要求", "1.2.1 细则", "中间一段。", "二、做法", "（一）动员",
    ]  # fmt: skip


def test_plain_numbers_and_bullets_become_lists_that_go_on_counting():
    xml = (
        p("话。")
        + numbered("甲", 2)
        + numbered("点", 2, 1)
        + numbered("乙", 2)
        + p("插话。")
        + numbered("丙", 2)
        + numbered("新一", 3)
    )
    assert body_html(xml, numbering=ABSTRACT) == (
        "<p>话。</p><ol><li><p>甲</p><ul><li><p>点</p></li></ul></li><li><p>乙</p></li></ol><p>插话。</p>"
        '<ol start="3"><li><p>丙</p></li></ol><ol><li><p>新一</p></li></ol>'
    )


def test_a_numbered_heading_style_keeps_its_number():
    styles = (
        '<w:style w:styleId="H"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Mine"><w:name w:val="我的标题"/><w:basedOn w:val="H"/></w:style>'
    )
    xml = (
        p("前言。")
        + p("甲", properties='<w:pStyle w:val="H"/>')
        + p("乙", properties='<w:pStyle w:val="Mine"/>')
    )
    assert (
        body_html(xml, numbering=ABSTRACT, styles=styles)
        == "<p>前言。</p><h2>1. 甲</h2><h2>2. 乙</h2>"
    )


def test_numbering_linked_by_style_counts_and_an_undefined_one_prints_nothing():
    linked = (
        '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Mine"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="6"><w:styleLink w:val="Mine"/><w:lvl w:ilvl="0"><w:start w:val="3"/>'
        '<w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="5"/></w:num>'
    )
    xml = p("话。") + numbered("甲", 5) + numbered("乙", 5) + numbered("丙", 77) + numbered("丁", 0)
    imported = from_docx(word_of_xml(xml, numbering=linked))
    assert plain_text(imported.body) == "话。\nC. 甲\nD. 乙\n丙\n丁"


def test_a_drop_cap_is_the_first_letter_of_the_next_paragraph():
    xml = p("前言。") + p("时", properties='<w:framePr w:dropCap="drop"/>') + p("近岁末。")
    assert body_html(xml) == "<p>前言。</p><p>时近岁末。</p>"


def test_bold_colour_and_alignment_are_found_in_the_styles():
    styles = (
        '<w:style w:styleId="Base"><w:name w:val="基础"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:styleId="Mine"><w:name w:val="落款"/><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="Red" w:type="character"><w:name w:val="红"/><w:rPr><w:color w:val="C00000"/></w:rPr></w:style>'
        '<w:style w:styleId="Loop"><w:name w:val="环"/><w:basedOn w:val="Loop"/></w:style>'
        '<w:style w:styleId="Link" w:type="character"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0563C1"/></w:rPr></w:style>'
    )
    xml = (
        p("话。")
        + p(
            "粗",
            r("红", '<w:rStyle w:val="Red"/>'),
            r("细", '<w:b w:val="0"/>'),
            properties='<w:pStyle w:val="Mine"/>',
        )
        + p(
            r("链", '<w:rStyle w:val="Link"/><w:u w:val="single"/>'),
            "环",
            properties='<w:pStyle w:val="Loop"/>',
        )
    )
    assert body_html(xml, styles=styles) == (
        '<p>话。</p><p style="text-align:center"><strong>粗</strong><strong><span data-tone="red">红</span></strong>细</p>'
        "<p>链环</p>"
    )


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:rad><m:deg/><m:e><m:r><m:t>x+1</m:t></m:r></m:e></m:rad>", "√(x+1)"),
        ("<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub><m:r><m:t>i=1</m:t></m:r></m:sub><m:sup><m:r><m:t>n</m:t></m:r></m:sup><m:e><m:r><m:t>i</m:t></m:r></m:e></m:nary>", "∑[i=1,n]i"),
        ("<m:d><m:e><m:r><m:t>a</m:t></m:r></m:e><m:e><m:r><m:t>b</m:t></m:r></m:e></m:d>", "(a,b)"),
        ("<m:sSub><m:e><m:r><m:t>H</m:t></m:r></m:e><m:sub><m:r><m:t>2</m:t></m:r></m:sub></m:sSub>", "H_2"),
    ],
)  # fmt: skip
def test_a_formula_becomes_a_line_of_text(formula: str, text: str):
    imported = from_docx(word_of_xml(p("式", f"<m:oMath>{formula}</m:oMath>")), options=AS_WRITTEN)
    assert plain_text(imported.body) == f"式{text}"
    assert losses(imported) == {"formula": text}
