"""Which reader for which file: by what the bytes are, and where they do not say it by the name's ending."""

from __future__ import annotations

from pathlib import PurePath

from webapp.intake.bounds import FILE_MAX_BYTES
from webapp.intake.decoding import decode_bytes
from webapp.intake.docx import from_docx
from webapp.intake.html import from_html
from webapp.intake.markdown import from_markdown
from webapp.intake.model import Imported
from webapp.intake.pictures import Fetch, fetch_nothing
from webapp.intake.steps.options import Options
from webapp.intake.text import from_text
from webapp.kernel.errors import Invalid, TooLarge, Unsupported

ACCEPTED = (".docx", ".md", ".markdown", ".html", ".htm", ".txt")

_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm", ".xhtml"}
_FOREIGN = (
    (b"%PDF", "PDF 文件", "请在 PDF 阅读器里复制文字后粘贴，或另存为 .docx"),
    (b"{\\rtf", "RTF 文件", "请在 Word 或 WPS 里另存为 .docx"),
    (b"\x89PNG", "图片", "请在素材库里上传"),
    (b"\xff\xd8\xff", "图片", "请在素材库里上传"),
    (b"GIF8", "图片", "请在素材库里上传"),
    (b"RIFF", "图片或音频", "请在素材库里上传"),
    (b"Rar!", "压缩包", "请解压后选择里面的文件"),
    (b"7z\xbc\xaf", "压缩包", "请解压后选择里面的文件"),
    (b"\x1f\x8b", "压缩包", "请解压后选择里面的文件"),
)
_PAGE_STARTS = ("<!doctype html", "<html", "<meta", "<head", "<body")


def import_file(
    name: str, data: bytes, *, fetch: Fetch = fetch_nothing, options: Options | None = None
) -> Imported:
    """Raises Invalid, TooLarge or Unsupported, each with a stable code and a sentence for the desk."""
    if not data:
        raise Invalid("这个文件是空的，没有导入；请换一个文件再试", code="empty_import")
    if len(data) > FILE_MAX_BYTES:
        raise TooLarge(
            f"文件超过 {FILE_MAX_BYTES // 1_000_000} MB，没有导入；请压缩图片或分成几个文件再试",
            code="file_too_large",
        )
    _refuse_foreign(data)
    suffix = PurePath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return from_docx(data, options=options)
    if suffix == ".docx":
        return _misnamed(data, fetch, options)
    is_html = suffix in _HTML
    text = decode_bytes(data, limit_bytes=FILE_MAX_BYTES if is_html else None)
    if is_html:
        return from_html(text, fetch=fetch, options=options)
    if suffix in _MARKDOWN:
        return from_markdown(text, fetch=fetch, options=options)
    return _of_text(text, fetch, options)


def _refuse_foreign(data: bytes) -> None:
    for signature, kind, advice in _FOREIGN:
        if data.startswith(signature):
            raise Unsupported(f"这是{kind}，没有导入；{advice}", code="unsupported_file")


def _misnamed(data: bytes, fetch: Fetch, options: Options | None) -> Imported:
    """Some office systems send a web page under a Word name."""
    try:
        text = decode_bytes(data)
    except (Invalid, Unsupported):
        return from_docx(data, options=options)
    if not _is_page(text):
        raise Unsupported(
            "这个文件名叫 .docx，里面却只是文字，没有导入；是您要的文字，就把文件名末尾改成 .txt 再试",
            code="text_named_docx",
        )
    return from_html(text, fetch=fetch, options=options)


def _of_text(text: str, fetch: Fetch, options: Options | None) -> Imported:
    if _is_page(text):
        return from_html(text, fetch=fetch, options=options)
    return from_text(text, options=options)


def _is_page(text: str) -> bool:
    return text[:200].lstrip().lower().startswith(_PAGE_STARTS)
