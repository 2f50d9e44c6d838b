"""Pictures made on the spot: each one is the smallest that shows its trouble."""

from __future__ import annotations

import io
import random
import struct
import zlib

from PIL import Image, ImageCms, ImageDraw

Colour = tuple[int, int, int]
RED: Colour = (200, 30, 30)
BLUE: Colour = (30, 30, 200)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def plain(width: int, height: int, colour: Colour = RED, mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", (width, height), colour).convert(mode)


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Incompressible: the worst that a limit can meet."""
    pixels = random.Random(seed).randbytes(width * height * 3)
    return Image.frombytes("RGB", (width, height), pixels)


def halves(width: int, height: int, left: Colour = RED, right: Colour = BLUE) -> Image.Image:
    image = plain(width, height, left)
    image.paste(right, (width // 2, 0, width, height))
    return image


def ink(width: int, height: int) -> Image.Image:
    """Black writing on nothing."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((width // 4, height // 4, width // 2, height // 2), "black")
    return image


def phone_photo(width: int, height: int, *, turn: int = 6) -> bytes:
    """A JPEG with a turn, the place and the owner in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x013B] = "张三"
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 27.0), 3: "E", 4: (116.0, 23.0, 50.0)})
    return encoded(halves(width, height), "JPEG", exif=exif, comment=b"GPS 39.9,116.4")


def moving(kind: str = "GIF", frames: int = 3) -> bytes:
    first, *rest = [plain(40, 30, (60 * i, 0, 0)) for i in range(frames)]
    return encoded(first, kind, save_all=True, append_images=rest, duration=100, loop=0)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing of it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def swapped_profile() -> bytes:
    """A profile under which what is stored as red is blue: whoever ignores it shows the wrong colour."""
    blob = profile("sRGB")
    blob = blob.replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))
    blob = blob.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1)
    return blob.replace(b"????", b"bXYZ", 1)
