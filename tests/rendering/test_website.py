"""The website's article: semantic, classed, and linked."""

from __future__ import annotations

from tests.rendering.samples import picture, piece, theme
from webapp.document.model import Document, Node, mark, node, paragraph, text
from webapp.rendering import website
from webapp.rendering.model import Artwork, Credit


def page(*blocks: Node, look: str = "frontline", **more) -> str:
    html = website.render(piece(Document.of(blocks), **more), theme(look))
    head = html.index(">") + 1
    return html[head:].removesuffix("</div>")


def test_the_theme_is_a_class():
    body = Document.of([paragraph("一")])
    assert website.render(piece(body), theme("advice")) == (
        '<div class="article-body article-body--advice article-body--indented"><p>一</p></div>'
    )


def test_lists_are_lists_and_empty_items_are_left_out():
    items = [node("listItem", paragraph(words) if words else paragraph()) for words in ("甲", "")]
    assert page(node("bulletList", *items)) == "<ul><li>甲</li></ul>"
    assert page(node("orderedList", *items, start=3)) == '<ol start="3"><li>甲</li></ol>'


def test_links_can_be_followed():
    words = text("甲", mark("link", href="https://example.org/?a=1&b=2"), mark("bold"))
    assert page(paragraph(words)) == (
        '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener nofollow"><strong>甲</strong></a></p>'
    )


def test_tones_and_alignment_are_classes():
    assert page(paragraph(text("甲", mark("tone", name="red")), align="center")) == (
        '<p class="align-center"><span class="tone-red">甲</span></p>'
    )


def test_pictures_know_their_size_and_carry_their_captions():
    art = Artwork(title="沁园春", artist="张三")
    html = page(
        node("figure", text("获奖"), asset="a", alt="字", width=64),
        pictures={"a": picture("a", artwork=art)},
    )
    assert html == (
        '<figure class="width-60"><img src="asset:a" width="1080" height="720" alt="字" loading="lazy">'
        "<figcaption><span>获奖</span><span>《沁园春》\u3000张三</span></figcaption></figure>"
    )


def test_galleries_name_their_layout():
    html = page(node("gallery", node("figure", asset="a"), layout="scroll"))
    assert html.startswith('<div class="gallery gallery--scroll"><figure><img ')


def test_tables_scroll_and_listings_keep_their_text():
    cell = node("tableCell", paragraph("甲"), colspan=2)
    assert page(node("table", node("tableRow", cell))) == (
        '<div class="table-scroll"><table><tbody><tr><td colspan="2"><p>甲</p></td></tr></tbody></table></div>'
    )
    assert page(node("codeBlock", text("a\n  <b>"), language="sql")) == (
        '<pre><code class="language-sql">a\n  &lt;b&gt;</code></pre>'
    )


def test_chapters_are_numbered_as_in_the_official_account():
    assert page(node("heading", text("起")), look="advice") == "<h2>一、起</h2>"


def test_credits_are_a_list_at_the_foot():
    html = page(paragraph("一"), credits=(Credit(label="编辑", names="甲<"),))
    assert html == '<p>一</p><ul class="article-credits"><li>编辑：甲&lt;</li></ul>'
