"""Every article can be read by day and by night."""

from __future__ import annotations

import pytest

from tests.rendering import darkmode
from tests.rendering.samples import THEMES, everything, piece, theme
from webapp.rendering.wechat import _Writer, render

NIGHT_BRIGHTNESS_MAX = 60
"""A surface brighter than this glares on a page of 25."""


@pytest.mark.parametrize("name", THEMES)
def test_all_text_has_contrast_by_day_and_by_night(name: str):
    for stretch in darkmode.seen(render(everything(), theme(name)).html):
        assert stretch.light >= 4.5, stretch
        assert stretch.dark >= 4.5, stretch


@pytest.mark.parametrize("name", THEMES)
def test_the_short_form_has_it_too(name: str):
    for stretch in darkmode.seen(_Writer(everything(), theme(name), "compact").article()):
        assert min(stretch.light, stretch.dark) >= 4.5, stretch


@pytest.mark.parametrize("name", THEMES)
def test_no_surface_glares_at_night(name: str):
    stretches = darkmode.seen(render(everything(), theme(name)).html)
    marked = {"标出"}
    for stretch in stretches:
        if stretch.text not in marked:
            assert darkmode.brightness(stretch.dark_ground) <= NIGHT_BRIGHTNESS_MAX, stretch


@pytest.mark.parametrize(
    ("color", "dark"),
    [("#ffffff", (25, 25, 25)), ("#f7f7f7", (33, 33, 33)), ("#191919", (56, 56, 56))],
)
def test_surfaces_turn_as_the_published_algorithm_says(color: str, dark: darkmode.Rgb):
    assert darkmode.dark_background(darkmode.parse(color)) == dark


def test_a_bright_colour_is_only_dimmed():
    dimmed = darkmode.dark_background(darkmode.parse("#fdeee0"))
    assert darkmode.brightness(dimmed) == pytest.approx(190, abs=1)


def test_pictures_and_empty_pieces_have_no_text_to_judge():
    assert darkmode.seen(render(piece(everything().body.__class__(())), theme()).html) == []
