"""Two people's changes of one body put together, block by block, where they did not touch the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from webapp.document.model import Document, Node


@dataclass(frozen=True)
class _Change:
    """The blocks from `start` to `end` of the body that both began with became `blocks`."""

    start: int
    end: int
    blocks: tuple[Node, ...]

    def meets(self, other: _Change) -> bool:
        """Both touch the same block, or both put something in at the same place."""
        if self.start == self.end == other.start == other.end:
            return True
        return self.start < other.end and other.start < self.end


def merge(base: Document, mine: Document, theirs: Document) -> Document | None:
    """`base` with the changes of both; None when both changed the same block, or put something in at the same place, each
    otherwise than the other. What both did alike is done once."""
    own = _changes(base, mine)
    others = [change for change in _changes(base, theirs) if change not in own]
    if any(change.meets(other) for change in own for other in others):
        return None
    return Document.of(_applied(base, sorted([*own, *others], key=lambda c: (c.start, c.end))))


def _changes(base: Document, changed: Document) -> list[_Change]:
    matcher = SequenceMatcher(None, _keys(base), _keys(changed), autojunk=False)
    return [
        _Change(start, end, changed.content[new_start:new_end])
        for operation, start, end, new_start, new_end in matcher.get_opcodes()
        if operation != "equal"
    ]


def _keys(document: Document) -> list[bytes]:
    return [Document((block,)).canonical() for block in document.content]


def _applied(base: Document, changes: Sequence[_Change]) -> list[Node]:
    blocks: list[Node] = []
    done = 0
    for change in changes:
        blocks += [*base.content[done : change.start], *change.blocks]
        done = change.end
    return [*blocks, *base.content[done:]]
