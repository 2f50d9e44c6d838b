"""What readers of foreign text have in common: runs of text that end as paragraphs or headings, pictures between them,
links that a body can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.document.fitting import Loss, plain_heading
from webapp.document.inline import collapsed
from webapp.document.model import Mark, Node, merged, node
from webapp.document.schema import SCHEMA
from webapp.document.text import text_of
from webapp.kernel.richtext import printable

AssetFor = Callable[[str], str | None]
"""The asset id for the address of a picture, or None when there is no such asset."""

HEADING_LEVELS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
ALT_MAX_CHARACTERS = 500
_HREF = SCHEMA.marks["link"].attributes["href"]


class Context(NamedTuple):
    """What an element inherits from those around it."""

    marks: tuple[Mark, ...] = ()
    align: str | None = None
    level: int = 0
    width: int = 100
    verbatim: bool = False


@dataclass(slots=True)
class Flow:
    blocks: list[Node] = field(default_factory=list)
    run: list[Node] = field(default_factory=list)

    def flush(self, context: Context) -> bool:
        """Ends the paragraph or heading that is being read; False when there was nothing in it."""
        content = merged(self.run) if context.verbatim else collapsed(self.run)
        self.run = []
        if content:
            self.blocks.append(textblock(content, context))
        return bool(content)


def textblock(content: tuple[Node, ...], context: Context) -> Node:
    if not context.level:
        if not context.align:
            return node("paragraph", *content)
        return node("paragraph", *content, align=context.align)
    align = None if context.align == "justify" else context.align
    if not context.verbatim:
        content = plain_heading(content)
    return node("heading", *content, level=context.level, align=align)


class Reader:
    """`losses`: what the document cannot hold, in reading order."""

    def __init__(self, asset_for: AssetFor) -> None:
        self.asset_for = asset_for
        self.losses: list[Loss] = []

    def lose(self, kind: str, excerpt: str, message: str) -> None:
        self.losses.append(Loss(kind, " ".join(excerpt.split())[:40], message))

    def put_picture(self, flow: Flow, context: Context, *, alt: str, address: str) -> None:
        """A block of its own; without an asset the paragraph “〔图片未导入：alt〕”."""
        if flow.flush(context):
            self.lose("inline_image", text_of(flow.blocks[-1]), "文字中间的图片已单独成段")
        if any(m.type == "link" for m in context.marks):
            self.lose("image_link", alt, "图片上的链接没有保留")
        alt, address = printable(alt), address.strip()
        asset = self.asset_for(address) if address else None
        if asset is None:
            self.lose("image", alt or address, "图片没有导入，请在素材库上传后放回原处")
            note = f"〔图片未导入：{alt}〕" if alt else "〔图片未导入〕"
            flow.blocks.append(node("paragraph", Node("text", text=note)))
            return
        if len(alt) > ALT_MAX_CHARACTERS:
            self.lose("alt", alt, f"图片说明超过 {ALT_MAX_CHARACTERS} 字，已截短")
        flow.blocks.append(
            node("figure", asset=asset, alt=alt[:ALT_MAX_CHARACTERS], width=context.width)
        )

    def usable(self, address: str) -> str | None:
        """The address as a link holds it, or None."""
        address = address.strip()
        href = f"https:{address}" if address.startswith("//") else address
        return href if _HREF.fault(href) is None else None

    def lose_link(self, address: str, words: str) -> None:
        self.lose("link", words, f"链接地址用不了，只留下文字：{address[:60]}")
