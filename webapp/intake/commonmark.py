"""Markdown as comrak reads it (the cmark family, in Rust), told block by block as a body holds it, without HTML in between.

comrak tells its tree as XML, and that is read tag by tag: nothing here may recurse as deep as a hostile text nests.
(comrak's own tree of Python objects does, and takes the process with it.) No XML parser is asked, which would call back
for every tag: what comrak writes has four references and no comments, and in letters and attributes <, > and quotation
marks are escaped, so that one pattern finds all there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from urllib.parse import quote

import comrak

from webapp.document.fitting import Loss, listed
from webapp.document.flow import HEADING_LEVELS, AssetFor, Context, Flow, Reader
from webapp.document.inline import with_mark
from webapp.document.model import Mark, Node, mark, node, text
from webapp.document.schema import SCHEMA
from webapp.intake.bounds import MARKDOWN_MAX_NESTING
from webapp.kernel.errors import Invalid
from webapp.kernel.richtext import printable

_EXTENSIONS = comrak.ExtensionOptions(cjk_friendly_emphasis=True, table=True, strikethrough=True)
"""cjk_friendly_emphasis: **“引号”**后, which the stock rules of CommonMark miss."""
_WITH_HTML = comrak.RenderOptions(unsafe_=True)
_TITLE = re.compile(r'<document[^>]*>\s*<heading level="1"')
_TAG = re.compile(
    r"<paragraph>\s*<text[^>]*>([^<]*)</text>\s*</paragraph>"
    r"|<text[^>]*>([^<]*)</text>|<(code(?:_block)?)([^>]*)>([^<]*)</code|<(/?)(\w+)([^>]*)>"
)
"""A paragraph of plain text, as most are; an element that holds letters and nothing else, whole; or a tag."""
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
        xml = _INFO.sub(_escaped_info, comrak.markdown_to_xml(shielded, _EXTENSIONS))
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
        reader.read(self.xml)
        return reader.flows[0].blocks, reader.losses


def _escaped_info(info: re.Match[str]) -> str:
    return f"{info[1]}{escape(info[2])}{info[3]}"


def _letters(escaped: str) -> str:
    if "&" not in escaped:
        return escaped
    angled = escaped.replace("&lt;", "<").replace("&gt;", ">")
    return angled.replace("&quot;", '"').replace("&amp;", "&")


def _attribute(name: str, attributes: str) -> str:
    """Empty where there is none of this name."""
    return _letters(attributes.partition(f' {name}="')[2].partition('"')[0])


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
        self.flow = Flow()
        self.flows = [self.flow]
        self.lists: list[str] = []
        self.images: list[str] = []
        self.links: list[tuple[str, int]] = []
        self.marks: list[tuple[Mark, ...]] = [()]
        self.context = _PLAIN
        self.alt: list[str] = []
        self.aligns: list[str | None] = []
        self.rows = self.column = 0

    def read(self, xml: str) -> None:
        for line, letters, code, about, listing, closing, tag, attributes in _TAG.findall(xml):
            if letters or line:
                self.words(_letters(letters or line))
                if line:
                    self.end_paragraph()
            elif closing:
                if finish := _ENDS.get(tag):
                    finish(self)
            elif code == "code":
                self.code(_letters(listing))
            elif code:
                self.listing(_attribute("info", about), _letters(listing))
            elif tag in _MARKS:
                self.marks.append(with_mark(self.marks[-1], _MARKS[tag]))
            else:
                self.start(tag, attributes)

    def start(self, tag: str, attributes: str) -> None:
        if begin := _BEGINNINGS.get(tag):
            begin(self, attributes)
        if attributes.endswith("/") and (finish := _ENDS.get(tag)):
            finish(self)

    def end_mark(self) -> None:
        self.marks.pop()

    # ---- letters

    def words(self, value: str) -> None:
        if self.images:
            self.alt.append(value)
        else:
            self.flow.run.append(text(value, *self.marks[-1]))

    def code(self, value: str) -> None:
        if value:
            self.marks.append(with_mark(self.marks[-1], _CODE))
            self.words(value)
            self.marks.pop()

    def listing(self, info: str, value: str) -> None:
        name = (info.split() or [""])[0]
        language = name if name and _LANGUAGE.fault(name) is None else None
        if value := value.removesuffix("\n"):
            self.flow.blocks.append(node("codeBlock", text(value), language=language))

    def soft_break(self, _attributes: str) -> None:
        self.words(" " if self.images else "\n")

    def line_break(self, _attributes: str) -> None:
        if self.images:
            self.alt.append(" ")
        else:
            self.flow.run.append(node("hardBreak"))

    # ---- links and pictures

    def begin_link(self, attributes: str) -> None:
        address = _attribute("destination", attributes)
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

    def begin_image(self, attributes: str) -> None:
        self.images.append(_attribute("destination", attributes))

    def end_image(self) -> None:
        address = self.images.pop()
        if not self.images:
            alt, self.alt = "".join(self.alt), []
            quoted = _address(address)
            context = self.context._replace(marks=self.marks[-1])
            self.put_picture(self.flow, context, alt=alt, address=quoted)

    # ---- blocks

    def begin_container(self, _attributes: str) -> None:
        if len(self.flows) >= MARKDOWN_MAX_NESTING - 1:
            raise Invalid(
                "Markdown 里的引用或列表嵌套太深，没有导入；请减少层次再试",
                code="markdown_too_deep",
            )
        self.flow = Flow()
        self.flows.append(self.flow)

    def end_container(self) -> list[Node]:
        blocks = self.flows.pop().blocks
        self.flow = self.flows[-1]
        return blocks

    def end_paragraph(self) -> None:
        self.flow.flush(self.context)

    def begin_heading(self, attributes: str) -> None:
        self.context = Context(level=HEADING_LEVELS[f"h{_attribute('level', attributes)}"])

    def end_heading(self) -> None:
        self.flow.flush(self.context)
        self.context = _PLAIN

    def rule(self, _attributes: str) -> None:
        self.flow.blocks.append(node("horizontalRule"))

    def end_quote(self) -> None:
        if blocks := self.end_container():
            self.flow.blocks.append(node("blockquote", *blocks))

    def begin_list(self, attributes: str) -> None:
        self.begin_container(attributes)
        self.lists.append(attributes)

    def end_item(self) -> None:
        if blocks := self.end_container():
            self.flow.blocks.append(listed(blocks))

    def end_list(self) -> None:
        items, attributes = self.end_container(), self.lists.pop()
        if not items:
            return
        if _attribute("type", attributes) == "ordered":
            start = min(int(_attribute("start", attributes)), 9999)
            self.flow.blocks.append(node("orderedList", *items, start=start))
        else:
            self.flow.blocks.append(node("bulletList", *items))

    # ---- tables

    def begin_table(self, attributes: str) -> None:
        self.begin_container(attributes)
        self.aligns, self.rows = [], 0

    def begin_cell(self, attributes: str) -> None:
        self.begin_container(attributes)
        self.column += 1
        if not self.rows:
            self.aligns.append(_ALIGNS.get(_attribute("align", attributes)))
        known = self.column <= len(self.aligns)
        self.context = Context(align=self.aligns[self.column - 1]) if known else _PLAIN

    def end_cell(self) -> None:
        self.flow.flush(self.context)
        self.context = _PLAIN
        blocks = self.end_container() or [node("paragraph")]
        kind = "tableCell" if self.rows else "tableHeader"
        self.flow.blocks.append(node(kind, *blocks))

    def end_row(self) -> None:
        cells = self.end_container()
        self.flow.blocks.append(node("tableRow", *cells))
        self.rows += 1
        self.column = 0

    def end_table(self) -> None:
        rows = self.end_container()
        self.flow.blocks.append(node("table", *rows))


def _is_dead(address: str) -> bool:
    return address.lower().startswith(("javascript:", "vbscript:", "file:", "data:"))


_Begin = Callable[[_Reader, str], None]
_BEGINNINGS: dict[str, _Begin] = {
    "block_quote": _Reader.begin_container,
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
    **dict.fromkeys(_MARKS, _Reader.end_mark),
    "block_quote": _Reader.end_quote,
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
