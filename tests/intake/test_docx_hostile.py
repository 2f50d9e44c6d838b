from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest

from tests.intake.word_files import (
    p,
    part,
    r,
    replaced,
    word_of_xml,
)
from tests.thorough import thorough
from webapp.document.text import plain_text
from webapp.intake.docx import from_docx
from webapp.kernel.errors import Invalid, TongxinError, TooLarge, Unsupported

GOOD = word_of_xml(p("标题") + p("正文。"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (b"", Invalid, "docx_broken"),
        (b"PK\x03\x04", Invalid, "docx_broken"),
        (GOOD[:-30], Invalid, "docx_broken"),
        (GOOD[: len(GOOD) // 2], Invalid, "docx_broken"),
        (GOOD[:200] + b"\x00" * 50 + GOOD[250:], Invalid, "docx_broken"),
        (OLE, Unsupported, "old_word_file"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Invalid, "docx_encrypted"),
        (replaced(GOOD, "word/document.xml", b"<w:document"), Invalid, "docx_broken"),
        (replaced(GOOD, "word/document.xml", b""), Invalid, "docx_broken"),
        (replaced(GOOD, "word/document.xml", b"<a/>"), Invalid, "docx_broken"),
        (replaced(GOOD, "[Content_Types].xml", b"<a"), Invalid, "docx_broken"),
        (word_of_xml(""), Invalid, "empty_import"),
        (word_of_xml('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="x"/></w:tcPr></w:tc></w:tr></w:tbl>'), Invalid, "docx_broken"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_with_a_clear_sentence(
    data: bytes, error: type[TongxinError], code: str
):
    with pytest.raises(error) as caught:
        from_docx(data)
    assert caught.value.code == code
    assert "没有" in caught.value.message
    assert "请" in caught.value.message


def test_excel_powerpoint_and_plain_archives_are_named_for_what_they_are():
    for name, expected in (
        ("xl/workbook.xml", "Excel"),
        ("ppt/presentation.xml", "PPT"),
        ("a.txt", "压缩包"),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(Unsupported, match=expected):
            from_docx(out.getvalue())


def test_an_encrypted_zip_is_refused():
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(Invalid) as caught:
        from_docx(bytes(data))
    assert caught.value.code == "docx_encrypted"


def test_entities_are_not_expanded_because_a_doctype_is_refused():
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
    )
    for name in ("word/document.xml", "[Content_Types].xml", "_rels/.rels"):
        with pytest.raises(Invalid) as caught:
            from_docx(replaced(GOOD, name, bomb))
        assert caught.value.code == "docx_broken"


def bomb_of(name: str, size: int) -> bytes:
    return replaced(GOOD, name, b"<a>" + b" " * size + b"</a>")


@pytest.mark.parametrize(
    "name", ["word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"]
)
def test_a_zip_bomb_is_refused_before_it_fills_the_memory(name: str):
    data = bomb_of(name, 60_000_000)
    assert len(data) < 100_000
    tracemalloc.start()
    with pytest.raises(TooLarge) as caught:
        from_docx(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "docx_too_large"
    assert peak < 20_000_000


def test_ten_thousand_entries_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(10_000):
            archive.writestr(f"word/{i}.xml", "")
    with pytest.raises(TooLarge) as caught:
        from_docx(out.getvalue())
    assert caught.value.code == "docx_too_many_parts"


def stored(xml: str) -> bytes:
    """Not packed, so that the ratio does not give it away."""
    good = word_of_xml("")
    return replaced(
        good, "word/document.xml", part(good, "word/document.xml").replace(b"<w:sectPr/>", xml.encode()), zipfile.ZIP_STORED
    )  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 30_000, "docx_too_long"),
        ("<w:p>" + "<w:ins>" * 500 + "</w:ins>" * 500 + "</w:p>", "docx_too_intricate"),
        ("<w:tbl><w:tr><w:tc>" * 80 + p("x") + "</w:tc></w:tr></w:tbl>" * 80, "docx_too_intricate"),
        pytest.param("<w:p>" + "<w:r/>" * 700_000 + "</w:p>", "docx_too_intricate", marks=thorough),
        (p(r("字" * 700_000)), "too_large"),
    ],
    ids=["paragraphs", "depth", "tables", "elements", "text"],
)
def test_a_file_over_a_bound_is_refused_in_seconds(xml: str, code: str):
    started = time.process_time()
    with pytest.raises(TooLarge) as caught:
        from_docx(stored(xml))
    assert caught.value.code == code
    assert time.process_time() - started < 15


def test_fields_nested_without_end_do_not_slow_the_reading_down():
    xml = "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 20_000 + r("字。") + "</w:p>"
    started = time.process_time()
    assert plain_text(from_docx(stored(xml)).body) == "字。"
    assert time.process_time() - started < 10


@thorough
def test_a_file_of_450_pages_takes_seconds():
    run = '<w:rFonts w:ascii="仿宋" w:hint="eastAsia"/><w:sz w:val="32"/><w:lang w:val="en-US"/>'
    line = p(
        r("九三学社陕西省委员会深入贯彻", run),
        r("关于疫情防控工作的要求，", run + "<w:b/>"),
        r("按照部署，" * 7, run),
    )
    data = word_of_xml(p("标题") + line * 4_400)
    started = time.process_time()
    imported = from_docx(data)
    assert len(imported.text) > 250_000
    # About 3 s alone on one core of 2024.
    assert time.process_time() - started < 40
