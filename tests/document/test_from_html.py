"""How foreign HTML is read: as a browser shows it, with each thing that cannot be held told."""

from __future__ import annotations

import pytest

from webapp.document.from_html import Converted, from_html
from webapp.document.model import Document, node, paragraph, text
from webapp.document.text import plain_text
from webapp.document.to_html import to_html
from webapp.kernel.richtext import clean


def convert(html: str) -> Converted:
    def asset_for(address: str) -> str | None:
        name = address.rsplit("/", 1)[-1]
        return name if name.isalnum() else None

    return from_html(clean(html), asset_for=asset_for)


def read(html: str) -> Document:
    return convert(html).document


def shown(html: str) -> str:
    """The document as its own plain HTML without the outer element: short to write down in a test."""
    whole = to_html(read(html), image_url=lambda asset: f"/{asset}")
    return whole.removeprefix('<div data-tongxin="document">').removesuffix("</div>")


def losses(html: str) -> list[str]:
    return [loss.kind for loss in convert(html).losses]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", "<p></p>"),
        ("just text", "<p>just text</p>"),
        ("<p> a  b\n c </p>", "<p>a b c</p>"),
        ("<p>中文\n  中文</p>", "<p>中文中文</p>"),
        ("<p>中文，\n“引”</p>", "<p>中文，“引”</p>"),
        ("<p>中文 中文</p>", "<p>中文 中文</p>"),
        ("<p>中文\nword</p>", "<p>中文 word</p>"),
        ("<p>“a”\n“b”</p>", "<p>“a” “b”</p>"),
        ("<p>a <b> b</b></p>", "<p>a <strong>b</strong></p>"),
        ("<p>a<br></p><p><br></p><p>&nbsp;b</p>", "<p>a</p><p>\u00a0b</p>"),
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<b>a<p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("<h1>a</h1><h5>b</h5>", "<h2>a</h2><h4>b</h4>"),
        ("<h2><b>a</b></h2>", "<h2>a</h2>"),
        ("<center>a</center>", '<p style="text-align:center">a</p>'),
        ("<div align=center><p>a<p style='text-align:left'>b</div>", '<p style="text-align:center">a</p><p>b</p>'),
        ("<p style='text-align:justify'>a</p>", "<p>a</p>"),
        ("<h2 align=right>a</h2>", '<h2 style="text-align:right">a</h2>'),
        ("<pre>a\n  b\n</pre>", "<pre><code>a\n  b</code></pre>"),
        ("<pre class='language-c++'>a</pre>", '<pre><code class="language-c++">a</code></pre>'),
        ("<pre><code>a</code><code>b</code></pre>", "<pre><code>a\nb</code></pre>"),
        ("<hr>", "<hr>"),
        ("<ruby>時<rp>(</rp><rt>shí</rt><rp>)</rp></ruby>", "<p>時(shí)</p>"),
    ],
)  # fmt: skip
def test_blocks_and_blanks_are_read_as_they_are_seen(html: str, expected: str):
    assert shown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>a</b><i>b</i><u>c</u><del>d</del>", "<strong>a</strong><em>b</em><u>c</u><s>d</s>"),
        ("<span style='font-weight:700'>a</span>", "<strong>a</strong>"),
        ("<b style='font-weight:normal'>a</b>", "a"),
        ("<em>a<span style='font-style:normal'>b</span></em>", "<em>a</em>b"),
        ("<span style='text-decoration:underline line-through'>a</span>", "<u><s>a</s></u>"),
        ("<span style='vertical-align:super'>a</span>", "<sup>a</sup>"),
        ("<sup>a<sub>b</sub></sup>", "<sup>a</sup><sub>b</sub>"),
        ("<span style='color:#c00000'>a</span>", '<span data-tone="red">a</span>'),
        ("<font color=blue>a</font>", '<span data-tone="blue">a</span>'),
        ("<span style='color:rgb(0,128,0)'>a</span>", '<span data-tone="green">a</span>'),
        ("<span style='color:#888'>a</span>", '<span data-tone="muted">a</span>'),
        ("<span style='color:#3f3f3f'>a</span>", "a"),
        ("<span style='color:red'>a<span style='color:#000'>b</span></span>", '<span data-tone="red">a</span>b'),
        ("<code>a<b>b</b></code>", "<code>ab</code>"),
        ("<b><code>a</code></b>", "<code>a</code>"),
        ("<a href=https://example.org/><code>a</code></a>", '<a href="https://example.org/">a</a>'),
        ("<a href=//example.org/>a</a>", '<a href="https://example.org/">a</a>'),
        ("<a href=' https://example.org/ '>a</a>", '<a href="https://example.org/">a</a>'),
        ("<mark>a</mark>", "<mark>a</mark>"),
    ],
)  # fmt: skip
def test_styles_and_tags_become_marks(html: str, expected: str):
    assert shown(f"<p>{html}</p>") == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a<li>b</ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<ul> <li>a</li>\n<li></li> </ul>", "<ul><li><p>a</p></li></ul>"),
        ("<ol start=3><li>a</ol>", '<ol start="3"><li><p>a</p></li></ol>'),
        ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ul><li><h3>a</h3>b</ul>", "<ul><li><p><strong>a</strong></p><p>b</p></li></ul>"),
        ("<ul><li><img src=/1></ul>", '<ul><li><p></p><figure><img src="/1" alt=""></figure></li></ul>'),
        ("<ul>a<li>b</ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<li>a</li> <li>b</li>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<dl><dt>a<dd>b</dl>", "<p><strong>a</strong></p><p>b</p>"),
        ("<blockquote>a<p>b</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<blockquote></blockquote>", "<p></p>"),
    ],
)  # fmt: skip
def test_lists_and_quotations_keep_their_shape(html: str, expected: str):
    assert shown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=/1 alt=图>", '<figure><img src="/1" alt="图"></figure>'),
        ("<img data-src=/2 src=/spinner.gif>", '<figure><img src="/2" alt=""></figure>'),
        ("<p><img src=/1><br>图注</p>", '<figure><img src="/1" alt=""></figure><p><br>图注</p>'),
        ("<figure data-width=50><img src=/1><figcaption><p>a<p><b>b</b></figcaption></figure>", '<figure data-width="50"><img src="/1" alt=""><figcaption>a<br><strong>b</strong></figcaption></figure>'),
        ("<figure><img src=/1><figcaption>a</figcaption><img src=/2><figcaption>b</figcaption></figure>", '<figure><img src="/1" alt=""><figcaption>a</figcaption></figure><figure><img src="/2" alt=""><figcaption>b</figcaption></figure>'),
        ("<figure><figcaption>a</figcaption><img src=/1></figure>", '<p style="text-align:center">a</p><figure><img src="/1" alt=""></figure>'),
        ("<div data-gallery=pair><figure><img src=/1></figure></div>", '<div data-gallery="pair"><figure><img src="/1" alt=""></figure></div>'),
        ("<div data-gallery=pair><p>a</p><img src=/1></div>", '<p>a</p><figure><img src="/1" alt=""></figure>'),
        ("<div data-gallery=spiral><img src=/1></div>", '<figure><img src="/1" alt=""></figure>'),
    ],
)  # fmt: skip
def test_pictures_stand_alone_with_their_captions(html: str, expected: str):
    assert shown(html) == expected


def test_tables_keep_merged_cells_and_head_cells():
    html = "<table><caption>题</caption><tr><th rowspan=2>a<td colspan=3>b<tr><td><ul><li>c</ul></table>"
    assert shown(html) == (
        '<p style="text-align:center">题</p><table><tbody><tr><th rowspan="2"><p>a</p></th>'
        '<td colspan="3"><p>b</p></td></tr><tr><td><ul><li><p>c</p></li></ul></td></tr></tbody></table>'
    )


def test_what_a_cell_cannot_hold_becomes_its_paragraphs():
    html = "<table><tr><td><h2>a</h2><pre>b\nc</pre><table><tr><td>d<td>e</table><blockquote>f</blockquote></table>"
    assert shown(html) == (
        "<table><tbody><tr><td><p><strong>a</strong></p><p><code>b</code></p><p><code>c</code></p>"
        "<p>d</p><p>e</p><p>f</p></td></tr></tbody></table>"
    )
    assert losses(html) == ["cell"] * 4


def test_lists_below_the_greatest_depth_become_paragraphs():
    html = "<ul><li>层" * 9
    assert plain_text(read(html)) == "\n".join(["层"] * 9)
    assert losses(html) == ["depth"]


def test_a_picture_that_is_not_ours_leaves_a_note_where_it_stood():
    html = (
        "<p>前<img src=https://example.org/a.png alt=合影>后</p><img src=data:image/png;base64,xx>"
    )
    assert plain_text(read(html)) == "前\n〔图片未导入：合影〕\n后\n〔图片未导入〕"
    assert losses(html) == ["inline_image", "image", "image"]


def test_links_that_lead_nowhere_are_told_and_leave_their_text():
    html = "<p><a href=/x>甲</a><a href='#y'>乙</a><a name=z>丙</a></p>"
    assert plain_text(read(html)) == "甲乙丙"
    assert [loss.excerpt for loss in convert(html).losses] == ["甲", "乙"]


def test_a_link_on_a_picture_is_told():
    html = "<a href=https://example.org/><img src=/1 alt=海报></a>"
    assert shown(html) == '<figure><img src="/1" alt="海报"></figure>'
    assert losses(html) == ["image_link"]


def test_an_endless_description_of_a_picture_is_cut_and_told():
    html = f"<img src=/1 alt={'长' * 600}>"
    assert len(read(html).content[0].string("alt")) == 500
    assert losses(html) == ["alt"]


def test_a_clean_page_has_no_losses():
    assert losses("<h2>题</h2><p>文<a href=https://example.org/>链</a></p><img src=/1>") == []


def test_our_own_html_is_read_to_the_letter():
    body = Document.of(
        [
            paragraph("  a  \n b "),
            paragraph(),
            paragraph("x", node("hardBreak")),
            node("codeBlock", text("\n\n c \n")),
            node("heading", text("b"), align="center"),
        ]
    )
    html = to_html(body, image_url=str)
    assert from_html(clean(html), asset_for=str).document == body
