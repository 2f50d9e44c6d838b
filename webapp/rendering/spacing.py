"""Which margins an article needs: none above its first block, and in the short form none that a neighbour makes up for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from webapp.document.model import Node
from webapp.rendering.themes import Theme

_KEEPS_MARGINS = {"gallery", "heading", "horizontalRule"}
_top = re.compile(r"margin:([^ ;\"]+) 0( [^;\"]+)?")
_margin = re.compile(r' style="margin:[^;"]+"|margin:[^;"]+;')


@lru_cache(maxsize=512)
def bare(opening: str) -> str:
    """The opening tag without its margin."""
    return _margin.sub("", opening, count=1)


@lru_cache(maxsize=512)
def topless(opening: str) -> str:
    """The opening tag without its margin above."""
    return _top.sub(lambda m: f"margin:0 0{m[2] or ' ' + m[1]}", opening, count=1)


def unspaced(blocks: Sequence[Node], theme: Theme) -> frozenset[int]:
    """The blocks whose neighbours' margins keep them at their distance: margins that meet are one, as wide as the wider."""
    out: set[int] = set()
    margins = [(math.inf, math.inf), *(_margins(b, theme) for b in blocks), (math.inf, math.inf)]
    for index, block in enumerate(blocks):
        above = 0 if index - 1 in out else margins[index][1]
        top, bottom = margins[index + 1]
        below = margins[index + 2][0]
        if block.type not in _KEEPS_MARGINS and above >= top and below >= bottom:
            out.add(index)
    return frozenset(out)


def _margins(block: Node, theme: Theme) -> tuple[float, float]:
    """Above and below, in em of the body text."""
    if block.type == "heading":
        style = theme.heading.level(block.number("level"))
        scale = style.size / theme.body.size
        return style.before * scale, style.after * scale
    by_gap = block.type in {"paragraph", "bulletList", "orderedList"}
    margin = theme.body.gap if by_gap else 1
    return margin, margin
