"""Document → a picture message (图片消息, `newspic`): up to 20 pictures and plain text, which suits sets of artworks.

The platform keeps no markup there, so what markup says is written out: markers of lists, addresses of links, cells of a
table side by side. Emphasis, colours and the place of a picture in the text cannot be kept; the checks tell which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from webapp.document.model import Node, walk
from webapp.document.text import is_empty
from webapp.rendering.captions import picture_lines
from webapp.rendering.model import Newspic, Piece

CELL_GAP = "｜"
RULE = "——"
INDENT = "\u3000"
BULLET = "・"
# Whether the platform reads what looks like a tag as one is not documented; full-width, it stays in any case.
_NO_TAGS = str.maketrans("<>", "＜＞")


def render_newspic(piece: Piece) -> Newspic:
    """The kicker and the text without captions, then the captions as a numbered list, then the credits. However many pictures: the limits
    are the checks' and the gateway's. Raises MissingPicture as `wechat.render` does.
    """
    figures: dict[str, list[Node]] = {}
    for node in walk(piece.body):
        if node.type == "figure":
            figures.setdefault(node.string("asset"), []).append(node)
    parts = [piece.kicker] if piece.kicker else []
    parts += [text for block in piece.body.content for text in _block(block)]
    captions = [_caption(piece, asset, found) for asset, found in figures.items()]
    if any(captions):
        parts.append("\n".join(f"{n}. {line}" for n, line in enumerate(captions, 1) if line))
    credits_ = [f"{credit.label}：{credit.names}" for credit in piece.credits if credit.names]
    if credits_:
        parts.append("\n".join(credits_))
    return Newspic(text="\n\n".join(parts).translate(_NO_TAGS), assets=tuple(figures))


def _caption(piece: Piece, asset: str, figures: Sequence[Node]) -> str:
    """A picture that stands in the text twice is sent once, with what is said of it in both places."""
    own = [_inline(figure.content).strip() for figure in figures]
    lines = dict.fromkeys([*own, *picture_lines(piece.picture(asset))])
    return INDENT.join(line for line in lines if line)


def _block(block: Node) -> Iterator[str]:
    """The paragraphs of text that a block becomes."""
    if block.type == "horizontalRule":
        yield RULE
    elif is_empty(block) or block.type in {"figure", "gallery"}:
        return
    elif block.holds_text:
        yield _inline(block.content).strip("\n")
    elif block.type in {"bulletList", "orderedList"}:
        yield "\n".join(_items(block, 0))
    elif block.type == "table":
        yield "\n".join(CELL_GAP.join(map(_cell, row.content)) for row in block.content)
    else:
        for child in block.content:
            yield from _block(child)


def _items(list_: Node, depth: int) -> Iterator[str]:
    start = 1 if list_.type == "bulletList" else list_.number("start")
    for number, item in enumerate((i for i in list_.content if not is_empty(i)), start):
        marker = BULLET if list_.type == "bulletList" else f"{number}. "
        for child in item.content:
            if child.type in {"bulletList", "orderedList"}:
                yield from _items(child, depth + 1)
            else:
                for text in _block(child):
                    yield f"{INDENT * depth}{marker}{text}"
                    marker = INDENT


def _cell(cell: Node) -> str:
    return " ".join(text.replace("\n", " ") for child in cell.content for text in _block(child))


def _inline(content: Sequence[Node]) -> str:
    out: list[str] = []
    linked = ""
    for index, node in enumerate(content):
        text = "\n" if node.text is None else node.text
        out.append(text)
        href = _href(node)
        if not href:
            continue
        linked += text
        if index + 1 == len(content) or _href(content[index + 1]) != href:
            if linked.strip().rstrip("/") != href.rstrip("/"):
                out.append(f"（{href}）")
            linked = ""
    return "".join(out)


def _href(node: Node) -> str:
    return next((str(mark.attrs["href"]) for mark in node.marks if mark.type == "link"), "")
