"""A picture message (图片消息): how many pictures and how much text it takes, and what of the body it cannot show. The text
itself goes out whole, without markup: see `rendering.newspic`; what changes on the way is told here, nothing is lost unsaid.

Limits of `newspic` in draft/add (developers.weixin.qq.com, 新增草稿; read 2026-11): 1 to 20 pictures, content must be there
and be under 20,000 characters. The console lets one type no more than a title of 20 字 and a text of 1,000
(github.com/JimLiu/baoyu-skills, read 2026-11), so beyond those an editor may be unable to mend it there.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.checks.model import Finding
from webapp.checks.passages import Case
from webapp.checks.platform_limits import CONTENT_CHARS, units
from webapp.checks.reporting import about
from webapp.document.model import Document, Node, walk
from webapp.document.text import is_blank

MAX_PICTURES = 20
TITLE_ADVISED_UNITS = 40
TEXT_ADVISED_CHARS = 1_000
_UNSHOWN = {"digest": "摘要", "source_url": "“阅读原文”"}


def check(case: Case) -> Iterator[Finding]:
    if case.subject.form != "newspic":
        return
    yield from _check_limits(case)
    yield from _check_fields(case)
    yield from _check_blocks(case)
    yield from _check_pictures(case)


def _check_limits(case: Case) -> Iterator[Finding]:
    count = len({block.asset for block in case.blocks if block.asset})
    if not 1 <= count <= MAX_PICTURES:
        yield about(
            "limit.picture_count",
            f"图片消息要有 1 到 {MAX_PICTURES} 张图片，现在有 {count} 张，请增减，或改发图文。",
        )
    length = len(case.subject.plain)
    if count and not case.subject.plain.strip():
        yield about(
            "limit.newspic_text_empty",
            "图片消息还没有文字，微信不收没有文字的；请写几句，或给图片写说明。",
        )
    elif length >= CONTENT_CHARS:
        yield about(
            "limit.newspic_text",
            f"图片消息的文字有 {length:,} 个字符，微信要求少于 {CONTENT_CHARS:,} 个，请删减，或改发图文。",
        )
    elif length > TEXT_ADVISED_CHARS:
        yield about(
            "newspic.text_long",
            f"图片消息的文字连图片说明和署名有 {length:,} 个字符，公众号后台最多 {TEXT_ADVISED_CHARS:,} 个，"
            "推送以后在后台可能改不了；建议删减，或改发图文。",
        )


def _check_fields(case: Case) -> Iterator[Finding]:
    title = units(case.subject.title)
    if title > TITLE_ADVISED_UNITS:
        yield about(
            "newspic.title_long",
            f"图片消息的标题在公众号后台最多 {TITLE_ADVISED_UNITS // 2} 个汉字，建议缩短。",
            field="title",
        )
    for field, name in _UNSHOWN.items():
        if getattr(case.subject, field).strip():
            yield about(
                "newspic.unshown",
                f"图片消息没有{name}，这一项不会发出；要紧的内容请写进正文，或改发图文。",
                field=field,
            )


def _check_blocks(case: Case) -> Iterator[Finding]:
    for node, place in _placed(case.subject.body):
        if node.type == "table":
            yield about(
                "newspic.table",
                "图片消息里没有表格，这个表格会变成一行一行的文字；请改写成句子，或截成图片。",
                block=place,
            )
        elif node.type == "gallery":
            yield about(
                "newspic.layout",
                "图片消息的图片都是一张一张左右滑着看，长卷、并排的版式不会有。",
                block=place,
            )
        elif any(mark.type == "link" for child in node.content for mark in child.marks):
            yield about("newspic.link", "图片消息里的链接点不开，网址会写在文字后面。", block=place)
    if any(map(_is_styled, walk(case.subject.body))):
        yield about(
            "newspic.style", "图片消息只有纯文字：加粗、颜色、对齐、小标题的样式不会有，文字都在。"
        )


def _placed(body: Document) -> Iterator[tuple[Node, int]]:
    """Each node with the number of the text block that it is, or that comes first in it."""
    count = 0
    for node in walk(body):
        yield node, count
        count += node.holds_text


def _is_styled(node: Node) -> bool:
    if node.type == "heading" or node.attrs.get("align"):
        return True
    return any(mark.type != "link" for mark in node.marks)


def _check_pictures(case: Case) -> Iterator[Finding]:
    """All pictures come first, in their order, then all of the text."""
    seen: set[str] = set()
    is_parted = was_told = False
    for node, place in _placed(case.subject.body):
        if node.type != "figure":
            is_parted = is_parted or bool(seen and node.holds_text and not is_blank(node))
            continue
        asset = node.string("asset")
        if is_parted and not was_told:
            was_told = True
            yield about(
                "newspic.order",
                "图片消息里图片全在前面、文字全在后面，写在图片之间的文字会到图片后面去；"
                "提到“上图”“下图”的地方请核对。",
                block=place,
            )
        if asset in seen:
            yield about(
                "newspic.repeated",
                "这张图片前面已经有了，图片消息里只出现一次。",
                block=place,
                asset=asset,
            )
        seen.add(asset)
