"""Changes of a clean-up put back, or made again, in a text that people have gone on writing; all else stays.

A line that was taken away comes back as a plain paragraph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from webapp.document.model import Document, Mark, Node, merged, node, paragraph, text
from webapp.intake.places import Change, Place, Standing, Text

_Letter = tuple[str, tuple[Mark, ...]]
_Edit = tuple[int, int, str]
"""Start, end, and what stands there instead."""


def move(
    now: Text,
    changes: Sequence[Change],
    places: Sequence[Place],
    chosen: Collection[int],
    to: Standing,
) -> Text:
    """`now` with the chosen changes (by their number) put back or in force; what stands so already, and what was edited,
    stays."""
    moved = [n for n in sorted(chosen) if places[n].standing not in (to, Standing.EDITED)]
    in_lines = [n for n in moved if changes[n].line is not None]
    edits = sorted(
        (places[n].unit, places[n].start, places[n].end, n)
        for n in moved
        if changes[n].line is None
    )
    by_unit = {
        unit: [(start, end, _words(changes[n], to)) for _, start, end, n in group]
        for unit, group in groupby(edits, key=lambda edit: edit[0])
    }
    title = _spliced_text(now.title, by_unit.pop(0, []))
    blocks = _with_lines(_rewritten(now.body, by_unit), changes, places, in_lines, to)
    return Text(title, Document.of(blocks))


def _words(change: Change, to: Standing) -> str:
    return change.holdable if to is Standing.PUT_BACK else change.after


def _spliced_text(value: str, edits: Sequence[_Edit]) -> str:
    for start, end, words in reversed(edits):
        value = value[:start] + words + value[end:]
    return value


def _rewritten(body: Document, by_unit: dict[int, list[_Edit]]) -> list[Node]:
    count = 0

    def visit(block: Node) -> Node:
        nonlocal count
        if not block.holds_text:
            return block._replace(content=tuple(map(visit, block.content)))
        if block.type == "figure" and not block.content:
            return block
        count += 1
        edits = by_unit.get(count)
        return block._replace(content=_spliced(block.content, edits)) if edits else block

    return [visit(block) for block in body.content]


def _spliced(content: Sequence[Node], edits: Sequence[_Edit]) -> tuple[Node, ...]:
    letters = list(_letters(content))
    for start, end, words in reversed(edits):
        letters[start:end] = _dressed(words, letters, start, end)
    return merged(list(_nodes(letters)))


def _letters(content: Sequence[Node]) -> Iterator[_Letter]:
    for child in content:
        for letter in "\n" if child.text is None else child.text:
            yield letter, child.marks


def _dressed(words: str, letters: Sequence[_Letter], start: int, end: int) -> list[_Letter]:
    """Letter for letter each keeps its marks; otherwise all take those of the first, or of the letter before."""
    if len(words) == end - start:
        return [(word, marks) for word, (_, marks) in zip(words, letters[start:end], strict=True)]
    near = letters[start if end > start or start == 0 else start - 1 :][:1]
    marks = near[0][1] if near else ()
    return [(word, marks) for word in words]


def _nodes(letters: Sequence[_Letter]) -> Iterator[Node]:
    for letter, marks in letters:
        yield node("hardBreak") if letter == "\n" else text(letter, *marks)


def _with_lines(
    blocks: list[Node],
    changes: Sequence[Change],
    places: Sequence[Place],
    moved: Sequence[int],
    to: Standing,
) -> list[Node]:
    # Lines at one place come back in the order they had, from the last place to the first so that none moves another.
    for number in sorted(moved, key=lambda n: (places[n].start, n), reverse=True):
        place = places[number]
        lines = changes[number].lines if to is Standing.PUT_BACK else []
        blocks[place.start : place.end] = [paragraph(line) for line in lines]
    return blocks
