"""How a column's articles look: numbers, colours and switches from a TOML file, nothing else.

A theme holds no CSS. Every value is a number within bounds, a colour, or one of a few words, so that no theme file can
write something into an article that WeChat strips or a reader is attacked with.

Colours of surfaces (`panel`, `paper`) are pure greys or nearly white: WeChat's dark mode turns those dark, but only dims
other bright colours to a glaring half-tone (github.com/wechatjs/mp-darkmode, `_adjustBackgroundBrightness`, read 2026-11).
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from webapp.kernel.errors import Invalid

_T = TypeVar("_T")
_hex_color = re.compile(r"#[0-9a-f]{6}\Z")
_name = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z")


class InvalidTheme(Invalid):
    code = "invalid_theme"


def _number(low: float, high: float) -> Any:
    return field(metadata={"range": (low, high)})


def _word(*words: str) -> Any:
    return field(metadata={"words": words})


def _text(longest: int) -> Any:
    return field(metadata={"longest": longest})


_COLOR: Any = {"color": "needed"}
_SURFACE: Any = {"color": "needed", "surface": True}
_OPTIONAL_SURFACE: Any = {"color": "optional", "surface": True}


@dataclass(frozen=True, kw_only=True)
class Palette:
    text: str = field(metadata=_COLOR)
    muted: str = field(metadata=_COLOR)
    accent: str = field(metadata=_COLOR)
    line: str = field(metadata=_COLOR)
    panel: str = field(metadata=_SURFACE)
    paper: str = field(metadata=_OPTIONAL_SURFACE)
    red: str = field(metadata=_COLOR)
    blue: str = field(metadata=_COLOR)
    green: str = field(metadata=_COLOR)
    highlight: str = field(metadata=_COLOR)


@dataclass(frozen=True, kw_only=True)
class Body:
    size: int = _number(14, 20)
    line_height: float = _number(1.5, 2.2)
    letter_spacing: float = _number(0, 2)
    side: int = _number(0, 24)
    gap: float = _number(0.2, 2)
    first_line_indent: bool
    justify: bool


@dataclass(frozen=True, kw_only=True)
class Heading:
    size: int = _number(14, 26)
    color: str = _word("accent", "text")
    align: str = _word("left", "center")
    mark: str = _word("bar", "underline", "none")
    before: float = _number(0, 4)
    after: float = _number(0, 3)
    letter_spacing: float = _number(0, 8)


@dataclass(frozen=True, kw_only=True)
class Headings:
    numbering: str = _word("none", "chinese", "arabic")
    level2: Heading
    level3: Heading
    level4: Heading

    def grown(self, pixels: int) -> Headings:
        levels = {name: getattr(self, name) for name in ("level2", "level3", "level4")}
        return dataclasses.replace(
            self,
            **{
                name: dataclasses.replace(level, size=level.size + pixels)
                for name, level in levels.items()
            },
        )

    def level(self, number: int) -> Heading:
        return {2: self.level2, 3: self.level3, 4: self.level4}[number]


@dataclass(frozen=True, kw_only=True)
class Quote:
    size: int = _number(13, 18)
    color: str = _word("text", "muted")
    mark: str = _word("bar", "none")


@dataclass(frozen=True, kw_only=True)
class Caption:
    size: int = _number(12, 16)
    align: str = _word("left", "center")


@dataclass(frozen=True, kw_only=True)
class Sized:
    size: int = _number(12, 18)


@dataclass(frozen=True, kw_only=True)
class Gallery:
    hint: str = _text(20)


@dataclass(frozen=True, kw_only=True)
class Notes:
    title: str = _text(20)
    size: int = _number(12, 16)


@dataclass(frozen=True, kw_only=True)
class Credits:
    size: int = _number(12, 16)
    align: str = _word("left", "center", "right")
    head: tuple[str, ...] = _text(12)
    order: tuple[str, ...] = _text(12)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Sizes in CSS pixels, gaps in em of the text they belong to. Equal themes have equal `canonical()` bytes."""

    name: str
    label: str = _text(20)
    color: Palette
    body: Body
    heading: Headings
    quote: Quote
    caption: Caption
    table: Sized
    code: Sized
    gallery: Gallery
    notes: Notes
    credits: Credits

    def adjusted(
        self,
        *,
        first_line_indent: bool | None = None,
        justify: bool | None = None,
        size: int | None = None,
    ) -> Theme:
        """With these switches of the body instead of its own, where they are given. Headings keep their distance to the text:
        they grow and shrink by as many pixels as it does."""
        own = self.body
        body = dataclasses.replace(
            own,
            first_line_indent=own.first_line_indent
            if first_line_indent is None
            else first_line_indent,
            justify=own.justify if justify is None else justify,
            size=size or own.size,
        )
        return dataclasses.replace(
            self, body=body, heading=self.heading.grown(body.size - own.size)
        )

    def canonical(self) -> bytes:
        return self._canonical

    @cached_property
    def _canonical(self) -> bytes:
        raw = dataclasses.asdict(self)
        return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_theme(path: Path) -> Theme:
    """Raises InvalidTheme with the file, the key and what is wrong."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidTheme(f"主题文件 {path.name} 读不出来：{error}") from error
    return parse_theme(raw, path.name)


def parse_theme(raw: dict[str, Any], source: str) -> Theme:
    return _table(raw, Theme, f"主题文件 {source}")


def list_themes(folder: Path) -> tuple[Theme, ...]:
    """Every theme of the folder by name; a file must be called as the theme that it holds."""
    themes = []
    for path in sorted(folder.glob("*.toml")):
        theme = load_theme(path)
        if theme.name != path.stem:
            raise InvalidTheme(f"主题文件 {path.name} 里的 name 是“{theme.name}”，应当与文件名一致")
        themes.append(theme)
    return tuple(themes)


def _table(raw: Any, kind: type[_T], where: str) -> _T:
    if not isinstance(raw, dict):
        raise InvalidTheme(f"{where} 应当是一组设置")
    known = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(raw) - set(known)):
        raise InvalidTheme(f"{where} 有不认识的设置 {unknown[0]}")
    values = {}
    for name, spec in known.items():
        if name not in raw:
            raise InvalidTheme(f"{where} 缺少 {name}")
        values[name] = _value(raw[name], spec, f"{where} 的 {name}")
    return kind(**values)


def _value(raw: Any, spec: dataclasses.Field[Any], where: str) -> Any:
    if nested := _TABLES.get(str(spec.type)):
        return _table(raw, nested, where)
    if spec.type == "bool":
        return _expect(raw, isinstance(raw, bool), where, "应当是 true 或 false")
    if "range" in spec.metadata:
        return _checked_number(raw, spec, where)
    if spec.type == "tuple[str, ...]":
        fits = isinstance(raw, list) and all(_is_text(item, spec) for item in raw)
        return tuple(_expect(raw, fits, where, "应当是一列短文字"))
    if "words" in spec.metadata:
        words = spec.metadata["words"]
        return _expect(raw, raw in words, where, f"只能是 {'、'.join(words)} 之一")
    if "color" in spec.metadata:
        return _checked_color(raw, spec, where)
    if "longest" in spec.metadata:
        return _expect(raw, _is_text(raw, spec), where, "应当是短文字")
    return _expect(
        raw, isinstance(raw, str) and _name.match(raw), where, "只能用小写字母、数字和 -"
    )


def _is_text(raw: Any, spec: dataclasses.Field[Any]) -> bool:
    return isinstance(raw, str) and raw.isprintable() and len(raw) <= spec.metadata["longest"]


def _checked_number(raw: Any, spec: dataclasses.Field[Any], where: str) -> int | float:
    low, high = spec.metadata["range"]
    kinds = int if spec.type == "int" else (int, float)
    fits = isinstance(raw, kinds) and not isinstance(raw, bool) and low <= raw <= high
    number = _expect(
        raw, fits, where, f"应当是 {low:g} 到 {high:g} 的{'整数' if kinds is int else '数'}"
    )
    return int(number) if spec.type == "int" else float(number)


def _checked_color(raw: Any, spec: dataclasses.Field[Any], where: str) -> str:
    if raw == "" and spec.metadata["color"] == "optional":
        return ""
    color = raw.lower() if isinstance(raw, str) else ""
    _expect(raw, _hex_color.match(color), where, "应当写成 #rrggbb")
    if "surface" in spec.metadata:
        _expect(
            raw, _turns_dark(color), where, "在深色模式里会变成刺眼的亮块，请用纯灰或接近白的颜色"
        )
    return color


def _expect(raw: Any, fits: object, where: str, wish: str) -> Any:
    if not fits:
        raise InvalidTheme(f"{where}（{raw!r}）{wish}")
    return raw


def rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _turns_dark(color: str) -> bool:
    red, green, blue = rgb(color)
    return red == green == blue or (red * 299 + green * 587 + blue * 114) / 1000 > 250


_TABLES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Palette, Body, Heading, Headings, Quote, Caption, Sized, Gallery, Notes, Credits)
}
