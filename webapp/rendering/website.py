"""Document → semantic HTML for the website's article page: classes instead of inline styles, links that can be followed.

Written node by node like `wechat`, and like it without what leaves no trace (empty paragraphs, empty items), so that both
channels carry the same text and pictures in the same order. The page around it has the title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from webapp.document.model import Mark, Node
from webapp.document.text import is_blank, is_empty
from webapp.rendering.captions import heading_numbers, ordered_credits, picture_lines
from webapp.rendering.model import Credit, Picture, Piece
from webapp.rendering.themes import Theme

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


def render(piece: Piece, theme: Theme) -> str:
    """Raises MissingPicture when the body names an asset without a picture."""
    return _Writer(piece, theme).article()


class _Writer:
    def __init__(self, piece: Piece, theme: Theme) -> None:
        self.piece = piece
        self.theme = theme

    def article(self) -> str:
        head, foot = ordered_credits(self.piece.credits, self.theme.credits)
        numbers = heading_numbers(self.piece.body, self.theme.heading.numbering)
        body = "".join(
            self.heading(block, numbers[place]) if place in numbers else self.block(block)
            for place, block in enumerate(self.piece.body.content)
        )
        indent = " article-body--indented" if self.theme.body.first_line_indent else ""
        return (
            f'<div class="article-body article-body--{self.theme.name}{indent}">'
            f"{_kicker(self.piece.kicker)}{credit_list(head)}{body}{credit_list(foot)}</div>"
        )

    def blocks(self, nodes: Iterable[Node]) -> str:
        return "".join(map(self.block, nodes))

    def block(self, node: Node) -> str:
        return "" if is_empty(node) else _BLOCKS[node.type](self, node)

    def paragraph(self, node: Node) -> str:
        return f"<p{_align(node)}>{self.inline(node)}</p>"

    def heading(self, node: Node, number: str = "") -> str:
        name = f"h{node.number('level')}"
        return f"<{name}{_align(node)}>{number}{self.inline(node)}</{name}>"

    def quote(self, node: Node) -> str:
        return f"<blockquote>{self.blocks(node.content)}</blockquote>"

    def list(self, node: Node) -> str:
        items = "".join(
            f"<li>{self.inline(item.content[0])}{self.blocks(item.content[1:])}</li>"
            for item in node.content
            if not is_empty(item)
        )
        if node.type == "bulletList":
            return f"<ul>{items}</ul>"
        start = node.number("start")
        return f"<ol>{items}</ol>" if start == 1 else f'<ol start="{start}">{items}</ol>'

    def code(self, node: Node) -> str:
        text = escape("".join(child.text or "" for child in node.content), quote=False)
        language = node.string("language")
        name = f' class="language-{escape(language)}"' if language else ""
        return f"<pre><code{name}>{text}</code></pre>"

    def rule(self, node: Node) -> str:
        return "<hr>"

    def table(self, node: Node) -> str:
        rows = "".join(f"<tr>{''.join(map(self.cell, row.content))}</tr>" for row in node.content)
        return f'<div class="table-scroll"><table><tbody>{rows}</tbody></table></div>'

    def cell(self, node: Node) -> str:
        name = "th" if node.type == "tableHeader" else "td"
        spans = "".join(
            f' {span}="{node.attrs[span]}"'
            for span in ("colspan", "rowspan")
            if node.attrs[span] != 1
        )
        return f"<{name}{spans}>{self.blocks(node.content)}</{name}>"

    def figure(self, node: Node) -> str:
        picture = self.piece.picture(node.string("asset"))
        alt = escape(node.string("alt") or picture.alt)
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
        width = node.number("width")
        # The stylesheet has a class for each ten per cent.
        name = "" if width == 100 else f' class="width-{round(width / 10) * 10}"'
        image = f'<img src="{escape(picture.url)}"{size} alt="{alt}" loading="lazy">'
        return f"<figure{name}>{image}{self.caption(node, picture)}</figure>"

    def caption(self, node: Node, picture: Picture) -> str:
        lines = [] if is_blank(node) else [f"<span>{self.inline(node)}</span>"]
        lines.extend(f"<span>{escape(line, quote=False)}</span>" for line in picture_lines(picture))
        return f"<figcaption>{''.join(lines)}</figcaption>" if lines else ""

    def gallery(self, node: Node) -> str:
        layout = node.string("layout")
        return f'<div class="gallery gallery--{layout}">{self.blocks(node.content)}</div>'

    def inline(self, node: Node) -> str:
        return "".join(
            "<br>" if child.text is None else _text(child.text, child.marks)
            for child in node.content
        )


def credit_list(credits_: Iterable[Credit]) -> str:
    lines = "".join(
        f"<li>{escape(f'{line.label}：{line.names}', quote=False)}</li>" for line in credits_
    )
    return f'<ul class="article-credits">{lines}</ul>' if lines else ""


def _kicker(text: str) -> str:
    return f'<p class="article-kicker">{escape(text, quote=False)}</p>' if text else ""


def _align(node: Node) -> str:
    align = node.string("align")
    return f' class="align-{align}"' if align else ""


def _text(value: str, marks: tuple[Mark, ...]) -> str:
    out = escape(value, quote=False).replace("\n", "<br>")
    for mark in reversed(marks):
        if mark.type == "link":
            href = escape(str(mark.attrs["href"]))
            out = f'<a href="{href}" rel="noopener nofollow">{out}</a>'
        elif mark.type == "tone":
            out = f'<span class="tone-{mark.attrs["name"]}">{out}</span>'
        else:
            out = f"<{_MARKS[mark.type]}>{out}</{_MARKS[mark.type]}>"
    return out


_BLOCKS: dict[str, Callable[[_Writer, Node], str]] = {
    "blockquote": _Writer.quote,
    "bulletList": _Writer.list,
    "codeBlock": _Writer.code,
    "figure": _Writer.figure,
    "gallery": _Writer.gallery,
    "heading": _Writer.heading,
    "horizontalRule": _Writer.rule,
    "orderedList": _Writer.list,
    "paragraph": _Writer.paragraph,
    "table": _Writer.table,
}
