"""Blanks that a scraper or a word processor left: the theme indents paragraphs, not the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

# ZWNJ, ZWJ and the variation selectors stay: emoji and some scripts are spelt with them.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+"
)
_BLANKS = " \u00a0\u2000-\u200a\u202f\u205f\u3000"
_DOUBLED = re.compile(f"[{_BLANKS}]{{2,}}")
# The look-behind keeps a long run inside a line from being tried at each of its positions.
_MARGIN = re.compile(f"^[\t{_BLANKS}]+|(?<![\t{_BLANKS}])[\t{_BLANKS}]+$", re.MULTILINE)


def find_invisible(text: str, _context: Context) -> Iterable[Edit]:
    return _deletions(INVISIBLE, text)


def find_indents(text: str, _context: Context) -> Iterable[Edit]:
    return _deletions(_MARGIN, text)


def find_doubled(text: str, _context: Context) -> Iterator[Edit]:
    """Several blanks become one; full-width ones stay full-width, as in 王　强."""
    for match in _DOUBLED.finditer(text):
        after = "\u3000" if set(match[0]) == {"\u3000"} else " "
        yield Edit(match.start(), match.end(), after)


def _deletions(pattern: re.Pattern[str], text: str) -> Iterator[Edit]:
    return (Edit(match.start(), match.end(), "") for match in pattern.finditer(text))
