"""Ellipses and dashes in a wrong form, on plain text (GB/T 15834—2011, 4.10 and 4.11)."""

from __future__ import annotations

import re

ELLIPSIS = "……"
DASH = "——"
IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
LOOK_AROUND = 12

_DOTS = re.compile(r"\.{3,}|。{3,}|…+")
_STROKES = re.compile(r"[-—―─–]{2,}")
_WORD_BEFORE = re.compile(r"(\w)[^\w\n]*$")
_WORD_AFTER = re.compile(r"[^\w\n]*(\w)")
_IDEOGRAPH = re.compile(f"[{IDEOGRAPH}]")


def wrong_ellipses(text: str) -> list[tuple[int, int]]:
    # Two ellipses in a row stand for whole paragraphs or stanzas left out.
    return _wrong(_DOTS, (ELLIPSIS, ELLIPSIS * 2), text)


def wrong_dashes(text: str) -> list[tuple[int, int]]:
    return _wrong(_STROKES, (DASH,), text)


def _wrong(pattern: re.Pattern[str], right: tuple[str, ...], text: str) -> list[tuple[int, int]]:
    return [
        match.span()
        for match in pattern.finditer(text)
        if match[0] not in right and _beside_chinese(text, *match.span())
    ]


def _beside_chinese(text: str, start: int, end: int) -> bool:
    """The nearest word on either side is Chinese; marks between do not matter."""
    before = _WORD_BEFORE.search(text[max(0, start - LOOK_AROUND) : start])
    after = _WORD_AFTER.match(text[end : end + LOOK_AROUND])
    return any(m and _IDEOGRAPH.match(m[1]) for m in (before, after))
