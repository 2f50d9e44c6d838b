"""The labels that Word counts and prints but does not store: 一、 （二） 第三条 4. •

Rules of counting: ECMA-376 part 1, 17.9. A level counts on per abstract numbering, starts anew when a higher level comes,
and may be overridden once per numbering instance (w:lvlOverride/w:startOverride).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from webapp.intake.word.xml import Element, W, child, is_on, value

LEVELS = 9
_DIGITS = "〇一二三四五六七八九"
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, kw_only=True)
class Level:
    format: str
    text: str
    start: int
    plain_numbers: bool
    style: str | None


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """`level` counts from 0; `label` is what Word prints, empty for a bullet drawn as a picture."""

    level: int
    label: str
    is_bullet: bool


@dataclass
class Numbering:
    abstract: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    instances: Mapping[str, tuple[str, Mapping[int, int]]] = field(default_factory=dict)
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, number_id: str, style: str) -> int | None:
        abstract, _ = self.instances.get(number_id, ("", {}))
        levels = self.abstract.get(abstract, {})
        return next((i for i, level in levels.items() if level.style == style), None)

    def next_label(self, number_id: str, level_index: int) -> Numbered | None:
        """Counts one on. None for a numbering that is not defined, which Word prints without a label."""
        abstract, starts = self.instances.get(number_id, ("", {}))
        levels = self.abstract.get(abstract, {})
        level = levels.get(level_index)
        if level is None:
            return None
        counters = self.counters.setdefault(abstract, [None] * LEVELS)
        self._count(counters, level_index, level, number_id, starts)
        if level.format == "bullet":
            return Numbered(level=level_index, label=level.text, is_bullet=True)
        label = _PLACE.sub(lambda m: _part(int(m[1]) - 1, counters, levels, level), level.text)
        return Numbered(level=level_index, label=label, is_bullet=False)

    def _count(
        self,
        counters: list[int | None],
        index: int,
        level: Level,
        number_id: str,
        starts: Mapping[int, int],
    ) -> None:
        current = counters[index]
        if index in starts and (number_id, index) not in self.begun:
            counters[index] = starts[index]
        else:
            counters[index] = level.start if current is None else current + 1
        self.begun.add((number_id, index))
        for deeper in range(index + 1, LEVELS):
            counters[deeper] = None


def _part(
    index: int, counters: list[int | None], levels: Mapping[int, Level], printing: Level
) -> str:
    level = levels.get(index)
    if level is None:
        return ""
    count = counters[index]
    number = level.start if count is None else count
    return spell(number, "decimal" if printing.plain_numbers else level.format)


def read_numbering(root: Element | None) -> Numbering:
    if root is None:
        return Numbering()
    abstract: dict[str, Mapping[int, Level]] = {}
    defined_by_style: dict[str, str] = {}
    taken_from_style: dict[str, str] = {}
    for element in root.iter(W + "abstractNum"):
        name = element.get(W + "abstractNumId", "")
        abstract[name] = dict(map(_level, element.iter(W + "lvl")))
        defined_by_style[value(element, "w:styleLink") or ""] = name
        if style := value(element, "w:numStyleLink"):
            taken_from_style[name] = style
    for name, style in taken_from_style.items():
        abstract[name] = abstract.get(defined_by_style.get(style, ""), {})
    return Numbering(abstract=abstract, instances=dict(map(_instance, root.iter(W + "num"))))


def _level(element: Element) -> tuple[int, Level]:
    level = Level(
        format=value(element, "w:numFmt") or "decimal",
        text=value(element, "w:lvlText") or "",
        start=_number(value(element, "w:start"), 1),
        plain_numbers=is_on(child(element, "w:isLgl")),
        style=value(element, "w:pStyle"),
    )
    return _number(element.get(W + "ilvl"), 0), level


def _instance(element: Element) -> tuple[str, tuple[str, Mapping[int, int]]]:
    starts = {
        _number(override.get(W + "ilvl"), 0): _number(start, 1)
        for override in element.iter(W + "lvlOverride")
        if (start := value(override, "w:startOverride")) is not None
    }
    return element.get(W + "numId", ""), (value(element, "w:abstractNumId") or "", starts)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def spell(number: int, format_: str) -> str:
    """A count as the ST_NumberFormat of that name writes it (ECMA-376 part 1, 17.18.59); unknown formats are decimal."""
    return _FORMATS.get(format_, str)(number)


def _chinese(number: int) -> str:
    if not 0 < number < 10_000:
        return str(number)
    spelt = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            spelt += _DIGITS[digit] + name
        elif spelt and number % unit and not spelt.endswith("零"):
            spelt += "零"
    return spelt.removeprefix("一") if 10 <= number < 20 else spelt


def _legal(number: int) -> str:
    return (
        _chinese(number).translate(_LEGAL)
        if number >= 20 or number < 10
        else ("壹" + _chinese(number).translate(_LEGAL))
    )


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    spelt = ""
    for worth, letters in _ROMAN:
        spelt += letters * (number // worth)
        number %= worth
    return spelt


def _letters(number: int) -> str:
    """A … Z, AA, BB, as Word repeats them."""
    if number < 1:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _of_series(first: str, length: int) -> Callable[[int], str]:
    """A run of Unicode characters such as ① … ⑳; beyond it, plain digits."""
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= length else str(number)


def _cyclic(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)] if number > 0 else str(number)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_FORMATS: Mapping[str, Callable[[int], str]] = {
    "none": lambda _number: "",
    "decimalZero": "{:02d}".format,
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand", "koreanCounting"), _chinese,
    ),
    **dict.fromkeys(
        ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"),
        lambda number: str(number).translate(str.maketrans("0123456789", _DIGITS)),
    ),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), _legal),
    "ideographTraditional": _cyclic("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _cyclic("子丑寅卯辰巳午未申酉戌亥"),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _of_series("①", 20)),
    "decimalEnclosedParen": _of_series("⑴", 20),
    "decimalEnclosedFullstop": _of_series("⒈", 20),
    **dict.fromkeys(
        ("decimalFullWidth", "decimalFullWidth2"),
        lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ),
}  # fmt: skip
