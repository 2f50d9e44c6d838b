"""The changes of a clean-up, carried into a Document: text changes, marks and structure stay.

Offsets count in `plain_text(document)`: the text blocks in reading order, joined by "\\n".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from webapp.document.model import Document, Node, merged, text
from webapp.document.text import inline_text, textblocks
from webapp.intake.model import Cleanup

MASK = "X"
"""Stands for code: a Latin letter, which no step changes."""


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """`cleanups` with `block`, `start` and `position` in the new document."""

    document: Document
    cleanups: tuple[Cleanup, ...]


def mask(document: Document) -> str:
    """`plain_text(document)` with code overwritten, character by character."""
    return "\n".join(map(_masked, textblocks(document)))


def rewrite(document: Document, changes: Sequence[Cleanup]) -> Rewritten:
    """Empty top-level paragraphs and headings go: the theme spaces paragraphs. Empty cells and list items stay."""
    if not changes and not any(map(_is_empty_line, document.content)):
        return Rewritten(document=document, cleanups=())
    writer = _Writer(changes)
    blocks: list[Node] = []
    for block in document.content:
        writer.begin(len(blocks))
        new = writer.block(block)
        if _is_empty_line(new):
            writer.forget_empty_line()
        else:
            blocks.append(new)
    return Rewritten(document=Document.of(blocks), cleanups=tuple(writer.placed))


def _is_empty_line(block: Node) -> bool:
    return not block.content and block.type in {"paragraph", "heading"}


def _masked(block: Node) -> str:
    if block.type == "codeBlock":
        return MASK * len(inline_text(block))
    if not any(child.marks for child in block.content):
        return inline_text(block)
    return "".join(
        "\n" if child.text is None else MASK * len(child.text) if _is_code(child) else child.text
        for child in block.content
    )


def _is_code(child: Node) -> bool:
    return any(mark.type == "code" for mark in child.marks)


@dataclass
class _Writer:
    """Walks the text blocks once, along with the changes. `read` counts in the old text, `written` in the new one."""

    changes: Sequence[Cleanup]
    read: int = 0
    written: int = 0
    index: int = 0
    top: int = 0
    top_start: int = 0
    top_placed: int = 0
    reaching: Cleanup | None = None
    placed: list[Cleanup] = field(default_factory=list)

    def begin(self, top: int) -> None:
        self.top = top
        self.top_start = self.written
        self.top_placed = len(self.placed)

    def forget_empty_line(self) -> None:
        self.written -= 1
        for index in range(self.top_placed, len(self.placed)):
            self.placed[index] = replace(self.placed[index], line=self.top)

    def block(self, node: Node) -> Node:
        if not node.holds_text:
            return node._replace(content=tuple(map(self.block, node.content)))
        if node.type == "figure" and not node.content:
            return node
        end = self.read + len(inline_text(node))
        mine = self._changes_until(end)
        new = node._replace(content=_changed(node.content, mine, self.read)) if mine else node
        length = len(inline_text(new))
        self._place(mine, self.written + length)
        self.written += length + 1
        self.read = end + 1
        return new

    def _changes_until(self, end: int) -> list[Cleanup]:
        """Those that begin before `end`, and the one that reaches in from the blocks before."""
        mine = [self.reaching] if self.reaching else []
        while self.index < len(self.changes) and self.changes[self.index].offset <= end:
            mine.append(self.changes[self.index])
            self.index += 1
        last = mine[-1] if mine else None
        self.reaching = last if last and last.offset + len(last.before) > end + 1 else None
        return mine

    def _place(self, mine: Iterable[Cleanup], end: int) -> None:
        drift = self.written - self.read
        for change in mine:
            finish = change.offset + len(change.before)
            if change.offset < self.read:
                drift -= finish - self.read
                continue
            position = min(change.offset + drift, end)
            start = position - self.top_start
            self.placed.append(change.at(position=position, block=self.top, start=start))
            drift += len(change.after) - len(change.before)


def _changed(content: Sequence[Node], changes: Sequence[Cleanup], start: int) -> tuple[Node, ...]:
    """`start` is where the content stands in the old text. A line break at the end, the last line gone, shows nothing."""
    out: list[Node] = []
    waiting = deque(changes)
    for child in content:
        value = "\n" if child.text is None else child.text
        end = start + len(value)
        while waiting and waiting[0].offset + len(waiting[0].before) <= start:
            waiting.popleft()
        mine = _until(waiting, end)
        if not mine:
            out.append(child)
        elif written := _written(value, start, mine):
            out.append(text(written, *child.marks))
        start = end
    while out and out[-1].type == "hardBreak":
        out.pop()
    return merged(out)


def _until(changes: Iterable[Cleanup], end: int) -> list[Cleanup]:
    return list(takewhile(lambda change: change.offset < end, changes))


def _written(value: str, start: int, changes: Sequence[Cleanup]) -> str:
    pieces: list[str] = []
    reached = 0
    for change in changes:
        begin = max(0, change.offset - start)
        finish = min(len(value), change.offset + len(change.before) - start)
        pieces += (value[reached:begin], _share(change, start + begin, start + finish))
        reached = finish
    return "".join([*pieces, value[reached:]])


def _share(change: Cleanup, begin: int, finish: int) -> str:
    """What of the change falls to one of the pieces of text that it covers: where characters are exchanged one by one each
    keeps its marks, otherwise all goes to the first piece."""
    if len(change.after) == len(change.before):
        return change.after[begin - change.offset : finish - change.offset]
    return change.after if begin == change.offset else ""
