"""The rules of an article body, one by one."""

from __future__ import annotations

import re

import pytest

from tests.rendering.gate import assert_fit_for_wechat
from tests.rendering.samples import picture, piece, theme
from webapp.document.model import Document, Node, from_plain_paragraphs, mark, node, paragraph, text
from webapp.rendering.limits import CONTENT_ADVISED_CHARACTERS
from webapp.rendering.model import Artwork, Credit, MissingPicture, Picture
from webapp.rendering.wechat import SELF_CONTAINED_MAX_CHARACTERS, render

NBSP = "\u00a0"


def written(*blocks: Node, look: str = "frontline", **more) -> str:
    html = render(piece(Document.of(blocks), **more), theme(look)).html
    assert_fit_for_wechat(html)
    return html


def bare(html: str) -> str:
    """Without styles, for reading."""
    return re.sub(r' (?:style|data-[a-z-]+)="[^"]*"', "", html)


def inside(*blocks: Node, **more) -> str:
    return bare(written(*blocks, **more)).removeprefix("<section>").removesuffix("</section>")


def linked(words: str, href: str) -> Node:
    return text(words, mark("link", href=href))


def bold(words: str) -> Node:
    return text(words, mark("bold"))


def items(*contents: Node | str) -> list[Node]:
    return [node("listItem", paragraph(content)) for content in contents]


def test_the_outermost_section_carries_the_marker():
    assert written(paragraph("一"), marker="ed-7").startswith(
        '<section data-tongxin="ed-7" style="'
    )


def test_text_is_escaped_and_nothing_else_is_done_to_it():
    assert inside(paragraph("<b>&\"'“中”")) == "<p>&lt;b&gt;&amp;\"'“中”</p>"


def test_blank_paragraphs_leave_no_trace():
    assert (
        inside(paragraph("一"), paragraph(), paragraph(" \u3000"), paragraph("二"))
        == "<p>一</p><p>二</p>"
    )


def test_runs_of_blanks_and_line_ends_stay_as_the_editor_shows_them():
    assert (
        inside(paragraph("同行  抗疫\n有我\t完")) == f"<p>同行{NBSP} 抗疫<br>有我{NBSP * 4}完</p>"
    )


def test_a_block_says_its_own_size_line_and_colour_in_an_article_of_usual_length():
    html = written(paragraph("一"), node("bulletList", *items("二")), node("heading", text("三")))
    for words in ("一", "三"):
        style = re.search(rf'style="([^"]*)">{words}', html)
        assert style
        assert {"font-size", "line-height", "color"} <= {
            d.split(":")[0] for d in style[1].split(";")
        }


# ---- bold and punctuation


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([bold("要点"), text("：说明")], "<strong>要点：</strong>说明"),
        ([bold("要点"), text("”，说明")], "<strong>要点”，</strong>说明"),
        ([bold("要点"), text("。")], "<strong>要点。</strong>"),
        ([bold("要点"), text("说明：")], "<strong>要点</strong>说明："),
        ([bold("要点"), linked("：链", "https://mp.weixin.qq.com/s/x")], '<strong>要点</strong><a href="https://mp.weixin.qq.com/s/x">：链</a>'),
        ([text("要点", mark("bold"), mark("italic")), text("，斜", mark("italic"))], "<strong><em>要点，</em></strong><em>斜</em>"),
    ],
)  # fmt: skip
def test_closing_punctuation_stays_with_the_bold_before_it(content: list[Node], expected: str):
    assert inside(paragraph(*content)) == f"<p>{expected}</p>"


# ---- links


def test_links_to_articles_stay_links_and_others_become_numbered_notes_once_each():
    html = inside(
        paragraph(linked("甲", "https://example.org/1"), "、", linked("乙", "https://mp.weixin.qq.com/s/x")),
        paragraph(linked("丙", "https://example.org/2"), "、", linked("又甲", "https://example.org/1")),
    )  # fmt: skip
    assert html == (
        '<p>甲<sup>[1]</sup>、<a href="https://mp.weixin.qq.com/s/x">乙</a></p>'
        "<p>丙<sup>[2]</sup>、又甲<sup>[1]</sup></p>"
        "<section><strong>参考链接</strong><br>[1] 甲：https://example.org/1<br>[2] 丙：https://example.org/2</section>"
    )


def test_a_link_of_several_styles_gets_one_number_at_its_end():
    link = mark("link", href="https://example.org/")
    html = inside(paragraph(text("甲", link), text("乙", link, mark("bold")), "丙"))
    assert html.startswith("<p>甲<strong>乙</strong><sup>[1]</sup>丙</p>")


@pytest.mark.parametrize("words", ["https://example.org/a", "example.org/a", "example.org/a/"])
def test_an_address_that_is_its_own_text_needs_no_note(words: str):
    assert inside(paragraph(linked(words, "https://example.org/a"))) == f"<p>{words}</p>"


def test_a_link_to_a_place_that_only_looks_like_wechat_is_a_note():
    html = inside(paragraph(linked("甲", "https://mp.weixin.qq.com.example.org/")))
    assert "<a " not in html


# ---- lists


def test_list_items_are_lines_with_typed_markers():
    assert inside(node("bulletList", *items("甲", "乙"))) == (
        "<section><p>・\u2005甲</p><p>・\u2005乙</p></section>"
    )
    assert inside(node("orderedList", *items("甲", "乙"), start=3)) == (
        "<section><p>3.\u2005甲</p><p>4.\u2005乙</p></section>"
    )


def test_a_label_and_its_text_stay_on_one_line_of_a_list():
    item = node("listItem", paragraph(bold("地点"), "：西安"))
    assert (
        inside(node("bulletList", item))
        == "<section><p>・\u2005<strong>地点：</strong>西安</p></section>"
    )


def test_lists_inside_lists_have_other_markers():
    third = node("orderedList", *items("丙"))
    second = node("bulletList", node("listItem", paragraph("乙"), third))
    first = node("orderedList", node("listItem", paragraph("甲"), second))
    assert re.findall(r"<p>([^\u2005]*)\u2005", inside(first)) == ["1.", "－", "①"]
    counted = node("listItem", paragraph("甲"), node("orderedList", *items("乙")))
    assert "<p>(1)\u2005乙" in inside(node("orderedList", counted))


def test_numbers_of_one_digit_are_padded_to_those_of_two():
    html = inside(node("orderedList", *items(*"甲乙丙"), start=8))
    assert re.findall(r"<p>(.*?)</p>", html) == [
        "\u20078.\u2005甲",
        "\u20079.\u2005乙",
        "10.\u2005丙",
    ]


def test_empty_items_do_not_become_lines():
    assert inside(node("bulletList", *items("甲"), node("listItem", paragraph()))).count("<p>") == 1


def test_what_stands_in_a_list_beside_text_does_not_hang():
    item = node("listItem", paragraph("甲"), node("blockquote", paragraph("乙")), paragraph("丙"))
    html = written(node("bulletList", item))
    assert re.search(r'<section style="text-indent:0"><section [^>]*><p [^>]*>乙', html)
    assert re.search(r'<p style="margin:0;text-indent:0">丙', html)


# ---- code, tables


def test_listings_keep_line_ends_and_indents_and_can_wrap():
    html = inside(node("codeBlock", text("if a:\n    b = 1\n\n\tc  d")))
    assert html == (
        f"<section><code>if a:<br>{NBSP * 4}b = 1<br><br>{NBSP * 4}c{NBSP * 2}d</code></section>"
    )


def table(*rows: list[str], head: int = 0) -> Node:
    def cell(words: str, row: int) -> Node:
        return node("tableHeader" if row < head else "tableCell", paragraph(words))

    return node(
        "table",
        *(node("tableRow", *(cell(words, n) for words in row)) for n, row in enumerate(rows)),
    )


def test_tables_are_tables_of_full_width():
    html = written(table(["作品", "尺寸"], ["山水", "68×136cm"], head=1))
    assert bare(html).count("<th>") == 2
    assert "width:100%" in html


def test_merged_cells_and_alignment_of_cells_stay():
    cell = node("tableCell", paragraph("甲", align="right"), colspan=2, rowspan=3)
    html = written(node("table", node("tableRow", cell)))
    assert re.search(r'<td colspan="2" rowspan="3" style="[^"]*text-align:right">甲</td>', html)


def test_a_table_of_many_columns_scrolls_by_itself():
    html = written(table([str(n) for n in range(8)]))
    assert re.search(r'<section style="overflow-x:auto"><table data-ignore-width="1"', html)


def test_a_cell_with_several_lines_keeps_them():
    cell = node("tableCell", paragraph("甲"), paragraph(), node("bulletList", *items("乙")))
    assert "<td><p>甲</p><section><p>・\u2005乙</p></section></td>" in inside(
        node("table", node("tableRow", cell))
    )


# ---- pictures


def figure(asset: str = "a", *caption: Node, **attrs) -> Node:
    return node("figure", *caption, asset=asset, **attrs)


def test_a_picture_says_its_natural_width_and_ratio_and_never_overflows():
    html = written(figure(alt='"山"水'))
    assert (
        '<img src="asset:a" data-w="1080" data-ratio="0.6667" alt="&quot;山&quot;水" style="width:100%">'
        in html
    )


@pytest.mark.parametrize(
    ("natural", "wanted", "shown"),
    [(1080, 100, 100), (1080, 60, 60), (171, 100, 50), (171, 30, 30)],
)
def test_a_small_picture_is_not_blown_up(natural: int, wanted: int, shown: int):
    small = {"a": picture("a", width=natural)}
    assert f'style="width:{shown}%"' in written(figure(width=wanted), pictures=small)


def test_an_artwork_carries_its_caption_and_transcription():
    art = Artwork(
        title="沁园春",
        artist="张三",
        medium="行书",
        size="68×136cm",
        year="2021年",
        transcription="北国风光",
    )
    html = inside(figure("a", text("获奖作品")), pictures={"a": picture("a", artwork=art)})
    assert re.findall(r"<section>([^<]+)</section>", html) == [
        "获奖作品",
        "《沁园春》\u3000张三\u3000行书\u300068×136cm\u30002021年",
        "释文：北国风光",
    ]


def test_a_photographer_is_named_below_the_picture():
    shot = Picture(asset="a", url="asset:a", width=800, height=600, credit="李四 摄")
    assert "<section>图：李四 摄</section>" in inside(figure(), pictures={"a": shot})


def gallery(layout: str, *assets: str) -> Node:
    return node("gallery", *(figure(asset, text(f"注{asset}")) for asset in assets), layout=layout)


def test_slides_stand_side_by_side_and_say_so():
    html = written(gallery("slide", "a", "b"))
    assert html.count('data-ignore-width="1"') == 2
    assert "overflow-x:scroll" in html
    assert "左右滑动查看" in html


def test_the_pieces_of_a_hand_scroll_join_at_one_height():
    sizes = {"a": picture("a", width=2000, height=1000), "b": picture("b", width=1000, height=1000)}
    html = written(gallery("scroll", "a", "b"), pictures=sizes)
    assert "display:flex;width:210%;max-width:210%!important" in html
    shares = [float(share) for share in re.findall(r'style="width:([\d.]+)%">', html)]
    assert shares == pytest.approx([66.6667, 33.3333])


def test_pairs_stand_two_by_two():
    assert written(gallery("pair", "a", "b", "c")).count("width:48%") == 3


def test_an_asset_without_a_picture_is_an_error_with_a_sentence():
    body = Document.of([figure("lost")])
    article = piece(body, pictures={})
    article.pictures.clear()  # type: ignore[attr-defined]
    with pytest.raises(MissingPicture, match="lost"):
        render(article, theme())


# ---- headings, credits


def test_chapters_are_numbered_where_the_theme_says_so():
    chapters = [node("heading", text(words)) for words in ("起", "承")]
    assert re.findall(r"<h2>(.*?)</h2>", inside(*chapters, look="advice")) == ["一、起", "二、承"]
    assert re.findall(r"<h2>(.*?)</h2>", inside(*chapters)) == ["起", "承"]


@pytest.mark.parametrize("own", ["一、起", "1. 起", "（一）起", "第一部分 起", "1、起", "3.起"])
def test_an_author_who_numbers_chapters_is_left_alone(own: str):
    chapters = [node("heading", text(words)) for words in (own, "承")]
    assert re.findall(r"<h2>(.*?)</h2>", inside(*chapters, look="advice")) == [own, "承"]


def test_credits_stand_at_the_foot_in_the_themes_order():
    given = [("监制", "丙"), ("摄影", "丁"), ("来源", "社省委"), ("翻译", "戊"), ("编辑", " ")]
    lines = tuple(Credit(label=label, names=names) for label, names in given)
    assert inside(paragraph("一"), credits=lines).endswith(
        "<section>来源：社省委<br>摄影：丁<br>监制：丙<br>翻译：戊</section>"
    )


def test_the_first_line_is_indented_only_where_the_theme_says_so_and_only_in_running_text():
    blocks = (
        paragraph("甲"),
        paragraph("乙", align="center"),
        node("blockquote", paragraph("丙")),
    )
    assert written(*blocks, look="advice").count("text-indent:2em") == 1
    assert "text-indent" not in written(*blocks)


# ---- length


def long_article(characters: int) -> Document:
    return from_plain_paragraphs(["疫" * 100] * (characters // 100))


def test_an_article_that_grows_long_is_written_in_the_short_form():
    short, long = long_article(8_000), long_article(16_000)
    assert "font-size:16px;line-height:1.8" in render(piece(short), theme()).html.split("<p", 2)[1]
    rendered = render(piece(long), theme())
    assert rendered.characters < CONTENT_ADVISED_CHARACTERS
    assert rendered.characters < SELF_CONTAINED_MAX_CHARACTERS * 1.5


def test_the_length_of_addresses_does_not_decide_the_form():
    body = Document.of([*long_article(11_000).content, *(figure(f"a{n}") for n in range(9))])
    names = [f"a{n}" for n in range(9)]

    def at(address: str) -> str:
        found = {
            name: Picture(asset=name, url=address.format(name), width=1080, height=720)
            for name in names
        }
        return render(piece(body, pictures=found), theme()).html

    short, long = at("asset:{}"), at("https://mmbiz.qpic.cn/mmbiz_png/" + "x" * 150 + "/{}")
    assert re.sub(r'src="[^"]*"', "", short) == re.sub(r'src="[^"]*"', "", long)
