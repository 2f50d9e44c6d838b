"""What of an inline style survives storage."""

import re
from collections.abc import Callable

_DECLARATION = re.compile(r"""(?:[^;"'(]|\((?:[^)"']|"[^"]*"|'[^']*')*\)|"[^"]*"|'[^']*'|[("'])+""")
_URL = re.compile(r"""url\(\s*(['"]?)(.*?)\1\s*\)""", re.IGNORECASE | re.DOTALL)
_HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-fA-F])")
_CODE = re.compile(
    r"expression\s*\(|javascript:|vbscript:|-moz-binding|behavior\s*:", re.IGNORECASE
)
_COLOURED = frozenset(("color", "background-color", "border-color"))
_POSITIONS = frozenset(("relative", "absolute", "fixed", "sticky"))


def stored_style(style: str, *, is_own: Callable[[str], bool], rgb: bool) -> str:
    """Position and custom properties are cut out, foreign `url()` emptied, hex colours may turn into `rgb()`."""
    kept = []
    for declaration in _DECLARATION.findall(style):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or _is_cut(name, value):
            continue
        kept.append(
            f"{declaration.partition(':')[0]}:{_stored_value(name, value, is_own, rgb=rgb)}"
        )
    if not kept:
        return ""
    return ";".join(kept) + (";" if style.rstrip().endswith(";") else "")


def _is_cut(name: str, value: str) -> bool:
    bare = value.replace("!important", "").strip().lower()
    return (
        (name == "position" and bare in _POSITIONS)
        or name.startswith("--")
        or _CODE.search(f"{name}:{value}") is not None
    )


def _stored_value(name: str, value: str, is_own: Callable[[str], bool], *, rgb: bool) -> str:
    value = _URL.sub(lambda match: match.group() if is_own(match.group(2)) else "url()", value)
    return _HEX.sub(_as_rgb, value) if rgb and name in _COLOURED else value


def _as_rgb(match: re.Match[str]) -> str:
    digits = match.group(1)
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return f"rgb({red}, {green}, {blue})"
