"""What WeChat's dark mode makes of a body's colours, after github.com/wechatjs/mp-darkmode `src/modules/sdk.ts`, read 2026-11.

Only what our bodies have: opaque inline colours and backgrounds. Numbers are that project's constants.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.rendering.gate import styles

Rgb = tuple[float, float, float]

LIGHT_TEXT: Rgb = (25, 25, 25)
DARK_TEXT: Rgb = (255, 255, 255)
PAGE: Rgb = (255, 255, 255)
DARK_PAGE: Rgb = (25, 25, 25)
WHITE_LIKE = 250
MIN_OFFSET = 65
MAX_BACKGROUND = 190
HIGH_BACKGROUND = 100
HIGH_LIGHTNESS = 40
LOW_LIGHTNESS = 22


def parse(color: str) -> Rgb:
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def brightness(color: Rgb) -> float:
    return (color[0] * 299 + color[1] * 587 + color[2] * 114) / 1000


def _hsl(color: Rgb) -> tuple[float, float, float]:
    hue, lightness, saturation = colorsys.rgb_to_hls(*(c / 255 for c in color))
    return hue, saturation * 100, lightness * 100


def _from_hsl(hue: float, saturation: float, lightness: float) -> Rgb:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness / 100, saturation / 100)
    return (red * 255, green * 255, blue * 255)


def _rounded(color: Rgb) -> Rgb:
    return (round(color[0]), round(color[1]), round(color[2]))


def _brightness_set(target: float, color: Rgb) -> Rgb:
    ratio = target / (brightness(color) or 1)
    red, green, blue = (min(255, c * ratio) for c in color)
    if green == 0 or red == 255 or blue == 255:
        green = (target * 1000 - red * 299 - blue * 114) / 587
    elif red == 0:
        red = (target * 1000 - green * 587 - blue * 114) / 299
    elif blue == 0 or green == 255:
        blue = (target * 1000 - red * 299 - green * 587) / 114
    return (red, green, blue)


def dark_background(color: Rgb) -> Rgb:
    hue, saturation, lightness = _hsl(color)
    bright = brightness(color)
    if (saturation == 0 and lightness > HIGH_LIGHTNESS) or bright > WHITE_LIKE:
        return _rounded(_from_hsl(0, 0, min(100, 100 + _hsl(DARK_PAGE)[2] - lightness)))
    if bright > MAX_BACKGROUND:
        return _rounded(_brightness_set(MAX_BACKGROUND, color))
    if lightness < LOW_LIGHTNESS:
        return _rounded(_from_hsl(hue, saturation, LOW_LIGHTNESS))
    return color


def dark_text(color: Rgb, background: Rgb) -> Rgb:
    return _rounded(_dark_text(color, brightness(background), 0))


def _dark_text(color: Rgb, ground: float, turns: int) -> Rgb:
    hue, saturation, lightness = _hsl(color)
    bright = brightness(color)
    offset = abs(ground - bright)
    most = max(brightness(DARK_TEXT) - brightness(DARK_PAGE), 0)
    if bright >= WHITE_LIKE or turns > 3:
        return color
    if offset > most and ground <= brightness(DARK_PAGE) + 2:
        return _brightness_set(most + ground, color)
    if offset >= MIN_OFFSET:
        return color
    if ground >= HIGH_BACKGROUND:
        if lightness > 90 - HIGH_LIGHTNESS:
            return _dark_text(_from_hsl(hue, saturation, 90 - lightness), ground, turns + 1)
        return _brightness_set(min(most, ground - MIN_OFFSET), color)
    if lightness <= HIGH_LIGHTNESS:
        return _dark_text(_from_hsl(hue, saturation, 90 - lightness), ground, turns + 1)
    return _brightness_set(min(most, ground + MIN_OFFSET), color)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2's ratio, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Rgb) -> float:
    channels = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


@dataclass(frozen=True)
class Seen:
    """A stretch of text with its contrast by day and by night."""

    text: str
    light: float
    dark: float
    dark_ground: Rgb


@dataclass(frozen=True)
class _Colors:
    text: Rgb
    ground: Rgb
    dark_text: Rgb
    dark_ground: Rgb


def seen(html: str) -> list[Seen]:
    body = LexborHTMLParser(html).body
    assert body is not None
    start = _Colors(LIGHT_TEXT, PAGE, dark_text(LIGHT_TEXT, DARK_PAGE), DARK_PAGE)
    return list(_walk(body, start))


def _walk(element: LexborNode, around: _Colors) -> Iterator[Seen]:
    own = _colors(element, around)
    child = element.first_child
    while child is not None:
        if child.is_text_node:
            text = (child.text_content or "").strip()
            if text:
                light = contrast(own.text, own.ground)
                dark = contrast(own.dark_text, own.dark_ground)
                yield Seen(text, light, dark, own.dark_ground)
        else:
            yield from _walk(child, own)
        child = child.next


def _colors(element: LexborNode, around: _Colors) -> _Colors:
    declared = styles(element)
    ground, dark_ground, text, night = (
        around.ground,
        around.dark_ground,
        around.text,
        around.dark_text,
    )
    if background := declared.get("background-color"):
        ground = parse(background)
        dark_ground = dark_background(ground)
        night = dark_text(text, dark_ground)
    if color := declared.get("color"):
        text = parse(color)
        night = dark_text(text, dark_ground)
    if element.tag == "a":
        text, night = parse("#576b95"), parse("#7d90a9")
    return _Colors(text, ground, night, dark_ground)
