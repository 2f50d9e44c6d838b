"""A theme file holds numbers, colours and words; whatever else is in it is refused with its place."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.rendering.samples import ROOT, THEMES, theme
from webapp.rendering.css import PROPERTIES, css, hex_color, short
from webapp.rendering.styles import styles_of
from webapp.rendering.themes import InvalidTheme, list_themes, load_theme, parse_theme

FOLDER = ROOT / "config" / "themes"


def raw() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "frontline.toml").read_text("utf-8"))


def test_the_three_columns_have_their_themes():
    assert [t.name for t in list_themes(FOLDER)] == sorted(THEMES)


def test_equal_themes_have_equal_bytes_whatever_the_order_in_the_file():
    backwards = dict(reversed(raw().items()))
    assert parse_theme(backwards, "x").canonical() == theme().canonical()
    assert parse_theme(raw(), "x") == theme()


def test_themes_differ_in_their_bytes():
    assert len({theme(name).canonical() for name in THEMES}) == len(THEMES)


def test_a_column_may_depart_from_its_theme_in_three_things():
    plain = theme("frontline")
    assert plain.adjusted() == plain
    other = plain.adjusted(
        first_line_indent=not plain.body.first_line_indent, justify=False, size=18
    )
    assert (other.body.first_line_indent, other.body.justify) == (
        not plain.body.first_line_indent,
        False,
    )
    grown = 18 - plain.body.size
    assert [other.heading.level(n).size - plain.heading.level(n).size for n in (2, 3, 4)] == [grown] * 3  # fmt: skip
    assert other.canonical() != plain.canonical()


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("colour",), {}, "不认识的设置 colour"),
        (("body", "sizes"), 16, "不认识的设置 sizes"),
        (("body", "size"), 60, "14 到 20"),
        (("body", "size"), 16.5, "整数"),
        (("body", "size"), True, "整数"),
        (("body", "line_height"), "2;position:fixed", "1.5 到 2.2"),
        (("body", "justify"), "yes", "true 或 false"),
        (("body",), 3, "一组设置"),
        (("color", "text"), "red", "#rrggbb"),
        (("color", "text"), "#333;background:url(//evil.example)", "#rrggbb"),
        (("color", "panel"), "#fdeee0", "深色模式"),
        (("heading", "numbering"), "roman", "none、chinese、arabic"),
        (("heading", "level2", "mark"), "gradient", "bar、underline、none"),
        (("credits", "order"), "编辑", "一列短文字"),
        (("credits", "order"), ["编辑" * 20], "一列短文字"),
        (("notes", "title"), "链\n接", "短文字"),
        (("name",), "Front Line", "小写字母"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(path: tuple[str, ...], value: Any, complaint: str):
    wrong = copy.deepcopy(raw())
    table = wrong
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    with pytest.raises(InvalidTheme, match=complaint) as caught:
        parse_theme(wrong, "frontline.toml")
    assert "frontline.toml" in caught.value.message


def test_a_missing_value_is_refused_with_its_place():
    incomplete = raw()
    del incomplete["heading"]["level3"]["size"]
    with pytest.raises(InvalidTheme, match="heading 的 level3 缺少 size"):
        parse_theme(incomplete, "x.toml")


def test_a_file_that_is_no_toml_or_is_not_there_is_refused(tmp_path: Path):
    (tmp_path / "a.toml").write_text("name = ", "utf-8")
    for name in ("a.toml", "b.toml"):
        with pytest.raises(InvalidTheme, match=name):
            load_theme(tmp_path / name)


def test_a_file_is_called_as_its_theme(tmp_path: Path):
    text = (FOLDER / "advice.toml").read_text("utf-8")
    (tmp_path / "other.toml").write_text(text, "utf-8")
    with pytest.raises(InvalidTheme, match="与文件名一致"):
        list_themes(tmp_path)


@pytest.mark.parametrize("name", THEMES)
def test_styles_are_computed_once_and_are_short(name: str):
    styles = styles_of(theme(name), "self_contained")
    assert styles is styles_of(theme(name), "self_contained")
    everything = str(styles)
    assert ';"' not in everything
    assert ".0em" not in everything
    assert "position" not in everything
    assert "font-family" not in everything


def test_a_declaration_outside_the_list_cannot_be_written():
    assert not {"position", "font-family", "background", "float"} & PROPERTIES
    with pytest.raises(AssertionError):
        css(position="fixed")


def test_numbers_and_colours_are_written_short():
    assert css(line_height=1.80, margin="1em 0", color=None) == "line-height:1.8;margin:1em 0"
    assert [short(n) for n in (0.5, 1.0, 1.250, 0)] == [".5", "1", "1.25", "0"]
    assert [hex_color(c) for c in ("#aabbcc", "#aabbcd")] == ["#abc", "#aabbcd"]
