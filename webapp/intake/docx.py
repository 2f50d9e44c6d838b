"""Word files: unpacked within bounds, made ready for mammoth, converted by it, and on the same way as all HTML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping

import mammoth

from webapp.document.fitting import Loss
from webapp.intake.bounds import WORD_MAX_ELEMENTS, WORD_MAX_PARAGRAPHS
from webapp.intake.html import import_markup
from webapp.intake.model import Imported, TitleRule
from webapp.intake.pictures import Pictures
from webapp.intake.steps.options import Options
from webapp.intake.word import marks
from webapp.intake.word.archive import Archive, broken
from webapp.intake.word.numbering import read_numbering
from webapp.intake.word.package import Package, relationships_name
from webapp.intake.word.preparation import (
    EXCERPT_CHARS,
    HEADING_STYLE,
    QUOTE_STYLE,
    Known,
    Preparation,
)
from webapp.intake.word.properties import COLOR_STYLE, RunProperties
from webapp.intake.word.styles import read_styles
from webapp.intake.word.xml import Element, W, parse, serialize, text_in
from webapp.kernel.errors import TongxinError, TooLarge

_WORDS = re.compile(r"[^\W\d_第页共]")


def from_docx(data: bytes, *, options: Options | None = None) -> Imported:
    """The title is a heading or title paragraph at the very beginning, or else a short first paragraph.

    Raises Invalid (`docx_broken`, `docx_encrypted`, `empty_import`), TooLarge (`file_too_large`, `docx_too_large`,
    `docx_too_many_parts`, `docx_too_intricate`, `docx_too_long`, `text_too_long`), Unsupported (`old_word_file`, `unsupported_file`).
    """
    archive = Archive(data)
    package = Package(archive)
    styles = read_styles(package.tree_of_kind("styles"))
    numbering = read_numbering(package.tree_of_kind("numbering"))
    preparation = Preparation(styles, numbering, RunProperties(styles))
    parts = _prepared(package, preparation)
    pictures = Pictures()
    html = _mammoth(_repacked(archive, parts), _style_map(preparation), archive, pictures)
    marked, titled = marks.applied(html)
    return import_markup(
        marked,
        title=TitleRule.FIRST_HEADING if titled else TitleRule.FIRST_SHORT_LINE,
        pictures=pictures,
        losses=[*preparation.losses, *_left_out(package)],
        options=options,
    )


def _prepared(package: Package, preparation: Preparation) -> dict[str, bytes]:
    """The parts that mammoth reads; the notes come last, as in print."""
    notes = {kind: package.part_of_kind(kind) for kind in ("footnotes", "endnotes")}
    known_notes = frozenset(
        (note.tag.removeprefix(W), note.get(W + "id", ""))
        for name in notes.values()
        if name and (root := package.tree(name)) is not None
        for note in root
    )
    parts: dict[str, bytes] = {}
    for name in (package.main, *notes.values()):
        root = package.tree(name) if name else None
        if name is None or root is None:
            continue
        related = package.relationships(name)
        preparation.known = Known(frozenset(related), known_notes)
        body = preparation.prepare(root)
        _refuse_too_long(body)
        parts[name] = serialize(body)
    return parts


def _refuse_too_long(root: Element) -> None:
    paragraphs = sum(1 for _ in root.iter(W + "p"))
    if paragraphs > WORD_MAX_PARAGRAPHS or sum(1 for _ in root.iter()) > WORD_MAX_ELEMENTS:
        raise TooLarge(
            "这个 Word 文件太长或格式太零碎，没有导入；请分成几个文件，或只复制文字粘贴到编辑器里",
            code="docx_too_long",
        )


def _repacked(archive: Archive, parts: Mapping[str, bytes]) -> io.BytesIO:
    """A small .docx of the prepared parts. Instead of each picture its name stands there, so that only those that the text
    shows are ever unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, data in _entries(archive, parts):
            target.writestr(name, data)
    packed.seek(0)
    return packed


def _entries(archive: Archive, parts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    wanted = {"[Content_Types].xml", "_rels/.rels", *map(relationships_name, parts)}
    for name in archive.names:
        if name in parts:
            yield name, parts[name]
        elif name in wanted:
            # Re-written, so that mammoth's XML reader meets no doctype.
            yield name, _checked(archive.read(name) or b"")
        elif not name.endswith((".xml", ".rels", "/")):
            yield name, name.encode()


def _checked(data: bytes) -> bytes:
    return serialize(parse(data))


def _mammoth(packed: io.BytesIO, style_map: str, archive: Archive, pictures: Pictures) -> str:
    def take(image: mammoth.documents.Image) -> dict[str, str]:
        # Without an address it becomes a note in the text and a loss.
        return {"src": _picture(image, archive, pictures) or ""}

    try:
        result = mammoth.convert_to_html(
            packed,
            style_map=style_map,
            include_default_style_map=False,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(take),
        )
    except TongxinError:
        raise
    except Exception as error:
        # mammoth trusts its input: a wrong reference or number in it ends in any error whatever.
        raise broken() from error
    return str(result.value)


def _picture(image: mammoth.documents.Image, archive: Archive, pictures: Pictures) -> str | None:
    """Its provisional id; None for a linked or missing file and for what is no bitmap (EMF, WMF, SVG)."""
    try:
        with image.open() as stand_in:
            name = stand_in.read().decode()
    except (ValueError, KeyError, OSError):
        return None
    data = archive.read(name)
    return pictures.add(data) if data else None


def _style_map(preparation: Preparation) -> str:
    """Only what `preparation` writes: it has read the file's own styles."""
    lines = [f"p.{HEADING_STYLE}{level} => h{level}:fresh" for level in range(1, 7)]
    lines += [
        f"r.{COLOR_STYLE}{color} => span.{COLOR_STYLE}{color}"
        for color in sorted(preparation.properties.colors)
    ]
    lines += [
        f"p.{QUOTE_STYLE} => blockquote > p:fresh",
        "highlight => mark",
        "u => u",
        "strike => s",
    ]
    return "\n".join(lines)


def _left_out(package: Package) -> Iterator[Loss]:
    """What stands beside the text. Page numbers alone are nothing to tell."""
    told: set[str] = set()
    for kind, name in (("header", "页眉"), ("footer", "页脚")):
        for part in package.parts_of_kind(kind):
            root = package.tree(part)
            text = "" if root is None else text_in(root)
            if _WORDS.search(text) and text not in told:
                told.add(text)
                yield Loss(kind, text[:EXCERPT_CHARS], f"{name}里的文字没有导入")
    comments = package.tree_of_kind("comments")
    for comment in () if comments is None else comments.iter(W + "comment"):
        yield Loss("comment", text_in(comment)[:EXCERPT_CHARS], "批注没有导入")
    for kind, name in (("footnotes", "脚注"), ("endnotes", "尾注")):
        root = package.tree_of_kind(kind)
        notes = [] if root is None else [text for note in root if (text := text_in(note))]
        if notes:
            yield Loss("notes", notes[0][:EXCERPT_CHARS], f"{len(notes)} 条{name}已移到文末")
