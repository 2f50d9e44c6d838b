"""Document + theme → the HTML of an official account's article body.

It is written node by node from a fixed set of tags and precomputed styles, every value escaped, so that it is safe by
construction. Rules and their evidence: WeChat's layout checker (github.com/wechatjs/verify-article-structure-spec, read
2026-11), mp-darkmode, and the bodies counted in `styles.PROPERTIES`. In short: section, never div; no id, class, position
or font-family; lists are sections with typed markers, since the console breaks <li> apart; no blanks between block tags,
which become empty lines; empty paragraphs leave no trace, since spacing is the theme's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from webapp.document.model import Node
from webapp.document.text import is_blank, is_empty, text_of
from webapp.rendering.captions import heading_numbers, ordered_credits, picture_lines
from webapp.rendering.css import css, short, tag
from webapp.rendering.model import Credit, Picture, Piece, Rendered
from webapp.rendering.spacing import bare, topless, unspaced
from webapp.rendering.styles import Mode, styles_of
from webapp.rendering.themes import Theme
from webapp.rendering.wechat_text import InlineWriter, attribute, body_text, code_text

SELF_CONTAINED_MAX_CHARACTERS = 15_000
"""Beyond this, styles that inherit are hoisted: see `styles`. Addresses of pictures are counted as PICTURE_URL_CHARACTERS
each, whatever they are, so that the preview, the checksum and the pushed bytes choose alike.
"""
PICTURE_URL_CHARACTERS = 160

Place = Literal["top", "quote", "item", "cell"]

BULLETS = "・－＊"
"""By depth. All are one em wide in every Chinese font, so that a hanging indent of one em is exact; “•” is not."""
_THIN_BLANK = "\u2005"
_DIGIT_BLANK = "\u2007"
WIDE_TABLE_COLUMNS = 6
WORD_MAX_CHARACTERS = 12
"""What fits beside two indents on one line of a phone 320 px wide."""
_long_word = re.compile(r"[!-~]{13,}")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_PHONE_TEXT_WIDTH = 343
"""375 px less the reader page's margins: a picture narrower than this is not blown up."""


def render(piece: Piece, theme: Theme) -> Rendered:
    """Raises MissingPicture when the body names an asset without a picture."""
    try:
        writer = _Writer(piece, theme, "self_contained")
        html = writer.article()
    except _TooLong:
        writer = _Writer(piece, theme, "compact")
        html = writer.article()
    return Rendered(
        html=html,
        characters=len(html),
        bytes=len(html.encode()),
        assets=tuple(dict.fromkeys(writer.assets)),
    )


class _TooLong(Exception):
    """The way to begin anew in the short form; never seen outside."""


class _Writer:
    def __init__(self, piece: Piece, theme: Theme, mode: Mode) -> None:
        self.piece = piece
        self.theme = theme
        self.styles = styles_of(theme, mode)
        self.inline = InlineWriter(self.styles)
        self.out: list[str] = []
        self.assets: list[str] = []
        self.written = self.counted = 0
        self.url_allowance = 0
        self.hangs: list[str] = []
        self.bare = False
        self.first = True

    def article(self) -> str:
        piece = self.piece
        head, foot = ordered_credits(piece.credits, self.theme.credits)
        marker = f' data-tongxin="{attribute(piece.marker)}"' if piece.marker else ""
        self.out.append(f'<section{marker} style="{self.styles.root}">')
        if piece.kicker:
            self.out.append(f"{self.styles.kicker}{body_text(piece.kicker)}</section>")
        self.credits(head, self.styles.head)
        numbers = heading_numbers(piece.body, self.theme.heading.numbering)
        places = [i for i, block in enumerate(piece.body.content) if not is_empty(block)]
        shown = [piece.body.content[place] for place in places]
        without_margin = unspaced(shown, self.theme) if self.styles.compact else frozenset()
        for index, place in enumerate(places):
            self.bare = index in without_margin
            self.block(shown[index], "top", numbers.get(place, ""))
            self.check_length()
        self.notes()
        self.credits(foot, self.styles.credits)
        self.out.append("</section>")
        self.check_length()
        return "".join(self.out)

    def check_length(self) -> None:
        if self.styles.compact:
            return
        self.written += sum(map(len, self.out[self.counted :]))
        self.counted = len(self.out)
        if self.written + self.url_allowance > SELF_CONTAINED_MAX_CHARACTERS:
            raise _TooLong

    def open(self, opening: str) -> str:
        """The opening tag of a block at the top: nothing above the first, and no margin that its neighbours make up for."""
        if self.first:
            opening = topless(opening)
        if self.bare:
            opening = bare(opening)
        self.first = self.bare = False
        return opening

    def block(self, node: Node, place: Place, number: str = "") -> None:
        if node.type == "paragraph":
            self.paragraph(node, place)
        elif node.type == "heading":
            self.heading(node, place, number)
        elif node.type in {"bulletList", "orderedList"}:
            self.list_(node, place)
        elif place == "item":
            self.out.append(self.styles.unhung)
            _BLOCKS[node.type](self, node)
            self.out.append("</section>")
        else:
            _BLOCKS[node.type](self, node)

    def paragraph(self, node: Node, place: Place) -> None:
        if not is_blank(node):
            openings = {
                "top": self.styles.paragraph,
                "item": self.styles.unhung_line,
                "quote": self.styles.line,
                "cell": self.styles.line,
            }
            self.line(self.open(openings[place][node.string("align") or None]), node)

    def line(self, opening: str, node: Node, marker: str = "") -> None:
        self.out.append(f"{opening}{marker}{self.inline.write(node.content)}</p>")

    def heading(self, node: Node, place: Place, number: str) -> None:
        if is_blank(node):
            return
        level = node.number("level")
        opening = self.open(self.styles.heading[level, node.string("align") or None])
        text = f"{opening}{number}{self.inline.write(node.content)}</h{level}>"
        self.out.append(f"{self.styles.unhung}{text}</section>" if place == "item" else text)

    def quote(self, node: Node) -> None:
        self.out.append(self.open(self.styles.quote))
        openings = self.styles.line
        for child in node.content:
            if child.type != "paragraph":
                self.block(child, "quote")
            elif is_blank(child):
                continue
            else:
                self.line(openings[child.string("align") or None], child)
            openings = self.styles.line_after
        self.out.append("</section>")

    def list_(self, node: Node, place: Place) -> None:
        items = [item for item in node.content if not is_empty(item)]
        if not items:
            return
        markers = self.markers(node, len(items))
        hang = "wide" if len(markers[-1]) > 3 else "narrow"
        around = "own" if place == "top" else "same" if self.hangs[-1:] == [hang] else "inner"
        self.out.append(self.open(self.styles.lists[hang, around]))
        self.hangs.append(hang)
        for marker, item in zip(markers, items, strict=True):
            first, *rest = item.content
            self.line(self.styles.line[None], first, marker)
            for child in rest:
                if self.styles.compact and _is_list_of_words(child):
                    self.words(child)
                else:
                    self.block(child, "item")
        self.hangs.pop()
        self.out.append("</section>")

    def words(self, node: Node) -> None:
        """A list inside a list whose lines cannot wrap: an indent in blanks looks the same and spares a section."""
        for marker, item in zip(self.markers(node, len(node.content)), node.content, strict=True):
            self.line(self.styles.line[None], item.content[0], f"\u3000{_THIN_BLANK}{marker}")

    def markers(self, node: Node, count: int) -> list[str]:
        """1. then (1) then ①, as Chinese documents count downward; short numbers are padded to the longest."""
        depth = len(self.hangs)
        if node.type == "bulletList":
            return [BULLETS[depth % len(BULLETS)] + _THIN_BLANK] * count
        start = node.number("start")
        numbers = range(start, start + count)
        form = ("{}.", "({})", "{}.")[depth % 3]
        if depth % 3 == 2 and start >= 1 and start + count <= len(_CIRCLED):
            return [_CIRCLED[number - 1] + _THIN_BLANK for number in numbers]
        longest = len(str(numbers[-1]))
        return [
            _DIGIT_BLANK * (longest - len(str(number))) + form.format(number) + _THIN_BLANK
            for number in numbers
        ]

    def code(self, node: Node) -> None:
        text = "".join(child.text or "" for child in node.content)
        if text.strip():
            self.out.append(
                f"{self.open(self.styles.code)}<code>{code_text(text)}</code></section>"
            )

    def rule(self, node: Node) -> None:
        self.out.append(self.open(self.styles.rule))

    # ---- tables

    def table(self, node: Node) -> None:
        columns = max(sum(cell.number("colspan") for cell in row.content) for row in node.content)
        wide = columns > WIDE_TABLE_COLUMNS
        if wide:
            self.out.append(self.open(self.styles.wide_table))
        elif _long_word.search(text_of(node)):
            self.out.append(self.open(self.styles.breaking_table))
        else:
            self.out.append(self.open(self.styles.table))
        for row in node.content:
            self.out.append("<tr>")
            for cell in row.content:
                self.cell(cell)
            self.out.append("</tr>")
        self.out.append("</table></section>" if wide else "</table>")

    def cell(self, node: Node) -> None:
        head = node.type == "tableHeader"
        style = self.styles.header if head else self.styles.cell
        lines = [child for child in node.content if not is_empty(child)]
        alone = lines[0] if len(lines) == 1 and lines[0].type == "paragraph" else None
        if alone is not None and alone.attrs["align"]:
            style = ";".join(filter(None, [style, f"text-align:{alone.attrs['align']}"]))
        spans = "".join(
            f' {name}="{node.attrs[name]}"'
            for name in ("colspan", "rowspan")
            if node.attrs[name] != 1
        )
        name = "th" if head else "td"
        self.out.append(tag(name, style, spans))
        if alone is not None:
            self.out.append(self.inline.write(alone.content))
        else:
            for child in lines:
                self.block(child, "cell")
        self.out.append(f"</{name}>")

    # ---- pictures

    def figure(self, node: Node) -> None:
        picture = self.picture(node)
        fitting = max(round(picture.width / _PHONE_TEXT_WIDTH * 100), 10) if picture.width else 100
        width = min(node.number("width"), fitting)
        image = self.image(node, picture, f"width:{width}%")
        captions = self.captions(node, picture, self.styles.caption, "section")
        if width == 100 and not captions:
            self.out.append(f"{self.open(self.styles.plain_figure)}{image}</p>")
        else:
            self.out.append(f"{self.open(self.styles.figure)}{image}{captions}</section>")

    def picture(self, node: Node) -> Picture:
        picture = self.piece.picture(node.string("asset"))
        self.assets.append(picture.asset)
        return picture

    def image(self, node: Node, picture: Picture, style: str) -> str:
        ratio = f"{picture.height / max(picture.width, 1):.4f}".rstrip("0").rstrip(".")
        alt = attribute(node.string("alt") or picture.alt)
        address = attribute(picture.url)
        self.url_allowance += PICTURE_URL_CHARACTERS - len(address)
        return (
            f'<img src="{address}" data-w="{picture.width}" data-ratio="{ratio}"'
            f' alt="{alt}" style="{style}">'
        )

    def captions(self, node: Node, picture: Picture, opening: str, name: str) -> str:
        lines = [] if is_blank(node) else [self.inline.write(node.content)]
        lines.extend(map(body_text, picture_lines(picture)))
        return "".join(f"{opening}{line}</{name}>" for line in lines)

    def gallery(self, node: Node) -> None:
        layouts = {"slide": self.slides, "scroll": self.hand_scroll, "pair": self.pairs}
        layouts[node.string("layout")](node)

    def slides(self, node: Node) -> None:
        self.out.append(self.open(self.styles.slides))
        for figure in node.content:
            picture = self.picture(figure)
            image = self.image(figure, picture, "width:100%")
            captions = self.captions(figure, picture, self.styles.slide_caption, "span")
            self.out.append(f"{self.styles.slide}{image}{captions}</section>")
        self.out.append("</section>")
        self.under_gallery("")

    def hand_scroll(self, node: Node) -> None:
        """One long track to push sideways; its pieces join without a seam at one height, about 0.7 of the text's width."""
        pictures = [self.picture(figure) for figure in node.content]
        aspects = [max(p.width, 1) / max(p.height, 1) for p in pictures]
        track = f"{max(100, min(round(sum(aspects) * 70), 2000))}%"
        style = css(display="flex", width=track, max_width=f"{track}!important")
        self.out.append(
            self.open(self.styles.scroller) + tag("section", style, ' data-ignore-width="1"')
        )
        captions = ""
        for figure, picture, aspect in zip(node.content, pictures, aspects, strict=True):
            share = css(width=f"{short(aspect / sum(aspects) * 100)}%")
            self.out.append(self.image(figure, picture, share))
            captions += self.captions(figure, picture, self.styles.caption, "section")
        self.out.append("</section></section>")
        self.under_gallery(captions)

    def under_gallery(self, captions: str) -> None:
        hint = f"{self.styles.caption}{body_text(self.theme.gallery.hint)}</section>"
        self.out.append(
            f"{self.styles.figure}{hint if self.theme.gallery.hint else ''}{captions}</section>"
        )

    def pairs(self, node: Node) -> None:
        self.out.append(self.open(self.styles.figure))
        for figure in node.content:
            picture = self.picture(figure)
            image = self.image(figure, picture, "width:100%")
            captions = self.captions(figure, picture, self.styles.caption, "section")
            self.out.append(f"{self.styles.pair}{image}{captions}</section>")
        self.out.append("</section>")

    # ---- around the body

    def notes(self) -> None:
        if not self.inline.notes:
            return
        lines = [f"<strong>{body_text(self.theme.notes.title)}</strong>"]
        for href, note in self.inline.notes.items():
            title = f"{note.title}：" if not self.styles.compact else ""
            lines.append(body_text(f"[{note.number}] {title}{href}"))
        self.out.append(f"{self.styles.notes}{'<br>'.join(lines)}</section>")

    def credits(self, lines: Sequence[Credit], opening: str) -> None:
        if lines:
            text = "<br>".join(body_text(f"{line.label}：{line.names}") for line in lines)
            self.out.append(f"{opening}{text}</section>")


def _is_list_of_words(node: Node) -> bool:
    return node.type in {"bulletList", "orderedList"} and all(
        len(item.content) == 1
        and not is_blank(item.content[0])
        and len(text_of(item)) <= WORD_MAX_CHARACTERS
        and all(child.text is not None for child in item.content[0].content)
        for item in node.content
    )


_BLOCKS: dict[str, Callable[[_Writer, Node], None]] = {
    "blockquote": _Writer.quote,
    "codeBlock": _Writer.code,
    "figure": _Writer.figure,
    "gallery": _Writer.gallery,
    "horizontalRule": _Writer.rule,
    "table": _Writer.table,
}
