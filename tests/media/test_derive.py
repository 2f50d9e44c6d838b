from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.media import pictures as p
from tests.thorough import examples, thorough
from webapp.kernel.errors import TooLarge
from webapp.media import derive as d

focals = st.builds(d.Focal, st.floats(0, 1), st.floats(0, 1))


MAKERS: tuple[Callable[[int, int], Image.Image], ...] = (p.noise, p.plain, p.ink, p.halves)
SHAPES = (
    ("JPEG", "RGB"),
    ("JPEG", "L"),
    ("JPEG", "CMYK"),
    ("PNG", "RGBA"),
    ("PNG", "P"),
    ("PNG", "1"),
    ("PNG", "LA"),
    ("GIF", "P"),
    ("WEBP", "RGBA"),
    ("BMP", "RGB"),
    ("TIFF", "RGB"),
)


@st.composite
def images(draw: st.DrawFn) -> bytes:
    """Any shape, flat or incompressible, in any mode and kind that is taken."""
    make = draw(st.sampled_from(MAKERS))
    kind, mode = draw(st.sampled_from(SHAPES))
    image = make(draw(st.integers(1, 400)), draw(st.integers(1, 400)))
    return p.encoded(image.convert(mode), kind)


@settings(max_examples=examples(60), deadline=None)
@given(images(), focals)
def test_every_derivative_keeps_its_limits_and_comes_out_the_same_again(
    data: bytes, focal: d.Focal
) -> None:
    body, cover, square, thumb = (
        d.body_image(data),
        d.cover(data, focal),
        d.square(data, focal),
        d.thumb(data),
    )
    assert body.mime in ("image/jpeg", "image/png")
    assert len(body.data) <= d.BODY_AIM_BYTES < d.BODY_LIMIT_BYTES
    assert (cover.width, cover.height) == (900, 383)
    assert (square.width, square.height) == (540, 540)
    assert len(thumb.data) <= d.THUMB_AIM_BYTES < d.THUMB_LIMIT_BYTES
    for derived in (body, cover, square, thumb):
        shown = p.opened(derived.data)
        assert shown.size == (derived.width, derived.height)
        assert Image.MIME[str(shown.format)] == derived.mime
        assert not shown.has_transparency_data or derived is body
    assert body == d.body_image(data)
    assert cover == d.cover(data, focal)


@pytest.mark.parametrize(
    ("make", "width", "height", "kind"),
    [
        (p.noise, 2600, 1900, "PNG"),
        pytest.param(p.noise, 2600, 1900, "JPEG", marks=thorough),
        pytest.param(p.noise, 600, 6000, "PNG", marks=thorough),
        pytest.param(p.plain, 9000, 6000, "PNG", marks=thorough),
        (p.plain, 30, 21_000, "PNG"),
        (p.plain, 21_000, 1, "PNG"),
    ],
)
def test_the_body_picture_fits_whatever_comes(
    make: Callable[[int, int], Image.Image], width: int, height: int, kind: str
) -> None:
    image = make(width, height)
    body = d.body_image(p.encoded(image, kind))
    assert len(body.data) <= d.BODY_AIM_BYTES
    assert (body.width <= 1920, body.height <= 20_000) == (True, True)
    ratio = image.width / image.height
    assert body.width / body.height == pytest.approx(ratio, rel=0.02) or 1 in (
        body.width,
        body.height,
    )


def test_a_fitting_bare_picture_is_left_as_it_is() -> None:
    for data in (p.encoded(p.noise(300, 300), "JPEG"), p.encoded(p.halves(300, 300), "PNG")):
        assert d.body_image(data).data == data


def test_the_place_on_a_phone_photo_does_not_reach_wechat() -> None:
    body = d.body_image(p.phone_photo(300, 200))
    assert (body.width, body.height) == (200, 300)
    assert b"GPS" not in body.data
    assert "张三".encode() not in body.data
    shown = p.opened(body.data)
    assert not shown.getexif()
    assert "comment" not in shown.info


def test_a_screenshot_stays_lossless_and_a_photo_becomes_jpeg() -> None:
    assert d.body_image(p.encoded(p.halves(2500, 1800), "PNG")).mime == "image/png"
    assert d.body_image(p.encoded(p.noise(1200, 900), "PNG")).mime == "image/jpeg"


def test_more_quality_is_taken_while_it_fits() -> None:
    easy, hard = p.encoded(p.noise(500, 400), "WEBP"), p.encoded(p.noise(1900, 1500), "WEBP")
    assert d.body_image(easy).width == 500
    body = d.body_image(hard)
    assert 0.6 * d.BODY_AIM_BYTES < len(body.data) <= d.BODY_AIM_BYTES


def test_black_ink_on_nothing_is_laid_on_paper() -> None:
    data = p.encoded(p.ink(40, 40), "PNG")
    assert p.opened(d.body_image(data).data).getpixel((1, 1)) == (255, 255, 255)
    assert p.opened(d.body_image(data, paper=d.PAPER).data).getpixel((1, 1)) == (0xFA, 0xF8, 0xF4)
    assert p.opened(d.body_image(data).data).getpixel((15, 15)) == (0, 0, 0)


def test_a_moving_gif_gives_its_first_frame_and_says_so() -> None:
    gif = p.moving()
    assert d.body_image(gif).lost_motion
    assert d.cover(gif).lost_motion
    kept = d.animated_material(gif)
    assert kept == d.Derived(data=gif, mime="image/gif", width=40, height=30)


def test_what_does_not_move_is_no_animated_material() -> None:
    assert d.animated_material(p.encoded(p.plain(9, 9), "GIF")) is None
    assert d.animated_material(p.moving("WEBP")) is None


def test_a_gif_over_ten_megabytes_is_refused_with_a_way_out() -> None:
    gif = p.moving() + bytes(d.MATERIAL_MAX_BYTES)
    with pytest.raises(TooLarge, match="最多收 10 MB"):
        d.animated_material(gif)


def test_a_big_source_gives_a_cover_of_double_density() -> None:
    data = p.encoded(p.halves(2000, 1500), "JPEG")
    assert (d.cover(data).width, d.cover(data).height) == (1800, 766)
    assert d.square(data).width == 1080
    worst = d.cover(p.encoded(p.noise(2000, 1000), "PNG"))
    assert (worst.width, worst.height) == (1800, 766)
    assert len(worst.data) <= d.COVER_AIM_BYTES


@pytest.mark.parametrize(("x", "colour"), [(0.0, p.RED), (1.0, p.BLUE)])
def test_the_square_shows_the_side_of_the_focal_point(x: float, colour: p.Colour) -> None:
    data = p.encoded(p.halves(1200, 600), "PNG")
    shown = p.opened(d.square(data, d.Focal(x, 0.5)).data).getpixel((270, 270))
    assert shown == pytest.approx(colour, abs=6)


def test_previews_are_webp_and_never_wider_than_asked_or_than_the_source() -> None:
    data = p.encoded(p.halves(1200, 600), "JPEG")
    wide, narrow = d.preview(data, 640), d.preview(data, 320)
    assert (wide.width, wide.height, wide.mime) == (640, 320, "image/webp")
    assert (narrow.width, narrow.height) == (320, 160)
    assert d.preview(p.encoded(p.plain(100, 50), "PNG"), 640).width == 100
    assert d.preview(p.encoded(p.plain(300, 20_000), "PNG"), 640).height == 5120


@given(st.integers(1, 20_000), st.integers(1, 20_000), focals)
def test_crops_have_their_shape_and_hold_the_focal_point(
    width: int, height: int, focal: d.Focal
) -> None:
    for key, ratio in (("pic_crop_235_1", 2.35), ("pic_crop_1_1", 1.0)):
        text = d.crops(width, height, focal)[key]
        assert all(len(corner.partition(".")[2]) <= 6 for corner in text.split("_"))
        x1, y1, x2, y2 = (float(corner) for corner in text.split("_"))
        assert 0 <= x1 < x2 <= 1
        assert 0 <= y1 < y2 <= 1
        assert x1 - 1e-6 <= focal.x <= x2 + 1e-6
        assert y1 - 1e-6 <= focal.y <= y2 + 1e-6
        # Six decimals of the longer side are the finest that the platform takes.
        shape = (x2 - x1) * width / ((y2 - y1) * height)
        assert shape == pytest.approx(
            ratio, rel=1e-6 * (2 + max(width / height, 2.35 * height / width))
        )


def test_crops_are_written_as_the_documentation_writes_them() -> None:
    assert d.crops(1080, 1080, d.Focal(0.5, 0.0)) == {
        "pic_crop_235_1": "0_0_1_0.425532",
        "pic_crop_1_1": "0_0_1_1",
    }
    assert d.crops(900, 383)["pic_crop_1_1"] == "0.287222_0_0.712778_1"


@given(st.integers(1, 5000), st.integers(1, 5000), focals)
def test_the_box_of_a_crop_lies_inside_and_holds_the_focal_point(
    width: int, height: int, focal: d.Focal
) -> None:
    left, top, right, bottom = d._box((width, height), d.COVER_SIZE, focal)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert left - 1e-6 <= focal.x * width <= right + 1e-6
    assert top - 1e-6 <= focal.y * height <= bottom + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(900 / 383)


@pytest.mark.parametrize("size", [(1, 1), (30_000, 1), (1, 30_000)])
def test_a_picture_of_one_pixel_or_one_line_gives_every_derivative(size: tuple[int, int]) -> None:
    data = p.encoded(p.plain(*size), "PNG")
    made = [d.body_image(data), d.cover(data), d.square(data), d.thumb(data), d.preview(data, 640)]
    assert all(one.width >= 1 and one.height >= 1 and p.opened(one.data) for one in made)
    told = [crop.split("_") for crop in d.crops(*size).values()]
    told += [[crop[name] for name in ("x1", "y1", "x2", "y2")] for crop in d.newspic_crops(*size)]
    assert len(told) == 5
    assert all(0 <= float(corner) <= 1 for corners in told for corner in corners)
