"""Picture messages: pictures, and all of the text without markup."""

from __future__ import annotations

from tests.rendering.samples import picture, piece
from webapp.document.model import Document, Node, mark, node, paragraph, text
from webapp.rendering.model import Artwork, Credit
from webapp.rendering.newspic import render_newspic


def figures(*assets: str) -> list:
    return [node("figure", asset=asset) for asset in assets]


def test_text_comes_first_then_numbered_captions_then_credits():
    art = Artwork(title="《松风》", artist="王五", medium="国画", transcription="明月松间照")
    body = Document.of(
        [
            node("heading", text("抗疫文苑")),
            paragraph("笔墨寄情。", node("hardBreak"), "同心同行。"),
            paragraph(),
            node("gallery", *figures("b", "a")),
            node("figure", text("展厅"), asset="c"),
            *figures("b"),
        ]
    )
    newspic = render_newspic(
        piece(
            body,
            pictures={"b": picture("b", artwork=art)},
            credits=(Credit(label="编辑", names="甲"),),
        )
    )
    assert newspic.assets == ("b", "a", "c")
    assert newspic.text == (
        "抗疫文苑\n\n笔墨寄情。\n同心同行。\n\n"
        "1. 《松风》\u3000王五\u3000国画\u3000释文：明月松间照\n3. 展厅\n\n编辑：甲"
    )


def text_of(*blocks: Node) -> str:
    return render_newspic(piece(Document.of(blocks))).text


def test_what_markup_says_is_written_out():
    item = node("listItem", paragraph("甲"), node("bulletList", node("listItem", paragraph("子"))))
    assert (
        text_of(
            node("orderedList", item, node("listItem", paragraph("乙"), paragraph("续")), start=3)
        )
        == "3. 甲\n\u3000・子\n4. 乙\n\u3000续"
    )
    cells = [node("tableCell", paragraph(word)) for word in ("题目", "作者")]
    assert text_of(node("table", node("tableRow", *cells))) == "题目｜作者"
    assert text_of(node("codeBlock", text("一\n二"))) == "一\n二"
    assert text_of(node("blockquote", paragraph("引"), paragraph("文"))) == "引\n\n文"


def test_a_link_keeps_its_address_once():
    link = mark("link", href="https://example.com/a")
    bold = (link, mark("bold"))
    told = text_of(paragraph(text("看", link), text("这里", *bold), text("。")))
    assert told == "看这里（https://example.com/a）。"
    assert text_of(paragraph(text("https://example.com/a", link))) == "https://example.com/a"


def test_a_picture_that_stands_twice_is_sent_once_with_both_captions():
    newspic = render_newspic(
        piece(Document.of([node("figure", text(t), asset="a") for t in ("远", "近")]))
    )
    assert (newspic.assets, newspic.text) == (("a",), "1. 远\u3000近")


def test_what_looks_like_a_tag_stays_to_be_read():
    assert text_of(paragraph("他说 <b>好</b> & 走了")) == "他说 ＜b＞好＜/b＞ & 走了"
