"""Office formulas in one line of text: (a+b)/2, x^2, √(x). Enough to check against the original, not to typeset."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.intake.word.xml import Element, M


def linear(element: Element) -> str:
    if element.tag == M + "t":
        return element.text or ""
    writer = _WRITERS.get(element.tag.removeprefix(M))
    return writer(element) if writer else "".join(map(linear, element))


def _part(element: Element, name: str) -> str:
    found = element.find(M + name)
    return "" if found is None else linear(found)


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _fraction(element: Element) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _scripts(element: Element) -> str:
    lower, upper = _part(element, "sub"), _part(element, "sup")
    below = f"_{_grouped(lower)}" if lower else ""
    above = f"^{_grouped(upper)}" if upper else ""
    return f"{_part(element, 'e')}{below}{above}"


def _root(element: Element) -> str:
    degree = _part(element, "deg")
    return f"{degree}√{_grouped(_part(element, 'e'))}"


def _sum(element: Element) -> str:
    sign = element.find(f"{M}naryPr/{M}chr")
    lower, upper = _part(element, "sub"), _part(element, "sup")
    bounds = f"[{lower},{upper}]" if lower or upper else ""
    written = "∫" if sign is None else sign.get(M + "val", "")
    return f"{written}{bounds}{_grouped(_part(element, 'e'))}"


_WRITERS: Mapping[str, Callable[[Element], str]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "nary": _sum,
    "d": lambda element: f"({','.join(linear(e) for e in element.findall(M + 'e'))})",
}
