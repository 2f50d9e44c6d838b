"""A body as plain text: for search, counting, digests and checks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from webapp.document.model import Document, Node

READING_CHARACTERS_PER_MINUTE = 400
"""Silent reading of Chinese prose is commonly put at 300 to 500 characters a minute."""

# Word's 字数 counts each Chinese character and each full-width mark as one, and each run of anything else as one.
_counted = re.compile(
    r"[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffef“”‘’…—·\U00020000-\U0003ffff]"
    r"|[^\s\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f“”‘’…—·\U00020000-\U0003ffff]+"
)


@dataclass(frozen=True)
class Count:
    """`characters` as Word counts 字数; `minutes` to read it, rounded up."""

    characters: int
    minutes: int


def inline_text(block: Node) -> str:
    """The text of a paragraph, heading, code block or caption; a line break is \\n."""
    if len(block.content) == 1 and (alone := block.content[0].text) is not None:
        return alone
    return "".join("\n" if child.text is None else child.text for child in block.content)


def text_of(node: Node) -> str:
    """All letters inside, nothing between blocks."""
    return node.text or "".join(map(text_of, node.content))


def is_blank(block: Node) -> bool:
    """No letter to be seen in its own text: what an editor's blank line leaves."""
    letters = "".join([child.text or "" for child in block.content])
    return not letters or letters.isspace()


def is_empty(node: Node) -> bool:
    """Neither letters nor pictures anywhere inside."""
    if node.type in {"figure", "horizontalRule"}:
        return False
    return is_blank(node) if node.holds_text else all(map(is_empty, node.content))


def textblocks(document: Document) -> Iterator[Node]:
    """The blocks that hold text themselves, in reading order; a picture without a caption is left out."""
    stack = list(reversed(document.content))
    while stack:
        block = stack.pop()
        if not block.holds_text:
            stack.extend(reversed(block.content))
        elif block.content or block.type != "figure":
            yield block


def plain_text(document: Document) -> str:
    return "\n".join(map(inline_text, textblocks(document)))


def count_characters(document: Document) -> Count:
    characters = count_text(plain_text(document))
    return Count(characters, math.ceil(characters / READING_CHARACTERS_PER_MINUTE))


def count_text(text: str) -> int:
    return sum(1 for _ in _counted.finditer(text))
