"""Where files lie: a folder, or anything that speaks S3. The same keys in both, so moving is copying.

A key is named after the bytes (`content_key`), so what lies under it never changes and may be cached for ever. `s3.py`
holds the other store; it is imported only where media are kept in S3, because boto3 is an extra and heavy.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from webapp.kernel.errors import Invalid, NotFound, Unavailable

URL_PREFIX = "/media/"
KEY_MAX_CHARACTERS = 200

# A part never starts with a dot and knows no capitals: no way out of the folder, no two keys for one file on a Mac.
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")

_S3_OPTIONS = {"endpoint_url", "region_name"}
_S3_STYLES = ("auto", "virtual", "path")


class Store(Protocol):
    """Keys are `content_key`'s, or of the same alphabet. Reading what is not there raises NotFound; a store that does
    not answer raises Unavailable, and nothing was changed that the caller must undo.
    """

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """All of it or nothing; putting the same again is harmless."""

    def get(self, key: str) -> bytes: ...

    def open_stream(self, key: str) -> BinaryIO:
        """The caller closes it."""

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Also when it is not there."""

    def url_path(self, key: str) -> str:
        """Under which path of ours a browser finds it."""

    def check(self) -> None:
        """Raises Unavailable when files could not be read or written now."""


def content_key(data: bytes, extension: str) -> tuple[str, str]:
    """SHA-256 in hex, and the key made of it: `sha256/ab/cd/abcd….jpg`. `extension` with its dot."""
    checksum = hashlib.sha256(data).hexdigest()
    return checksum, f"sha256/{checksum[:2]}/{checksum[2:4]}/{checksum}{extension}"


def open_store(url: str) -> Store:
    """`file:///folder`, or `s3://bucket/prefix?addressing_style=virtual&endpoint_url=…&region_name=…`.

    The S3 keys and, when the address does not say it, the endpoint come from the environment that boto3 reads
    (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL_S3`, `AWS_REGION`). Raises Invalid for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/"):
        return FileStore(Path(unquote(parts.path)))
    options = dict(parse_qsl(parts.query))
    style = options.pop("addressing_style", "auto")
    if (
        parts.scheme == "s3"
        and parts.netloc
        and style in _S3_STYLES
        and options.keys() <= _S3_OPTIONS
    ):
        return _open_s3(parts.netloc, parts.path.strip("/"), style, options)
    raise Invalid(
        "TONGXIN_MEDIA_URL 应为 file:///文件夹 或 s3://桶/前缀（可加 ?addressing_style=virtual），程序没有启动。",
        code="settings.media_url",
    )


def _open_s3(bucket: str, prefix: str, style: str, options: dict[str, str]) -> Store:
    try:
        s3 = importlib.import_module("webapp.kernel.s3")
    except ModuleNotFoundError:
        raise Invalid(
            "媒体放在 S3 需要安装 boto3（pip install 'tongxin[grown]'），程序没有启动。",
            code="settings.media_url",
        ) from None
    store: Store = s3.connect(bucket, prefix, style, options)
    return store


def checked(key: str) -> str:
    """The key, or NotFound for what could not be one: a path that leads elsewhere, a name of another alphabet."""
    if len(key) > KEY_MAX_CHARACTERS or not _KEY.fullmatch(key):
        raise missing()
    return key


def missing() -> NotFound:
    return NotFound("没有这个文件，它可能已被删除。")


def out_of_order() -> Unavailable:
    return Unavailable(
        "媒体存储现在不可用，没有保存或读出文件，已有的文件不受影响。请检查磁盘空间、权限或对象存储服务。",
        code="store_unavailable",
    )


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise missing() from None
    except OSError as error:
        raise out_of_order() from error


class FileStore:
    """A folder. Files appear whole: they are written beside their place and moved in, and survive a power cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes, content_type: str) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, data)
        except OSError as error:
            raise out_of_order() from error

    def _write(self, path: Path, data: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            half_done = Path(file.name)
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                half_done.replace(path)
            except BaseException:
                half_done.unlink(missing_ok=True)
                raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, key: str) -> bytes:
        with _disk():
            return self._path(key).read_bytes()

    def open_stream(self, key: str) -> BinaryIO:
        with _disk():
            return self._path(key).open("rb")

    def exists(self, key: str) -> bool:
        try:
            with _disk():
                return self._path(key).is_file()
        except NotFound:
            return False

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise out_of_order() from error

    def url_path(self, key: str) -> str:
        return URL_PREFIX + checked(key)

    def check(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self._folder).close()
        except OSError as error:
            raise out_of_order() from error

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)
