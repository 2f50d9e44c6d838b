"""HTML → Document. It never loses nor reorders text: what the schema cannot hold becomes the nearest thing, and a Loss
says so. The input must have been through `kernel.richtext.clean`, which also bounds its depth.

Foreign HTML is read as a browser shows it (blanks collapse, empty paragraphs are spacing). Our own, marked
`data-tongxin="document"` by `to_html`, is read to the letter, so that a document comes back as it went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.document.fitting import Loss, fitted_document, leaves, listed
from webapp.document.flow import HEADING_LEVELS, AssetFor, Context, Flow, Reader, textblock
from webapp.document.inline import MARK_OF_TAG, styled, toned, with_mark
from webapp.document.model import Document, Node, mark, node
from webapp.document.schema import SCHEMA
from webapp.kernel.richtext import BLOCK_TAGS, printable

__all__ = ["AssetFor", "Converted", "Loss", "from_html"]

_TONES = SCHEMA.marks["tone"].attributes["name"].values
_LAYOUTS = SCHEMA.nodes["gallery"].attributes["layout"].values
_ALIGNS = {name: name for name in ("left", "center", "right", "justify")}


@dataclass(frozen=True)
class Converted:
    document: Document
    losses: tuple[Loss, ...]


def from_html(html: str, *, asset_for: AssetFor) -> Converted:
    """A picture without an asset becomes the paragraph “〔图片未导入：alt〕” and a Loss."""
    parser = LexborHTMLParser(html)
    reader = _Reader(asset_for)
    body = parser.body
    blocks = [] if body is None else reader.blocks(body, Context())
    document = fitted_document(blocks, reader.losses)
    return Converted(document, tuple(dict.fromkeys(reader.losses)))


def _inside(context: Context, element: LexborNode) -> Context:
    attrs = element.attributes
    style = _style(attrs.get("style") or "")
    marks = styled(context.marks, style) if style else context.marks
    align = (style.get("text-align") or attrs.get("align") or "").lower()
    align = "center" if element.tag == "center" else align
    if not align:
        return context._replace(marks=marks)
    # Elsewhere, left and justified are what pages say of all their text: that is the theme's business.
    known = _ALIGNS if context.verbatim else {"center": "center", "right": "right", "end": "right"}
    return context._replace(marks=marks, align=known.get(align))


def _anew(context: Context) -> Context:
    """The context of what begins anew: list items, cells, quotations."""
    return context._replace(align=None, level=0)


def _style(text: str) -> dict[str, str]:
    pairs = (item.partition(":") for item in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _children(element: LexborNode) -> Iterator[LexborNode]:
    child = element.first_child
    while child is not None:
        yield child
        child = child.next


class _Reader(Reader):
    def blocks(self, element: LexborNode, context: Context) -> list[Node]:
        flow = Flow()
        self.read(element, flow, context)
        flow.flush(context)
        return flow.blocks

    def read(self, element: LexborNode, flow: Flow, context: Context) -> None:
        for child in _children(element):
            self.read_one(child, flow, context)

    def read_one(self, child: LexborNode, flow: Flow, context: Context) -> None:
        tag = child.tag or ""
        if child.is_text_node:
            if value := printable(child.text_content or ""):
                flow.run.append(Node("text", text=value, marks=context.marks))
        elif tag == "br":
            flow.run.append(node("hardBreak"))
        elif tag == "img":
            self.picture(child, flow, context)
        elif tag in BLOCK_TAGS:
            flow.flush(context)
            self.block(child, tag, flow, _inside(context, child))
        elif not tag.startswith("-"):
            self.read(child, flow, self.marked(child, tag, context))

    def block(self, child: LexborNode, tag: str, flow: Flow, context: Context) -> None:
        if reader := _READERS.get(tag):
            reader(self, child, flow, context)
        elif "data-gallery" in child.attributes:
            self.gallery(child, flow, context)
        else:
            self.container(child, tag, flow, context)

    def container(self, child: LexborNode, tag: str, flow: Flow, context: Context) -> None:
        if child.attributes.get("data-tongxin") == "document":
            context = context._replace(verbatim=True)
        before = len(flow.blocks)
        self.read(child, flow, context)
        flow.flush(context)
        if context.verbatim and tag == "p" and len(flow.blocks) == before:
            flow.blocks.append(textblock((), context))

    def heading(self, child: LexborNode, flow: Flow, context: Context) -> None:
        self.container(child, "p", flow, context._replace(level=HEADING_LEVELS[child.tag or "h2"]))

    def term(self, child: LexborNode, flow: Flow, context: Context) -> None:
        marks = with_mark(context.marks, mark("bold"))
        self.container(child, "div", flow, context._replace(marks=marks))

    def rule(self, child: LexborNode, flow: Flow, context: Context) -> None:
        flow.blocks.append(node("horizontalRule"))

    def quote(self, child: LexborNode, flow: Flow, context: Context) -> None:
        if blocks := self.blocks(child, _anew(context)):
            flow.blocks.append(node("blockquote", *blocks))

    # ---- lists

    def list_(self, child: LexborNode, flow: Flow, context: Context) -> None:
        items = self.items(child, _anew(context))
        if not items:
            return
        if child.tag != "ol":
            flow.blocks.append(node("bulletList", *items))
            return
        start = _number(child, "start", 1, 0, 9999)
        flow.blocks.append(node("orderedList", *items, start=start))

    def items(self, element: LexborNode, context: Context) -> list[Node]:
        """What stands between the items of a list belongs to the item before it, or makes one of its own."""
        items: list[list[Node]] = []
        stray = Flow()
        for child in _children(element):
            if child.tag == "li":
                self.settle(stray, items, context)
                items.append(self.blocks(child, _inside(context, child)._replace(align=None)))
            else:
                self.read_one(child, stray, context)
        self.settle(stray, items, context)
        return [listed(blocks) for blocks in items if blocks]

    def settle(self, stray: Flow, items: list[list[Node]], context: Context) -> None:
        stray.flush(context)
        if items:
            items[-1].extend(stray.blocks)
        elif stray.blocks:
            items.append(stray.blocks.copy())
        stray.blocks.clear()

    def stray_item(self, child: LexborNode, flow: Flow, context: Context) -> None:
        blocks = self.blocks(child, _anew(context))
        if not blocks:
            return
        previous = child.prev
        while (
            previous is not None
            and previous.is_text_node
            and not (previous.text_content or "").strip()
        ):
            previous = previous.prev
        if (
            previous is not None
            and previous.tag == "li"
            and flow.blocks[-1:]
            and flow.blocks[-1].type == "bulletList"
        ):
            last = flow.blocks.pop()
            flow.blocks.append(node("bulletList", *last.content, listed(blocks)))
        else:
            flow.blocks.append(node("bulletList", listed(blocks)))

    # ---- code

    def code(self, child: LexborNode, flow: Flow, context: Context) -> None:
        value = printable(_code_text(child))
        if not context.verbatim:
            value = value.removesuffix("\n")
        if value or context.verbatim:
            content = (Node("text", text=value),) if value else ()
            flow.blocks.append(node("codeBlock", *content, language=_language(child)))
        for picture in child.css("img"):
            self.picture(picture, flow, context)

    # ---- tables

    def table(self, child: LexborNode, flow: Flow, context: Context) -> None:
        rows: list[Node] = []
        for part in _children(child):
            if part.tag == "caption":
                self.container(part, "div", flow, _anew(context)._replace(align="center"))
            elif part.tag == "tr":
                rows.append(self.row(part, context))
            elif part.tag in {"thead", "tbody", "tfoot"}:
                rows.extend(self.row(row, context) for row in _children(part) if row.tag == "tr")
        rows = [row for row in rows if row.content]
        if rows:
            flow.blocks.append(node("table", *rows))

    def row(self, element: LexborNode, context: Context) -> Node:
        cells = (cell for cell in _children(element) if cell.tag in {"td", "th"})
        return node("tableRow", *(self.cell(cell, _anew(context)) for cell in cells))

    def cell(self, element: LexborNode, context: Context) -> Node:
        return node(
            "tableHeader" if element.tag == "th" else "tableCell",
            *(self.blocks(element, _inside(context, element)) or [node("paragraph")]),
            colspan=_number(element, "colspan", 1, 1, 50),
            rowspan=_number(element, "rowspan", 1, 1, 500),
        )

    # ---- pictures

    def figure(self, child: LexborNode, flow: Flow, context: Context) -> None:
        width = _number(child, "data-width", 100, 20, 100)
        self.container(child, "figure", flow, context._replace(width=width))

    def picture(self, child: LexborNode, flow: Flow, context: Context) -> None:
        attrs = child.attributes
        address = attrs.get("data-src") or attrs.get("src") or ""
        self.put_picture(flow, context, alt=attrs.get("alt") or "", address=address)

    def caption(self, child: LexborNode, flow: Flow, context: Context) -> None:
        """The caption of the picture before it; without one, a centred paragraph."""
        blocks = self.blocks(child, _anew(context))
        last = flow.blocks[-1] if flow.blocks else None
        if last is None or last.type != "figure" or last.content:
            flow.blocks.extend(
                b._replace(attrs={**b.attrs, "align": "center"}) if b.type == "paragraph" else b
                for b in blocks
            )
            return
        content: list[Node] = []
        parts = [leaf for block in blocks for leaf in leaves(block)]
        while parts and parts[0].type != "figure":
            part = parts.pop(0)
            if content and part.content:
                content.append(node("hardBreak"))
            content.extend(part.content)
        flow.blocks[-1] = last._replace(content=tuple(content))
        flow.blocks.extend(parts)

    def gallery(self, child: LexborNode, flow: Flow, context: Context) -> None:
        blocks = self.blocks(child, context)
        layout = child.attributes.get("data-gallery")
        if blocks and layout in _LAYOUTS and all(block.type == "figure" for block in blocks):
            flow.blocks.append(node("gallery", *blocks, layout=layout))
        else:
            flow.blocks.extend(blocks)

    # ---- text

    def marked(self, child: LexborNode, tag: str, context: Context) -> Context:
        attrs = child.attributes
        marks = context.marks
        if name := MARK_OF_TAG.get(tag):
            marks = with_mark(marks, mark(name))
        elif tag == "a" and (href := self.href(child)):
            marks = with_mark(marks, mark("link", href=href))
        elif tag == "font" and (color := attrs.get("color")):
            marks = toned(marks, color)
        elif tag == "span" and (tone := attrs.get("data-tone")) in _TONES:
            marks = with_mark(marks, mark("tone", name=tone))
        if style := _style(attrs.get("style") or ""):
            if tag == "a":
                style.pop("color", None)
            marks = styled(marks, style)
        return context._replace(marks=marks)

    def href(self, child: LexborNode) -> str | None:
        raw = child.attributes.get("href") or ""
        href = self.usable(raw)
        if href is None and raw.strip():
            self.lose_link(raw.strip(), child.text())
        return href


def _number(element: LexborNode, name: str, default: int, minimum: int, maximum: int) -> int:
    raw = (element.attributes.get(name) or "").strip()
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 9:
        return default
    return max(minimum, min(int(raw), maximum))


def _language(element: LexborNode) -> str | None:
    inner = element.css_first("code")
    for candidate in (element, inner):
        name = (candidate.attributes.get("class") or "") if candidate is not None else ""
        language = name.removeprefix("language-")
        if (
            language != name
            and SCHEMA.nodes["codeBlock"].attributes["language"].fault(language) is None
        ):
            return language
    return None


def _code_text(element: LexborNode) -> str:
    """The text with its lines: WeChat writes each line of a listing as a <code> or <br> of its own."""
    parts: list[str] = []
    for child in _children(element):
        if child.is_text_node:
            parts.append(child.text_content or "")
        elif child.tag == "br":
            parts.append("\n")
        else:
            begins = child.tag == "code" or child.tag in BLOCK_TAGS
            if begins and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            parts.append(_code_text(child))
    return "".join(parts)


_READERS: dict[str, Callable[[_Reader, LexborNode, Flow, Context], None]] = {
    **dict.fromkeys(HEADING_LEVELS, _Reader.heading),
    "blockquote": _Reader.quote,
    "dt": _Reader.term,
    "figcaption": _Reader.caption,
    "figure": _Reader.figure,
    "hr": _Reader.rule,
    "li": _Reader.stray_item,
    "ol": _Reader.list_,
    "pre": _Reader.code,
    "table": _Reader.table,
    "ul": _Reader.list_,
}
