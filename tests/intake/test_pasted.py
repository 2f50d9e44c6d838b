from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.word_files import png
from tests.thorough import examples
from webapp.document.model import Document
from webapp.document.text import plain_text
from webapp.document.to_html import to_html
from webapp.intake.cleanup import KIND_LABELS
from webapp.intake.html import from_html
from webapp.intake.layout import restore
from webapp.intake.model import Imported
from webapp.intake.steps.options import Options
from webapp.kernel.errors import Invalid, TooLarge

FIXTURES = Path(__file__).parent / "fixtures"
AS_WRITTEN = Options(skip=frozenset(KIND_LABELS))


def pasted(name: str) -> Imported:
    return from_html((FIXTURES / name).read_text(encoding="utf-8"))


def html(imported: Imported) -> str:
    shown = to_html(imported.body, image_url=lambda asset: asset)
    return shown.removeprefix('<div data-tongxin="document">').removesuffix("</div>")


def told(imported: Imported) -> list[tuple[str, str]]:
    return [(loss.kind, loss.excerpt) for loss in imported.losses]


def test_word_lists_become_lists_headings_stay_and_tracked_deletions_go():
    imported = pasted("word-paste.html")
    assert imported.title == "抗疫一线的社员"
    assert html(imported) == (
        "<h2>一、基层社员</h2>"
        '<p>第一段文字，<strong><span data-tone="red">红色加粗</span></strong>，换行在源码里。</p>'
        "<ul><li><p>第一个要点</p><ul><li><p>下一级</p></li></ul></li><li><p>第二个要点</p></li></ul>"
        "<p>两个列表之间的话。</p>"
        '<ol start="3"><li><p>从三开始</p></li><li><p>接着是四</p></li></ol>'
        "<p>（一）编号是文字的一部分</p>"
        "<p>修订：补上的结束。</p>"
        "<p>〔图片未导入：社区采样现场〕</p>"
        '<table><tbody><tr><td colspan="2"><p>合并的<strong>表头</strong></p></td></tr>'
        '<tr><td rowspan="2"><p>竖</p></td><td><p>甲</p></td></tr><tr><td><p>乙</p></td></tr></tbody></table>'
        '<p>目录项\u3000<a href="https://www.93.gov.cn/">九三学社</a></p>'
    )
    assert told(imported) == [
        ("deletion", "删掉的"),
        ("hidden", "藏起来的"),
        ("image", "社区采样现场"),
    ]


def test_wps_writes_fonts_everywhere_and_its_text_comes_whole():
    imported = pasted("wps-paste.html")
    assert imported.title == "倡议书"
    assert html(imported) == (
        "<p>各位社员：</p><ol><li><p>坚守岗位</p></li><li><p>科学防控</p></li></ol>"
        '<p style="text-align:right">九三学社陕西省委员会</p><p style="text-align:right">2021年12月28日</p>'
    )
    assert [(c.before, c.after, c.place) for c in imported.cleanups] == [
        (":", "：", "第1段“各位社员：”")
    ]
    assert imported.losses == ()


def test_an_excel_range_becomes_a_table_without_its_hidden_row():
    imported = pasted("excel-paste.html")
    assert html(imported) == (
        '<table><tbody><tr><td colspan="3"><p>捐款捐物统计</p></td><td><p>备注</p></td></tr>'
        '<tr><td rowspan="2"><p>西安</p></td><td><p>人民币</p></td><td><p style="text-align:right">69.4046</p></td><td><p></p></td></tr>'
        '<tr><td><p>物资</p></td><td><p style="text-align:right">1,200</p></td><td><p>含口罩<br>手套</p></td></tr></tbody></table>'
    )
    assert told(imported) == [("hidden", "隐藏行0")]


def test_a_wechat_page_gives_its_article_title_and_pictures():
    asked: list[str] = []
    picture = png(5, 5)

    def fetch(address: str) -> bytes:
        asked.append(address)
        return picture

    imported = from_html((FIXTURES / "wechat-article.html").read_text("utf-8"), fetch=fetch)
    assert imported.title == "社员在一线"
    assert html(imported) == (
        '<p style="text-align:center">近日，<strong>西安市</strong>疫情<span data-tone="red">防控形势严峻</span>。</p>'
        '<figure><img src="import:1" alt=""></figure>'
        "<p>第二段，<strong><u>加粗下划线</u></strong>结束。</p>"
        "<ul><li><p>清单一</p></li><li><p>清单二</p></li></ul><p>文末</p>"
    )
    assert asked == ["https://mmbiz.qpic.cn/mmbiz_jpg/abc123/640?wx_fmt=jpeg&from=appmsg"]
    assert dict(imported.pictures) == {"import:1": picture}
    assert told(imported) == [
        ("page", "社员在一线"),
        ("embed", "陕西九三视频"),
        ("embed", "九三学社中央"),
    ]


def test_the_135_editor_keeps_colour_bold_and_alignment_through_its_nested_sections():
    imported = pasted("editor-135.html")
    assert html(imported) == (
        '<p style="text-align:center"><strong><span data-tone="red">齐心战疫</span></strong></p>'
        '<p>社员<span data-tone="blue">李四</span>说：<em>“我先上！”</em></p>'
        '<p style="text-align:right">——摘自日记</p><p>〔图片未导入〕</p><p>〔图片未导入〕</p>'
    )
    assert [kind for kind, _ in told(imported)] == ["background", "hidden", "image", "image"]
    assert imported.title == ""


def test_xiumi_columns_come_one_after_the_other_and_background_pictures_are_pictures():
    imported = from_html(
        (FIXTURES / "xiumi.html").read_text("utf-8"), fetch=lambda _address: png(2, 2)
    )
    assert html(imported) == (
        '<p style="text-align:center"><strong>左栏</strong></p><p>右栏第一行<br>右栏第二行</p>'
        '<figure><img src="import:1" alt=""></figure><blockquote><p>引文<s>划掉</s></p></blockquote>'
    )


def test_pictures_inside_the_html_come_along_each_content_once():
    encoded = base64.b64encode(png(3, 3)).decode()
    source = f'<p>图</p><img src="data:image/png;base64,{encoded}"><img src="data:image/png;base64,{encoded}">'
    imported = from_html(source + '<img src="data:image/png;base64,AAAA" alt="坏">')
    assert dict(imported.pictures) == {"import:1": png(3, 3)}
    assert html(imported).count("import:1") == 2
    assert told(imported) == [("image", "坏")]


def test_a_file_name_of_ours_in_foreign_html_names_nothing():
    imported = from_html('<p>字</p><img src="import:1"><img src="asset:9">')
    assert imported.pictures == {}
    assert html(imported) == "<p>字</p><p>〔图片未导入〕</p><p>〔图片未导入〕</p>"


def test_ruby_readings_go_in_brackets_behind_the_character():
    ruby = "<p><ruby>甪<rt>lù</rt></ruby>直，<ruby>砼<rp>(</rp><rt>tóng</rt><rp>)</rp></ruby></p>"
    assert plain_text(from_html(ruby, options=AS_WRITTEN).body) == "甪（lù）直，砼(tóng)"
    assert plain_text(from_html(ruby).body) == "甪直，砼"


def test_a_fragment_has_no_title_and_a_page_that_begins_with_one_has():
    assert from_html("<p>短句</p><p>第二</p>").title == ""
    assert from_html("<h2>小标题</h2><p>第二</p>").title == ""
    imported = from_html("<!-- x --><div>\n<h1>大<b>标</b>题</h1></div><p>第二</p>")
    assert (imported.title, html(imported)) == ("大标题", "<p>第二</p>")
    assert from_html("<p>先有话</p><h1>后有题</h1>").title == ""


def test_scraped_html_is_mended_with_its_marks_kept():
    source = "<p>\u3000\u3000陜西<b>九三學(xué)社</b>戰(zhàn)<i>“疫”</i>,<code>a, 中</code>時(shí)間</p><pre>時(shí), 中</pre>"
    imported = from_html(source)
    assert html(imported) == (
        "<p>陕西<strong>九三学社</strong>战<em>“疫”</em>，<code>a, 中</code>时间</p><pre><code>時(shí), 中</code></pre>"
    )
    for change in imported.cleanups:
        assert imported.text[change.position :].startswith(change.after)


def test_a_change_over_a_border_of_marks_leaves_the_marks_where_they_were():
    imported = from_html("<p>这是<b>發</b><i>展</i>與<b>學</b><i>習</i>的歷<u>史</u></p>")
    assert html(imported) == (
        "<p>这是<strong>发</strong><em>展</em>与<strong>学</strong><em>习</em>的历<u>史</u></p>"
    )
    spaced = from_html("<p>同心<b>&nbsp;</b>&nbsp;同行</p>")
    assert html(spaced) == "<p>同心<strong> </strong>同行</p>"
    noted = from_html("<p>时<b>(sh</b>í)间</p>")
    assert html(noted) == "<p>时间</p>"


def test_a_line_break_inside_a_paragraph_is_a_line_of_its_own():
    imported = from_html("<p>密碼：<br>正文,在此。<br>打印本页</p><p>尾。</p>")
    assert html(imported) == "<p>正文，在此。</p><p>尾。</p>"
    assert [(c.block, c.start) for c in imported.cleanups] == [(0, 0), (0, 2), (0, 6)]


def test_a_paragraph_that_is_only_furniture_goes_and_an_emptied_cell_stays():
    imported = from_html(
        "<p>密码：</p><table><tr><td>打印本页</td><td>字</td></tr></table><p>正文。</p>"
    )
    assert html(imported) == (
        "<table><tbody><tr><td><p></p></td><td><p>字</p></td></tr></tbody></table><p>正文。</p>"
    )
    assert [c.kind for c in imported.cleanups] == ["furniture"]


def test_many_losses_of_one_kind_are_summed_up():
    alike = from_html("<p>字</p>" + '<img src="x.jpg">' * 80)
    assert len(alike.losses) == 1
    numbered = from_html("<p>字</p>" + "".join(f'<img alt="图{i}" src="x.jpg">' for i in range(80)))
    assert len(numbered.losses) == 51
    assert numbered.losses[-1].message == "同样的情况还有 30 处"


words = st.text(st.sampled_from("九三学社a1，。<&"), min_size=1, max_size=5).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
wrappers = st.sampled_from(
    [
        "<p>{}</p>", "<section><section><span leaf=''>{}</span></section></section>", "<div>{}</div>",
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>{}</p>",
        "<p style='mso-list:l0 level2 lfo1'><span style='font-family:Wingdings'><span style='mso-list:Ignore'>l</span></span>{}</p>",
        "<p style='mso-list:l3 level1 lfo1'>{}</p>", "<table><tr><td>{}</td></tr></table>", "<blockquote>{}</blockquote>",
        "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<p><ins datetime=x>{}</ins></p>", "<center><font color=red>{}</font></center>",
        "<section style='background:url(http://x/y)'>{}</section>", "<o:p>{}</o:p><br>", "<p class=MsoTitle>{}</p>",
    ]
)  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.tuples(wrappers, words), min_size=1, max_size=8))
def test_the_words_of_any_paste_arrive_in_their_order(written):
    source = "".join(wrapper.format(text) for wrapper, text in written)
    imported = from_html(source, options=AS_WRITTEN)
    expected = "".join(text for _, text in written).replace("&lt;", "<").replace("&amp;", "&")
    assert "".join(imported.text.split()) == expected


scraped = st.text(
    st.sampled_from("時(shí)陜西发展,。 \u00a0密碼打印本页1a"), min_size=1, max_size=8
)
inline = st.tuples(
    st.sampled_from(
        [
            "{}",
            "<b>{}</b>",
            "<i>{}</i>",
            "<code>{}</code>",
            "{}<br>",
            "<a href='https://a.cn'>{}</a>",
        ]
    ),
    scraped,
).map(lambda part: part[0].format(part[1]))
block = st.tuples(
    st.sampled_from(["<p>{}</p>", "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<table><tr><td>{}</td><td>字</td></tr></table>",
                     "<pre>{}</pre>", "<blockquote><p>{}</p></blockquote>"]),
    st.lists(inline, min_size=1, max_size=4).map("".join),
).map(lambda part: part[0].format(part[1]))  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(block, min_size=1, max_size=5).map("".join))
def test_places_hold_and_all_can_be_taken_back_whatever_the_markup(source: str):
    source += "<p>完</p>"
    imported = from_html(source)
    for change in imported.cleanups:
        assert imported.text[change.position :].startswith(change.after)
        assert change.block is not None
        assert change.start is not None
        block = Document((imported.body.content[change.block],))
        assert plain_text(block)[change.start :].startswith(change.after)
    untouched = from_html(source, options=AS_WRITTEN)
    assert restore(imported, imported.cleanups).body == untouched.body


# Bounds


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty_import"),
        ("<p>&nbsp;</p><style>p{}</style>", "empty_import"),
        ("<div style='display:none'>藏</div>", "empty_import"),
        ("<b>" * 500 + "字", "html_broken"),
    ],
)
def test_html_of_nothing_or_beyond_repair_is_refused(source: str, code: str):
    with pytest.raises(Invalid) as caught:
        from_html(source)
    assert caught.value.code == code


CROWDED = " ".join(f"a{i}='>'" for i in range(20_000))


@pytest.mark.parametrize(
    "source",
    [
        "<p>字</p>" * 30_000,
        "x" * 6_000_000,
        "<i>" * 250_000,
        " " * 50_000_000,
        f"<p {CROWDED}>字</p>",
        f"<script>a<b c='</script><p {CROWDED}>字</p>",
        (f"<p {CROWDED[:9_000]}>字</p>") * 10,
    ],
    ids=["paragraphs", "text", "tags", "blanks", "attributes", "behind a script", "tag by tag"],
)
def test_html_over_a_bound_is_refused_in_seconds(source: str):
    started = time.process_time()
    with pytest.raises((TooLarge, Invalid)) as caught:
        from_html(source)
    assert "没有" in caught.value.message
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 10_000 + "字",
        "<span style='display:none'>x</span>" * 30_000 + "字",
        "字<ruby>" + "<rt>a</rt>" * 15_000 + "</ruby>",
        "".join(f"<p style='mso-list:l0 level{i} lfo1'>字</p>" for i in range(1, 3_000)),
        "<section style='background:url(http://a/b)'>" * 150 + "字" * 200_000,
        "字" + "<iframe src=x></iframe>" * 40_000,
        "字<table>" + "<tr style='display:none'><td rowspan=9>x</td></tr>" * 15_000 + "</table>",
        "字" + '<img src="data:image/png;base64,' + "A" * 20_000_000 + '">',
    ],
    ids=["depth", "hidden", "ruby", "levels", "backgrounds", "frames", "rows", "data"],
)
def test_hostile_html_takes_seconds_not_minutes(source: str):
    started = time.process_time()
    imported = from_html(source)
    assert "字" in imported.text
    assert time.process_time() - started < 15
