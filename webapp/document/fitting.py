"""Blocks as foreign HTML nests them, brought into what the schema allows: the text stays, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from webapp.document.inline import with_mark, without_mark
from webapp.document.model import Document, InvalidDocument, Node, mark, node
from webapp.document.schema import SCHEMA
from webapp.document.text import text_of

# How many levels a container needs below itself before its first text.
_NEEDS = {"blockquote": 1, "gallery": 1, "bulletList": 2, "orderedList": 2, "table": 3}
_IN_CELLS = {"paragraph", "bulletList", "orderedList", "figure"}


@dataclass(frozen=True)
class Loss:
    """Something that the document cannot hold: what it was, an excerpt to find it by, and what became of it."""

    kind: str
    excerpt: str
    message: str


def leaves(block: Node) -> Iterator[Node]:
    """The blocks without blocks inside, in reading order."""
    if block.type not in _NEEDS and block.type not in {
        "listItem",
        "tableRow",
        "tableCell",
        "tableHeader",
    }:
        yield block
    for child in block.content:
        if not SCHEMA.nodes[child.type].inline:
            yield from leaves(child)


def bold(content: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(
        child._replace(marks=with_mark(child.marks, mark("bold"))) if child.text else child
        for child in content
    )


def listed(blocks: list[Node]) -> Node:
    """A list item of these blocks: it begins with a paragraph, since that is what a marker stands before."""
    first = blocks[0] if blocks else node("paragraph")
    if first.type == "heading":
        blocks = [node("paragraph", *bold(first.content)), *blocks[1:]]
    elif first.type != "paragraph" or not blocks:
        blocks = [node("paragraph"), *blocks]
    return node("listItem", *blocks)


def fitted_document(blocks: Sequence[Node], losses: list[Loss]) -> Document:
    """Most are what the schema allows as they stand; it is asked again about what was fitted. Raises InvalidDocument."""
    try:
        return Document.of(blocks)
    except InvalidDocument:
        return Document.of(fitted(blocks, losses))


def fitted(blocks: Iterable[Node], losses: list[Loss], depth: int = 1) -> Iterator[Node]:
    for block in blocks:
        if depth + _NEEDS.get(block.type, 0) <= SCHEMA.max_depth:
            yield _with_fitted_children(block, losses, depth)
        else:
            losses.append(Loss("depth", text_of(block)[:40], "嵌套太深，已改为并列的段落"))
            yield from leaves(block)


def _with_fitted_children(block: Node, losses: list[Loss], depth: int) -> Node:
    if block.type in {"blockquote", "gallery"}:
        return block._replace(content=tuple(fitted(block.content, losses, depth + 1)))
    if block.type in {"bulletList", "orderedList"}:
        items = (fitted(item.content, losses, depth + 2) for item in block.content)
        return block._replace(content=tuple(listed(list(item)) for item in items))
    if block.type == "table":
        rows = (
            row._replace(content=tuple(_cell(cell, losses, depth + 3) for cell in row.content))
            for row in block.content
        )
        return block._replace(content=tuple(rows))
    return block


def _cell(cell: Node, losses: list[Loss], depth: int) -> Node:
    content: list[Node] = []
    for block in fitted(cell.content, losses, depth):
        if block.type in _IN_CELLS:
            content.append(block)
        else:
            losses.append(Loss("cell", text_of(block)[:40], "表格里放不下这种内容，已改为段落"))
            for leaf in leaves(block):
                content.extend(_plain(leaf))
    return cell._replace(content=tuple(content) or (node("paragraph"),))


def _plain(leaf: Node) -> Iterator[Node]:
    if leaf.type == "codeBlock":
        for line in text_of(leaf).split("\n"):
            code = Node("text", text=line, marks=(mark("code"),))
            yield node("paragraph", code) if line else node("paragraph")
    elif leaf.type == "heading":
        yield node("paragraph", *bold(leaf.content), align=leaf.attrs["align"])
    elif leaf.type != "horizontalRule":
        yield leaf


def plain_heading(content: Iterable[Node]) -> tuple[Node, ...]:
    """A heading is bold already; pages that say it twice would only make the article longer."""
    return tuple(child._replace(marks=without_mark(child.marks, "bold")) for child in content)
