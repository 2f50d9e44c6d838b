"""Quotation marks as they are meant, whatever their form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_QUOTES = re.compile("[“”‘’「」『』\"']")
_RIGHT_FORM = {"「": "“", "」": "”", "『": "‘", "』": "’"}
CLOSES = {"”": "“", "’": "‘"}


@dataclass(frozen=True, slots=True)
class Quote:
    """`role` is one of “ ” ‘ ’: what the mark stands for, whatever its form."""

    place: int
    written: str
    role: str


def read_quotes(text: str) -> list[Quote]:
    """A straight mark closes when one of its sort is open, else it opens."""
    quotes: list[Quote] = []
    is_open = {"“": False, "‘": False}
    for match in _QUOTES.finditer(text):
        place, written = match.start(), match[0]
        role = _RIGHT_FORM.get(written, written)
        if _is_apostrophe(text, place, is_open):
            continue
        if written in "\"'":
            opener, closer = ("“", "”") if written == '"' else ("‘", "’")
            role = closer if is_open[opener] else opener
        is_open[CLOSES.get(role, role)] = role in is_open
        quotes.append(Quote(place, written, role))
    return quotes


def _is_apostrophe(text: str, place: int, is_open: Mapping[str, bool]) -> bool:
    """don't, students', 5'10": no quotation marks. The end of ‘GDP’ is one."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if text[place] in "'’" and before.isascii() and before.isalnum():
        return (after.isascii() and after.isalnum()) or not is_open["‘"]
    return text[place] == '"' and before.isdigit() and not is_open["“"]
