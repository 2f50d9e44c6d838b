"""What changed between two bodies, block by block and, inside a block, character by character.

Blocks are aligned by their canonical bytes (difflib); between two fixed points the most alike blocks are taken for one
that was changed; what is left over and turns up elsewhere unchanged was moved. Inside a block diff-match-patch compares
characters, since Chinese has no words to split at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from diff_match_patch import diff_match_patch

from webapp.document.model import Document, Node, walk
from webapp.document.text import inline_text

Kind = Literal["same", "added", "removed", "changed", "moved"]
PartKind = Literal["same", "added", "removed"]

ALIKE = 0.3
"""Two blocks that share fewer of their character pairs than this are two blocks, not one that was changed."""
MOVED = 0.8
"""A block found elsewhere is the same one when it shares this many of its character pairs."""
_PAIRS_MAX = 10_000
"""Beyond this many comparisons in one stretch blocks are paired by their order alone."""
_DIFF_SECONDS = 0.5


@dataclass(frozen=True)
class Part:
    kind: PartKind
    text: str


@dataclass(frozen=True)
class BlockChange:
    """`old_index` and `new_index` count the blocks at the top of each body; None where there is no such block.

    A "changed" block whose parts are all "same" differs only in its marks, attributes or structure.
    """

    kind: Kind
    old_index: int | None
    new_index: int | None
    parts: tuple[Part, ...]


def diff(old: Document, new: Document) -> tuple[BlockChange, ...]:
    """In the order of the new body; removed blocks stand where they were."""
    before, after = _Blocks(old), _Blocks(new)
    matcher = SequenceMatcher(None, before.keys, after.keys, autojunk=False)
    changes: list[BlockChange] = []
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            pairs = zip(range(start, end), range(new_start, new_end), strict=True)
            changes.extend(_change("same", before, after, o, n) for o, n in pairs)
        else:
            olds, news = range(start, end), range(new_start, new_end)
            changes.extend(_stretch(before, after, olds, news))
    return tuple(_with_moves(changes, before, after))


def is_changed(changes: Sequence[BlockChange]) -> bool:
    return any(change.kind != "same" for change in changes)


class _Blocks:
    def __init__(self, document: Document) -> None:
        self.keys = [Document((block,)).canonical() for block in document.content]
        self.texts = [_text(block) for block in document.content]
        self.pairs = [Counter(map("".join, pairwise(t))) for t in self.texts]


def _text(block: Node) -> str:
    """The text as a reader compares it: lines inside lists and tables stand below each other, pictures name their asset."""
    nodes = [block, *walk(Document(block.content))]
    lines = [inline_text(n) for n in nodes if n.holds_text and (n.content or n.type != "figure")]
    lines.extend(f"〔图 {n.string('asset')}〕" for n in nodes if n.type == "figure")
    return "\n".join(lines)


def _likeness(before: _Blocks, after: _Blocks, old: int, new: int) -> float:
    """0 to 1: the share of character pairs that both have."""
    total = before.pairs[old].total() + after.pairs[new].total()
    if not total:
        return 1 if before.texts[old] == after.texts[new] else 0
    return 2 * (before.pairs[old] & after.pairs[new]).total() / total


def _stretch(before: _Blocks, after: _Blocks, olds: range, news: range) -> Iterator[BlockChange]:
    old, new = olds.start, news.start
    for old_match, new_match in _pairing(before, after, olds, news):
        yield from _removed(before, after, range(old, old_match))
        yield from _added(before, after, range(new, new_match))
        yield _change("changed", before, after, old_match, new_match)
        old, new = old_match + 1, new_match + 1
    yield from _removed(before, after, range(old, olds.stop))
    yield from _added(before, after, range(new, news.stop))


def _pairing(before: _Blocks, after: _Blocks, olds: range, news: range) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, whose likenesses add up to the most."""
    if len(olds) * len(news) > _PAIRS_MAX:
        return list(zip(olds, news, strict=False))
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    alike = [[_likeness(before, after, old, new) for new in news] for old in olds]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if alike[i][j] >= ALIKE:
                best[i][j] = max(best[i][j], alike[i][j] + best[i + 1][j + 1])
    return list(_walk_back(best, alike, olds, news))


def _walk_back(
    best: list[list[float]], alike: list[list[float]], olds: range, news: range
) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(olds) and j < len(news):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield olds[i], news[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _removed(before: _Blocks, after: _Blocks, olds: range) -> Iterator[BlockChange]:
    return (_change("removed", before, after, old, None) for old in olds)


def _added(before: _Blocks, after: _Blocks, news: range) -> Iterator[BlockChange]:
    return (_change("added", before, after, None, new) for new in news)


def _change(
    kind: Kind, before: _Blocks, after: _Blocks, old: int | None, new: int | None
) -> BlockChange:
    was = before.texts[old] if old is not None else ""
    now = after.texts[new] if new is not None else ""
    return BlockChange(kind, old, new, tuple(parts(was, now)))


def parts(old: str, new: str) -> Iterator[Part]:
    """The two texts as one, each stretch told as the same, removed or added."""
    if old == new:
        if new:
            yield Part("same", new)
        return
    engine = diff_match_patch()
    engine.Diff_Timeout = _DIFF_SECONDS
    found = engine.diff_main(old, new)
    engine.diff_cleanupSemantic(found)
    kinds: dict[int, PartKind] = {0: "same", 1: "added", -1: "removed"}
    for operation, text in found:
        yield Part(kinds[operation], text)


def _with_moves(
    changes: list[BlockChange], before: _Blocks, after: _Blocks
) -> Iterator[BlockChange]:
    """A block that was removed here and added there is one that moved, and stands where it is now."""
    moved = _moves(changes, before, after)
    origins = set(moved.values())
    for change in changes:
        if change.kind == "removed" and change.old_index in origins:
            continue
        if change.kind == "added" and change.new_index in moved:
            yield _change("moved", before, after, moved[change.new_index], change.new_index)
        else:
            yield change


def _moves(changes: list[BlockChange], before: _Blocks, after: _Blocks) -> dict[int, int]:
    """New index → old index, the most alike first; a moved block may have been changed a little as well."""
    gone = [c.old_index for c in changes if c.kind == "removed" and c.old_index is not None]
    come = [c.new_index for c in changes if c.kind == "added" and c.new_index is not None]
    if len(gone) * len(come) > _PAIRS_MAX:
        return {}
    scores = [
        (-_likeness(before, after, old, new), old, new)
        for old in gone
        for new in come
        if before.texts[old].strip()
    ]
    moved: dict[int, int] = {}
    for likeness, old, new in sorted(scores):
        if -likeness >= MOVED and new not in moved and old not in moved.values():
            moved[new] = old
    return moved
