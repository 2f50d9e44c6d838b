"""Word's XML made ready for mammoth: what mammoth would drop in silence becomes what it reads, or is told as a loss.

One walk over the document in reading order, which the numbering needs too. Each handler answers with what stands in
the element's place. What mammoth cannot carry, alignment and list labels, travels through it as bookmark names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from webapp.document.fitting import Loss
from webapp.intake.labels import LabelKind, read_label
from webapp.intake.word import drawings, formulas
from webapp.intake.word.numbering import Numbered, Numbering
from webapp.intake.word.properties import RunProperties, is_hidden, merged_runs
from webapp.intake.word.styles import Styles
from webapp.intake.word.xml import MC, A, Element, M, R, V, W, child, run, text_in, value, w

EXCERPT_CHARS = 40
HEADING_MAX_CHARS = 60
"""A longer paragraph with an outline level of its own is a paragraph all the same."""

FIELDS_MAX_NESTING = 20
"""Fields within fields; mammoth looks through all that are open for each run."""

ALIGN_MARKER = "tx-align-"
LIST_MARKER = "tx-list-"
HEADING_STYLE = "TxHeading"
QUOTE_STYLE = "TxQuote"

_ALIGNMENTS = {"center": "center", "right": "right", "end": "right"}
_GRAPHICS = {
    "chart": "图表没有导入，请截图后作为图片插入",
    "diagram": "SmartArt 图形没有导入，请截图后作为图片插入",
}


@dataclass(frozen=True)
class Known:
    """What a part may refer to: mammoth stops at a reference into nothing."""

    relationships: frozenset[str] = frozenset()
    notes: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Preparation:
    styles: Styles
    numbering: Numbering
    properties: RunProperties
    known: Known = field(default_factory=Known)
    losses: list[Loss] = field(default_factory=list)
    paragraph_style: str | None = None
    fields: int = 0
    drop_cap: list[Element] = field(default_factory=list)

    def lose(self, kind: str, excerpt: str, message: str) -> None:
        self.losses.append(Loss(kind, " ".join(excerpt.split())[:EXCERPT_CHARS], message))

    def prepare(self, root: Element) -> Element:
        """The tree, changed in place."""
        root[:] = self.children(root)
        return root

    def children(self, element: Element) -> list[Element]:
        return [new for old in element for new in self.element(old)]

    def element(self, old: Element) -> list[Element]:
        if handler := _HANDLERS.get(old.tag):
            return handler(self, old)
        old[:] = self.children(old)
        return [old]

    # ---- paragraphs

    def paragraph(self, old: Element) -> list[Element]:
        properties = old.find(W + "pPr")
        style = value(properties, "w:pStyle")
        level = self._heading_level(old, properties, style)
        outer, self.paragraph_style = self.paragraph_style, None if level else style
        content = merged_runs(self.children(old))
        self.paragraph_style = outer
        if value(properties, "w:framePr", "dropCap") not in {None, "none"}:
            self.drop_cap += content
            return []
        content, self.drop_cap = [*self.drop_cap, *content], []
        if not content:
            return []
        lead = [*self._alignment(properties, style)]
        if any(text_in(e) or e.tag != W + "r" for e in content):
            lead += self._label(properties, style, level)
        return [w("p", self._paragraph_properties(properties, style, level), *lead, *content)]

    def _heading_level(
        self, old: Element, properties: Element | None, style: str | None
    ) -> int | None:
        level = self.styles.heading_level(style)
        own = value(properties, "w:outlineLvl")
        if level is None and own in set("012345678") and len(text_in(old)) <= HEADING_MAX_CHARS:
            return int(own) + 1
        return level

    def _paragraph_properties(
        self, old: Element | None, style: str | None, level: int | None
    ) -> Element:
        new = w("pPr")
        if level:
            new.append(w("pStyle", val=f"{HEADING_STYLE}{min(level, 6)}"))
        elif any("quote" in name for name in self.styles.names(style)):
            new.append(w("pStyle", val=QUOTE_STYLE))
        if child(old, "w:rPr/w:del") is not None:
            # The paragraph's end is deleted: mammoth joins it to the next one.
            new.append(w("rPr", w("del")))
        return new

    def _alignment(self, properties: Element | None, style: str | None) -> list[Element]:
        written = value(properties, "w:jc") or self.styles.first_value(style, "w:pPr/w:jc")
        align = _ALIGNMENTS.get(written or "")
        return [_bookmark(f"{ALIGN_MARKER}{align}")] if align else []

    def _label(
        self, properties: Element | None, style: str | None, heading: int | None
    ) -> list[Element]:
        numbered = self._numbered(properties, style)
        if numbered is None:
            return []
        if numbered.is_bullet:
            kind, number, text = LabelKind.BULLET, 0, ""
        else:
            label = read_label(numbered.label)
            kind, number, text = label.kind, label.number, label.text
        if heading:
            text = text or (f"{numbered.label.strip()} " if kind is LabelKind.NUMBER else "")
            return [run(text)] if text else []
        marker = _bookmark(f"{LIST_MARKER}{numbered.level + 1}-{kind}-{number}")
        return [marker, run(text)] if text else [marker]

    def _numbered(self, properties: Element | None, style: str | None) -> Numbered | None:
        number_id = value(properties, "w:numPr/w:numId")
        level = value(properties, "w:numPr/w:ilvl")
        if number_id is None:
            number_id = self.styles.first_value(style, "w:pPr/w:numPr/w:numId")
            level = level or self.styles.first_value(style, "w:pPr/w:numPr/w:ilvl")
        if not number_id or number_id == "0":
            return None
        by_style = self.numbering.level_of_style(number_id, style or "")
        index = int(level) if level and level in set("012345678") else by_style or 0
        return self.numbering.next_label(number_id, index)

    # ---- runs

    def run(self, old: Element) -> list[Element]:
        raw = old.find(W + "rPr")
        if is_hidden(raw):
            if text := text_in(old):
                self.lose("hidden", text, "隐藏文字没有导入")
            return []
        content = self.children(old)
        if not content:
            return []
        shown = self.properties.shown(raw, self.paragraph_style)
        return [w("r", *([] if shown is None else [shown]), *content)]

    def ruby(self, old: Element) -> list[Element]:
        """拼音指南: the reading goes in brackets behind the character."""
        base, reading = old.find(W + "rubyBase"), old.find(W + "rt")
        below = "" if base is None else text_in(base)
        above = "" if reading is None else text_in(reading)
        written = w("t")
        written.text = f"{below}（{above}）" if above else below
        return [written]

    def symbol(self, old: Element) -> list[Element]:
        """Symbol fonts keep their signs at U+F000; mammoth knows those. Other characters are what they say."""
        code = old.get(W + "char", "")
        if not code.upper().startswith("F") and len(code) == 4:
            written = w("t")
            written.text = chr(int(code, 16))
            return [written]
        return [old]

    def field_part(self, old: Element) -> list[Element]:
        """Fields that nest too deep or close what is not open are left without their frame; their text stays."""
        kind = old.get(W + "fldCharType")
        self.fields += kind == "begin"
        kept = 0 < self.fields <= FIELDS_MAX_NESTING
        self.fields = max(0, self.fields - (kind == "end"))
        return [old] if kept else []

    # ---- tracked changes

    def inserted(self, old: Element) -> list[Element]:
        if text := text_in(old):
            self.lose("insertion", text, "修订中插入的文字已按接受修订导入")
        return self.children(old)

    def deleted(self, old: Element) -> list[Element]:
        if text := text_in(old):
            self.lose("deletion", text, "修订中已删除的文字没有导入")
        return []

    def row(self, old: Element) -> list[Element]:
        if child(old, "w:trPr/w:del") is not None:
            return self.deleted(old)
        old[:] = self.children(old)
        return [old]

    # ---- wrappers

    def unwrapped(self, old: Element) -> list[Element]:
        return self.children(old)

    def dropped(self, _old: Element) -> list[Element]:
        return []

    def content_control(self, old: Element) -> list[Element]:
        return [new for part in old.findall(W + "sdtContent") for new in self.children(part)]

    def hyperlink(self, old: Element) -> list[Element]:
        """A link inside the document leads nowhere in an article."""
        if old.get(R + "id") not in self.known.relationships:
            return self.children(old)
        old[:] = merged_runs(self.children(old))
        return [old]

    def alternatives(self, old: Element) -> list[Element]:
        chosen = drawings.better_alternative(old)
        return [] if chosen is None else self.children(chosen)

    def note_reference(self, old: Element) -> list[Element]:
        kind = old.tag.removeprefix(W).removesuffix("Reference")
        return [old] if (kind, old.get(W + "id", "")) in self.known.notes else []

    # ---- shapes and embedded things

    def picture(self, old: Element) -> list[Element]:
        names = (old.get(R + "embed"), old.get(R + "link"), old.get(R + "id"))
        if any(name in self.known.relationships for name in names if name):
            return [old]
        self.lose("image", "", "有一张图片在文件里找不到，没有导入")
        return []

    def drawing(self, old: Element) -> list[Element]:
        if drawings.is_plain_picture(old):
            old[:] = self.children(old)
            return [old]
        if message := _GRAPHICS.get(drawings.graphic_kind(old)):
            self.lose("graphic", "", message)
        return [
            drawings.as_text_box(self.text_box(part)[0])
            if part.tag == drawings.TEXT_BOX
            else drawings.as_drawing(self.children(part))
            for part in drawings.parts(old)
        ]

    def text_box(self, old: Element) -> list[Element]:
        self.lose("text_box", text_in(old), "文本框里的文字已放到它所在的段落后面")
        outer, self.paragraph_style = self.paragraph_style, None
        old[:] = self.children(old)
        self.paragraph_style = outer
        return [old]

    def word_art(self, old: Element) -> list[Element]:
        text = old.get("string", "").strip()
        if not text:
            return []
        self.lose("word_art", text, "艺术字已改为普通文字")
        return [w("p", run(text))]

    def formula(self, old: Element) -> list[Element]:
        text = formulas.linear(old)
        self.lose("formula", text, "公式已改写成一行文字，请对照原文核对")
        return [run(text)] if text else []

    def embedded(self, _old: Element) -> list[Element]:
        self.lose("embedded", "", "嵌入的其他文件没有导入，请单独打开后导入")
        return []


def _bookmark(name: str) -> Element:
    return w("bookmarkStart", id="0", name=name)


_Handler = Callable[[Preparation, Element], list[Element]]
_HANDLERS: Mapping[str, _Handler] = {
    W + "p": Preparation.paragraph,
    W + "r": Preparation.run,
    W + "tr": Preparation.row,
    W + "fldChar": Preparation.field_part,
    W + "ruby": Preparation.ruby,
    W + "sym": Preparation.symbol,
    W + "sdt": Preparation.content_control,
    W + "hyperlink": Preparation.hyperlink,
    W + "drawing": Preparation.drawing,
    W + "txbxContent": Preparation.text_box,
    A + "blip": Preparation.picture,
    V + "imagedata": Preparation.picture,
    V + "textpath": Preparation.word_art,
    M + "oMath": Preparation.formula,
    MC + "AlternateContent": Preparation.alternatives,
    **dict.fromkeys(
        (W + "footnoteReference", W + "endnoteReference"), Preparation.note_reference
    ),
    **dict.fromkeys((W + "ins", W + "moveTo"), Preparation.inserted),
    **dict.fromkeys((W + "del", W + "moveFrom"), Preparation.deleted),
    **dict.fromkeys((W + "altChunk", W + "subDoc"), Preparation.embedded),
    **dict.fromkeys(
        (W + name for name in ("fldSimple", "smartTag", "customXml", "dir", "bdo")),
        Preparation.unwrapped,
    ),
    M + "oMathPara": Preparation.unwrapped,
    **dict.fromkeys(
        (W + name for name in (
            "pPr", "rPr", "tblPr", "tblGrid", "sectPr", "bookmarkStart", "bookmarkEnd", "proofErr", "delText",
            "lastRenderedPageBreak", "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
            "permStart", "permEnd",
        )),
        Preparation.dropped,
    ),
}  # fmt: skip
