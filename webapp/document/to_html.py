"""Document → plain semantic HTML, for export and for other editors. `from_html(to_html(d))` is `d` again."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from webapp.document.model import Document, Mark, Node

ImageUrl = Callable[[str], str]
"""The address under which the picture of an asset id is found."""

_MARKS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "code": "code",
    "superscript": "sup",
    "subscript": "sub",
    "highlight": "mark",
}
_BLOCKS = {
    "blockquote": "blockquote",
    "bulletList": "ul",
    "listItem": "li",
    "tableRow": "tr",
}


def to_html(document: Document, *, image_url: ImageUrl) -> str:
    """No blanks between tags; blanks in the text count, which the outer element says."""
    writer = _Writer(image_url)
    return f'<div data-tongxin="document">{writer.all(document.content)}</div>'


class _Writer:
    def __init__(self, image_url: ImageUrl) -> None:
        self.image_url = image_url

    def all(self, nodes: tuple[Node, ...]) -> str:
        return "".join(map(self.one, nodes))

    def one(self, node: Node) -> str:
        if node.text is not None:
            return _text(node.text, node.marks)
        if tag := _BLOCKS.get(node.type):
            return f"<{tag}>{self.all(node.content)}</{tag}>"
        return _WRITERS[node.type](self, node)

    def line_break(self, node: Node) -> str:
        return "<br>"

    def rule(self, node: Node) -> str:
        return "<hr>"

    def paragraph(self, node: Node) -> str:
        return f"<p{_align(node)}>{self.all(node.content)}</p>"

    def heading(self, node: Node) -> str:
        tag = f"h{node.number('level')}"
        return f"<{tag}{_align(node)}>{self.all(node.content)}</{tag}>"

    def ordered_list(self, node: Node) -> str:
        start = node.number("start")
        begin = "" if start == 1 else f' start="{start}"'
        return f"<ol{begin}>{self.all(node.content)}</ol>"

    def code(self, node: Node) -> str:
        # A parser drops a line end right after <pre>, but not after <code>.
        language = node.string("language")
        name = f' class="language-{escape(language)}"' if language else ""
        return f"<pre><code{name}>{self.all(node.content)}</code></pre>"

    def figure(self, node: Node) -> str:
        width = node.number("width")
        size = "" if width == 100 else f' data-width="{width}"'
        address = escape(self.image_url(node.string("asset")))
        caption = f"<figcaption>{self.all(node.content)}</figcaption>" if node.content else ""
        image = f'<img src="{address}" alt="{escape(node.string("alt"))}">'
        return f"<figure{size}>{image}{caption}</figure>"

    def gallery(self, node: Node) -> str:
        return f'<div data-gallery="{node.string("layout")}">{self.all(node.content)}</div>'

    def table(self, node: Node) -> str:
        return f"<table><tbody>{self.all(node.content)}</tbody></table>"

    def cell(self, node: Node) -> str:
        tag = "th" if node.type == "tableHeader" else "td"
        spans = "".join(
            f' {name}="{node.number(name)}"'
            for name in ("colspan", "rowspan")
            if node.number(name) != 1
        )
        return f"<{tag}{spans}>{self.all(node.content)}</{tag}>"


def _align(node: Node) -> str:
    align = node.string("align")
    return f' style="text-align:{align}"' if align else ""


def _text(value: str, marks: tuple[Mark, ...]) -> str:
    out = escape(value, quote=False)
    for mark in reversed(marks):
        if mark.type == "link":
            out = f'<a href="{escape(str(mark.attrs["href"]))}">{out}</a>'
        elif mark.type == "tone":
            out = f'<span data-tone="{mark.attrs["name"]}">{out}</span>'
        else:
            out = f"<{_MARKS[mark.type]}>{out}</{_MARKS[mark.type]}>"
    return out


_WRITERS: dict[str, Callable[[_Writer, Node], str]] = {
    "codeBlock": _Writer.code,
    "figure": _Writer.figure,
    "gallery": _Writer.gallery,
    "hardBreak": _Writer.line_break,
    "heading": _Writer.heading,
    "horizontalRule": _Writer.rule,
    "orderedList": _Writer.ordered_list,
    "paragraph": _Writer.paragraph,
    "table": _Writer.table,
    "tableCell": _Writer.cell,
    "tableHeader": _Writer.cell,
}
