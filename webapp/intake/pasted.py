"""HTML as Word, WPS, Excel, WeChat pages and the WeChat editors (135, 秀米) write it → HTML that says what it means.

Nested sections and styled spans `document.from_html` reads by itself; here is what only the source's own habits explain. One walk
over the tree, in reading order, so that time stays in proportion to the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.document.embedded import EMBEDS, told
from webapp.document.fitting import Loss
from webapp.intake.labels import LabelKind, read_label
from webapp.intake.lists import ListParagraph, build_lists
from webapp.intake.tokens import is_token, token, without_tokens, write_out

EXCERPT_CHARS = 40
ROWS_ABOVE_MAX = 50
"""So far above a hidden row is looked for cells that reach over it."""
BACKGROUNDS_MAX = 200
"""So many elements with a background picture are looked into for text; real pages have a few dozen."""

_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"background(?:-image)?\s*:[^;]*url\(\s*[\"']?([^\"')\s<>]{1,2000})", re.IGNORECASE
)
_WORD_LIST = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d+)", re.IGNORECASE)
_WORD_LABEL = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_WORD_TITLE = re.compile(r"\bMsoTitle\b")
_EMPTY_ALTS = {"图片", "image", "img"}
"""What editors write when nobody described the picture."""


@dataclass(frozen=True)
class Read:
    """`titled`: the first thing in it is a level-1 heading."""

    html: str
    losses: tuple[Loss, ...]
    titled: bool


def read_pasted(html: str) -> Read:
    """`html` must have passed `richtext.refuse_explosive`: the parser's time grows with the square of the nesting."""
    parser = LexborHTMLParser(without_tokens(html))
    body = parser.body
    if body is None:
        return Read("", (), titled=False)
    page = parser.css_first("#js_content")
    walker = _Walker(page or body)
    walker.walk()
    inner = write_out((page or body).inner_html or "")
    losses = tuple(walker.losses)
    if page is None:
        return Read(inner, losses, walker.titled)
    title = _wechat_title(parser)
    heading = f"<h1>{escape(title)}</h1>" if title else ""
    around = Loss("page", title, "公众号页面里正文以外的部分（作者、日期、推荐等）没有导入")
    return Read(heading + inner, (around, *losses), titled=bool(title))


def _wechat_title(parser: LexborHTMLParser) -> str:
    """A saved page of mp.weixin.qq.com has its title above the article, not in it."""
    heading = parser.css_first("#activity-name")
    return " ".join(heading.text().split()) if heading is not None else ""


@dataclass
class _Walker:
    root: LexborNode
    losses: list[Loss] = field(default_factory=list)
    titled: bool = False
    begun: bool = False
    backgrounds: int = 0
    listed: set[int] = field(default_factory=set)

    def walk(self) -> None:
        node = self.root.first_child
        while node is not None:
            node = self.visit(node)

    def visit(self, node: LexborNode) -> LexborNode | None:
        """Mends the node and answers where to go on."""
        if node.is_text_node:
            self._begin(node, node.text_content or "")
        elif node.is_element_node:
            return self._visit_element(node, node.tag or "", node.attributes)
        return self._behind(node)

    def _visit_element(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None]
    ) -> LexborNode | None:
        style = attributes.get("style") or ""
        if style and _HIDDEN.search(style):
            if tag == "tr":
                _shorten_spans_over(node)
            return self._without(node, "hidden", "页面上看不见的文字没有导入")
        if tag == "del" and "datetime" in attributes:
            return self._without(node, "deletion", "修订中已删除的文字没有导入")
        if tag in EMBEDS:
            self.losses.extend(told(node))
            return self._removed(node)
        if tag == "ins" and "datetime" in attributes:
            first = node.first_child or self._behind(node)
            node.unwrap()
            return first
        if tag == "p" and _is_blank(node):
            return self._removed(node)
        self._mend(node, tag, attributes, style)
        return node.first_child or self._behind(node)

    def _mend(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], style: str
    ) -> None:
        if tag == "p":
            self._mend_paragraph(node, attributes)
        elif tag == "img":
            self.begun = True
            if attributes.get("alt") in _EMPTY_ALTS:
                del node.attrs["alt"]
        elif tag == "a" and (attributes.get("href") or "").startswith("#"):
            del node.attrs["href"]
        elif tag == "ol" and (attributes.get("type") or "1") in "aAiI":
            excerpt = _first_words(node)
            message = "列表原来用字母或罗马数字编号，现在是 1、2、3；文中提到编号的地方请核对"
            self.losses.append(Loss("list_numbers", excerpt[:EXCERPT_CHARS], message))
        elif tag == "rt" and not _is_bracketed(node):
            node.insert_before("（")
            node.insert_after("）")
        if "url(" in style:
            self._show_background(node, style)

    def _mend_paragraph(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        if _WORD_TITLE.search(attributes.get("class") or ""):
            node.insert_before(token("h1"))
            node.insert_after(token("/h1"))
            self.titled |= not self.begun
            self.begun = True
        elif node.mem_id not in self.listed and (run := _word_list(node)):
            self.listed |= {item.node.mem_id for item in run}
            build_lists(run)

    def _begin(self, node: LexborNode, text: str) -> None:
        """The first visible text decides whether there is a title."""
        if self.begun or is_token(text) or not text.strip():
            return
        self.begun = True
        parent = node.parent
        while parent is not None and parent.mem_id != self.root.mem_id:
            self.titled |= parent.tag == "h1"
            parent = parent.parent

    def _show_background(self, node: LexborNode, style: str) -> None:
        """秀米 shows pictures as backgrounds of empty elements; behind text they are decoration."""
        match = _BACKGROUND.search(style)
        if match is None or self.backgrounds >= BACKGROUNDS_MAX:
            return
        self.backgrounds += 1
        if node.text().strip() or node.css_first("img") is not None:
            self.losses.append(
                Loss("background", match[1][:EXCERPT_CHARS], "文字底下的背景图没有导入")
            )
        else:
            node.insert_before(token(f'img src="{match[1]}"'))

    def _without(self, node: LexborNode, kind: str, message: str) -> LexborNode | None:
        if excerpt := " ".join(node.text().split()):
            self.losses.append(Loss(kind, excerpt[:EXCERPT_CHARS], message))
        return self._removed(node)

    def _removed(self, node: LexborNode) -> LexborNode | None:
        following = self._behind(node)
        node.remove()
        return following

    def _behind(self, node: LexborNode) -> LexborNode | None:
        """What follows the node and everything in it."""
        current: LexborNode | None = node
        while current is not None and current.mem_id != self.root.mem_id:
            if current.next is not None:
                return current.next
            current = current.parent
        return None


def _first_words(node: LexborNode) -> str:
    item = node.css_first("li")
    return " ".join(item.text().split()) if item is not None else ""


def _is_blank(node: LexborNode) -> bool:
    """Word writes an empty line as <p><o:p>&nbsp;</o:p></p>."""
    return not node.text().strip() and node.css_first("img,[style*='url(']") is None


def _shorten_spans_over(row: LexborNode) -> None:
    """A cell from above that reaches over a hidden row loses that row."""
    distance = 0
    above = row.prev
    while above is not None and distance < ROWS_ABOVE_MAX:
        if above.tag == "tr":
            distance += 1
            for cell in above.css("td[rowspan],th[rowspan]"):
                span = cell.attributes.get("rowspan") or ""
                if span.isascii() and span.isdigit() and distance < int(span[:4]):
                    cell.attrs["rowspan"] = str(int(span[:4]) - 1)
        above = above.prev


def _is_bracketed(reading: LexborNode) -> bool:
    """<rp> stands beside the reading for readers that know no ruby."""
    return any(beside is not None and beside.tag == "rp" for beside in (reading.prev, reading.next))


def _word_list(node: LexborNode) -> list[ListParagraph]:
    """The list paragraph and those right behind it. The labels that are no longer needed are taken out."""
    run: list[ListParagraph] = []
    current: LexborNode | None = node
    while current is not None:
        if current.is_element_node:
            match = _WORD_LIST.search(current.attributes.get("style") or "")
            if current.tag != "p" or match is None:
                break
            run.append(_list_paragraph(current, int(match[1])))
        elif current.is_text_node and (current.text_content or "").strip():
            break
        current = current.next
    return run


def _list_paragraph(node: LexborNode, level: int) -> ListParagraph:
    span = next((s for s in node.css("span") if _is_label(s)), None)
    if span is None:
        return ListParagraph(node, level, read_label(""))
    label = read_label(span.text(), font=_styles_around(span, node))
    if label.kind is LabelKind.TEXT:
        span.insert_before(label.text)
    span.remove()
    return ListParagraph(node, level, label)


def _styles_around(span: LexborNode, paragraph: LexborNode) -> str:
    """Word names the bullet's font on a span around the label."""
    styles = span.attributes.get("style") or ""
    outer = span.parent
    while outer is not None and outer.mem_id != paragraph.mem_id:
        styles += outer.attributes.get("style") or ""
        outer = outer.parent
    return styles


def _is_label(span: LexborNode) -> bool:
    return _WORD_LABEL.search(span.attributes.get("style") or "") is not None
