"""Inline style written short, from properties that are known to survive in an article body."""

from __future__ import annotations

PROPERTIES = frozenset(
    {
        "background-color",
        "border",
        "border-bottom",
        "border-collapse",
        "border-left",
        "border-top",
        "color",
        "display",
        "font-size",
        "font-weight",
        "letter-spacing",
        "line-height",
        "margin",
        "padding-bottom",
        "max-width",
        "overflow-x",
        "padding",
        "padding-left",
        "text-align",
        "text-decoration",
        "text-indent",
        "vertical-align",
        "white-space",
        "width",
        "word-break",
        "-webkit-overflow-scrolling",
    }
)
"""Seen to survive in 21 published bodies (github.com/wechatjs/verify-article-structure-spec fixtures, counted 2026-11)
or in daily use by doocs/md and mdnice. One unsupported declaration can cost a whole style attribute (doocs/md#1944).
"""

Declared = str | float | None


def css(**declared: Declared) -> str:
    """`font_size="16px"` → `font-size:16px`; None leaves a declaration out, numbers lose their needless digits."""
    parts = []
    for name, value in declared.items():
        if value is None:
            continue
        prop = name.replace("_", "-")
        assert prop in PROPERTIES, prop
        parts.append(f"{prop}:{value if isinstance(value, str) else short(value)}")
    return ";".join(parts)


def short(number: float) -> str:
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return text[1:] if text.startswith("0.") else text


def em(number: float) -> str:
    return f"{short(number)}em" if number else "0"


def px(number: float) -> str:
    return f"{short(number)}px" if number else "0"


def hex_color(color: str) -> str:
    """#aabbcc → #abc."""
    if color[1] == color[2] and color[3] == color[4] and color[5] == color[6]:
        return f"#{color[1]}{color[3]}{color[5]}"
    return color


def tag(name: str, style: str, extra: str = "") -> str:
    return f'<{name}{extra} style="{style}">' if style else f"<{name}{extra}>"
