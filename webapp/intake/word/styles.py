"""What a Word style says, with what it is based on: heading level, alignment, numbering, bold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from webapp.intake.word.xml import Element, W, child, is_on, value

CHAIN_MAX = 20
"""Styles on styles; Word allows 11. Also ends a chain that runs in a circle."""

_HEADING = re.compile(r"heading ([1-9])\Z|标题 ([1-9])\Z", re.IGNORECASE)


@dataclass
class Styles:
    by_id: Mapping[str, Element] = field(default_factory=dict)

    def chain(self, style_id: str | None) -> Iterator[Element]:
        for _ in range(CHAIN_MAX):
            style = self.by_id.get(style_id or "")
            if style is None:
                return
            yield style
            style_id = value(style, "w:basedOn")

    def first_value(self, style_id: str | None, path: str) -> str | None:
        """`w:val` of the nearest style that says it."""
        return next((v for s in self.chain(style_id) if (v := value(s, path)) is not None), None)

    def toggle(self, style_id: str | None, path: str) -> bool:
        found = next((e for s in self.chain(style_id) if (e := child(s, path)) is not None), None)
        return is_on(found)

    def names(self, style_id: str | None) -> list[str]:
        return [(value(style, "w:name") or "").lower() for style in self.chain(style_id)]

    def heading_level(self, style_id: str | None) -> int | None:
        """1 to 9; a title counts as 1."""
        for name in self.names(style_id):
            if match := _HEADING.match(name):
                return int(match[1] or match[2])
            if name == "title":
                return 1
        outline = self.first_value(style_id, "w:pPr/w:outlineLvl")
        return int(outline) + 1 if outline in set("012345678") else None


def read_styles(root: Element | None) -> Styles:
    if root is None:
        return Styles()
    return Styles({style.get(W + "styleId", ""): style for style in root.iter(W + "style")})
