from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.media import pictures as p
from tests.thorough import examples
from webapp.kernel.errors import Invalid, TongxinError, TooLarge, Unsupported
from webapp.media.probe import PIXELS_MAX, identify, is_bare, probe, upright


@pytest.mark.parametrize(
    ("kind", "mime", "extension"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("GIF", "image/gif", ".gif"),
        ("WEBP", "image/webp", ".webp"),
        ("AVIF", "image/avif", ".avif"),
        ("BMP", "image/bmp", ".bmp"),
        ("TIFF", "image/tiff", ".tif"),
    ],
)
def test_every_kind_that_is_taken_is_known_by_its_bytes(
    kind: str, mime: str, extension: str
) -> None:
    data = p.encoded(p.plain(40, 30), kind)
    probed = probe(data)
    assert (probed.mime, probed.extension) == (mime, extension)
    assert (probed.width, probed.height, probed.animated) == (40, 30, False)
    assert identify(data) == probed
    assert upright(data, shortest_side=30).size == (40, 30)


def test_a_single_pixel_is_a_picture() -> None:
    assert probe(p.encoded(p.plain(1, 1), "PNG")).width == 1


def test_a_file_over_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(TooLarge, match=r"20\.0 MB，超过上限 20 MB"):
        probe(b"\xff\xd8" + bytes(20 * 1024 * 1024))


@pytest.mark.parametrize("size", [(30_000, 30_000), (8_001, 10_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header_with_the_bound(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="8000 万像素") as caught:
        probe(p.png_header(*size))
    assert caught.value.code == "picture_too_many_pixels"


def test_as_many_pixels_as_allowed_are_read() -> None:
    bilevel = p.encoded(Image.new("1", (8_000, PIXELS_MAX // 8_000)), "PNG")
    assert probe(bilevel).height == 10_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_a_truncated_file_is_refused_as_damaged(kind: str) -> None:
    data = p.encoded(p.noise(200, 200), kind)
    with pytest.raises(Invalid, match="损坏或不完整") as caught:
        probe(data[: len(data) // 2])
    assert caught.value.code == "picture_damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<SVG/>", "picture_svg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "picture_heic"),
        (b"%PDF-1.7", "picture_unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "picture_unknown"),
        (b"PK\x03\x04", "picture_unknown"),
        ("这是一段文字".encode(), "picture_unknown"),
    ],
)
def test_what_is_not_taken_is_named_and_helped(data: bytes, code: str) -> None:
    with pytest.raises((Invalid, Unsupported), match="没有保存。请") as caught:
        probe(data)
    assert caught.value.code == code


def test_a_turned_photo_is_measured_and_shown_upright() -> None:
    data = p.phone_photo(80, 40, turn=6)
    assert (probe(data).width, probe(data).height) == (40, 80)
    image = upright(data, shortest_side=40)
    assert image.size == (40, 80)
    # Turned by a quarter to the right, what was left is on top.
    top, bottom = image.getpixel((20, 5)), image.getpixel((20, 75))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > top[2]
    assert bottom[2] > bottom[0]


def test_no_metadata_leaves_with_the_picture() -> None:
    image = upright(p.phone_photo(80, 40), shortest_side=40)
    assert (image.info, dict(image.getexif())) == ({}, {})


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_motion_is_seen(kind: str) -> None:
    assert probe(p.moving(kind)).animated


@pytest.mark.parametrize(
    ("image", "transparent"),
    [
        (p.ink(20, 20), True),
        (p.ink(20, 20).convert("P"), True),
        (p.plain(20, 20).convert("LA"), True),
        (p.plain(20, 20), False),
        (p.plain(20, 20, mode="1"), False),
    ],
)
def test_transparency_is_seen_and_kept_until_it_is_flattened(
    image: Image.Image, transparent: bool
) -> None:
    data = p.encoded(image, "PNG")
    assert probe(data).transparent is transparent
    assert upright(data, shortest_side=20).mode == ("RGBA" if transparent else "RGB")


def test_a_sixteen_bit_scan_keeps_its_greys() -> None:
    scan = Image.new("I;16", (4, 4), 32768)
    assert upright(p.encoded(scan, "PNG"), shortest_side=4).getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize("mode", ["CMYK", "L", "LAB", "F", "I"])
def test_unusual_colour_modes_come_out_as_srgb(mode: str) -> None:
    data = p.encoded(
        p.plain(8, 8).convert("L" if mode in "IFL" else "RGB").convert(mode)
        if mode != "LAB"
        else Image.new("LAB", (8, 8)),
        "TIFF",
    )
    assert upright(data, shortest_side=8).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_foreign_colour_profile_is_obeyed(kind: str) -> None:
    data = p.encoded(p.plain(8, 8), kind, icc_profile=p.swapped_profile())
    shown = upright(data, shortest_side=8).getpixel((4, 4))
    assert shown == pytest.approx(tuple(reversed(p.RED)), abs=6)


@pytest.mark.parametrize(
    "blob", [b"not a profile", p.profile("XYZ"), p.profile("LAB"), b"\0" * 200]
)
def test_a_broken_or_unfit_colour_profile_is_no_reason_to_refuse(blob: bytes) -> None:
    data = p.encoded(p.plain(8, 8), "PNG", icc_profile=blob)
    assert upright(data, shortest_side=8).mode == "RGB"


def test_a_big_photo_is_decoded_small_but_not_too_small() -> None:
    for kind in ("JPEG", "PNG"):
        image = upright(p.encoded(p.plain(4000, 3000), kind), shortest_side=640)
        assert 640 <= min(image.size) < 1300
        assert image.width * 3 == image.height * 4


def test_bare_files_and_only_those_are_called_bare() -> None:
    bare = p.encoded(p.halves(40, 30), "JPEG")
    assert is_bare(bare)
    assert is_bare(p.encoded(p.halves(40, 30), "PNG"))
    assert not is_bare(p.phone_photo(40, 30))
    assert not is_bare(bare + b"a film of the phone")
    assert not is_bare(p.encoded(p.halves(40, 30), "JPEG", comment=b"hello"))
    assert not is_bare(p.encoded(p.halves(40, 30), "JPEG", icc_profile=p.profile("sRGB")))
    assert not is_bare(p.encoded(p.halves(40, 30).convert("CMYK"), "JPEG"))


SAMPLES = [
    p.encoded(p.noise(24, 16), kind)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
]


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from([*SAMPLES, p.moving(), p.phone_photo(24, 16)]),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6
    ),
)
def test_damaged_bytes_do_no_more_than_raise_one_of_our_errors(
    data: bytes, patches: list[tuple[float, bytes]]
) -> None:
    damaged = bytearray(data)
    for place, patch in patches:
        start = int(place * len(damaged))
        damaged[start : start + len(patch)] = patch
    with suppress(TongxinError):
        probe(bytes(damaged))
        upright(bytes(damaged), shortest_side=8)


@given(st.binary(max_size=300))
def test_random_bytes_do_no_more_than_raise_one_of_our_errors(data: bytes) -> None:
    with suppress(TongxinError):
        probe(data)
