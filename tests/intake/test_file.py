from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest

from tests.intake.word_files import p, png, word_of_xml
from webapp.document.text import plain_text
from webapp.intake.decoding import decode_bytes
from webapp.intake.file import import_file
from webapp.kernel.errors import Invalid, TongxinError, TooLarge, Unsupported

WORD = word_of_xml(p("同心抗疫") + p("正文。"))
CHINESE = "同心抗疫\n九三学社陕西省委员会，共克时艰。\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("稿件.docx", WORD),
        ("稿件.DOCX", WORD),
        ("稿件", WORD),
        ("稿件.txt", WORD),
        ("稿件.md", "# 同心抗疫\n\n正文。".encode()),
        ("稿件.markdown", "# 同心抗疫\n\n正文。".encode("gb18030")),
        ("稿件.html", "<h1>同心抗疫</h1><p>正文。</p>".encode()),
        ("稿件.htm", '<meta charset="gb2312"><h1>同心抗疫</h1><p>正文。</p>'.encode("gb2312")),
        ("稿件.docx", "<html><body><h1>同心抗疫</h1><p>正文。</p>".encode()),
        ("稿件.doc", "\ufeff<!DOCTYPE html><h1>同心抗疫</h1><p>正文。</p>".encode("utf-16")),
        ("稿件.txt", "同心抗疫\r\n\r\n正文。\r\n".encode("utf-8-sig")),
        ("无后缀", "同心抗疫\n正文。".encode("gb18030")),
    ],
)
def test_every_kind_of_file_becomes_the_same_document(name: str, data: bytes):
    imported = import_file(name, data)
    assert (imported.title, plain_text(imported.body)) == ("同心抗疫", "正文。")
    assert imported.cleanups == ()


def archive_of(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "error", "code"),
    [
        ("a.txt", b"", Invalid, "empty_import"),
        ("a.txt", b" \n\n ", Invalid, "empty_import"),
        ("a.docx", b"", Invalid, "empty_import"),
        ("a.docx", b"not a word file", Unsupported, "text_named_docx"),
        ("a.docx", bytes(range(256)) * 20, Invalid, "docx_broken"),
        ("a.pdf", b"%PDF-1.7 ...", Unsupported, "unsupported_file"),
        ("a.docx", b"%PDF-1.7 ...", Unsupported, "unsupported_file"),
        ("a.rtf", b"{\\rtf1 x}", Unsupported, "unsupported_file"),
        ("a.txt", png(2, 2), Unsupported, "unsupported_file"),
        ("a.xlsx", archive_of("xl/workbook.xml"), Unsupported, "unsupported_file"),
        ("a.zip", archive_of("a.txt"), Unsupported, "unsupported_file"),
        ("a.rar", b"Rar!\x1a\x07\x00", Unsupported, "unsupported_file"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), Unsupported, "old_word_file"),
        ("a.txt", bytes(range(256)) * 20, Unsupported, "binary_file"),
        ("a.exe", b"MZ\x90\x00\x03" + bytes(500), Unsupported, "binary_file"),
        ("a.txt", b"\xb0\xa1" * 10 + b"\xff", Invalid, "unknown_encoding"),
        ("a.txt", b"x" * 5_000_000, TooLarge, "file_too_large"),
        ("a.md", b"x" * 5_000_000, TooLarge, "file_too_large"),
        ("a.html", b"x" * 50_000_000, TooLarge, "file_too_large"),
        ("a.docx", b"x" * 50_000_000, TooLarge, "file_too_large"),
        ("a.txt", b"x" * 50_000_000, TooLarge, "file_too_large"),
    ],
)
def test_a_wrong_file_is_refused_with_a_stable_code_and_a_sentence(
    name: str, data: bytes, error: type[TongxinError], code: str
):
    started = time.process_time()
    with pytest.raises(error) as caught:
        import_file(name, data)
    assert caught.value.code == code
    assert "没有" in caught.value.message
    assert "；" in caught.value.message
    assert time.process_time() - started < 3


def test_a_text_of_fifty_megabytes_costs_no_memory():
    data = b"x" * 50_000_000
    tracemalloc.start()
    with pytest.raises(TooLarge):
        import_file("a.txt", data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)  # fmt: skip
def test_the_encodings_of_chinese_desks_are_recognised(encoding: str):
    assert decode_bytes(CHINESE.encode(encoding)) == CHINESE


def test_line_ends_of_all_systems_become_one():
    assert decode_bytes("一\r\n二\r三\u2028四".encode()) == "一\n二\n三\n四"
