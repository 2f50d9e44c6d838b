"""Where the words of a comment stand in a newer text. Pure.

A block has no id, so a comment keeps the words, what stands before and after them, and the whole passage they were read in.
They are found again, in this order: where the same words stand in the same surroundings, once; in the passage that the
comparison takes for the successor of its own, if the edit left the words alone; elsewhere, when enough of the surroundings
came along (a paragraph split or joined). What is found in none of these ways has been changed, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from webapp.document.diff import ALIKE, diff, parts
from webapp.document.model import Document, Node, walk
from webapp.document.text import inline_text

AROUND_CHARACTERS = 32
"""Kept on either side of the words, inside their passage."""
ENOUGH_AROUND = 6
"""So much of the surroundings must have come along for words that moved to another passage."""
TELLING_CHARACTERS = 8
"""Words of this length that stand only once are the same ones, whatever stands around them."""

WORDS_CHARACTERS = 80


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A block that holds text. `top` counts the blocks at the top of the body."""

    top: int
    text: str
    label: str
    """What it is known by: its text, or the picture that it captions."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """`block` counts the passages in reading order, `start` the characters in it, both as they were in `revision`, or in
    what was being written on top of it."""

    revision: int
    block: int
    start: int
    quote: str
    before: str
    after: str
    passage: str
    is_whole: bool
    """On the whole passage, not on some of its words."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the comment hangs now. `block` None: its passage is gone. `start` None: the passage is there, the words are
    not. `is_changed`: 原文已改动."""

    block: int | None = None
    start: int | None = None
    end: int | None = None
    is_changed: bool = True


GONE = Place()


def _passages(document: Document) -> Iterator[Passage]:
    for top, block in enumerate(document.content):
        for node in (block, *walk(Document(block.content))):
            if node.holds_text:
                text = inline_text(node)
                yield Passage(top=top, text=text, label=_label(node, text))


def _label(node: Node, text: str) -> str:
    return f"〔图 {node.string('asset')}〕{text}" if node.type == "figure" else text


def passages_of(document: Document) -> list[Passage]:
    """In the order in which findings count blocks."""
    return list(_passages(document))


def anchor_at(
    passages: Sequence[Passage], revision: int, block: int, start: int, end: int, *, quote_max: int
) -> Anchor:
    """On the words from `start` to `end`; on the whole passage when they are all of it, or none."""
    passage = passages[block]
    is_whole = end <= start or (start, end) == (0, len(passage.text))
    quote = passage.label if is_whole else passage.text[start:end]
    return Anchor(
        revision=revision,
        block=block,
        start=0 if is_whole else start,
        quote=quote[:quote_max],
        before="" if is_whole else passage.text[max(0, start - AROUND_CHARACTERS) : start],
        after="" if is_whole else passage.text[end : end + AROUND_CHARACTERS],
        passage=passage.label,
        is_whole=is_whole,
    )


@dataclass(frozen=True, kw_only=True)
class _Hit:
    block: int
    start: int
    around: int
    """How many characters of the surroundings came along."""


def _shared(left: str, right: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
                min(len(left), len(right)))  # fmt: skip


def _starts(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _likeness(left: str, right: str) -> float:
    """0 to 1: the share of character pairs that both have."""
    a, b = (Counter(map("".join, pairwise(text))) for text in (left, right))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else float(left == right)


class Finder:
    """Finds anchors in one text. `text_of` gives the text of an earlier revision, None when there is none."""

    def __init__(self, document: Document, text_of: Callable[[int], Document | None]) -> None:
        self.document = document
        self.passages = passages_of(document)
        self._text_of = text_of
        self._compared = cache(self._compare)

    def find(self, anchor: Anchor) -> Place:
        return self._find_whole(anchor) if anchor.is_whole else self._find_words(anchor)

    def _find_whole(self, anchor: Anchor) -> Place:
        block = self._successor(anchor)
        if block is None:
            return GONE
        passage = self.passages[block]
        return Place(block=block, is_changed=passage.label != anchor.passage)

    def _find_words(self, anchor: Anchor) -> Place:
        hits = list(self._hits(anchor))
        same = [h for h in hits if h.around == len(anchor.before) + len(anchor.after)]
        if len(same) == 1 and (same[0].around or len(hits) == 1):
            return self._place(same[0].block, same[0].start, anchor)
        block = self._successor(anchor)
        start = None if block is None else self._followed(anchor, self.passages[block].text)
        if block is not None and start is not None:
            return self._place(block, start, anchor)
        elsewhere = self._moved(anchor, hits)
        if elsewhere is not None:
            return self._place(elsewhere.block, elsewhere.start, anchor)
        return Place(block=block)

    @staticmethod
    def _place(block: int, start: int, anchor: Anchor) -> Place:
        return Place(block=block, start=start, end=start + len(anchor.quote), is_changed=False)

    def _hits(self, anchor: Anchor) -> Iterator[_Hit]:
        for block, passage in enumerate(self.passages):
            for start in _starts(passage.text, anchor.quote):
                after = passage.text[start + len(anchor.quote) :]
                around = _shared(anchor.before[::-1], passage.text[:start][::-1])
                around += _shared(anchor.after, after)
                yield _Hit(block=block, start=start, around=around)

    @staticmethod
    def _moved(anchor: Anchor, hits: Sequence[_Hit]) -> _Hit | None:
        if len(hits) == 1 and len(anchor.quote) >= TELLING_CHARACTERS:
            return hits[0]
        enough = min(ENOUGH_AROUND, len(anchor.before) + len(anchor.after))
        near = sorted((h for h in hits if h.around >= max(1, enough)), key=lambda h: -h.around)
        if not near or (len(near) > 1 and near[0].around == near[1].around):
            return None
        return near[0]

    @staticmethod
    def _followed(anchor: Anchor, text: str) -> int | None:
        """Where the words stand in what their passage became; None when the edit touched them."""
        old, start, end = anchor.passage, anchor.start, anchor.start + len(anchor.quote)
        was = now = 0
        for part in parts(old, text):
            length = len(part.text)
            if part.kind == "same" and was <= start and end <= was + length:
                return now + start - was
            was += length if part.kind != "added" else 0
            now += length if part.kind != "removed" else 0
        earlier, later = list(_starts(old, anchor.quote)), list(_starts(text, anchor.quote))
        if start in earlier and len(earlier) == len(later):
            return later[earlier.index(start)]
        return None

    def words_at(self, place: Place) -> tuple[str, int]:
        """The first words that stand at a place now, and how often the same words stand before them: how a page that was
        drawn from the text finds them again. Blanks do not count."""
        if place.block is None:
            return "", 0
        passage = self.passages[place.block].text
        start = place.start or 0
        end = len(passage) if place.end is None else place.end
        words = _bare(passage[start:end])[0][:WORDS_CHARACTERS]
        if not words:
            return "", 0
        behind = "".join(p.text for p in self.passages[: place.block]) + passage[:start]
        return words, sum(1 for _ in _starts(_bare(behind)[0], words))

    # Which passage is the one it was

    def _successor(self, anchor: Anchor) -> int | None:
        same = [i for i, p in enumerate(self.passages) if p.label == anchor.passage]
        if len(same) == 1 and anchor.passage:
            return same[0]
        top = self._matched_top(anchor)
        if top is not None:
            inside = [i for i, p in enumerate(self.passages) if p.top == top]
            return self._most_alike(anchor, inside, 0 if len(inside) == 1 else ALIKE)
        return self._most_alike(anchor, range(len(self.passages)), ALIKE)

    def _most_alike(self, anchor: Anchor, blocks: Sequence[int], least: float) -> int | None:
        """The nearest of the most alike."""
        ranked = [(-_likeness(anchor.passage, self.passages[i].label), abs(i - anchor.block), i)
                  for i in blocks]  # fmt: skip
        best = min(ranked, default=None)
        return best[2] if best is not None and -best[0] >= least else None

    def _matched_top(self, anchor: Anchor) -> int | None:
        """The comparison's word, when the comment was made on a text that was kept."""
        then, matches = self._compared(anchor.revision)
        if anchor.block >= len(then) or then[anchor.block].label != anchor.passage:
            return None
        return matches.get(then[anchor.block].top)

    def _compare(self, revision: int) -> tuple[list[Passage], dict[int, int]]:
        then = self._text_of(revision)
        if then is None:
            return [], {}
        changes = diff(then, self.document)
        matches = {c.old_index: c.new_index for c in changes
                   if c.old_index is not None and c.new_index is not None}  # fmt: skip
        return passages_of(then), matches


# Words that a person chose, in the text that lies before them


def _bare(text: str) -> tuple[str, list[int]]:
    """Without blanks, and where each character came from: a page sets blanks of its own between Chinese and Latin."""
    kept = [(c, i) for i, c in enumerate(text) if not c.isspace()]
    return "".join(c for c, _ in kept), [i for _, i in kept]


def find_chosen(
    passages: Sequence[Passage], quote: str, before: str, after: str, block: int | None = None
) -> tuple[int, int, int] | None:
    """(block, start, end) of the words whose surroundings fit best, in `block` if it is given; blanks do not count."""
    wanted, behind, ahead = (_bare(part)[0] for part in (quote, before, after))
    best: tuple[int, int, int, int] | None = None
    for index, passage in enumerate(passages):
        if not wanted or (block is not None and index != block):
            continue
        bare, origins = _bare(passage.text)
        for at in _starts(bare, wanted):
            around = _shared(behind[::-1], bare[:at][::-1]) + _shared(
                ahead, bare[at + len(wanted) :]
            )
            found = (around, index, origins[at], origins[at + len(wanted) - 1] + 1)
            if best is None or around > best[0]:
                best = found
    return best[1:] if best is not None else None
