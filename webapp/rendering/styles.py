"""A theme as the inline styles of WeChat HTML, computed once per theme and mode.

What stands on each block and what is inherited. The reader page has no size, colour or line height of its own for p,
section, strong and span, so these inherit from the outermost section of a published article; but who copies an article
into the console can lose that section, and third parties report resets (doocs/md `createContainer`, raphael-publish
`wechatCompat.ts`). Styles count against the 20,000 characters that WeChat takes, though, so there are two modes:

- SELF_CONTAINED: every block says its own size, line height and colour, cells their lines. Used while the article stays
  well below the limit, which is nearly always.
- COMPACT: a block says only what differs from what it inherits, and from the reader page's own stylesheet, which zeroes the
  margins of p and draws table cells (`static/css/reader.css` has those rules for the preview). Should the outermost section
  be lost, body text falls back to the reader's 17 px.

Both look alike on a phone; only the lines of captions, tables, listings and notes stand a little wider apart in COMPACT.
In both, spacing is on each block, since margins do not inherit and the console deletes empty paragraphs. No font-family
(sizes then differ on iOS 17 and later), no position, no !important but on the track of a hand-scroll, where the reader's
`max-width:100%!important` leaves no other way. Values are short: no needless digit, no last semicolon, three-digit colours
where they are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from webapp.rendering.css import Declared, css, em, hex_color, px, tag
from webapp.rendering.themes import Heading, Theme

Mode = Literal["self_contained", "compact"]


@dataclass(frozen=True, kw_only=True)
class Styles:
    """Opening tags and style values, by what they are for."""

    root: str
    paragraph: MappingProxyType[str | None, str]
    line: MappingProxyType[str | None, str]
    line_after: MappingProxyType[str | None, str]
    unhung_line: MappingProxyType[str | None, str]
    unhung: str
    heading: MappingProxyType[tuple[int, str | None], str]
    quote: str
    lists: MappingProxyType[tuple[str, str], str]
    plain_figure: str
    figure: str
    caption: str
    slide_caption: str
    table: str
    breaking_table: str
    wide_table: str
    cell: str
    header: str
    code: str
    rule: str
    tones: MappingProxyType[str, str]
    highlight: str
    inline_code: str
    reference: str
    notes: str
    compact: bool
    kicker: str
    head: str
    credits: str
    slides: str
    slide: str
    scroller: str
    pair: str


ALIGNS: tuple[str | None, ...] = (None, "left", "center", "right", "justify")
HANGS = {"narrow": 1.25, "wide": 1.85}
"""How far a list's lines stand in, in em: for markers of one and of two digits, a quarter em of blank included."""


@lru_cache(maxsize=64)
def styles_of(theme: Theme, mode: Mode) -> Styles:
    return _Compiler(theme, mode).styles()


class _Compiler:
    def __init__(self, theme: Theme, mode: Mode) -> None:
        self.theme = theme
        self.body = theme.body
        self.own = mode == "self_contained"
        self.text = hex_color(theme.color.text)
        self.muted = hex_color(theme.color.muted)
        self.accent = hex_color(theme.color.accent)
        self.line = hex_color(theme.color.line)
        self.panel = hex_color(theme.color.panel)
        self.body_text = self.restated(
            font_size=px(self.body.size), line_height=self.body.line_height, color=self.text
        )

    def restated(self, **declared: Declared) -> dict[str, Declared]:
        """Declarations that only say again what is inherited, or what the reader's stylesheet does."""
        return declared if self.own else {}

    def styles(self) -> Styles:
        theme = self.theme
        return Styles(
            root=self.root(),
            paragraph=self.aligned("p", self.paragraph),
            line=self.aligned("p", lambda align: self.line_of_text(align, None)),
            line_after=self.aligned("p", lambda align: self.line_of_text(align, ".6em 0 0")),
            unhung_line=self.aligned("p", lambda align: self.line_of_text(align, None, 0)),
            unhung=tag("section", css(text_indent=0)),
            heading=self.headings(),
            quote=tag("section", self.quote()),
            lists=self.lists(),
            plain_figure=tag("p", css(margin="1em 0")),
            figure=tag("section", css(margin="1em 0", text_align="center")),
            caption=tag("section", self.caption(None)),
            slide_caption=tag("span", self.caption("block")),
            table=self.table(theme.table.size, None),
            breaking_table=self.table(theme.table.size, "break-word"),
            wide_table=self.wide_table(),
            cell=self.cell(None),
            header=self.cell(self.panel),
            code=tag("section", self.code()),
            rule=tag("hr", self.rule()),
            tones=self.tones(),
            highlight=tag("span", css(background_color=hex_color(theme.color.highlight))),
            inline_code=tag("code", css(padding="0 3px", background_color=self.panel)),
            reference=tag("sup", css(**self.restated(line_height=1, color=self.accent))),
            notes=tag("section", self.notes()),
            compact=not self.own,
            kicker=tag("section", self.kicker()),
            head=tag("section", self.credits("0 0 1.5em")),
            credits=tag("section", self.credits("2em 0 0")),
            slides=tag("section", self.scrolling(white_space="nowrap")),
            slide=tag("section", self.slide(), ' data-ignore-width="1"'),
            scroller=tag("section", self.scrolling()),
            pair=tag("section", self.half()),
        )

    def aligned(
        self, name: str, style: Callable[[str | None], str]
    ) -> MappingProxyType[str | None, str]:
        return MappingProxyType({align: tag(name, style(align)) for align in ALIGNS})

    # ---- text

    def root(self) -> str:
        body = self.body
        paper = self.theme.color.paper
        return css(
            padding=f"16px {px(max(body.side, 12))}" if paper else f"0 {px(body.side)}",
            background_color=hex_color(paper) if paper else None,
            font_size=px(body.size),
            line_height=body.line_height,
            letter_spacing=px(body.letter_spacing),
            color=self.text,
            text_align="justify" if body.justify else "left",
        )

    def paragraph(self, align: str | None) -> str:
        indent = self.body.first_line_indent and align in {None, "left", "justify"}
        return css(
            margin=f"{em(self.body.gap)} 0",
            text_indent="2em" if indent else None,
            text_align=align,
            **self.body_text,
        )

    def line_of_text(self, align: str | None, margin: str | None, indent: int | None = None) -> str:
        """A paragraph inside a quotation, a list or a cell, which inherits their colour and size."""
        return css(
            margin=margin or (0 if self.own else None),
            text_indent=indent,
            text_align=align,
        )

    def headings(self) -> MappingProxyType[tuple[int, str | None], str]:
        levels = {level: self.theme.heading.level(level) for level in (2, 3, 4)}
        return MappingProxyType(
            {
                (level, align): tag(f"h{level}", self.heading(heading, align))
                for level, heading in levels.items()
                for align in ALIGNS
            }
        )

    def heading(self, heading: Heading, align: str | None) -> str:
        bar = heading.mark == "bar"
        spaced = heading.letter_spacing != self.body.letter_spacing
        accented = heading.color == "accent"
        color: Declared = self.accent if accented else self.text
        return css(
            margin=f"{em(heading.before)} 0 {em(heading.after)}",
            padding_left="10px" if bar else None,
            padding_bottom="6px" if heading.mark == "underline" else None,
            border_left="4px solid" + ("" if accented else f" {self.accent}") if bar else None,
            border_bottom=f"1px solid {self.line}" if heading.mark == "underline" else None,
            font_size=px(heading.size),
            font_weight=700,
            line_height=1.5,
            letter_spacing=px(heading.letter_spacing) if spaced else None,
            text_align=align or (heading.align if heading.align != "left" else None),
            color=color if accented or self.own else None,
        )

    def quote(self) -> str:
        quote = self.theme.quote
        bar = quote.mark == "bar"
        color: Declared = self.muted if quote.color == "muted" else self.text
        size = px(quote.size)
        return css(
            margin="1em 0",
            padding="2px 0 2px 12px" if bar else "0 1em",
            border_left=f"3px solid {self.line}" if bar else None,
            font_size=size if self.own or quote.size != self.body.size else None,
            color=color,
            **self.restated(line_height=self.body.line_height),
        )

    def lists(self) -> MappingProxyType[tuple[str, str], str]:
        """By hang and by what is around: nothing ("own"), another block ("inner"), a list that hangs as far ("same").

        The lines inherit the indent, which makes them hang; so does a list inside a list.
        """
        out = {}
        for name, hang in HANGS.items():
            hanging: dict[str, Declared] = {"padding_left": em(hang), "text_indent": f"-{em(hang)}"}
            own = css(margin=f"{em(self.body.gap)} 0", **hanging, **self.body_text)
            out[name, "own"] = tag("section", own)
            out[name, "inner"] = tag("section", css(**hanging))
            out[name, "same"] = tag("section", css(padding_left=em(hang)))
        return MappingProxyType(out)

    def code(self) -> str:
        return css(
            margin="1em 0",
            padding="12px",
            background_color=self.panel,
            font_size=px(self.theme.code.size),
            **self.restated(
                line_height=1.6, color=self.text, text_align="left", word_break="break-all"
            ),
        )

    def rule(self) -> str:
        return css(margin="2em auto", width="30%", border=0, border_top=f"1px solid {self.line}")

    def tones(self) -> MappingProxyType[str, str]:
        names = ("accent", "muted", "red", "blue", "green")
        colors = {name: hex_color(getattr(self.theme.color, name)) for name in names}
        return MappingProxyType({name: tag("span", css(color=c)) for name, c in colors.items()})

    def notes(self) -> str:
        return css(
            margin="2em 0 0",
            font_size=px(self.theme.notes.size),
            color=self.muted,
            word_break="break-all",
            **self.restated(line_height=1.7, text_align="left"),
        )

    def kicker(self) -> str:
        return css(
            margin="0 0 1em",
            font_size=px(self.theme.credits.size),
            color=self.accent,
            text_align="center",
            **self.restated(line_height=1.7),
        )

    def credits(self, margin: str) -> str:
        align = self.theme.credits.align
        return css(
            margin=margin,
            font_size=px(self.theme.credits.size),
            color=self.muted,
            text_align=align if align != "left" or self.own else None,
            **self.restated(line_height=1.7),
        )

    # ---- tables

    def table(self, size: int, word_break: str | None) -> str:
        """The attributes draw the cells where there is no reader's stylesheet, and yield to it where there is."""
        style = css(
            margin="1em 0",
            width="100%",
            border_collapse="collapse",
            font_size=px(size),
            word_break=word_break,
            **self.restated(line_height=1.6, color=self.text, text_align="left"),
        )
        extra = "" if self.own else ' border="1" cellpadding="6"'
        return tag("table", style, extra)

    def wide_table(self) -> str:
        outer = tag("section", css(overflow_x="auto"))
        table = self.table(12, "break-word")
        return outer + table.replace("<table", '<table data-ignore-width="1"', 1)

    def cell(self, background: str | None) -> str:
        if not self.own:
            return ""
        return css(
            padding="6px 8px",
            border=f"1px solid {self.line}",
            background_color=background,
            font_weight=700 if background else None,
            word_break="break-word",
        )

    # ---- pictures

    def caption(self, display: str | None) -> str:
        caption = self.theme.caption
        return css(
            display=display,
            font_size=px(caption.size),
            color=self.muted,
            text_align=caption.align if caption.align != "center" else None,
            **self.restated(line_height=1.6),
        )

    def scrolling(self, white_space: str | None = None) -> str:
        return css(
            margin="1em 0",
            overflow_x="scroll",
            _webkit_overflow_scrolling="touch",
            white_space=white_space,
        )

    def slide(self) -> str:
        return css(
            display="inline-block",
            width="88%",
            margin="0 1%",
            white_space="normal",
            vertical_align="top",
            text_align="center",
        )

    def half(self) -> str:
        return css(display="inline-block", width="48%", margin="0 1%", vertical_align="top")
