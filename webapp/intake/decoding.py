"""Bytes of unknown encoding → text. UTF-8, UTF-16 and GB18030 (with GB2312 and GBK in it) are what Chinese desks send."""

from __future__ import annotations

import codecs
import re

from webapp.intake.bounds import TEXT_MAX_BYTES
from webapp.kernel.errors import Invalid, TooLarge, Unsupported

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,20})", re.IGNORECASE)
_FAMILY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "cp950",
    "utf-8": "utf-8",
}
_UNLIKELY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\u0080-\u009f\ue000-\uf8ff\ufffe\uffff]")
UNLIKELY_MAX_SHARE = 0.02
"""Text holds next to no control or private-use characters; binary data read as GB18030 is full of them."""
SAMPLE_BYTES = 4_096


def decode_bytes(data: bytes, *, limit_bytes: int | None = None) -> str:
    """The text, without a byte order mark, its lines ended by "\\n".

    Raises TooLarge over `limit_bytes` (TEXT_MAX_BYTES), Unsupported (`binary_file`) for what is no text, Invalid (`unknown_encoding`).
    """
    limit = limit_bytes or TEXT_MAX_BYTES
    if len(data) > limit:
        raise TooLarge(
            f"文件有 {len(data) / 1_000_000:.0f} MB，这种文件最多收 {limit // 1_000_000} MB，没有导入；请只留下要发的那一篇再试",
            code="file_too_large",
        )
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_likely(text):
            return normalize_newlines(text.lstrip("\ufeff"))
    if _is_binary(data):
        raise Unsupported(
            "这个文件不是文字文件，没有导入；请选择 .docx、.md、.html 或 .txt 文件",
            code="binary_file",
        )
    raise Invalid(
        "认不出这个文件的文字编码，没有导入；请用 UTF-8 编码另存后再试", code="unknown_encoding"
    )


def normalize_newlines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    for sign in "\r\x0b\x0c\u0085\u2028\u2029":
        text = text.replace(sign, "\n")
    return text


def _candidates(data: bytes) -> list[str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return [encoding]
    if b"\x00" in data[:SAMPLE_BYTES]:
        return _utf16_by_zeros(data[:SAMPLE_BYTES])
    declared = _DECLARED.search(data[:SAMPLE_BYTES])
    named = _FAMILY.get(declared[1].decode().lower()) if declared else None
    return ["utf-8", *([named] if named else []), "gb18030"]


def _utf16_by_zeros(sample: bytes) -> list[str]:
    """Without a mark: line ends, digits and blanks put a zero on one side of each pair."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return ["utf-16-le"] if odd > even else ["utf-16-be"]


def _is_likely(text: str) -> bool:
    return len(_UNLIKELY.findall(text)) <= len(text) * UNLIKELY_MAX_SHARE


def _is_binary(data: bytes) -> bool:
    sample = data[:SAMPLE_BYTES]
    return (
        b"\x00" in sample or sum(byte < 9 or 13 < byte < 32 for byte in sample) > len(sample) / 50
    )
