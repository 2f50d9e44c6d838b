"""What foreign HTML embeds and no article can hold: videos, sounds, frames, forms. `kernel.richtext.clean` takes these away
with all that is inside them, so they are listed before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.document.fitting import Loss
from webapp.kernel.richtext import only

EMBEDS = {
    "audio": "音频", "mpvoice": "音频", "mp-common-mpaudio": "音频", "qqmusic": "音乐",
    "video": "视频", "iframe": "视频或嵌入的网页", "mp-common-videosnap": "视频号内容", "applet": "嵌入的对象",
    "object": "嵌入的对象", "embed": "嵌入的对象", "canvas": "图表", "mp-miniprogram": "小程序", "mp-weapp": "小程序",
    "mp-common-miniprogram": "小程序", "mp-common-profile": "公众号名片", "mp-common-product": "商品卡片",
    "mp-common-poi": "地点", "mpvote": "投票", "select": "表单", "textarea": "表单",
}  # fmt: skip
_INSTEAD = ("noscript", "noembed", "noframes")
"""What is shown only where something else cannot be: a loss when it has words."""
_NAMES = ("data-title", "title", "data-nickname", "nickname", "name", "data-src", "src", "data")
_TAGS = (*EMBEDS, *_INSTEAD)
_anything = re.compile(rf"<(?:{'|'.join(_TAGS)})\b", re.IGNORECASE)
EXCERPT_CHARACTERS = 40


def embedded(html: str) -> tuple[Loss, ...]:
    """In reading order; what stands inside another is part of it. `html` must have passed `richtext.refuse_explosive`."""
    if not _anything.search(html):
        return ()
    bare = only(html, _TAGS, _NAMES)
    # As a fragment: at the head of a page <noscript> would be read in another way.
    found = LexborHTMLParser(bare, is_fragment=True).css(",".join(_TAGS))
    return tuple(loss for node in found if not _is_inside_another(node) for loss in told(node))


def _is_inside_another(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag in _TAGS


def told(node: LexborNode) -> Iterator[Loss]:
    """The loss of this element, named by what it says of itself."""
    words = " ".join(node.text().split())
    if node.tag in _INSTEAD:
        if words:
            yield Loss("embed", words[:EXCERPT_CHARACTERS], "只在旧浏览器里显示的文字没有导入")
        return
    attributes = node.attributes
    excerpt = next((value for name in _NAMES if (value := attributes.get(name))), "") or words
    name = EMBEDS[node.tag or ""]
    yield Loss("embed", excerpt[:EXCERPT_CHARACTERS], f"{name}没有导入，请在公众号后台另行插入")
