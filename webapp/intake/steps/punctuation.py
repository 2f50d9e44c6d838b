"""Half-width punctuation among Chinese becomes full-width; numbers, times, Latin text and web addresses keep theirs.

One pass from left to right. A mark looks left at what already stands there, this pass included, and right only at
ideographs, which no pass changes: so a second run decides the same.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

FULL_WIDTH = {
    ",": "，",
    ";": "；",
    ":": "：",
    "!": "！",
    "?": "？",
    "(": "（",
    ")": "）",
    ".": "。",
}

_MARK = re.compile(r"[,;:!?().]")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.)[!-~]*[0-9a-zA-Z/_#=&-]|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    re.IGNORECASE | re.ASCII,
)
_CHINESE_MARKS = frozenset("、。，；：！？《》【】「」『』〔〕…")
_CLOSERS = "”’」』》】〕）)"
_OPENERS = "“‘「『《【〔（("
_NUMERALS = frozenset("〇一二三四五六七八九十百千")
_FORMULA = frozenset("+-*/=^_<>%" + string.ascii_letters + string.digits)
"""Behind a bracket without Chinese in it, these go on with what is no prose: 公式(a+b)/2."""
LOOK_PAST = 4
"""So many quotation marks and brackets may stand between a mark and the word that it belongs to."""


def find(text: str, _context: Context) -> Iterator[Edit]:
    brackets = _Brackets(text)
    addressed = {i for match in _ADDRESS.finditer(text) for i in range(*match.span())}
    written = ""
    reached = 0
    for match in _MARK.finditer(text):
        i, mark = match.start(), match[0]
        if i in addressed:
            continue
        written = written[-LOOK_PAST - 1 :] + text[reached:i]
        reached = i
        if brackets.widen(i, written) if mark in "()" else _is_wide(text, i, written):
            yield Edit(i, i + 1 + _swallowed_blank(text, i), FULL_WIDTH[mark])
            written += FULL_WIDTH[mark]
            reached = i + 1 + _swallowed_blank(text, i)


def _is_wide(text: str, i: int, written: str) -> bool:
    if text[i] == ".":
        return _ends_a_sentence(text, i, written)
    if written[-1:].isdigit() and text[i + 1 : i + 2].isdigit():
        return False
    return _chinese_before(written) or _ideograph_after(text, i)


def _ends_a_sentence(text: str, i: int, written: str) -> bool:
    """你好. ends its line; 一. begins one and 3.5 is a number."""
    rest = text[i + 1 : i + 2 + LOOK_PAST].lstrip(_CLOSERS)
    if rest and not rest.startswith("\n"):
        return False
    last = written[-1:]
    return is_ideograph(last) and last not in _NUMERALS


def _chinese_before(written: str) -> bool:
    """`written` is what stands to the left after this pass; its last few characters suffice."""
    last = written[-LOOK_PAST - 1 :].rstrip(_CLOSERS)[-1:] or written[-1:]
    return is_ideograph(last) or (last != "" and last in _CHINESE_MARKS)


def _ideograph_after(text: str, i: int) -> bool:
    return is_ideograph(text[i + 1 : i + 2 + LOOK_PAST].lstrip(_OPENERS)[:1])


def _swallowed_blank(text: str, i: int) -> int:
    """A full-width mark brings its own space: “抗疫, 共克” → “抗疫，共克”."""
    follows = text[i + 1 : i + 3]
    alone = len(follows) == 2 and follows[0] == " " and follows[1] not in " \n"
    return int(alone and text[i] in ",;:!?")


def is_ideograph(character: str) -> bool:
    """False for the empty string."""
    return (
        "\u3400" <= character <= "\u9fff"
        or "\U00020000" <= character <= "\U0003ffff"
        or character == "〇"
    )


class _Brackets:
    """Which half-width brackets become wide. Those of one pair, of whatever width, are judged together, at the opening one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.partners = _partners(text)
        self.wide: set[int] = set()

    @cached_property
    def ideographs_until(self) -> list[int]:
        """How many stand before each position; counted once because brackets may nest deep, and only where there are any."""
        return list(accumulate(map(is_ideograph, self.text), initial=0))

    def widen(self, i: int, written: str) -> bool:
        partner = self.partners.get(i)
        if partner is None:
            return _chinese_before(written) or _ideograph_after(self.text, i)
        if partner < i:
            return partner in self.wide or self.text[partner] == "（"
        if self.text[partner] == "）" or self._belongs_to_chinese(i, partner, written):
            self.wide.add(i)
        return i in self.wide

    def _belongs_to_chinese(self, opening: int, closing: int, written: str) -> bool:
        if self.ideographs_until[closing] > self.ideographs_until[opening]:
            return True
        if self.text[closing + 1 : closing + 2] in _FORMULA:
            return False
        at_line_start = written[-1:] in ("", "\n")
        return _chinese_before(written) or (at_line_start and _ideograph_after(self.text, closing))


def _partners(text: str) -> dict[int, int]:
    """Brackets that belong together in one line."""
    partners: dict[int, int] = {}
    open_ones: list[int] = []
    for match in re.finditer(r"[()（）\n]", text):
        i, character = match.start(), match[0]
        if character == "\n":
            open_ones.clear()
        elif character in "(（":
            open_ones.append(i)
        elif open_ones:
            opening = open_ones.pop()
            partners[opening], partners[i] = i, opening
    return partners
