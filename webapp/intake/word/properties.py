"""Run properties that a body can show, resolved from the run, its character style and its paragraph style.

Everything else (fonts, sizes, language, spacing) is left out, and runs that no longer differ become one: Word cuts a sentence
into a dozen runs, and mammoth's time goes with their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from webapp.document.inline import tone_of
from webapp.intake.word.styles import Styles
from webapp.intake.word.xml import Element, W, child, is_on, serialize, value, w

COLOR_STYLE = "TxColor"
COLORS_MAX = 64
"""Different text colours in one file; each is a line in mammoth's style map, which it walks for each run."""

_COLOR = re.compile(r"[0-9A-Fa-f]{6}\Z")
_TOGGLES = {"b": "b", "i": "i", "strike": "strike", "dstrike": "strike"}
_MERGEABLE = {W + tag for tag in ("t", "tab", "br", "noBreakHyphen")}


def is_hidden(properties: Element | None) -> bool:
    return is_on(child(properties, "w:vanish"))


class RunProperties:
    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.colors: set[str] = set()

    def shown(self, raw: Element | None, paragraph_style: str | None) -> Element | None:
        """The w:rPr that is left; None when there is nothing to show. `paragraph_style` is None in a heading."""
        kept = [*self._toggles(raw, paragraph_style), *self._marks(raw)]
        return w("rPr", *kept) if kept else None

    def _toggles(self, raw: Element | None, paragraph_style: str | None) -> Iterator[Element]:
        run_style = value(raw, "w:rStyle")
        names: set[str] = set()
        for tag, name in _TOGGLES.items():
            own = child(raw, f"w:{tag}")
            inherited = self._styles.toggle(run_style, f"w:rPr/w:{tag}") or self._styles.toggle(
                paragraph_style, f"w:rPr/w:{tag}"
            )
            if name not in names and (is_on(own) if own is not None else inherited):
                names.add(name)
                yield w(name)

    def _marks(self, raw: Element | None) -> Iterator[Element]:
        run_style = value(raw, "w:rStyle")
        # A link is underlined and blue by the theme.
        is_link = any("hyperlink" in name for name in self._styles.names(run_style))
        if not is_link and value(raw, "w:u") not in {None, "none"}:
            yield w("u", val="single")
        for tag in ("vertAlign", "highlight"):
            if chosen := value(raw, f"w:{tag}"):
                yield w(tag, val=chosen)
        color = value(raw, "w:color") or self._styles.first_value(run_style, "w:rPr/w:color")
        if not is_link and color and self._takes(color):
            yield w("rStyle", val=f"{COLOR_STYLE}{color.upper()}")

    def _takes(self, color: str) -> bool:
        if not _COLOR.match(color) or tone_of(f"#{color}") is None:
            return False
        if len(self.colors) < COLORS_MAX:
            self.colors.add(color.upper())
        return color.upper() in self.colors


def merged_runs(elements: Iterable[Element]) -> list[Element]:
    """Neighbouring runs of text with the same properties become one, and neighbouring texts in it too."""
    out: list[Element] = []
    keys: list[bytes | None] = []
    for element in elements:
        key = _key(element)
        if key is not None and keys and keys[-1] == key:
            _append(out[-1], [e for e in element if e.tag != W + "rPr"])
        else:
            out.append(element)
            keys.append(key)
    return out


def _key(element: Element) -> bytes | None:
    if element.tag != W + "r" or any(
        e.tag not in _MERGEABLE and e.tag != W + "rPr" for e in element
    ):
        return None
    properties = element.find(W + "rPr")
    return b"" if properties is None else serialize(properties)


def _append(run: Element, content: Iterable[Element]) -> None:
    for element in content:
        last = run[-1] if len(run) else None
        if last is not None and last.tag == element.tag == W + "t":
            last.text = (last.text or "") + (element.text or "")
        else:
            run.append(element)
