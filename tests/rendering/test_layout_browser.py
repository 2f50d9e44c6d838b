"""WeChat's own layout rules, measured in Chromium at the three widths that its checker uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.rendering.samples import (
    ROOT,
    THEMES,
    benchmark_piece,
    everything,
    figure,
    markdown,
    piece,
    theme,
)
from webapp.document.model import Document, Node, node, paragraph, text
from webapp.rendering.model import Piece
from webapp.rendering.styles import Mode
from webapp.rendering.wechat import _Writer, render

pytestmark = pytest.mark.browser

CHECKER = Path(__file__).with_name("layout_checker.js").read_text("utf-8")
# The desk's preview: what the reader page brings along. The short form leans on it.
READER = (ROOT / "webapp" / "static" / "css" / "reader.css").read_text("utf-8")
# What the checker itself lays under a body; an article must hold with this alone.
BARE = (
    "#box *{max-width:100%!important;box-sizing:border-box!important;word-wrap:break-word!important}"
    "#box{color:rgba(0,0,0,.9);font-size:17px;text-align:justify}img{height:auto!important}"
)
SHEETS = {"reader": READER, "bare": BARE}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def with_pictures(html: str) -> str:
    """Each address exchanged for a drawing of the size that the picture says it has."""

    def drawing(match: re.Match[str]) -> str:
        width, ratio = int(match[1]), float(match[2])
        svg = f"%3Csvg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{width * ratio:.0f}'%3E%3C/svg%3E"
        return f'src="data:image/svg+xml,{svg}" data-w="{match[1]}" data-ratio="{match[2]}"'

    return re.sub(r'src="asset:[^"]*" data-w="(\d+)" data-ratio="([\d.]+)"', drawing, html)


def show(page: Page, sheet: str) -> None:
    page.set_content(
        f"<!doctype html><style>body{{margin:0}}{SHEETS[sheet]}</style>"
        '<div id="box" class="rich_media_content"></div>'
    )


def complaints(page: Page, html: str, sheet: str) -> list[str]:
    show(page, sheet)
    return list(page.evaluate(CHECKER, with_pictures(html)))


def table(columns: int, words: str) -> Node:
    cells = [node("tableCell", paragraph(words)) for _ in range(columns)]
    merged = node("tableHeader", paragraph("合并"), colspan=max(columns - 1, 1), rowspan=2)
    return node("table", node("tableRow", merged, cells[0]), node("tableRow", *cells))


def nested(depth: int) -> Node:
    inner = node("listItem", paragraph("最里面的一项，文字要长到折行为止，看看是否还在页面之内。"))
    for level in range(depth):
        kind = "orderedList" if level % 2 else "bulletList"
        inner = node("listItem", paragraph("外面的一项"), node(kind, inner))
    return node("bulletList", inner)


HARD = {
    "everything": everything(),
    "the benchmark": benchmark_piece(),
    "a table of three columns": piece(Document.of([table(3, "陕西省西安市")])),
    "a table of six long columns": piece(Document.of([table(6, "九三学社陕西省委员会宣传处")])),
    "a table of twelve columns": piece(Document.of([table(12, "2021年12月")])),
    "a table of addresses": piece(Document.of([table(3, "https://example.org/" + "a" * 80)])),
    "lists in lists in lists": piece(Document.of([nested(4)])),
    "a listing without blanks": piece(Document.of([node("codeBlock", text("x" * 300))])),
    "an address without end": piece(Document.of([paragraph("https://example.org/" + "a" * 300)])),
    "a small picture": piece(Document.of([figure("seal")])),
    "a table in a list": piece(
        Document.of([node("bulletList", node("listItem", paragraph("一"), table(4, "陕西")))])
    ),
    "many empty lines": piece(Document.of([paragraph("一"), *[paragraph()] * 30, paragraph("二")])),
}
HARD["a small picture"].pictures["seal"] = everything().pictures["art"]  # type: ignore[index]


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("case", HARD)
def test_no_rule_of_the_platform_is_broken(page: Page, case: str, sheet: str):
    modes: tuple[Mode, ...] = ("self_contained", "compact")
    for name in THEMES:
        assert complaints(page, render(HARD[case], theme(name)).html, sheet) == []
        if case != "the benchmark":
            for mode in modes:
                html = _Writer(HARD[case], theme(name), mode).article()
                assert complaints(page, html, sheet) == []


def test_the_checker_finds_what_it_looks_for(page: Page):
    wrong = (
        '<p style="width:100%;margin-left:200px">宽</p><p style="line-height:0">叠</p>'
        '<p style="font-family:Arial">字</p><p style="height:10px">高</p>'
        f"{'<section>' * 16}深{'</section>' * 16}<section>{'<p></p>' * 21}</section>"
    )
    found = " ".join(complaints(page, wrong, "bare"))
    for rule in ("overflow", "line height 0", "a font", "a fixed height", "nested", "empty nodes"):
        assert rule in found


TOPS = """() => {
  const walker = document.createTreeWalker(document.querySelector('#box'), NodeFilter.SHOW_TEXT);
  const tops = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    tops.push([walker.currentNode.textContent.trim().slice(-6), range.getBoundingClientRect().top]);
  }
  return tops;
}"""


@pytest.mark.parametrize("name", THEMES)
def test_the_short_form_looks_like_the_long_one(page: Page, name: str):
    """Every line stands where it stands in the long form, so that margins are left out only where nobody sees it."""
    source = (
        "一\n\n二\n\n三\n\n> 四\n>\n> 五\n\n- 六\n  - 七\n- 八\n\n九\n\n## 十\n\n甲\n\n乙\n\n"
        "![x](https://example.org/1.png)\n\n丙\n\n1. 丁\n2. 戊\n\n### 己\n\n庚\n\n---\n\n辛"
    )
    article: Piece = piece(markdown(source))
    seen = []
    modes: tuple[Mode, ...] = ("self_contained", "compact")
    for mode in modes:
        show(page, "reader")
        html = with_pictures(_Writer(article, theme(name), mode).article())
        page.evaluate("(html) => { box.style.width = '375px'; box.innerHTML = html }", html)
        page.wait_for_function("() => [...document.images].every((i) => i.complete)")
        seen.append([(words[-1:], top) for words, top in page.evaluate(TOPS) if words])
    long, short = seen
    assert [words for words, _ in long] == [words for words, _ in short]
    for (words, there), (_, here) in zip(long, short, strict=True):
        assert here == pytest.approx(there, abs=1.5), words
