"""The pictures that are made from an asset: for the body, as cover, for the desk. Same bytes in, same bytes out, so a
derivative's checksum can say whether WeChat already has it.

What the platform takes, from https://developers.weixin.qq.com/doc/subscription/api/material/permanent/
(api_uploadimage.html, api_addmaterial.html, 2025-12): a body picture is JPEG or PNG under 1 MB, a permanent picture
JPEG, PNG, GIF or BMP up to 10 MB, a thumb JPEG up to 64 KB.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from PIL import Image, ImageColor

from webapp.kernel.errors import TooLarge
from webapp.media.probe import Probed, identify, is_bare, upright

BODY_LIMIT_BYTES = 1024 * 1024
"""A body picture must be smaller than this."""
BODY_AIM_BYTES = 1_000_000
MATERIAL_MAX_BYTES = 10 * 1024 * 1024
COVER_AIM_BYTES = 2_000_000
"""Far below the limit; even noise fits at full size, so a cover always has the size that it should."""
THUMB_LIMIT_BYTES = 64 * 1024
THUMB_AIM_BYTES = 64_000

BODY_WIDTHS = (1920, 1440, 1080, 900, 720, 640)
"""A phone shows a body picture at 360 to 430 CSS pixels, with two or three pixels to each."""
BODY_HEIGHT_MAX = 20_000
THUMB_WIDTHS = (600, 480, 360, 240, 160)

COVER_SIZE = (900, 383)
SQUARE_SIZE = (540, 540)
PREVIEW_HEIGHTS = 8
"""A preview is at most this many times as high as it is wide; WebP ends at 16,383 pixels."""

WHITE = "#ffffff"
PAPER = "#faf8f4"

_BEST_QUALITY = 92
_GOOD_QUALITY = 72
_PREVIEW_QUALITY = 80
_LOSSLESS = ("image/png", "image/gif", "image/bmp", "image/tiff")


Mime = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class Focal(NamedTuple):
    """The point that must stay in sight, in 0..1 of the upright picture, from its upper left corner."""

    x: float = 0.5
    y: float = 0.5


CENTRE = Focal()


@dataclass(frozen=True, kw_only=True)
class Derived:
    """`lost_motion`: the source moves and this shows its first frame only; say so to the editor."""

    data: bytes
    mime: Mime
    width: int
    height: int
    lost_motion: bool = False


def body_image(data: bytes, *, paper: str = WHITE) -> Derived:
    """For `uploadimg`: at most 1,000,000 bytes, 1,920 wide and 20,000 high. Already fitting files without metadata
    stay as they are; drawings and screenshots stay PNG while they fit; everything else becomes the best JPEG that
    fits. Transparency is laid on `paper`, else black ink is lost on a phone in dark mode.
    """
    source = identify(data)
    if _may_stay(data, source):
        return _as_is(data, "image/png" if source.mime == "image/png" else "image/jpeg", source)
    image = _bounded(_flat(data, BODY_WIDTHS[0], paper), BODY_WIDTHS[0], BODY_HEIGHT_MAX)
    if source.mime in _LOSSLESS:
        png = _png(image)
        if len(png) <= BODY_AIM_BYTES:
            return _derived(png, "image/png", image, lost_motion=source.animated)
    return _best_jpeg(image, BODY_WIDTHS, BODY_AIM_BYTES, lost_motion=source.animated)


def animated_material(data: bytes) -> Derived | None:
    """A GIF that moves, untouched, for a permanent picture; None when it does not move. Raises TooLarge over 10 MB."""
    source = identify(data)
    if not (source.animated and source.mime == "image/gif"):
        return None
    if len(data) > MATERIAL_MAX_BYTES:
        raise TooLarge(
            f"动图有 {len(data) / 1024 / 1024:.1f} MB，微信最多收 10 MB，没有上传。"
            "请减少帧数或尺寸，或者改用静止的图片。",
            code="picture_gif_too_large",
        )
    return _as_is(data, "image/gif", source)


def cover(data: bytes, focal: Focal = CENTRE) -> Derived:
    """2.35:1 around the focal point: 1,800 × 766 where the source has that much, else 900 × 383."""
    return _cropped(data, focal, COVER_SIZE)


def square(data: bytes, focal: Focal = CENTRE) -> Derived:
    """1:1 around the focal point: 1,080 or 540 pixels wide."""
    return _cropped(data, focal, SQUARE_SIZE)


def thumb(data: bytes) -> Derived:
    """The whole picture as a JPEG of at most 64 KB, for material of type thumb."""
    image = _bounded(_flat(data, THUMB_WIDTHS[0], WHITE), THUMB_WIDTHS[0], 4 * THUMB_WIDTHS[0])
    return _best_jpeg(image, THUMB_WIDTHS, THUMB_AIM_BYTES, lost_motion=identify(data).animated)


def preview(data: bytes, width: Literal[640, 320]) -> Derived:
    """A WebP for the desk, never wider than the source."""
    image = _bounded(_flat(data, width, WHITE), width, PREVIEW_HEIGHTS * width)
    encoded = _encoded(image, format="WEBP", quality=_PREVIEW_QUALITY, method=4)
    return _derived(encoded, "image/webp", image, lost_motion=False)


def crops(width: int, height: int, focal: Focal = CENTRE) -> dict[str, str]:
    """`pic_crop_235_1` and `pic_crop_1_1` of a draft's article: the largest crops of that shape around the focal
    point, as `x1_y1_x2_y2` in 0..1 of the uploaded cover, with up to 6 decimals.
    """
    return {
        "pic_crop_235_1": _crop_text(width, height, 2.35, focal),
        "pic_crop_1_1": _crop_text(width, height, 1.0, focal),
    }


def newspic_crops(width: int, height: int, focal: Focal = CENTRE) -> list[dict[str, Any]]:
    """`crop_percent_list` of a picture message: the same for each shape that its cover may be shown in, corners as texts."""
    shapes = {"1_1": 1.0, "16_9": 16 / 9, "2.35_1": 2.35}
    corners = ("x1", "y1", "x2", "y2")
    return [
        {
            "ratio": name,
            **dict(zip(corners, _crop_text(width, height, ratio, focal).split("_"), strict=True)),
        }
        for name, ratio in shapes.items()
    ]


def _crop_text(width: int, height: int, ratio: float, focal: Focal) -> str:
    """In millionths, so that the rounded crop keeps its shape and its corners stay inside."""
    part_x = min(1.0, ratio * height / width)
    part_y = min(1.0, width / ratio / height)
    x1, x2 = _millionths(part_x, focal.x)
    y1, y2 = _millionths(part_y, focal.y)
    return "_".join(
        f"{corner / 1_000_000:.6f}".rstrip("0").rstrip(".") for corner in (x1, y1, x2, y2)
    )


def _millionths(part: float, centre: float) -> tuple[int, int]:
    length = max(1, round(part * 1_000_000))
    start = round(centre * 1_000_000 - length / 2)
    start = min(max(start, 0), 1_000_000 - length)
    return start, start + length


def _cropped(data: bytes, focal: Focal, size: tuple[int, int]) -> Derived:
    image = _flat(data, 2 * size[0], WHITE)
    box = _box(image.size, size, focal)
    scale = 2 if box[2] - box[0] >= 2 * size[0] else 1
    target = (size[0] * scale, size[1] * scale)
    image = image.resize(target, Image.Resampling.LANCZOS, box=box, reducing_gap=3)
    return _best_jpeg(image, (), COVER_AIM_BYTES, lost_motion=identify(data).animated)


def _box(
    source: tuple[int, int], shape: tuple[int, int], focal: Focal
) -> tuple[float, float, float, float]:
    """The largest box of that shape inside the source, as near to the focal point as the edges allow."""
    scale = min(source[0] / shape[0], source[1] / shape[1])
    width, height = shape[0] * scale, shape[1] * scale
    left = max(min(focal.x * source[0] - width / 2, source[0] - width), 0)
    top = max(min(focal.y * source[1] - height / 2, source[1] - height), 0)
    return left, top, min(left + width, source[0]), min(top + height, source[1])


def _may_stay(data: bytes, source: Probed) -> bool:
    if source.animated or source.transparent or source.mime not in ("image/jpeg", "image/png"):
        return False
    if (
        len(data) > BODY_AIM_BYTES
        or source.width > BODY_WIDTHS[0]
        or source.height > BODY_HEIGHT_MAX
    ):
        return False
    return is_bare(data)


def _as_is(data: bytes, mime: Mime, source: Probed) -> Derived:
    return Derived(data=data, mime=mime, width=source.width, height=source.height)


def _flat(data: bytes, width: int, paper: str) -> Image.Image:
    image = upright(data, shortest_side=width)
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, ImageColor.getrgb(paper)[:3])
    ground.paste(image, mask=image)
    return ground


def _bounded(image: Image.Image, width: int, height: int) -> Image.Image:
    """Scaled down to fit, never up; no side vanishes."""
    scale = min(1.0, width / image.width, height / image.height)
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _best_jpeg(
    image: Image.Image, widths: Iterable[int], aim: int, *, lost_motion: bool
) -> Derived:
    """The widest of `widths` at which a good quality fits, at the best quality that fits there; when none does, ever
    smaller at that quality, which ends.
    """
    for width in (image.width, *(w for w in widths if w < image.width)):
        smaller = _bounded(image, width, image.height)
        data = _best_quality(smaller, aim)
        if data:
            return _derived(data, "image/jpeg", smaller, lost_motion=lost_motion)
    while True:
        smaller = _bounded(smaller, max(1, smaller.width * 3 // 4), max(1, smaller.height * 3 // 4))
        data = _jpeg(smaller, _GOOD_QUALITY)
        if len(data) <= aim or smaller.size == (1, 1):
            return _derived(data, "image/jpeg", smaller, lost_motion=lost_motion)


def _best_quality(image: Image.Image, aim: int) -> bytes | None:
    """By halving between good and best; None when not even good fits."""
    best = None
    low, high = _GOOD_QUALITY, _BEST_QUALITY
    quality = high
    while low <= high:
        data = _jpeg(image, quality)
        if len(data) <= aim:
            best, low = data, quality + 1
        else:
            high = quality - 1
        quality = (low + high) // 2
    return best


def _jpeg(image: Image.Image, quality: int) -> bytes:
    return _encoded(image, format="JPEG", quality=quality, optimize=True, progressive=True)


def _png(image: Image.Image) -> bytes:
    return _encoded(image, format="PNG", optimize=True)


def _encoded(image: Image.Image, **options: str | int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **options)  # type: ignore[arg-type]  # the stub knows `format` only by itself
    return buffer.getvalue()


def _derived(
    data: bytes,
    mime: Mime,
    image: Image.Image,
    *,
    lost_motion: bool,
) -> Derived:
    return Derived(
        data=data, mime=mime, width=image.width, height=image.height, lost_motion=lost_motion
    )
