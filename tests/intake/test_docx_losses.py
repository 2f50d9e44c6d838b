from __future__ import annotations

import io

import pytest
from docx.document import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.word_files import (
    ABSTRACT,
    AS_WRITTEN,
    html,
    losses,
    p,
    part,
    png,
    r,
    replaced,
    word,
    word_of_xml,
)
from tests.thorough import examples
from webapp.document.text import plain_text
from webapp.intake.docx import from_docx

# What mammoth alone would lose


def test_tracked_changes_are_taken_as_accepted_and_told():
    xml = p(
        "留下",
        f'<w:ins w:id="1">{r("插入")}</w:ins>',
        f'<w:del w:id="2">{r("删去", tag="delText")}</w:del>',
        "。",
    )
    xml += f'<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>{r("两段")}</w:p>' + p("合一。")
    xml += f'<w:p><w:moveFrom w:id="4">{r("搬走")}</w:moveFrom><w:moveTo w:id="5">{r("搬来。")}</w:moveTo></w:p>'
    xml += f'<w:tbl><w:tr><w:trPr><w:del w:id="6"/></w:trPr><w:tc>{p("删行")}</w:tc></w:tr><w:tr><w:tc>{p("留行")}</w:tc></w:tr></w:tbl>'
    imported = from_docx(word_of_xml(xml))
    assert plain_text(imported.body) == "留下插入。\n两段合一。\n搬来。\n留行"
    told = [(loss.kind, loss.excerpt) for loss in imported.losses]
    assert told == [
        ("insertion", "插入"), ("deletion", "删去"), ("deletion", "搬走"), ("insertion", "搬来。"), ("deletion", "删行"),
    ]  # fmt: skip


def shape(content: str) -> str:
    return (
        '<w:drawing><wp:anchor><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"<wps:wsp><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


def old_shape(content: str) -> str:
    return f"<w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></v:shape></w:pict>"


@pytest.mark.parametrize(
    "box",
    [
        shape(p("框里")),
        old_shape(p("框里")),
        f'<mc:AlternateContent><mc:Choice Requires="wps">{shape(p("框里"))}</mc:Choice><mc:Fallback>{old_shape(p("框里"))}</mc:Fallback></mc:AlternateContent>',
        f'<mc:AlternateContent><mc:Choice Requires="wps">{shape(p("框里"))}</mc:Choice><mc:Fallback/></mc:AlternateContent>',
        f'<mc:AlternateContent><mc:Choice Requires="wps">{shape(p("框里"))}</mc:Choice></mc:AlternateContent>',
    ],
)
def test_a_text_box_comes_once_behind_its_paragraph_however_it_is_written(box: str):
    imported = from_docx(word_of_xml(p("框前，", f"<w:r>{box}</w:r>", "框后。")))
    assert plain_text(imported.body) == "框前，框后。\n框里"
    assert losses(imported) == {"text_box": "框里"}


def test_pictures_and_text_in_a_group_come_along():
    picture = '<pic:pic><pic:blipFill><a:blip r:embed="rId1"/></pic:blipFill></pic:pic>'
    text = f"<wps:wsp><wps:txbx><w:txbxContent>{p('图注')}</w:txbxContent></wps:txbx></wps:wsp>"
    group = f'<w:drawing><wp:inline><a:graphic><a:graphicData uri="g"><wpg:wgp>{picture}{text}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing>'
    imported = from_docx(word_of_xml(p(f"<w:r>{group}</w:r>") + p("后。")))
    assert html(imported) == '<figure><img src="import:1" alt=""></figure><p>图注</p><p>后。</p>'
    assert imported.pictures["import:1"] == png(3, 2)


def test_footnotes_go_to_the_end_and_are_told():
    notes = (
        '<w:footnote w:id="-1" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{r(" 见省委文件。")}</w:p></w:footnote>'
    )
    xml = p("正文", '<w:r><w:footnoteReference w:id="2"/></w:r>', "。") + p(
        "坏引用", '<w:r><w:footnoteReference w:id="7"/></w:r>', "。"
    )
    imported = from_docx(word_of_xml(xml, footnotes=notes))
    assert (
        html(imported)
        == "<p>正文<sup>[1]</sup>。</p><p>坏引用。</p><ol><li><p>见省委文件。</p></li></ol>"
    )
    assert losses(imported) == {"notes": "见省委文件。"}


def test_headers_footers_and_comments_are_told_and_page_numbers_are_not():
    imported = from_docx(
        word_of_xml(
            p("标题") + p("正文。"),
            header1=p("内部资料 注意保存"),
            footer1=p("第 ", "1", " 页"),
            comments=f'<w:comment w:id="1">{p("此处核对")}</w:comment>',
        )
    )
    assert losses(imported) == {"header": "内部资料 注意保存", "comment": "此处核对"}


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (f'<w:fldSimple w:instr="SEQ 图">{r("1")}</w:fldSimple>', "1"),
        (f"<w:smartTag>{r('地名')}</w:smartTag>", "地名"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{r('控件')}</w:sdtContent></w:sdt>", "控件"),
        (f'<w:hyperlink w:anchor="_Toc1">{r("目录")}</w:hyperlink>', "目录"),
        (f'<w:hyperlink r:id="rId77">{r("坏链接")}</w:hyperlink>', "坏链接"),
        ('<w:r><w:ruby><w:rt><w:r><w:t>lù</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>甪</w:t></w:r></w:rubyBase></w:ruby></w:r>', "甪（lù）"),
        ('<w:r><w:sym w:font="宋体" w:char="2460"/></w:r>', "①"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        ("<m:oMathPara><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></m:oMathPara>", "1/2"),
        ("<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>", "x^2"),
        ('<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>', "☒"),
        (f"<w:bdo>{r('方向')}</w:bdo>", "方向"),
        ('<w:r><w:fldChar w:fldCharType="end"/></w:r>', ""),
    ],
)  # fmt: skip
def test_text_in_uncommon_elements_is_not_lost(run: str, text: str):
    imported = from_docx(word_of_xml(p("前", run, "后")), options=AS_WRITTEN)
    assert plain_text(imported.body) == f"前{text}后"


def test_what_cannot_come_along_is_told():
    drawing = '<w:drawing><wp:inline><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/{}"/></a:graphic></wp:inline></w:drawing>'
    missing = '<w:drawing><wp:inline><a:graphic><a:graphicData uri="p"><pic:pic><pic:blipFill><a:blip r:embed="rId88"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
    xml = (
        p("话", f"<w:r>{drawing.format('chart')}</w:r>", r("藏", "<w:vanish/>"))
        + p("图", f"<w:r>{missing}</w:r>")
        + p("字", '<w:r><w:pict><v:shape><v:textpath string="艺术字"/></v:shape></w:pict></w:r>')
        + '<w:altChunk r:id="rId5"/>'
    )
    imported = from_docx(word_of_xml(xml))
    assert imported.text == "话\n图\n字\n艺术字"
    assert [loss.kind for loss in imported.losses] == [
        "graphic",
        "hidden",
        "image",
        "word_art",
        "embedded",
    ]


def test_a_picture_that_is_no_bitmap_leaves_a_note_at_its_place():
    def build(document: WordDocument) -> None:
        document.add_paragraph("前。")
        document.add_picture(io.BytesIO(png(4, 4)))

    data = replaced(word(build), "word/media/image1.png", b"\x01\x00\x00\x00 EMF")
    imported = from_docx(data)
    assert plain_text(imported.body) == "前。\n〔图片未导入〕"
    assert losses(imported) == {"image": ""}


def test_the_strict_form_of_the_format_is_read_too():
    data = word_of_xml(p("标题") + p(r("加粗", "<w:b/>"), "正文。"))
    strict = replaced(
        data,
        "word/document.xml",
        part(data, "word/document.xml").replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    )
    assert html(from_docx(strict)) == "<p><strong>加粗</strong>正文。</p>"


def test_the_text_is_mended_and_each_change_has_its_place():
    imported = from_docx(
        word_of_xml(p("同心抗疫") + p("正处于疫情", r("防控", "<w:b/>"), ",發展趋势"))
    )
    assert html(imported) == "<p>正处于疫情<strong>防控</strong>，发展趋势</p>"
    assert [(c.kind, c.before, c.after, c.block, c.start) for c in imported.cleanups] == [
        ("punctuation", ",", "，", 0, 7),
        ("traditional", "發", "发", 0, 8),
    ]


# No word lost, none moved

words = st.text(st.sampled_from("九三学社陕西省委会aB1，。"), min_size=1, max_size=6)
formats = st.sampled_from(
    [
        "",
        "<w:b/>",
        "<w:i/>",
        '<w:color w:val="FF0000"/>',
        '<w:u w:val="single"/>',
        '<w:vertAlign w:val="superscript"/>',
    ]
)
paragraphs = st.lists(
    st.tuples(
        st.lists(st.tuples(words, formats), min_size=1, max_size=4),
        st.sampled_from(["", '<w:jc w:val="center"/>', '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>',
                         '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr>', '<w:outlineLvl w:val="1"/>']),
        st.sampled_from(["{}", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>"]),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(paragraphs)
def test_the_words_of_any_file_arrive_in_their_order(written):
    xml = "".join(
        frame.format(p(*(r(text, style) for text, style in runs), properties=properties))
        for runs, properties, frame in written
    )
    imported = from_docx(word_of_xml(xml, numbering=ABSTRACT), options=AS_WRITTEN)
    expected = ["".join(text for text, _ in runs) for runs, _, _ in written]
    assert imported.text.split("\n") == expected
