"""The bytes behind an asset's address: the original, or a picture made from it, which is made once and then kept."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from webapp.kernel.errors import NotFound, Unavailable
from webapp.kernel.storage import Store
from webapp.media.derive import Derived, Focal, body_image, cover, preview, square
from webapp.media.models import Asset

DERIVATION = 1
"""Part of every derivative's key: to be raised when `derive` makes other pictures than before."""


class Variant(StrEnum):
    BODY = "body"
    ORIGINAL = "original"
    WIDE = "640"
    SMALL = "320"
    PREVIEW = "preview"
    COVER = "cover"
    LIST = "list"
    SQUARE = "square"


CROPPED = frozenset({Variant.COVER, Variant.LIST, Variant.SQUARE})

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    data: bytes
    mime: str


def version_of(asset: Asset, variant: Variant) -> str:
    """What the variant depends on beside the original's bytes."""
    if variant not in CROPPED:
        return f"{DERIVATION}"
    return f"{DERIVATION}-{asset.focal_x:.4f}-{asset.focal_y:.4f}"


def etag_of(asset: Asset, variant: Variant) -> str:
    return f"{asset.id}-{variant}-{version_of(asset, variant)}"


def _key(asset: Asset, variant: Variant) -> str:
    name = f"{asset.checksum}-{variant}-{version_of(asset, variant)}"
    return f"derived/{asset.checksum[:2]}/{asset.checksum[2:4]}/{name}"


def _derive(data: bytes, variant: Variant, focal: Focal) -> Derived:
    match variant:
        case Variant.COVER:
            return cover(data, focal)
        case Variant.LIST:
            return preview(cover(data, focal).data, 320)
        case Variant.SQUARE:
            return square(data, focal)
        case Variant.WIDE | Variant.PREVIEW:
            return preview(data, 640)
        case Variant.SMALL:
            return preview(data, 320)
        case _:
            return body_image(data)


def _mime_of(data: bytes) -> str:
    return next(mime for start, mime in _STARTS if data.startswith(start))


def read_variant(store: Store, asset: Asset, variant: Variant) -> Picture:
    """Raises NotFound when the original is gone, Unavailable when the store does not answer. Call it outside a transaction:
    a derivative that is not there yet is work for the processor."""
    if variant is Variant.ORIGINAL:
        return Picture(data=store.get(asset.key), mime=asset.mime)
    key = _key(asset, variant)
    try:
        data = store.get(key)
        return Picture(data=data, mime=_mime_of(data))
    except NotFound:
        pass
    made = _derive(store.get(asset.key), variant, Focal(asset.focal_x, asset.focal_y))
    with suppress(Unavailable):  # a full disk is no reason not to show it
        store.put(key, made.data, made.mime)
    return Picture(data=made.data, mime=made.mime)
