"""Where the changes of a clean-up stand by now, in a text that people have gone on writing.

A text is its title and its text blocks. Blocks are matched first (difflib, then in order, each change either in force or
taken back); a change in a block that was edited is looked up by the letters around it. What is not found that way, or
found twice, counts as edited: nobody's words are touched on a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from itertools import groupby, takewhile

from webapp.document.model import Document, Node
from webapp.document.text import inline_text, textblocks
from webapp.kernel.richtext import UNPRINTABLE

CONTEXTS_CHARS = ((6, 6), (6, 1), (1, 6))
"""So many unchanged letters before and behind name a place in a block that was edited; the first that are found once do."""
ANCHORED_BELOW_CHARS = 4
"""With fewer letters around it, a place must reach from one end of its block to the other."""
LOOK_AHEAD_BLOCKS = 30
SEARCHES_MAX = 1_000
SEARCHED_MAX_CHARS = 50_000_000
"""Searches for single places, and the letters that they read in all: about a second. What is left then counts as edited."""


class Standing(StrEnum):
    APPLIED = "applied"
    PUT_BACK = "put_back"
    EDITED = "edited"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change as it was told when the text came in: at `start` of the body's `block` (None: of the title) stood `after`.
    `line`: the block before which its whole line stood, where the line went with it."""

    kind: str
    before: str
    after: str
    block: int | None
    start: int
    line: int | None = None

    @property
    def holdable(self) -> str:
        """`before` as a body can hold it: without control characters."""
        return UNPRINTABLE.sub("\u2060", self.before)

    @property
    def lines(self) -> list[str]:
        return [line for line in self.holdable.split("\n") if line]


@dataclass(frozen=True)
class Text:
    title: str
    body: Document

    @cached_property
    def units(self) -> list[str]:
        """The title, then every text block in reading order."""
        return [self.title, *(inline_text(block) for block in textblocks(self.body))]

    @cached_property
    def tops(self) -> list[int]:
        """For each unit the block at the top of the body that it lies in; -1 for the title."""
        counts = [sum(1 for _ in textblocks(Document((b,)))) for b in self.body.content]
        return [-1, *(top for top, count in enumerate(counts) for _ in range(count))]

    def unit_at(self, block: int | None, start: int) -> tuple[int, int] | None:
        """The unit, and the offset in it, of an offset in a block's text; None where there is no such place."""
        wanted = -1 if block is None else block
        for unit in range(bisect_left(self.tops, wanted), bisect_right(self.tops, wanted)):
            if 0 <= start <= len(self.units[unit]):
                return unit, start
            start -= len(self.units[unit]) + 1
        return None


@dataclass(frozen=True, kw_only=True)
class Place:
    """`start` and `end` bound what stands there in the unit; of a line they are blocks at the top of the body."""

    standing: Standing
    unit: int = 0
    start: int = 0
    end: int = 0


EDITED = Place(standing=Standing.EDITED)


@dataclass(frozen=True)
class _Spot:
    """A change within its unit of the text as it came in."""

    number: int
    offset: int
    after: str
    before: str


def find_places(
    came_in: Text, changes: Sequence[Change], now: Text, *, part: bool = False
) -> list[Place]:
    """One place for each change, in their order. `part`: what came in was put somewhere into a text."""
    return _Search(came_in, changes, now, part).places()


@dataclass
class _Search:
    came_in: Text
    changes: Sequence[Change]
    now: Text
    part: bool
    found: dict[int, Place] = field(default_factory=dict)
    partner: dict[int, int] = field(default_factory=dict)
    """Unit of the text as it came in → the same unit now."""
    searches: int = 0
    searched: int = 0

    def places(self) -> list[Place]:
        spots = self._spots()
        self._match_units(spots)
        self._search_letters(spots)
        self._find_lines()
        return [self.found.get(number, EDITED) for number in range(len(self.changes))]

    def _spots(self) -> Mapping[int, list[_Spot]]:
        spots: dict[int, list[_Spot]] = {}
        for number, change in enumerate(self.changes):
            at = self.came_in.unit_at(change.block, change.start) if change.line is None else None
            if (
                at is None
                or self.came_in.units[at[0]][at[1] :][: len(change.after)] != change.after
            ):
                continue
            if at[0] == 0 and not _fits_title(change, at[1], self.came_in.title):
                continue
            spots.setdefault(at[0], []).append(_Spot(number, at[1], change.after, change.holdable))
        return spots

    def _match_units(self, spots: Mapping[int, list[_Spot]]) -> None:
        self._match_one(0, 0, spots)
        old, new = self.came_in.units[1:], self._as_it_came_in(spots)
        matcher = SequenceMatcher(None, old, new)
        for operation, start, end, new_start, new_end in matcher.get_opcodes():
            if operation == "equal":
                for unit, now in zip(range(start, end), range(new_start, new_end), strict=True):
                    self._match_one(unit + 1, now + 1, spots)
            elif operation == "replace":
                self._match_in_order(
                    range(start + 1, end + 1), range(new_start + 1, new_end + 1), spots
                )

    def _as_it_came_in(self, spots: Mapping[int, list[_Spot]]) -> list[str]:
        """The blocks now, with what was taken back in force again: else a line would be taken for its neighbour that was
        like it from the start."""
        units = self.came_in.units
        known = {*units[1:]}
        whole = {_taken_back(units[unit], mine): units[unit] for unit, mine in spots.items()}

        def read(index: int, now: str) -> str:
            if now in known:
                return now
            near = range(index - LOOK_AHEAD_BLOCKS, index + LOOK_AHEAD_BLOCKS + 1)
            fits = (units[u] for u in near if u in spots and _read(units[u], spots[u], now))
            return whole.get(now) or next(fits, now)

        return [read(index, now) for index, now in enumerate(self.now.units[1:], start=1)]

    def _match_in_order(self, old: range, new: range, spots: Mapping[int, list[_Spot]]) -> None:
        reached = new.start
        for unit in old:
            for now in range(reached, min(new.stop, reached + LOOK_AHEAD_BLOCKS)):
                if self._match_one(unit, now, spots):
                    reached = now + 1
                    break

    def _match_one(self, unit: int, now: int, spots: Mapping[int, list[_Spot]]) -> bool:
        mine = spots.get(unit, [])
        read = _read(self.came_in.units[unit], mine, self.now.units[now])
        if read is None:
            return False
        self.partner[unit] = now
        for spot, (standing, start, end) in zip(mine, read, strict=True):
            self.found[spot.number] = Place(standing=standing, unit=now, start=start, end=end)
        return True

    def _search_letters(self, spots: Mapping[int, list[_Spot]]) -> None:
        taken = set(self.partner.values())
        rest = [unit for unit in range(len(self.now.units)) if unit not in taken]
        for unit, mine in spots.items():
            if unit in self.partner:
                continue
            where = [0] if unit == 0 else [r for r in rest if r]
            for index, spot in enumerate(mine):
                if place := self._search(self.came_in.units[unit], mine, index, where):
                    self.found[spot.number] = place

    def _search(
        self, text: str, spots: Sequence[_Spot], index: int, where: Sequence[int]
    ) -> Place | None:
        for context in CONTEXTS_CHARS:
            self.searches += 1
            if self.searches > SEARCHES_MAX:
                return None
            hits = list(self._hits(_pattern(text, spots, index, context), spots[index], where))
            if hits:
                return hits[0] if len(hits) == 1 else None
        return None

    def _hits(self, pattern: re.Pattern[str], spot: _Spot, where: Sequence[int]) -> Iterator[Place]:
        for unit in where:
            self.searched += len(self.now.units[unit])
            if self.searched > SEARCHED_MAX_CHARS:
                return
            for match in pattern.finditer(self.now.units[unit]):
                is_applied = match["here"] == spot.after
                standing = Standing.APPLIED if is_applied else Standing.PUT_BACK
                start, end = match.span("here")
                yield Place(standing=standing, unit=unit, start=start, end=end)

    def _find_lines(self) -> None:
        lines = [(n, c) for n, c in enumerate(self.changes) if c.line is not None]
        for line, group in groupby(lines, key=lambda pair: pair[1].line or 0):
            removed = [*group]
            if (
                gap := self._gap(line, {words for _, c in removed for words in c.lines})
            ) is not None:
                self._find_in_gap(removed, gap)

    def _gap(self, line: int, words: Collection[str]) -> range | None:
        """The blocks now that stand where the line stood."""
        size = len(self.now.body.content)
        at_end = line >= len(self.came_in.body.content)
        before = self._block_now(line - 1) if line else None if self.part else -1
        behind = self._block_now(line) if not at_end else None if self.part else size
        if before is None and behind is None:
            return None
        if behind is None or before is None or before >= behind:
            above = before is None or behind == size
            return self._beside((behind if above else (before or 0) + 1) or 0, words, above=above)
        return range(before + 1, behind)

    def _beside(self, at: int, words: Collection[str], *, above: bool) -> range:
        """The lines that have come back next to the only neighbour that is known."""
        blocks = self.now.body.content[:at][::-1] if above else self.now.body.content[at:]
        back = sum(1 for _ in takewhile(lambda block: _line(block) in words, blocks))
        return range(at - back, at) if above else range(at, at + back)

    def _block_now(self, block: int) -> int | None:
        tops = self.came_in.tops
        for unit in range(bisect_left(tops, block), bisect_right(tops, block)):
            if unit in self.partner:
                return self.now.tops[self.partner[unit]]
        return None

    def _find_in_gap(self, group: Iterable[tuple[int, Change]], gap: range) -> None:
        texts = [*map(_line, self.now.body.content[gap.start : gap.stop])]
        reached = 0
        for number, change in group:
            lines = change.lines
            at = next(
                (i for i in range(reached, len(texts)) if texts[i : i + len(lines)] == lines), None
            )
            start = gap.start + (reached if at is None else at)
            standing = Standing.APPLIED if at is None else Standing.PUT_BACK
            end = start if at is None else start + len(lines)
            self.found[number] = Place(standing=standing, start=start, end=end)
            reached = end - gap.start


def _line(block: Node) -> str | None:
    return inline_text(block) if block.type == "paragraph" else None


def _fits_title(change: Change, offset: int, title: str) -> bool:
    """A title is one line without blanks at its ends."""
    would_be = title[:offset] + change.holdable + title[offset + len(change.after) :]
    return " ".join(would_be.split()) == would_be and would_be.isprintable()


def _taken_back(text: str, spots: Sequence[_Spot]) -> str:
    for spot in reversed(spots):
        text = text[: spot.offset] + spot.before + text[spot.offset + len(spot.after) :]
    return text


def _read(text: str, spots: Sequence[_Spot], now: str) -> list[tuple[Standing, int, int]] | None:
    """`now` read as `text` with each change either in force or taken back; None when it is neither."""
    reached: dict[int, int] = {0: 0}
    trail: list[Mapping[int, tuple[int, Standing]]] = []
    position = 0
    for spot in spots:
        between = text[position : spot.offset]
        step: dict[int, tuple[int, Standing]] = {}
        for at in _past(reached, between, now):
            for standing, here in (
                (Standing.APPLIED, spot.after),
                (Standing.PUT_BACK, spot.before),
            ):
                if now.startswith(here, at):
                    step.setdefault(at + len(here), (at, standing))
        trail.append(step)
        reached = dict.fromkeys(step, 0)
        position = spot.offset + len(spot.after)
        if not reached:
            return None
    rest = text[position:]
    ends = [at for at in reached if now[at:] == rest]
    return _walk_back(trail, text, spots, ends[0]) if ends else None


def _past(reached: Iterable[int], between: str, now: str) -> Iterator[int]:
    return (at + len(between) for at in reached if now.startswith(between, at))


def _walk_back(
    trail: Sequence[Mapping[int, tuple[int, Standing]]],
    text: str,
    spots: Sequence[_Spot],
    end: int,
) -> list[tuple[Standing, int, int]]:
    read: list[tuple[Standing, int, int]] = []
    for index in reversed(range(len(spots))):
        start, standing = trail[index][end]
        read.append((standing, start, end))
        before = spots[index - 1].offset + len(spots[index - 1].after) if index else 0
        end = start - (spots[index].offset - before)
    return read[::-1]


def _pattern(
    text: str, spots: Sequence[_Spot], index: int, context: tuple[int, int]
) -> re.Pattern[str]:
    """One change with the letters around it, the changes among them in either form."""
    spot = spots[index]
    before, behind = context
    head, letters_before, at_start = _context(text, spots[:index][::-1], spot.offset, -1, before)
    end = spot.offset + len(spot.after)
    tail, letters_behind, at_end = _context(text, spots[index + 1 :], end, +1, behind)
    if letters_before + letters_behind < ANCHORED_BELOW_CHARS:
        head, tail = (r"\A" if at_start else "") + head, tail + (r"\Z" if at_end else "")
    return re.compile(f"{head}(?P<here>{_either(spot)})(?={tail})")


def _either(spot: _Spot) -> str:
    return "|".join(sorted(map(re.escape, (spot.after, spot.before)), key=len, reverse=True))


def _context(
    text: str, spots: Sequence[_Spot], edge: int, direction: int, chars: int
) -> tuple[str, int, bool]:
    """The pattern, how many letters of it are unchanged ones, and whether it reaches the end of the unit."""
    pieces: list[str] = []
    letters = 0
    for spot in (*spots, None):
        limit = (0 if direction < 0 else len(text)) if spot is None else _near_edge(spot, direction)
        between = text[limit:edge] if direction < 0 else text[edge:limit]
        wanted = chars - letters
        taken = between[-wanted:] if direction < 0 else between[:wanted]
        letters += len(taken)
        pieces.append(re.escape(taken))
        if spot is None or letters >= chars:
            at_end = spot is None and len(taken) == len(between)
            return "".join(pieces[::direction]), letters, at_end
        pieces.append(f"(?:{_either(spot)})")
        edge = spot.offset if direction < 0 else spot.offset + len(spot.after)
    raise AssertionError("the last spot is none")


def _near_edge(spot: _Spot, direction: int) -> int:
    return spot.offset + len(spot.after) if direction < 0 else spot.offset
