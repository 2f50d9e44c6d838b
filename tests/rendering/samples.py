"""Pieces for the tests of rendering: every kind of block, the benchmark article, and pictures for any document."""

from __future__ import annotations

import re
from pathlib import Path

from webapp.document.from_html import from_html
from webapp.document.model import Document, Node, asset_ids, mark, node, paragraph, text
from webapp.intake.commonmark import Tree
from webapp.kernel.richtext import clean
from webapp.rendering.model import Artwork, Credit, Picture, Piece
from webapp.rendering.themes import Theme, load_theme

ROOT = Path(__file__).parents[2]
BENCHMARK = Path(__file__).parent / "data" / "benchmark-20k.md"
THEMES = ("frontline", "advice", "calligraphy")


def theme(name: str = "frontline") -> Theme:
    return load_theme(ROOT / "config" / "themes" / f"{name}.toml")


def asset_of(address: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")[-60:].strip("-")


def markdown(source: str) -> Document:
    return from_html(clean(Tree(source).html), asset_for=asset_of).document


def picture(asset: str, *, width: int = 1080, height: int = 720, artwork: Artwork | None = None):
    return Picture(asset=asset, url=f"asset:{asset}", width=width, height=height, artwork=artwork)


def piece(body: Document, **more) -> Piece:
    pictures = more.pop("pictures", {})
    known = {asset: picture(asset) for asset in asset_ids(body)}
    return Piece(title=more.pop("title", "题目"), body=body, pictures={**known, **pictures}, **more)


def benchmark_piece(**more) -> Piece:
    return piece(
        markdown(BENCHMARK.read_text("utf-8")),
        title="同心抗疫 共克时艰",
        credits=(Credit(label="编辑", names="甲"), Credit(label="审核", names="乙")),
        marker="bench",
        **more,
    )


def everything() -> Piece:
    """One of each: what a body can hold, with a word for each tone."""
    tones = [
        text(f"{name}色", mark("tone", name=name))
        for name in ("accent", "muted", "red", "blue", "green")
    ]
    art = Artwork(
        title="沁园春·雪",
        artist="张三",
        medium="行书 纸本",
        size="68×136cm",
        year="2021年",
        transcription="北国风光，千里冰封，万里雪飘。",
    )
    blocks = [
        node("heading", text("致敬最美逆行者")),
        paragraph(
            "正文", text("加重", mark("bold")), "：", *tones, text("标出", mark("highlight"))
        ),
        paragraph(
            text("斜", mark("italic")),
            text("线", mark("underline")),
            text("删", mark("strike")),
            text("码", mark("code")),
            "水H",
            text("2", mark("subscript")),
            "米",
            text("2", mark("superscript")),
            text("外链", mark("link", href="https://example.org/a?b=1&c=2")),
            text("公众号", mark("link", href="https://mp.weixin.qq.com/s/x")),
        ),
        node("heading", text("二级小标题"), level=3),
        node("blockquote", paragraph("引用一段话。"), paragraph("再引用一段。")),
        node(
            "bulletList",
            *listed(
                "不计名的第一项，文字足够长，要在手机上折成两行才能看出悬挂缩进是否对齐。", "第二项"
            ),
        ),
        node("orderedList", *listed("有序的第一项", "第二项")),
        node("heading", text("三级小标题"), level=4),
        figure("hall", text("捐赠仪式现场")),
        node("gallery", figure("art"), figure("art2"), layout="slide"),
        node("gallery", figure("scroll"), layout="scroll"),
        node("gallery", figure("leaf1", text("册页一")), figure("leaf2"), layout="pair"),
        sheet(),
        node("codeBlock", text("SELECT 1;\n  缩进")),
        node("horizontalRule"),
        paragraph("居中", align="center"),
    ]
    return piece(
        Document.of(blocks),
        title="同心抗疫 共克时艰",
        credits=(
            Credit(label="来源", names="社省委宣传处"),
            Credit(label="编辑", names="甲"),
            Credit(label="审核", names="乙"),
        ),
        pictures={
            "art": picture("art", width=800, height=1200, artwork=art),
            "scroll": picture("scroll", width=6000, height=1000, artwork=art),
        },
        marker="all",
    )


def figure(asset: str, *caption: Node) -> Node:
    return node("figure", *caption, asset=asset)


def listed(*lines: str) -> list[Node]:
    inner = node("listItem", paragraph("子项"))
    first, *rest = [paragraph(line) for line in lines]
    return [
        node("listItem", first, node("bulletList", inner)),
        *(node("listItem", line) for line in rest),
    ]


def sheet() -> Node:
    head = [node("tableHeader", paragraph(words)) for words in ("作品", "作者", "尺寸")]
    rows = [("山水", "李四", "68×136cm"), ("花鸟", "王五", "34×68cm")]
    cells = [[node("tableCell", paragraph(words)) for words in row] for row in rows]
    merged = node("tableCell", paragraph("以上共二件", align="center"), colspan=3)
    lines = [head, *cells, [merged]]
    return node("table", *(node("tableRow", *line) for line in lines))
