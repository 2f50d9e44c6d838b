"""What an uploaded file really is, and the picture in it in the one shape that all derivatives start from: turned
upright, in sRGB, first frame, without a word of metadata (a phone writes the place and the person into it).

Only the decoders of `_FORMATS` are ever started, whatever the bytes claim to be.
"""

from __future__ import annotations

import importlib
import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms, ImageOps

from webapp.kernel.errors import Invalid, TooLarge, Unsupported

UPLOAD_MAX_BYTES = 20 * 1024 * 1024
PIXELS_MAX = 80_000_000
"""8,000 × 10,000. The biggest phone cameras give 50 million by default; this many are 240 MB in memory."""

_FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"]
MAY_MOVE = ("image/gif", "image/webp", "image/png", "image/avif")
_QUARTER_TURNS = (5, 6, 7, 8)
_SIGNATURES = (
    b"\xff\xd8",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\0 ftypavif",
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_DECODER_TROUBLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
)
_EXTENSIONS = {"JPEG": ".jpg", "TIFF": ".tif", "HEIF": ".heic"}
_ENDINGS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
_HARMLESS_INFO = frozenset(
    [
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "dpi",
        "progressive",
        "progression",
        "gamma",
        "srgb",
        "interlace",
    ]  # one entry a line would be ten
)
_SRGB = ImageCms.createProfile("sRGB")
_INSTEAD = "请另存为 JPEG 或 PNG 再上传。"

# Pillow warns above its limit and refuses only above twice of it; `_header` refuses at once.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX

with suppress(ImportError):
    # Not among our dependencies, its wheels being GPL; where somebody installed it, HEIC is read.
    importlib.import_module("pillow_heif").register_heif_opener()
    _FORMATS.append("HEIF")


@dataclass(frozen=True, kw_only=True)
class Probed:
    """`width` and `height` in pixels, after the turn that the EXIF asks for. `extension` with its dot."""

    mime: str
    extension: str
    width: int
    height: int
    animated: bool
    transparent: bool


def probe(data: bytes, *, max_bytes: int = UPLOAD_MAX_BYTES) -> Probed:
    """Decodes the whole picture, so that a truncated file is found now and not on the day of the push.

    Raises TooLarge (bytes or pixels), Unsupported (a kind that is not taken) or Invalid (empty or damaged).
    """
    if len(data) > max_bytes:
        raise TooLarge(
            f"文件有 {len(data) / 1024 / 1024:.1f} MB，超过上限 {max_bytes / 1024 / 1024:.0f} MB，"
            "没有保存。请压缩后再上传。",
            code="picture_too_many_bytes",
        )
    with _decoding(data):
        image = _header(data)
        probed = _identified(image)
        image.seek(0)
        image.draft(None, (1, 1))
        image.load()
    return probed


def identify(data: bytes) -> Probed:
    """The same from the header alone, for bytes that went through `probe` once."""
    with _decoding(data):
        return _identified(_header(data))


def _identified(image: Image.Image) -> Probed:
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation) in _QUARTER_TURNS:
        width, height = height, width
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    return Probed(
        mime=Image.MIME[kind],
        extension=_EXTENSIONS.get(kind, "." + kind.lower()),
        width=width,
        height=height,
        animated=Image.MIME[kind] in MAY_MOVE and bool(getattr(image, "is_animated", False)),
        transparent=image.has_transparency_data,
    )


def is_bare(data: bytes) -> bool:
    """Whether a JPEG or PNG holds pixels and nothing else: no metadata, no colour profile, no unknown chunks, nothing
    behind its end (a phone hides a film there).
    """
    with _decoding(data):
        image = _header(data)
        image.load()
    extras = [name for name, _ in getattr(image, "applist", ()) if name != "APP0"]
    extras += getattr(image, "private_chunks", ())
    return (
        image.mode in ("RGB", "L", "P", "1")
        and data.endswith(_ENDINGS.get(str(image.format), b"\0never"))
        and set(image.info) <= _HARMLESS_INFO
        and not extras
    )


def upright(data: bytes, *, shortest_side: int) -> Image.Image:
    """The picture in mode RGB, or RGBA where it has transparency. It may come smaller than it is, but never with its
    shorter side under `shortest_side` unless it is smaller itself: nobody wants 80 million pixels for a preview.
    """
    with _decoding(data):
        image: Image.Image = _header(data)
        image.draft(None, (shortest_side, shortest_side))
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        factor = min(image.size) // max(shortest_side, 1)
        if factor > 1 and image.mode in ("L", "RGB", "RGBA", "CMYK"):
            image = image.reduce(factor)
        image = _in_srgb(_in_eight_bits(image))
    image.info = {}
    return image


def _header(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=_FORMATS)
    if image.width * image.height > PIXELS_MAX:
        raise _too_many_pixels(image.size)
    return image


def _too_many_pixels(size: tuple[int, int] | None = None) -> TooLarge:
    found = f"图片为 {size[0]}×{size[1]} 像素，" if size else "图片的像素"
    return TooLarge(
        f"{found}超过上限 {PIXELS_MAX // 10_000} 万像素，没有保存。请缩小后再上传。",
        code="picture_too_many_pixels",
    )


@contextmanager
def _decoding(data: bytes) -> Iterator[None]:
    """Whatever a decoder stumbles over becomes one sentence."""
    try:
        yield
    except (Invalid, Unsupported):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except MemoryError:
        raise _too_many_pixels() from None
    except _DECODER_TROUBLE as error:
        raise _complaint(data) from error


def _complaint(data: bytes) -> Invalid | Unsupported:
    if not data:
        return Invalid("文件是空的，没有保存。请重新选择文件。", code="picture_empty")
    if b"<svg" in data[:4096].lower():
        return Unsupported(
            f"SVG 里可以藏脚本，微信也不收，没有保存。{_INSTEAD}", code="picture_svg"
        )
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return Unsupported(
            "这是 HEIC 照片，本系统没有安装读取它的插件，没有保存。"
            "请在手机相机设置里选「兼容性最佳」，或者另存为 JPEG 再上传。",
            code="picture_heic",
        )
    if data.startswith(_SIGNATURES) or data[4:12] == b"ftypavif":
        return Invalid(
            "图片已损坏或不完整，没有保存。请从原处重新导出或下载后再上传。", code="picture_damaged"
        )
    return Unsupported(
        f"这不是能读取的图片（JPEG、PNG、GIF、WebP、AVIF、BMP、TIFF），没有保存。{_INSTEAD}",
        code="picture_unknown",
    )


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Pillow cuts off everything above 255 when it converts a 16-bit scan, which makes it white."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("I", "F"):
        _, top = image.getextrema()
        scale = 255 / top if isinstance(top, int | float) and top > 255 else 1
        return image.point(lambda value: value * scale).convert("L")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
    if image.mode not in ("RGB", "CMYK", "L", "LAB"):
        image = image.convert("RGB")
        image.info["icc_profile"] = profile
    image = _with_colours_of_srgb(image)
    if alpha is not None:
        image.putalpha(alpha)
    return image


def _with_colours_of_srgb(image: Image.Image) -> Image.Image:
    """The embedded profile is obeyed where it can be; a broken one is no reason to refuse a picture."""
    blob = image.info.get("icc_profile")
    if blob:
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            profile = ImageCms.ImageCmsProfile(io.BytesIO(blob))
            if "sRGB" not in ImageCms.getProfileDescription(profile):
                converted = ImageCms.profileToProfile(image, profile, _SRGB, outputMode="RGB")
                if converted is not None:
                    return converted
    return image.convert("RGB")
