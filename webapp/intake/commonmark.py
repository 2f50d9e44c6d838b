"""Markdown as comrak reads it (the cmark family, in Rust), told block by block as a body holds it, without HTML in between.

comrak tells its tree as XML, and that is read event by event: nothing here may recurse as deep as a hostile text nests.
(comrak's own tree of Python objects does, and takes the process with it.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from urllib.parse import quote
from xml.parsers import expat

import comrak

from webapp.document.fitting import Loss, listed
from webapp.document.flow import HEADING_LEVELS, AssetFor, Context, Flow, Reader
from webapp.document.inline import with_mark
from webapp.document.model import Mark, Node, mark, node
from webapp.document.schema import SCHEMA
from webapp.intake.bounds import MARKDOWN_MAX_NESTING
from webapp.kernel.errors import Invalid
from webapp.kernel.richtext import printable

_EXTENSIONS = comrak.ExtensionOptions(cjk_friendly_emphasis=True, table=True, strikethrough=True)
"""cjk_friendly_emphasis: **“引号”**后, which the stock rules of CommonMark miss."""
_WITH_HTML = comrak.RenderOptions(unsafe_=True)
_TITLE = re.compile(r'<document[^>]*><heading level="1"')
_INDENT = re.compile(r">\n *<")
_KEPT_BLANKS = ' xml:space="preserve"'
_INFO = re.compile(r'(<code_block info=")([^\n]*)(" xml:space="preserve">)')
"""The one attribute that comrak (0.2.8 of its Python package) writes unescaped; greedy, since all behind it is escaped."""
_DEAD_LINK = re.compile(r'<link destination="((?:javascript|vbscript|file|data):[^"]*)"', re.I)
_LONE_TILDE = re.compile(r"(?<![~\\])~(?!~)")
_STAND_INS = "⁓⸞⸟⹅"
"""Marks that nobody writes, and to the rules of Markdown no others than ~."""
_ADDRESS_SIGNS = "-_.+!*'(),%#@?=;:/&$~"
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_MARKS = {"emph": mark("italic"), "strong": mark("bold"), "strikethrough": mark("strike")}
_CODE = mark("code")
_PLAIN = Context()
_LANGUAGE = SCHEMA.nodes["codeBlock"].attributes["language"]
_ALIGNS = {"center": "center", "right": "right"}


@dataclass(frozen=True)
class Tree:
    text: str

    @cached_property
    def xml(self) -> str:
        shielded, back = _shielded(self.text)
        xml = _dense(_INFO.sub(_escaped_info, comrak.markdown_to_xml(shielded, _EXTENSIONS)))
        # Once more where there are references such as &#1;, since they have become characters.
        return printable(back(xml)) if "&#" in self.text else back(xml)

    @property
    def html(self) -> str:
        """With the raw HTML in it: for `richtext.clean` alone."""
        shielded, back = _shielded(self.text)
        return back(comrak.markdown_to_html(shielded, _EXTENSIONS, render_options=_WITH_HTML))

    @property
    def has_html(self) -> bool:
        """Text is escaped in the XML, so this is always an element."""
        return "<html_" in self.xml

    @property
    def begins_with_title(self) -> bool:
        return _TITLE.search(self.xml) is not None

    def dead_links(self) -> list[Loss]:
        """Links to no place at all: whoever cleans the HTML takes their addresses away without a word."""
        said = "链接地址用不了，只留下文字："
        return [Loss("link", "", said + link[1][:60]) for link in _DEAD_LINK.finditer(self.xml)]

    def read(self, asset_for: AssetFor) -> tuple[list[Node], list[Loss]]:
        """Blocks, not yet fitted, and what they cannot hold. Raises Invalid (`markdown_too_deep`)."""
        reader = _Reader(asset_for)
        reader.parser.Parse(self.xml, True)
        return reader.flows[0].blocks, reader.losses


def _escaped_info(info: re.Match[str]) -> str:
    return f"{info[1]}{escape(info[2])}{info[3]}"


def _dense(xml: str) -> str:
    """Without what only lengthens it: the indents, and the elements around text, of which a paragraph has a dozen. In text
    and attributes <, > and quotation marks are escaped, so that this can hit nothing else."""
    bare = _INDENT.sub("><", xml).replace(_KEPT_BLANKS, "")
    return bare.replace("<text>", "").replace("</text>", "")


def _address(written: str) -> str:
    """As comrak writes it into HTML."""
    return _LONE_PERCENT.sub("%25", quote(written, safe=_ADDRESS_SIGNS))


def _shielded(text: str) -> tuple[str, Callable[[str], str]]:
    """The text with something else in place of each lone ~, and the way back: 3~5天 is a range, and only ~~ strikes out."""
    stand_in = next((sign for sign in _STAND_INS if sign not in text), None)
    if stand_in is None or "~" not in text or not _LONE_TILDE.search(text):
        return text, str
    return (
        _LONE_TILDE.sub(stand_in, text),
        lambda made: made.replace(stand_in, "~").replace(quote(stand_in), "~"),
    )


class _Reader(Reader):
    """`flows`: what is being read, the innermost container last. `images` and `lists` likewise."""

    def __init__(self, asset_for: AssetFor) -> None:
        super().__init__(asset_for)
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.flows = [Flow()]
        self.lists: list[Mapping[str, str]] = []
        self.images: list[str] = []
        self.links: list[tuple[str, int]] = []
        self.marks: list[tuple[Mark, ...]] = [()]
        self.context = _PLAIN
        self.info = ""
        self.letters: list[str] = []
        self.alt: list[str] = []
        self.aligns: list[str | None] = []
        self.rows = self.column = 0

    @property
    def flow(self) -> Flow:
        return self.flows[-1]

    # ---- what the parser calls

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if begin := _BEGINNINGS.get(tag):
            begin(self, attributes)
        elif tag in _MARKS:
            self.marks.append(with_mark(self.marks[-1], _MARKS[tag]))

    def end(self, tag: str) -> None:
        if finish := _ENDS.get(tag):
            finish(self)
        elif tag in _MARKS:
            self.marks.pop()

    # ---- letters

    def words(self, value: str) -> None:
        if self.images:
            self.alt.append(value)
        else:
            self.flow.run.append(Node("text", text=value, marks=self.marks[-1]))

    def begin_code(self, attributes: Mapping[str, str]) -> None:
        self.info = attributes.get("info", "")
        self.parser.CharacterDataHandler = self.letters.append

    def code_letters(self) -> str:
        self.parser.CharacterDataHandler = self.words
        value = "".join(self.letters)
        self.letters.clear()
        return value

    def end_code(self) -> None:
        if value := self.code_letters():
            self.marks.append(with_mark(self.marks[-1], _CODE))
            self.words(value)
            self.marks.pop()

    def end_code_block(self) -> None:
        name = (self.info.split() or [""])[0]
        language = name if name and _LANGUAGE.fault(name) is None else None
        if value := self.code_letters().removesuffix("\n"):
            listing = node("codeBlock", Node("text", text=value), language=language)
            self.flow.blocks.append(listing)

    def soft_break(self, _attributes: Mapping[str, str]) -> None:
        self.words(" " if self.images else "\n")

    def line_break(self, _attributes: Mapping[str, str]) -> None:
        if self.images:
            self.alt.append(" ")
        else:
            self.flow.run.append(node("hardBreak"))

    # ---- links and pictures

    def begin_link(self, attributes: Mapping[str, str]) -> None:
        address = attributes["destination"]
        self.links.append((address, len(self.flow.run)))
        href = None if self.images else self.usable(_address(address))
        added = mark("link", href=href) if href else None
        if _is_dead(address):
            self.words("[")
        self.marks.append(with_mark(self.marks[-1], added) if added else self.marks[-1])

    def end_link(self) -> None:
        """To no place at all it is no link, and its Markdown stays as it was typed."""
        address, begun = self.links.pop()
        marks = self.marks.pop()
        if _is_dead(address):
            self.words(f"]({address})")
        elif address.strip() and marks == self.marks[-1] and not self.images:
            self.lose_link(address, "".join(one.text or "" for one in self.flow.run[begun:]))

    def begin_image(self, attributes: Mapping[str, str]) -> None:
        self.images.append(attributes["destination"])

    def end_image(self) -> None:
        address = self.images.pop()
        if not self.images:
            alt, self.alt = "".join(self.alt), []
            quoted = _address(address)
            context = self.context._replace(marks=self.marks[-1])
            self.put_picture(self.flow, context, alt=alt, address=quoted)

    # ---- blocks

    def begin_container(self, _attributes: Mapping[str, str]) -> None:
        if len(self.flows) >= MARKDOWN_MAX_NESTING - 1:
            raise Invalid(
                "Markdown 里的引用或列表嵌套太深，没有导入；请减少层次再试",
                code="markdown_too_deep",
            )
        self.flows.append(Flow())

    def end_paragraph(self) -> None:
        self.flow.flush(self.context)

    def begin_heading(self, attributes: Mapping[str, str]) -> None:
        self.context = Context(level=HEADING_LEVELS[f"h{attributes['level']}"])

    def end_heading(self) -> None:
        self.flow.flush(self.context)
        self.context = _PLAIN

    def rule(self, _attributes: Mapping[str, str]) -> None:
        self.flow.blocks.append(node("horizontalRule"))

    def end_quote(self) -> None:
        if blocks := self.flows.pop().blocks:
            self.flow.blocks.append(node("blockquote", *blocks))

    def begin_list(self, attributes: Mapping[str, str]) -> None:
        self.begin_container(attributes)
        self.lists.append(attributes)

    def end_item(self) -> None:
        if blocks := self.flows.pop().blocks:
            self.flow.blocks.append(listed(blocks))

    def end_list(self) -> None:
        items, attributes = self.flows.pop().blocks, self.lists.pop()
        if not items:
            return
        if attributes["type"] == "ordered":
            start = min(int(attributes["start"]), 9999)
            self.flow.blocks.append(node("orderedList", *items, start=start))
        else:
            self.flow.blocks.append(node("bulletList", *items))

    # ---- tables

    def begin_table(self, attributes: Mapping[str, str]) -> None:
        self.begin_container(attributes)
        self.aligns, self.rows = [], 0

    def begin_cell(self, attributes: Mapping[str, str]) -> None:
        self.begin_container(attributes)
        self.column += 1
        if not self.rows:
            self.aligns.append(_ALIGNS.get(attributes.get("align", "")))
        known = self.column <= len(self.aligns)
        self.context = Context(align=self.aligns[self.column - 1]) if known else _PLAIN

    def end_cell(self) -> None:
        self.flow.flush(self.context)
        self.context = _PLAIN
        blocks = self.flows.pop().blocks or [node("paragraph")]
        kind = "tableCell" if self.rows else "tableHeader"
        self.flow.blocks.append(node(kind, *blocks))

    def end_row(self) -> None:
        cells = self.flows.pop().blocks
        self.flow.blocks.append(node("tableRow", *cells))
        self.rows += 1
        self.column = 0

    def end_table(self) -> None:
        rows = self.flows.pop().blocks
        self.flow.blocks.append(node("table", *rows))


def _is_dead(address: str) -> bool:
    return address.lower().startswith(("javascript:", "vbscript:", "file:", "data:"))


_Begin = Callable[[_Reader, Mapping[str, str]], None]
_BEGINNINGS: dict[str, _Begin] = {
    "block_quote": _Reader.begin_container,
    "code": _Reader.begin_code,
    "code_block": _Reader.begin_code,
    "heading": _Reader.begin_heading,
    "image": _Reader.begin_image,
    "item": _Reader.begin_container,
    "linebreak": _Reader.line_break,
    "link": _Reader.begin_link,
    "list": _Reader.begin_list,
    "softbreak": _Reader.soft_break,
    "table": _Reader.begin_table,
    "table_cell": _Reader.begin_cell,
    "table_row": _Reader.begin_container,
    "thematic_break": _Reader.rule,
}
_ENDS: dict[str, Callable[[_Reader], None]] = {
    "block_quote": _Reader.end_quote,
    "code": _Reader.end_code,
    "code_block": _Reader.end_code_block,
    "heading": _Reader.end_heading,
    "image": _Reader.end_image,
    "item": _Reader.end_item,
    "link": _Reader.end_link,
    "list": _Reader.end_list,
    "paragraph": _Reader.end_paragraph,
    "table": _Reader.end_table,
    "table_cell": _Reader.end_cell,
    "table_row": _Reader.end_row,
}
