"""Runs of text inside a block, as HTML writes them: which marks a tag or a style means, and which blanks count."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tinycss2.color3 import RGBA, parse_color  # type: ignore[import-untyped]

from webapp.document.model import Mark, Node, mark, merged
from webapp.document.schema import SCHEMA

MARK_OF_TAG: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("cite", "em", "i", "var"), "italic"),
    **dict.fromkeys(("ins", "u"), "underline"),
    **dict.fromkeys(("del", "s", "strike"), "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "mark": "highlight",
    "sub": "subscript",
    "sup": "superscript",
}
_BLANKS = " \t\n\r\f"
_blank = re.compile(rf"[{_BLANKS}]")
_broken = re.compile(r"[\t\n\r\f]")
_token = re.compile(rf"[{_BLANKS}]+|[^{_BLANKS}]+")
_han = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_ends_han = re.compile(rf"[{_han}][“”‘’…—·]*\Z")
_starts_han = re.compile(rf"[“”‘’…—·]*[{_han}]")


def with_mark(marks: tuple[Mark, ...], added: Mark) -> tuple[Mark, ...]:
    """The marks with one more, in the schema's order. A link outlives code; otherwise the newer of two rivals stays."""
    if not marks:
        return (added,)
    excludes = SCHEMA.marks[added.type].excludes
    names = {m.type for m in marks}
    if added.type == "code" and "link" in names:
        return marks
    if "code" in names and added.type not in {"code", "link"}:
        return marks
    rivals = excludes | {added.type} | {n for n in names if added.type in SCHEMA.marks[n].excludes}
    kept = [m for m in marks if m.type not in rivals]
    return tuple(sorted([*kept, added], key=lambda m: SCHEMA.marks[m.type].rank))


def without_mark(marks: tuple[Mark, ...], name: str) -> tuple[Mark, ...]:
    return tuple(m for m in marks if m.type != name)


def styled(marks: tuple[Mark, ...], style: Mapping[str, str]) -> tuple[Mark, ...]:
    """The marks after an element's style. A style may also end what its surroundings began, as Google Docs does."""
    if weight := style.get("font-weight"):
        heavy = weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= 600)
        marks = _switched(marks, "bold", heavy)
    if slant := style.get("font-style"):
        marks = _switched(marks, "italic", slant != "normal")
    lines = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"
    if "underline" in lines:
        marks = with_mark(marks, mark("underline"))
    if "line-through" in lines:
        marks = with_mark(marks, mark("strike"))
    if raised := {"super": "superscript", "sub": "subscript"}.get(style.get("vertical-align", "")):
        marks = with_mark(marks, mark(raised))
    if color := style.get("color"):
        marks = toned(marks, color)
    return marks


def _switched(marks: tuple[Mark, ...], name: str, on: bool) -> tuple[Mark, ...]:
    return with_mark(marks, mark(name)) if on else without_mark(marks, name)


def toned(marks: tuple[Mark, ...], color: str) -> tuple[Mark, ...]:
    name = tone_of(color)
    return with_mark(marks, mark("tone", name=name)) if name else without_mark(marks, "tone")


def tone_of(color: str) -> str | None:
    """The theme's tone nearest to a CSS colour; None for the blacks and whites of ordinary text."""
    parsed = parse_color(color)
    if not isinstance(parsed, RGBA):
        return None
    hue, lightness, saturation = colorsys.rgb_to_hls(parsed.red, parsed.green, parsed.blue)
    if not 0.15 < lightness < 0.85:
        return None
    if saturation < 0.3:
        return "muted" if lightness > 0.4 else None
    degrees = hue * 360
    if degrees < 20 or degrees > 335:
        return "red"
    if 75 < degrees < 170:
        return "green"
    return "blue" if 170 <= degrees < 265 else "accent"


def collapsed(run: Sequence[Node]) -> tuple[Node, ...]:
    """The run as a browser shows it: blanks are one space, none at the edges, none beside a line break, and the last
    line break of a block is not seen. A line end between two Chinese characters is no space at all (CSS Text 3, 4.1.3).
    """
    if len(run) == 1 and run[0].text is not None and _is_tight(run[0].text):
        return (run[0],)
    letters = [item.text for item in run if item.text is not None]
    if len(letters) == len(run) and _is_tight("".join(letters)):
        return merged(run)
    kept: list[Node] = []
    blanks: list[Node] = []
    for piece in _tokens(run):
        if piece.text is not None and piece.text[0] in _BLANKS:
            blanks.append(piece)
            continue
        if blanks and kept and _shown(blanks, kept[-1], piece):
            kept.append(Node("text", text=" ", marks=blanks[0].marks))
        blanks.clear()
        kept.append(piece)
    if kept and kept[-1].text is None:
        kept.pop()
    return merged(kept)


def _is_tight(letters: str) -> bool:
    """Whether each blank is a single space between other characters."""
    if letters[:1] == " " or letters[-1:] == " " or "  " in letters:
        return False
    return not _broken.search(letters)


def _tokens(run: Iterable[Node]) -> Iterator[Node]:
    for item in run:
        if item.text is None or not _blank.search(item.text):
            yield item
        else:
            for value in _token.findall(item.text):
                yield Node("text", text=value, marks=item.marks)


def _shown(blanks: list[Node], before: Node, after: Node) -> bool:
    if before.text is None or after.text is None:
        return False
    ends_line = any("\n" in (blank.text or "") for blank in blanks)
    return not (ends_line and _ends_han.search(before.text) and _starts_han.match(after.text))
