"""A real article of 25 KB of Markdown must fit WeChat's 20,000 characters, whole and at once."""

from __future__ import annotations

import gc
import re
import sys
from dataclasses import replace

import pytest

from tests.rendering.gate import assert_fit_for_wechat
from tests.rendering.samples import THEMES, benchmark_piece, theme
from tests.thorough import IS_THOROUGH
from webapp.document.model import Document, asset_ids, walk
from webapp.document.text import plain_text
from webapp.rendering.limits import CONTENT_ADVISED_CHARACTERS
from webapp.rendering.model import Picture
from webapp.rendering.wechat import render

ARTICLE = benchmark_piece()


@pytest.mark.parametrize("name", THEMES)
def test_it_stays_below_the_limit_even_with_wechats_own_long_addresses(name: str):
    def address(asset: str) -> str:
        return f"https://mmbiz.qpic.cn/sz_mmbiz_jpg/{asset:A<60.60}/0?wx_fmt=jpeg"

    pictures = {
        asset: Picture(asset=asset, url=address(asset), width=1080, height=720)
        for asset in asset_ids(ARTICLE.body)
    }
    article = benchmark_piece(pictures=pictures)
    assert render(ARTICLE, theme(name)).characters < 19_500
    assert render(article, theme(name)).characters < CONTENT_ADVISED_CHARACTERS


@pytest.mark.parametrize("name", THEMES)
def test_all_of_it_is_there(name: str):
    html = render(ARTICLE, theme(name)).html
    assert_fit_for_wechat(html)
    shown = re.sub(r"<br>|<[^>]*>|\s", "", html)
    for line in plain_text(ARTICLE.body).split("\n"):
        for part in re.split(r"[：，。；、！？）】》」』”’…]", line)[:1]:
            assert re.sub(r"\s", "", part) in shown.replace("&gt;", ">")
    links = {m.attrs["href"] for n in walk(ARTICLE.body) for m in n.marks if m.type == "link"}
    assert len(links) == 49
    assert all(str(link) in html for link in links)
    assert html.count("<img ") == 9
    assert html.count("<table") == 4
    assert html.count("<code>") == 4


def test_the_same_article_gives_the_same_bytes():
    assert render(benchmark_piece(), theme()).html == render(ARTICLE, theme()).html


def test_thousands_of_renderings_leave_nothing_in_memory():
    look = theme()
    part = replace(ARTICLE, body=Document(ARTICLE.body.content[:14]))
    for _ in range(100):
        render(part, look)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(10_000 if IS_THOROUGH else 1_000):
        render(part, look)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500
