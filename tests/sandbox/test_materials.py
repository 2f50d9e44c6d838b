import json

import pytest
import requests

from tests.sandbox.client import Api, noise, picture
from tests.sandbox.server import RunningSandbox


def test_uploadimg_gives_an_address_and_no_media_id(sandbox: RunningSandbox, api: Api):
    data = picture("JPEG")
    reply = api.upload("media/uploadimg", data, "a.jpg")
    assert set(reply) == {"url", "errcode", "errmsg"}
    assert reply["url"].startswith(sandbox.base_url)
    served = requests.get(reply["url"], timeout=5)
    assert (served.content, served.headers["Content-Type"]) == (data, "image/jpeg")


@pytest.mark.parametrize(
    ("data", "name", "errcode"),
    [
        (b"", "a.png", 44001),
        (b"<svg/>", "a.svg", 40005),
        (b"RIFF....WEBP", "a.webp", 40005),
        (b"this is no picture", "a.png", 40137),
        (picture("PNG")[:60], "a.png", 40137),
        (picture("GIF"), "a.gif", 40005),
        (noise(1_100_000), "a.bmp", 40009),
    ],
)
def test_uploadimg_refuses(api: Api, data: bytes, name: str, errcode: int):
    assert api.upload("media/uploadimg", data, name)["errcode"] == errcode


def test_an_upload_without_its_file_is_told_so(api: Api):
    assert api.post("media/uploadimg", files={"other": ("a.png", picture())})["errcode"] == 41005
    assert api.post("material/add_material", b"bytes", params={"type": "image"})["errcode"] == 41005


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_permanent_pictures_come_back_byte_for_byte(api: Api, kind: str):
    data = picture(kind)
    reply = api.upload("material/add_material", data, f"a.{kind.lower()}", type="image")
    assert set(reply) == {"media_id", "url"}
    assert api.send("material/get_material", {"media_id": reply["media_id"]}).content == data


def test_a_thumb_is_a_small_jpeg_and_has_no_address(api: Api):
    assert set(api.upload("material/add_material", picture("JPEG"), "a.jpg", type="thumb")) == {
        "media_id"
    }
    assert (
        api.upload("material/add_material", picture("PNG"), "a.png", type="thumb")["errcode"]
        == 40005
    )
    big = picture("JPEG", 4000, 4000)
    assert len(big) > 64 * 1024
    assert api.upload("material/add_material", big, "a.jpg", type="thumb")["errcode"] == 40006


def test_limits_and_kinds_of_permanent_material(api: Api):
    assert (
        api.upload("material/add_material", noise(10_600_000), "a.bmp", type="image")["errcode"]
        == 40006
    )
    assert api.upload("material/add_material", picture(), type="book")["errcode"] == 40004
    assert api.upload("material/add_material", b"x", "a.txt", type="voice")["errcode"] == 40005
    assert "media_id" in api.upload("material/add_material", b"x", "a.mp3", type="voice")


def test_a_video_carries_its_description(api: Api):
    reply = api.post(
        "material/add_material",
        params={"type": "video"},
        files={"media": ("a.mp4", b"video")},
        data={"description": json.dumps({"title": "纪录", "introduction": "十四天"})},
    )
    told = api.post("material/get_material", {"media_id": reply["media_id"]})
    assert (told["title"], told["description"]) == ("纪录", "十四天")
    assert requests.get(told["down_url"], timeout=5).content == b"video"


def test_the_library_lists_newest_first_and_counts(api: Api):
    ids = [api.image() for _ in range(3)]
    api.content_image()
    api.upload("media/upload", picture(), type="image")
    page = api.post("material/batchget_material", {"type": "image", "offset": 0, "count": 2})
    assert (page["total_count"], page["item_count"]) == (3, 2)
    assert [item["media_id"] for item in page["item"]] == ids[:0:-1]
    count = api.get("material/get_materialcount")
    assert count == {"voice_count": 0, "video_count": 0, "image_count": 3, "news_count": 0}


def test_deleted_and_temporary_material_is_no_permanent_material(sandbox: RunningSandbox, api: Api):
    media_id = api.image()
    assert api.post("material/del_material", {"media_id": media_id})["errcode"] == 0
    assert api.post("material/get_material", {"media_id": media_id})["errcode"] == 40007
    temporary = api.upload("media/upload", picture(), type="image")
    assert set(temporary) == {"type", "media_id", "created_at"}
    assert api.add(thumb_media_id=temporary["media_id"])["errcode"] == 40007
    sandbox.advance(3 * 86_400 + 1)
    api.token = None
    assert api.get("media/get", media_id=temporary["media_id"])["errcode"] == 40007


@pytest.mark.parametrize("count", [0, 21])
def test_a_page_has_one_to_twenty(api: Api, count: int):
    body = {"type": "image", "offset": 0, "count": count}
    assert api.post("material/batchget_material", body)["errcode"] == 40035
