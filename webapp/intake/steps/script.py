"""Traditional → simplified, by OpenCC, where a text is simplified or was rewritten by a scraper.

A wholly traditional text is somebody's choice and stays, and so does a wholly traditional passage in a simplified one (a
transcription, say). OpenCC's over-conversions are held back by `data/keep.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import ne
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit
from webapp.intake.steps.convert import to_simplified, to_traditional
from webapp.intake.steps.options import Options, Script
from webapp.intake.steps.tables import read_lines

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

PASSAGE_TRADITIONAL_CHARS = 8
"""A line without one simplified character and with so many traditional ones was written in traditional script."""

LEFT_BEHIND = frozenset("于干后里征")
"""Characters of both scripts that a converter working one by one leaves alone, where real traditional text writes 於幹後裡徵."""
LEFT_BEHIND_MIN = 3

_TITLE = re.compile(r"《[^《》\n]*》")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    simplified: str

    @property
    def traditional_chars(self) -> int:
        return sum(map(ne, self.text, self.simplified))

    @property
    def simplified_chars(self) -> int:
        return sum(map(_simplified_only().__contains__, self.text))

    @property
    def simplified_chars_after(self) -> int:
        return sum(map(_simplified_only().__contains__, self.simplified))


def find(text: str, context: Context) -> Iterator[Edit]:
    simplified = to_simplified(text)
    if simplified == text or context.options.script is Script.KEEP:
        return
    kept = _kept_positions(text, simplified, context.options)
    for line in _lines_to_convert(text, simplified, context):
        if line.text == line.simplified:
            continue
        for i in _differing(line.text, line.simplified):
            if (at := line.start + i) not in kept:
                yield Edit(at, at + 1, line.simplified[i])


def _differing(text: str, simplified: str) -> Iterator[int]:
    """The places at which the two, equally long, differ."""
    return compress(range(len(text)), map(ne, text, simplified))


def _lines_to_convert(text: str, simplified: str, context: Context) -> list[_Line]:
    lines = [
        _Line(match.start(), match[0], simplified[match.start() : match.end()])
        for match in re.finditer(r"[^\n]+", text)
    ]
    pure = [line for line in lines if line.traditional_chars and not line.simplified_chars]
    everything = context.scraped or context.options.script is Script.SIMPLIFIED
    if everything or _left_behind(pure) >= LEFT_BEHIND_MIN:
        return lines
    # The mixed lines as they will stand decide about the short ones, so that a second run decides alike.
    surroundings = sum(line.simplified_chars_after for line in lines if line.simplified_chars)
    short_too = surroundings and surroundings >= sum(line.traditional_chars for line in pure)
    return [
        line
        for line in lines
        if line.simplified_chars
        or (short_too and line.traditional_chars < PASSAGE_TRADITIONAL_CHARS)
    ]


def _left_behind(lines: list[_Line]) -> int:
    text = "\n".join(line.text for line in lines)
    simplified = "\n".join(line.simplified for line in lines)
    return sum(
        old == new != other and old in LEFT_BEHIND
        for old, new, other in zip(text, simplified, to_traditional(simplified), strict=True)
    )


def _kept_positions(text: str, simplified: str, options: Options) -> set[int]:
    """Where a word of the keep list stands; 乾縣 keeps its 乾 and still loses its 縣."""
    words = (*read_lines("keep.txt"), *options.keep_words)
    cautious = set("".join(words))
    letters = list(simplified)
    for i in _differing(text, simplified):
        if text[i] in cautious:
            letters[i] = text[i]
    half = "".join(letters)
    there = {*text, *half}.issuperset
    present = [w for w in words if there(w) and (w in half or w in text)]
    present.sort(key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, present)) or r"(?!)")
    kept = {
        match.start() + i
        for source in {text, half}
        for match in pattern.finditer(source)
        for i, character in enumerate(match[0])
        if text[match.start() + i] == character
    }
    if options.keep_traditional_titles:
        kept |= {i for title in _TITLE.finditer(text) for i in range(*title.span())}
    return kept


@lru_cache(maxsize=1)
def _simplified_only() -> frozenset[str]:
    """The characters of GB 2312 that differ from their traditional form and that Big5 does not know."""
    known = "\n".join(chr(c) for c in range(0x4E00, 0xA000) if _encodable(chr(c), "gb2312"))
    return frozenset(
        old
        for old, new in zip(known, to_traditional(known), strict=True)
        if old != new and not _encodable(old, "cp950")
    )


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
