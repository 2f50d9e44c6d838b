"""Uploaded files: in a folder beside the state, or in memory; and what Pillow can tell about a picture."""

import io
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, UnidentifiedImageError

from webapp.sandbox.errors import Refused

Format = Literal["jpeg", "png", "gif", "bmp"]

# "gigantic" pictures are refused as if the format were bad (40137); the figure is the sandbox's own.
MAX_PIXELS = 40_000_000


BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, kw_only=True)
class Inspected:
    format: Format
    width: int
    height: int


class Files:
    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, data: bytes) -> str:
        name = secrets.token_urlsafe(24)
        if self._folder is None:
            self._memory[name] = data
        else:
            part = self._folder / f"{name}.part"
            part.write_bytes(data)
            os.replace(part, self._folder / name)  # noqa: PTH105 -- atomic by contract
        return name

    def read(self, name: str) -> bytes:
        """`name` is one that `write` gave, taken from a record, never from a request."""
        return self._memory[name] if self._folder is None else (self._folder / name).read_bytes()

    def clear(self) -> None:
        self._memory.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder.mkdir()


def inspect(data: bytes) -> Inspected:
    """Raises 40137 for what is no picture of a known kind, cut short, or beyond `MAX_PIXELS`."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "BMP")) as image:
            width, height = image.size
            kind = image.format
            if width * height > MAX_PIXELS:
                raise Refused(40137)
            image.verify()
    except BROKEN as error:
        raise Refused(40137) from error
    return Inspected(format=_format(kind), width=width, height=height)


def _format(kind: str | None) -> Format:
    match kind:
        case "JPEG" | "MPO":
            return "jpeg"
        case "PNG":
            return "png"
        case "GIF":
            return "gif"
        case _:
            return "bmp"
