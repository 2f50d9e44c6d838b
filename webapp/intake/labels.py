"""What a list label, as a word processor prints it, becomes: a list that counts by itself, a bullet, or text.

A list of ours prints “1.”. Labels that look otherwise (一、 （1） 第一条 A.) are part of the wording that others refer to, so
they stay as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_COUNTED = re.compile(r"(\d{1,4})[.、．]?")
_SYMBOL_FONTS = re.compile(r"symbol|wingdings|webdings|courier", re.IGNORECASE)
_TIGHT = re.compile(r"[、）】〕．。：]\Z|[\u3400-\u9fff]\Z")


class LabelKind(StrEnum):
    BULLET = "bullet"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Label:
    kind: LabelKind
    number: int = 0
    text: str = ""
    """What goes before the paragraph, its space included."""


def read_label(printed: str, *, font: str = "") -> Label:
    label = re.sub(r"[\s\u00a0]+", " ", printed).strip()
    if match := _COUNTED.fullmatch(label):
        return Label(LabelKind.NUMBER, int(match[1]))
    if not label or _is_symbol(label, font):
        return Label(LabelKind.BULLET)
    return Label(LabelKind.TEXT, text=label if _TIGHT.search(label) else f"{label} ")


def _is_symbol(label: str, font: str) -> bool:
    """Wingdings prints its bullets with letters: l, n, u, q, v, w, Ø, ü."""
    return len(label) == 1 and (not label.isalnum() or _SYMBOL_FONTS.search(font) is not None)
