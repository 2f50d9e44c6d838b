"""The parts of a .docx, unpacked within bounds: sizes are counted while unpacking, since a bomb's directory lies."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from webapp.intake.bounds import (
    FILE_MAX_BYTES,
    ZIP_MAX_DIRECTORY_BYTES,
    ZIP_MAX_ENTRIES,
    ZIP_MAX_PART_BYTES,
    ZIP_MAX_RATIO,
    ZIP_MAX_UNPACKED_BYTES,
    ZIP_RATIO_FROM_BYTES,
)
from webapp.kernel.errors import Invalid, TooLarge, Unsupported

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_RECORD = struct.Struct("<4s4H2LH")
_CHUNK_BYTES = 1 << 20


def broken() -> Invalid:
    return Invalid(
        "这个 Word 文件打不开，可能没有下载完整或已损坏，没有导入；请在 Word 或 WPS 里打开并另存后再试",
        code="docx_broken",
    )


def too_large() -> TooLarge:
    return TooLarge(
        "这个 Word 文件展开后太大，没有导入；请删去大图片或分成几个文件再试", code="docx_too_large"
    )


def too_many_parts() -> TooLarge:
    return TooLarge(
        f"这个文件里零散的部件超过 {ZIP_MAX_ENTRIES} 个，不像 Word 存的，没有导入；请在 Word 或 WPS 里打开并另存后再试",
        code="docx_too_many_parts",
    )


class Archive:
    """Raises Invalid (`docx_broken`, `docx_encrypted`), TooLarge (`docx_too_large`, `docx_too_many_parts`,
    `file_too_large`), Unsupported (`old_word_file`)."""

    def __init__(self, data: bytes) -> None:
        if len(data) > FILE_MAX_BYTES:
            raise TooLarge(
                f"文件超过 {FILE_MAX_BYTES // 1_000_000} MB，没有导入；请压缩图片后再试",
                code="file_too_large",
            )
        if data.startswith(_OLE):
            raise _ole_error(data)
        self._unpacked = 0
        self._zip = _opened(data)
        self._infos: Mapping[str, zipfile.ZipInfo] = {
            info.filename.replace("\\", "/").lstrip("/"): info for info in self._zip.infolist()
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._infos)

    def read(self, name: str) -> bytes | None:
        """One part, or None when there is none of that name."""
        info = self._infos.get(name)
        return None if info is None else self._unpack(info)

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    size += len(chunk)
                    self._unpacked += len(chunk)
                    _refuse_bomb(size, info.compress_size)
                    if self._unpacked > ZIP_MAX_UNPACKED_BYTES:
                        raise too_large()
                    pieces.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise broken() from error
        return b"".join(pieces)


def _refuse_bomb(unpacked: int, packed: int) -> None:
    explosive = unpacked > ZIP_RATIO_FROM_BYTES and unpacked > ZIP_MAX_RATIO * max(1, packed)
    if unpacked > ZIP_MAX_PART_BYTES or explosive:
        raise too_large()


def _opened(data: bytes) -> zipfile.ZipFile:
    _refuse_huge_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise broken() from error
    if len(archive.infolist()) > ZIP_MAX_ENTRIES:
        raise too_many_parts()
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise encrypted()
    return archive


def _refuse_huge_directory(data: bytes) -> None:
    """zipfile builds an object for each entry before anyone can count them."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or at + _END_RECORD.size > len(data):
        raise broken()
    directory_bytes = _END_RECORD.unpack_from(data, at)[5]
    is_zip64 = data[max(0, at - 20) : at].startswith(b"PK\x06\x07")
    if directory_bytes > ZIP_MAX_DIRECTORY_BYTES or is_zip64:
        raise too_many_parts()


def encrypted() -> Invalid:
    return Invalid(
        "这个 Word 文件设了打开密码，没有导入；请在 Word 或 WPS 里取消密码并另存后再试",
        code="docx_encrypted",
    )


def _ole_error(data: bytes) -> Invalid | Unsupported:
    """Word wraps an encrypted .docx in the old container, with a stream of this name."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return encrypted()
    return Unsupported(
        "这是旧版 Word（.doc）或 WPS 文件，没有导入；请在 Word 或 WPS 里另存为 .docx 后再试",
        code="old_word_file",
    )
