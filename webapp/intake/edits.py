"""Small changes to a text, kept so that every one of them can be told and taken back.

A step finds its edits in the text as the steps before left it. `Ledger.apply` folds them into one list of edits against
the source, which never overlap: what two steps touched becomes one edit of the later kind. Between two edits source
and result are the same characters, so any choice of edits can be put back by walking the list once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """Replace text[start:end] by `after`. `end` is greater than `start`: a step changes or deletes, it never adds.
    A tuple, since a raw scrape has thousands."""

    start: int
    end: int
    after: str
    kind: str = ""

    @property
    def growth(self) -> int:
        return len(self.after) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The edits that lead from `source` to `text`, in source offsets, ascending, not overlapping."""

    source: str
    edits: tuple[Edit, ...] = ()

    @property
    def text(self) -> str:
        return rebuild(self.source, self.edits)

    def apply(self, found: Iterable[Edit]) -> Ledger:
        """`found` is in offsets of `self.text`, ascending, not overlapping."""
        return Ledger(self.source, tuple(_join_neighbours(_fold(self.edits, list(found)))))


def rebuild(source: str, edits: Sequence[Edit]) -> str:
    pieces: list[str] = []
    reached = 0
    for edit in edits:
        pieces += (source[reached : edit.start], edit.after)
        reached = edit.end
    pieces.append(source[reached:])
    return "".join(pieces)


def _fold(earlier: Sequence[Edit], found: Sequence[Edit]) -> Iterable[Edit]:
    """Both lists are walked once. `drift` is how far the current text has run ahead of the source."""
    drift = 0
    index = 0
    for new in found:
        while index < len(earlier) and _lies_before(earlier[index], drift, new):
            yield earlier[index]
            drift += earlier[index].growth
            index += 1
        start, end, after = new.start - drift, new.end - drift, new.after
        while index < len(earlier) and _touches(earlier[index], drift, new):
            old = earlier[index]
            begins = old.start + drift
            finishes = begins + len(old.after)
            head = old.after[: max(0, new.start - begins)]
            tail = old.after[len(old.after) - max(0, finishes - new.end) :]
            start = min(start, old.start)
            drift += old.growth
            end = max(new.end - drift, old.end)
            after = head + after + tail if tail else head + after
            index += 1
        yield Edit(start, end, after, new.kind)
    yield from earlier[index:]


def _lies_before(old: Edit, drift: int, new: Edit) -> bool:
    return old.start + drift + len(old.after) <= new.start


def _touches(old: Edit, drift: int, new: Edit) -> bool:
    return old.start + drift < new.end


def _join_neighbours(edits: Iterable[Edit]) -> Iterable[Edit]:
    """學社 → 学社 is told as one change, not as two."""
    waiting: Edit | None = None
    for edit in edits:
        if waiting and waiting.kind == edit.kind and waiting.end == edit.start:
            waiting = waiting._replace(end=edit.end, after=waiting.after + edit.after)
            continue
        if waiting:
            yield waiting
        waiting = edit
    if waiting:
        yield waiting
