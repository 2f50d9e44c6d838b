"""What LibreOffice wrote (see `fixtures/make_libreoffice.py`), held against the letters that are in its own files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree, html  # type: ignore[import-untyped]

from webapp.document.text import plain_text
from webapp.intake.file import import_file
from webapp.intake.model import Imported

FIXTURES = Path(__file__).parent / "fixtures"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(name: str) -> Imported:
    return import_file(name, (FIXTURES / name).read_bytes())


def letters(imported: Imported) -> str:
    return "".join(f"{imported.title}{plain_text(imported.body)}".split())


def pieces(name: str, tag: str = "t") -> Iterator[tuple[str, bool]]:
    """Every piece of text that the part holds, once, in its order; and whether it stands in a text box."""
    with zipfile.ZipFile(FIXTURES / "libreoffice.docx") as archive:
        root = etree.fromstring(archive.read(name))
    for found in root.iter(W + tag):
        above = {one.tag for one in found.iterancestors()}
        if FALLBACK not in above and (found.text or "").strip():
            yield found.text or "", W + "txbxContent" in above


def test_no_word_of_a_libreoffice_file_is_lost_or_moved():
    text = letters(read("libreoffice.docx"))
    reached = 0
    for piece, _ in (one for one in pieces("word/document.xml") if not one[1]):
        at = text.find("".join(piece.split()), reached)
        assert at >= 0, f"“{piece}” is lost or out of its order"
        reached = at + len(piece.strip())
    boxed = "".join(piece for piece, is_boxed in pieces("word/document.xml") if is_boxed)
    assert f"文本框之前文本框之后。{boxed}改过的一段" in text
    assert text.endswith("".join(piece for piece, _ in pieces("word/footnotes.xml")))


def test_nothing_is_added_but_the_marks_that_a_reader_saw():
    text = letters(read("libreoffice.docx"))
    written = "".join(
        p for part in ("document", "footnotes") for p, _ in pieces(f"word/{part}.xml")
    )
    assert sorted(text) == sorted("".join(written.split()) + "[1]a)b)")


def test_what_cannot_stand_where_it_stood_is_told():
    imported = read("libreoffice.docx")
    told = {loss.kind: loss.excerpt for loss in imported.losses}
    assert told["deletion"] == "".join(p for p, _ in pieces("word/document.xml", "delText"))
    assert told["insertion"] == "加上的话"
    assert {"text_box", "notes", "inline_image"} <= set(told)
    assert len(imported.pictures) == 1


def test_cells_breaks_and_pictures_of_a_libreoffice_file_keep_their_form():
    kinds = [block.type for block in read("libreoffice.docx").body.content]
    assert kinds.count("table") == 1
    assert kinds.count("figure") == 1
    shown = str(read("libreoffice.docx").body.to_json())
    assert "'colspan': 2" in shown
    assert "'rowspan': 2" in shown
    assert "hardBreak" in shown


@pytest.mark.parametrize("name", ["writer-paste.html", "calc-paste.html"])
def test_what_libreoffice_gives_to_others_as_html_arrives_letter_by_letter(name: str):
    tree = html.parse(str(FIXTURES / name)).getroot().find("body")
    written = "".join("".join(tree.itertext()).split())
    assert letters(read(name)) == written


def test_numbers_in_another_form_are_told_because_they_are_counted_anew():
    told = {loss.kind: loss.excerpt for loss in read("writer-paste.html").losses}
    assert told["list_numbers"] == "第一条之甲"


def test_a_sheet_of_calc_keeps_its_head_over_three_columns_and_its_figures():
    (table,) = read("calc-paste.html").body.content
    shown = str(table.to_json())
    assert "'colspan': 3" in shown
    assert "69.4046" in shown
